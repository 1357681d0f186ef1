"""Audit of pauses: those that look as if they were opened to gain time (needs 5.3, DESIGN).

A mark is a reason to look, not a finding of guilt; every one says why in words.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from engine.reports.case_detail import PAYMENT, STOP, SUPPLEMENT
from engine.reports.forms.context import moment
from engine.reports.print.sheet import Column, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from engine.reports.case_detail import CaseDetail, Pause
    from engine.reports.case_fold import CaseFigure
    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Cell, Sheet
    from engine.sla.office_hours import OfficeTime

LAST_SHARE = Fraction(1, 10)
"""A pause in the last tenth of the term is looked at."""
LEAST_PAUSES = 5
"""Below so many paused cases nobody's rate is called unusual."""
TIMES_OTHERS = 2
"""An unusual rate is at least so many times that of the others …"""
MOST_CHANCE = Fraction(1, 100)
"""… and would come about by chance less often than this."""


class Mark(StrEnum):
    """Why a pause is looked at."""

    LAST_TENTH = "LAST_TENTH"
    AFTER_DUE = "AFTER_DUE"
    SAME_COMPONENT = "SAME_COMPONENT"
    OUT_OF_HOURS = "OUT_OF_HOURS"
    UNUSUAL_RATE = "UNUSUAL_RATE"

    def in_vietnamese(self) -> str:
        """As the list says it."""
        return {
            Mark.LAST_TENTH: "mở trong 10 % cuối của thời hạn",
            Mark.AFTER_DUE: "mở khi đã quá hạn",
            Mark.SAME_COMPONENT: "yêu cầu lại thành phần đã yêu cầu",
            Mark.OUT_OF_HOURS: "mở ngoài giờ làm việc",
            Mark.UNUSUAL_RATE: "cán bộ có tỷ lệ tạm dừng cao bất thường",
        }[self]


@dataclass(frozen=True)
class MarkedPause:
    """A pause with the marks it bears; `why` has one sentence a mark."""

    case: str
    procedure: str
    agency: str
    pause: Pause
    marks: tuple[Mark, ...]
    why: tuple[str, ...]


@dataclass
class _Officer:
    cases: int = 0
    paused: int = 0


def suspicious_pauses(
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    context: ReportContext,
    office_of: Callable[[str], OfficeTime],
) -> list[MarkedPause]:
    """Pauses opened in the period that bear a mark, in order of their opening.

    An officer's rate is of the cases he worked on or paused; it is held against everybody
    else's by the exact chance of so many pauses.
    """
    opened: list[tuple[CaseDetail, Pause, list[Mark], list[str]]] = []
    officers: dict[str, _Officer] = defaultdict(_Officer)
    start, end = context.window.start_at, context.window.end_at
    for detail, _figure in cases:
        office = office_of(detail.fold.agency)
        _count_officers(officers, detail, context)
        for position, pause in enumerate(detail.pauses):
            if not start <= pause.opened_at < end:
                continue
            marks, why = [], []
            for mark, said in _marks(detail, position, pause, office):
                marks.append(mark)
                why.append(said)
            opened.append((detail, pause, marks, why))
    unusual = unusual_rates({name: (each.paused, each.cases) for name, each in officers.items()})
    found = []
    for detail, pause, marks, why in opened:
        if pause.kind == SUPPLEMENT and pause.officer in unusual:
            marks.append(Mark.UNUSUAL_RATE)
            why.append(unusual[pause.officer])
        if marks:
            found.append(
                MarkedPause(
                    detail.number,
                    detail.fold.procedure,
                    detail.fold.agency,
                    pause,
                    tuple(marks),
                    tuple(why),
                )
            )
    return sorted(found, key=lambda each: (each.pause.opened_at, each.case))


def unusual_rates(paused_of: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """Officers who pause unusually often, each with the figures; input is (paused, cases)."""
    all_paused = sum(paused for paused, _ in paused_of.values())
    all_cases = sum(cases for _, cases in paused_of.values())
    unusual = {}
    for name, (paused, cases) in paused_of.items():
        others, rest = all_cases - cases, all_paused - paused
        if paused < LEAST_PAUSES or others <= 0:
            continue
        usual = Fraction(rest + 1, others + 2)  # never zero: somebody may be the first to pause
        if Fraction(paused, cases) < TIMES_OTHERS * usual:
            continue
        if _chance(paused, cases, usual) < MOST_CHANCE:
            unusual[name] = f"{paused}/{cases} hồ sơ, các cán bộ khác {rest}/{others}"
    return unusual


def _chance(paused: int, cases: int, usual: Fraction) -> float:
    """How likely so many pauses or more are at the usual rate: the binomial tail."""
    rate = float(usual)
    return sum(
        comb(cases, k) * rate**k * (1 - rate) ** (cases - k) for k in range(paused, cases + 1)
    )


def _count_officers(
    officers: dict[str, _Officer], detail: CaseDetail, context: ReportContext
) -> None:
    start, end = context.window.start_at, context.window.end_at
    pausing = {
        pause.officer
        for pause in detail.pauses
        if pause.kind == SUPPLEMENT and start <= pause.opened_at < end
    }
    working = {done.officer for done in detail.steps if start <= done.at < end}
    for name in pausing | working:
        officers[name].cases += 1
        officers[name].paused += name in pausing


def _marks(
    detail: CaseDetail, position: int, pause: Pause, office: OfficeTime
) -> Iterator[tuple[Mark, str]]:
    due_at = pause.due_at
    if due_at is not None and pause.opened_at > due_at:
        yield Mark.AFTER_DUE, f"hạn {moment(due_at)}"
    elif due_at is not None:
        term = office.working_time_between(detail.fold.received_at, due_at)
        left = office.working_time_between(pause.opened_at, due_at)
        if term and Fraction(left // _SECOND, term // _SECOND) <= LAST_SHARE:
            yield (
                Mark.LAST_TENTH,
                f"còn {left // _MINUTE} phút làm việc trên {term // _MINUTE}, hạn {moment(due_at)}",
            )
    if pause.kind == SUPPLEMENT:
        before = {
            component
            for earlier in detail.pauses[:position]
            if earlier.kind == SUPPLEMENT
            for component in earlier.components
        }
        again = sorted(before & set(pause.components))
        if again:
            yield Mark.SAME_COMPONENT, f"thành phần {', '.join(again)}"
    if not office.is_open(pause.opened_at):
        yield Mark.OUT_OF_HOURS, f"mở lúc {moment(pause.opened_at)}"


_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


COLUMNS = (
    Column("1", "STT", width=6, text=True),
    Column("2", "Mã số hồ sơ", width=22, text=True),
    Column("3", "Thủ tục hành chính", width=34, text=True),
    Column("4", "Loại", width=14, text=True),
    Column("5", "Mở lúc", width=16, text=True),
    Column("6", "Kết thúc lúc", width=16, text=True),
    Column("7", "Cán bộ", width=22, text=True),
    Column("8", "Văn bản", width=20, text=True),
    Column("9", "Dấu hiệu", width=34, text=True),
    Column("10", "Căn cứ", width=44, text=True),
)

_KINDS = {SUPPLEMENT: "bổ sung", PAYMENT: "nghĩa vụ tài chính", STOP: "dừng"}


def pauses(context: ReportContext, marked: Iterable[MarkedPause], *, seen: Iterable[str]) -> Sheet:
    """The list for whoever looks into pauses."""
    rows = []
    for number, each in enumerate(marked, start=1):
        pause = each.pause
        cells: tuple[Cell, ...] = (
            str(number),
            each.case,
            context.procedure_name(each.procedure),
            _KINDS.get(pause.kind, pause.kind),
            moment(pause.opened_at),
            moment(pause.closed_at),
            context.officers.get(pause.officer, pause.officer),
            pause.document or "",
            "; ".join(mark.in_vietnamese() for mark in each.marks),
            "; ".join(each.why),
        )
        rows.append(Row(str(number), cells))
    return context.sheet(
        code="pauses",
        form="Rà soát tạm dừng (không phải biểu mẫu chính thức)",
        title="Các lần tạm dừng cần xem lại",
        unit="Đơn vị tính: lần tạm dừng",
        columns=COLUMNS,
        rows=tuple(rows),
        coverage=context.coverage(seen),
        notes=(
            "Dấu hiệu chỉ là lý do để xem lại, không phải kết luận vi phạm.",
            (
                f"Tỷ lệ bất thường: từ {LEAST_PAUSES} hồ sơ, gấp ít nhất {TIMES_OTHERS} lần các cán"
                " bộ khác và xác suất ngẫu nhiên dưới 1 %."
            ),
        ),
    )
