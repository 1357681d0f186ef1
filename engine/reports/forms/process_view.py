"""How procedures really ran in a period: variants, times, conformance to the pinned version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.reports.conformance import Map, deviations, variants
from engine.reports.forms.tabulation import CountedCells
from engine.reports.print.sheet import NO_FIGURE, Column, Row
from engine.reports.quantiles import quantile
from engine.reports.rounding import QD_766, SEED_STYLE, percent, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure
    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Cell, Sheet

COLUMNS = (
    Column("1", "STT", width=6, text=True),
    Column("2", "Thủ tục, phiên bản", width=40, text=True),
    Column("3", "Hồ sơ xong"),
    Column("4", "Biến thể"),
    Column("5", "Hồ sơ theo biến thể phổ biến nhất", width=14),
    Column("6", "Biến thể phổ biến nhất", width=50, text=True),
    Column("7", "P50", "Thời gian (ngày)"),
    Column("8", "P90", "Thời gian (ngày)"),
    Column("9", "Hồ sơ đúng sơ đồ", "So với phiên bản đã ghim"),
    Column("10", "Tỷ lệ %", "So với phiên bản đã ghim"),
    Column("11", "Bước lệch (hồ sơ)", "So với phiên bản đã ghim", 50, text=True),
)

COUNTED = frozenset({"3", "5", "9"})
_MOST_NAMED = 3
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass
class _Ran:
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The steps as they were finished, by the number of the case."""
    minutes: list[int] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def process_view(
    context: ReportContext,
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    map_of: Callable[[str, int], Map | None],
) -> tuple[Sheet, CountedCells]:
    """Finished cases of the period by procedure and pinned version.

    `map_of` gives what a version's diagram allows; None when the books do not have it.
    """
    found: dict[tuple[str, int], _Ran] = defaultdict(_Ran)
    kept: dict[tuple[str, str], list[str]] = {}
    seen = set()
    for detail, _figure in cases:
        seen.add(detail.fold.agency)
        ended_at = detail.fold.ended_at
        if ended_at is None:
            continue
        ran = found[detail.fold.procedure, detail.version]
        way = tuple(done.step for done in detail.steps)
        ran.ways[detail.number] = way
        ran.minutes.append((ended_at - detail.fold.received_at) // _MINUTE)
        plan = map_of(detail.fold.procedure, detail.version)
        if plan is None:
            continue
        wrong = deviations(way, plan)
        if not wrong:
            ran.right.append(detail.number)
        else:
            ran.wrong.append(f"{wrong[0].step} ({detail.number})")
    rows = []
    for number, (procedure, version) in enumerate(sorted(found), start=1):
        ran = found[procedure, version]
        ways = variants(list(ran.ways.values()))
        times = sorted(ran.minutes)
        share = percent(len(ran.right), len(ran.ways), SEED_STYLE)
        cells: tuple[Cell, ...] = (
            str(number),
            f"{context.procedure_name(procedure)}, phiên bản {version}",
            len(ran.ways),
            len(ways),
            ways[0][0],
            " → ".join(ways[0][1]),
            _days(quantile(times, 50)),
            _days(quantile(times, 90)),
            len(ran.right),
            NO_FIGURE if share is None else share,
            "; ".join(sorted(ran.wrong)[:_MOST_NAMED])
            + ("; …" if len(ran.wrong) > _MOST_NAMED else ""),
        )
        rows.append(Row(str(number), cells))
        kept[str(number), "3"] = list(ran.ways)
        kept[str(number), "5"] = [case for case, way in ran.ways.items() if way == ways[0][1]]
        kept[str(number), "9"] = ran.right
    sheet = context.sheet(
        code="quy-trinh",
        form="Soi quy trình (không phải biểu mẫu chính thức)",
        title="Quy trình đã chạy so với sơ đồ đã phê duyệt",
        unit="Đơn vị tính: hồ sơ, ngày",
        columns=COLUMNS,
        rows=tuple(rows),
        coverage=context.coverage(seen),
        notes=(
            "Biến thể: thứ tự hoàn thành các bước. Thời gian: ngày lịch từ tiếp nhận đến xong.",
            "Đúng sơ đồ: mỗi bước đến sau một bước mà sơ đồ nối tới; rẽ nhánh không tính lại.",
        ),
    )
    return sheet, CountedCells(COUNTED, kept)


def _days(minutes: int) -> Cell:
    return max(rounded(Fraction(minutes, _DAY // _MINUTE), QD_766), rounded(0, QD_766))
