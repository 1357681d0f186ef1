"""View of form 07a/BTP: channels, late with or without a letter, intake, ends (R55)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.reports.case_detail import by_case
from engine.reports.case_fold import RECEIVED, Arrival, Standing
from engine.reports.forms.tabulation import PrintedRows, RowKey, Tabulation
from engine.reports.print.sheet import OUTSIDE, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure, Happening
    from engine.reports.forms.context import ReportContext
    from engine.reports.measures import Window
    from engine.reports.print.sheet import Coverage, Sheet

FULL, PARTIAL = "full", "partial"
"""How much of a procedure can be done online: toàn trình, một phần."""

INTAKE_WORKING_MINUTES = 480
"""An online submission is answered within so many working minutes. Legal: R14 (MEMORY-med)"""

_IN, _DONE, _OPEN = "Tiếp nhận", "Đã giải quyết", "Đang giải quyết"
_ASIDE = "Ngoài tổng số"
_PAID = "Thanh toán"

COLUMNS = (
    Column("1", "STT", width=6, text=True),
    Column("2", "Lĩnh vực", width=36, text=True),
    Column("3", "Tổng số", _IN),
    Column("4", "Từ kỳ trước", _IN),
    Column("5", "Toàn trình", _IN),
    Column("6", "Một phần", _IN),
    Column("7", "Trực tiếp", _IN),
    Column("8", "Bưu chính", _IN),
    Column("9", "Phi địa giới", _IN),
    Column("10", "Khác", _IN),
    Column("11", "Tổng số", _DONE),
    Column("12", "Trước hạn", _DONE),
    Column("13", "Đúng hạn", _DONE),
    Column("14", "Quá hạn", _DONE),
    Column("15", "Quá hạn, đã có thư xin lỗi", _DONE, 12),
    Column("16", "Quá hạn, chưa có thư xin lỗi", _DONE, 12),
    Column("17", "Tổng số", _OPEN),
    Column("18", "Trong hạn", _OPEN),
    Column("19", "Quá hạn", _OPEN),
    Column("20", "Chờ tiếp nhận, trong hạn", _ASIDE, 12),
    Column("21", "Chờ tiếp nhận, quá hạn", _ASIDE, 12),
    Column("22", "Không tiếp nhận", _ASIDE),
    Column("23", "Trong đó dừng", "Trong tổng số"),
    Column("24", "Trong đó rút", "Trong tổng số"),
    Column("25", "Tổng số", _PAID),
    Column("26", "Trực tuyến", _PAID, text=True),
    Column("27", "Trực tiếp", _PAID, text=True),
)

SUMS = (
    ("3", ("4", "5", "6", "7", "8", "9", "10")),
    ("11", ("12", "13", "14")),
    ("14", ("15", "16")),
    ("17", ("18", "19")),
    ("3", ("11", "17")),
)

NOTES = (
    "Số thứ tự cột là của bảng này, không phải của biểu gốc; các chỉ tiêu theo biểu 07a/BTP.",
    "Khác: hồ sơ trực tuyến của thủ tục chưa khai báo toàn trình hay một phần.",
    "Thư xin lỗi không làm hồ sơ quá hạn thành đúng hạn.",
    "Kênh thanh toán (trực tuyến, trực tiếp): ngoài hệ thống.",
)

_STANDS = {
    Standing.EARLY: ("11", "12"),
    Standing.ON_TIME: ("11", "13"),
    Standing.LATE: ("11", "14"),
    Standing.OPEN_IN_TIME: ("17", "18"),
    Standing.OPEN_LATE: ("17", "19"),
}
_CHANNELS = {"counter": "7", "postal": "8"}
_ONLINE = {FULL: "5", PARTIAL: "6"}


@dataclass(frozen=True)
class Intake:
    """A dossier that was handed in and is not (yet) received."""

    number: str
    procedure: str
    agency: str
    waiting: bool
    in_time: bool


def columns_of(
    detail: CaseDetail, figure: CaseFigure, online: Mapping[str, str]
) -> tuple[str, ...]:
    """The columns one received case is counted in. Legal: R28, R33, R55"""
    columns = ["3", *_STANDS[figure.standing]]
    if figure.arrival is Arrival.CARRIED:
        columns.append("4")
    elif detail.foreign_territory:
        columns.append("9")
    elif figure.arrival is Arrival.ONLINE:
        columns.append(_ONLINE.get(online.get(detail.fold.procedure, ""), "10"))
    else:
        columns.append(_CHANNELS.get(detail.fold.channel, "10"))
    if figure.standing is Standing.LATE:
        columns.append("15" if figure.apologised else "16")
    if detail.stopped_since is not None and figure.standing in _STILL_OPEN:
        columns.append("23")
    if detail.is_withdrawn:
        columns.append("24")
    if detail.payments_confirmed:
        columns.append("25")
    return tuple(columns)


_STILL_OPEN = frozenset({Standing.OPEN_IN_TIME, Standing.OPEN_LATE})

INTAKE_TYPES = (
    RECEIVED,
    "CaseRegistered",
    "CaseRefused",
    "CaseWithdrawn",
    "SupplementRequested",
)


def intakes(
    events: Iterable[Happening],
    window: Window,
    *,
    now: datetime,
    answer_due: Callable[[str, datetime], datetime],
    in_order: bool = False,
) -> Iterator[Intake]:
    """Dossiers that wait for intake at the window's end, or were not received inside it.

    `answer_due` gives for an agency and the moment of submission when the answer is due. A
    dossier the applicant was asked to complete waits in time. Legal: R10, R11, R14, R55
    """
    for number, entries in by_case(events, in_order=in_order):
        intake = _intake(number, entries, window, now, answer_due)
        if intake is not None:
            yield intake


def _intake(
    number: str,
    entries: Sequence[Happening],
    window: Window,
    now: datetime,
    answer_due: Callable[[str, datetime], datetime],
) -> Intake | None:
    registered: Happening | None = None
    asked = False
    for entry in entries:
        if entry.at > now or entry.at >= window.end_at:
            break
        if entry.type == "CaseRegistered":
            registered = entry
        elif entry.type in {RECEIVED, "CaseWithdrawn"}:
            return None
        elif entry.type == "SupplementRequested":
            asked = True
        elif entry.type == "CaseRefused" and registered is not None:
            if entry.at < window.start_at:
                return None
            return _of(number, registered, waiting=False, in_time=True)
    if registered is None:
        return None
    end = min(now, window.end_at)
    in_time = asked or end <= answer_due(registered.data["agency"], registered.at)
    return _of(number, registered, waiting=True, in_time=in_time)


def _of(number: str, registered: Happening, *, waiting: bool, in_time: bool) -> Intake:
    data = registered.data
    return Intake(number, data["procedure"], data["agency"], waiting, in_time)


def btp_07a(
    context: ReportContext,
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    waiting: Iterable[Intake],
    *,
    online: Mapping[str, str],
    keep: bool = False,
) -> tuple[Sheet, PrintedRows]:
    """The view out of a period's cases; `online` says for a procedure "full" or "partial".

    Raises:
        FormInconsistentError: a sum fails.
    """
    table = Tabulation(keep=keep)
    seen = set()
    for detail, figure in cases:
        seen.add(detail.fold.agency)
        row: RowKey = (detail.fold.level, detail.fold.field)
        table.add(row, columns_of(detail, figure, online), detail.number)
    for intake in waiting:
        _, field, level = context.procedures.get(intake.procedure, ("", intake.procedure, ""))
        column = "22" if not intake.waiting else "20" if intake.in_time else "21"
        table.add((level, field), (column,), intake.number)
    coverage: Coverage = context.coverage(seen)
    printed = PrintedRows(
        table,
        COLUMNS,
        sums=SUMS,
        groups={key[0]: f"Thủ tục hành chính cấp {key[0]}" for key in table.counts},
        fixed={"26": OUTSIDE, "27": OUTSIDE},
    )
    sheet = context.sheet(
        code="07a-btp",
        form="Theo chỉ tiêu của biểu 07a/BTP",
        title="Kết quả giải quyết thủ tục hành chính",
        unit="Đơn vị tính: hồ sơ",
        columns=COLUMNS,
        rows=tuple(printed.rows),
        coverage=coverage,
        notes=NOTES,
    )
    return sheet, printed
