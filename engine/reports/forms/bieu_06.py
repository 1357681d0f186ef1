"""Biểu 06: how dossiers were received and solved in a period, by field or agency (R48)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reports.case_fold import Arrival, Standing
from engine.reports.counts import Counts, named_rates
from engine.reports.forms.tabulation import PrintedRows, Tabulation
from engine.reports.print.sheet import Column
from engine.reports.rounding import vietnamese

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.reports.case_fold import CaseFigure
    from engine.reports.counts import Rate
    from engine.reports.forms.context import ReportContext
    from engine.reports.measures import MeasureRow
    from engine.reports.print.sheet import Coverage, Sheet

FORM = "Biểu số 06/VPCP/KSTT"
GROUP_NAME = "Thủ tục hành chính cấp {}"
TITLE = "Tình hình, kết quả giải quyết thủ tục hành chính"

COLUMNS = (
    Column("1", "STT", width=6, text=True),
    Column("2", "Lĩnh vực, công việc giải quyết", width=40, text=True),
    Column("3", "Tổng số", "Số hồ sơ tiếp nhận"),
    Column("4", "Trực tuyến trong kỳ", "Số hồ sơ tiếp nhận"),
    Column("5", "Trực tiếp, bưu chính trong kỳ", "Số hồ sơ tiếp nhận", 12),
    Column("6", "Từ kỳ trước", "Số hồ sơ tiếp nhận"),
    Column("7", "Tổng số", "Số hồ sơ đã giải quyết"),
    Column("8", "Trước hạn", "Số hồ sơ đã giải quyết"),
    Column("9", "Đúng hạn", "Số hồ sơ đã giải quyết"),
    Column("10", "Quá hạn", "Số hồ sơ đã giải quyết"),
    Column("11", "Tổng số", "Số hồ sơ đang giải quyết"),
    Column("12", "Trong hạn", "Số hồ sơ đang giải quyết"),
    Column("13", "Quá hạn", "Số hồ sơ đang giải quyết"),
)

SUMS = (
    ("3", ("4", "5", "6")),
    ("7", ("8", "9", "10")),
    ("11", ("12", "13")),
    ("3", ("7", "11")),
)
"""The four sums that hold in every row, else the report is refused. Legal: R48"""

_ARRIVED = {Arrival.ONLINE: "4", Arrival.DIRECT_POST: "5", Arrival.CARRIED: "6"}
_STANDS = {
    Standing.EARLY: ("7", "8"),
    Standing.ON_TIME: ("7", "9"),
    Standing.LATE: ("7", "10"),
    Standing.OPEN_IN_TIME: ("11", "12"),
    Standing.OPEN_LATE: ("11", "13"),
}

NOTES = (
    "Đúng hạn gồm cả hồ sơ trả lại, rút trong hạn; trong hạn gồm cả hồ sơ chờ bổ sung.",
    "So ngày kết thúc với ngày hẹn trả ban đầu (thư xin lỗi không đổi hạn thống kê).",
)


def columns_of(figure: CaseFigure) -> tuple[str, ...]:
    """The columns one case is counted in. Legal: R47, R48, R54"""
    return ("3", _ARRIVED[figure.arrival], *_STANDS[figure.standing])


def counted_of(counts: Counts) -> dict[str, int]:
    """A measured row as columns."""
    return {
        "3": counts.received,
        "4": counts.online,
        "5": counts.direct_post,
        "6": counts.carried,
        "7": counts.solved,
        "8": counts.early,
        "9": counts.on_time,
        "10": counts.late,
        "11": counts.still_open,
        "12": counts.open_in_time,
        "13": counts.open_late,
    }


def bieu_06(
    context: ReportContext,
    table: Tabulation,
    *,
    in_time_766: int,
    coverage: Coverage,
    names: Mapping[str, str] | None = None,
) -> tuple[Sheet, PrintedRows]:
    """The form out of counted rows. Legal: R47–R49, R52–R54

    Raises:
        FormInconsistentError: one of the four sums fails.
    """
    printed = PrintedRows(
        table, COLUMNS, sums=SUMS, names=names, groups=_groups(key[0] for key in table.counts)
    )
    total = dict(zip((column.key for column in COLUMNS), printed.rows[-1].cells, strict=True))
    sheet = context.sheet(
        code="bieu-06",
        form=FORM,
        title=TITLE,
        unit="Đơn vị tính: hồ sơ",
        columns=COLUMNS,
        rows=tuple(printed.rows),
        coverage=coverage,
        notes=(*_rates(total, in_time_766, coverage), *NOTES),
    )
    return sheet, printed


def table_of(rows: Iterable[MeasureRow]) -> Tabulation:
    """Measured rows, whose keys are "level<TAB>name", as a tabulation."""
    table = Tabulation()
    for row in rows:
        level, _, name = row.key.partition("\t")
        table.take((level, name), counted_of(row.counts))
    return table


def _groups(levels: Iterable[str]) -> dict[str, str]:
    return {level: GROUP_NAME.format(level) for level in levels}


def _rates(total: Mapping[str, object], in_time_766: int, coverage: Coverage) -> tuple[str, ...]:
    def of(column: str) -> int:
        value = total[column]
        return value if isinstance(value, int) else 0

    counts = Counts(
        received=of("3"),
        online=of("4"),
        direct_post=of("5"),
        carried=of("6"),
        solved=of("7"),
        early=of("8"),
        on_time=of("9"),
        late=of("10"),
        still_open=of("11"),
        open_in_time=of("12"),
        open_late=of("13"),
    )
    meaning = ("trước và đúng hạn trên đã giải quyết", "trên tiếp nhận", "theo QĐ 766/QĐ-TTg")
    return tuple(
        f"{rate_line(rate, words)}; {coverage.short()}"
        for rate, words in zip(named_rates(counts, in_time_766), meaning, strict=True)
    )


def rate_line(rate: Rate, meaning: str) -> str:
    """A rate with its name, numerator and denominator. Legal: R49"""
    percent = rate.percent
    shown = "không có mẫu số" if percent is None else f"{vietnamese(percent)} %"
    return (
        f"{rate.name} ({meaning}) = {vietnamese(rate.numerator)}/{vietnamese(rate.denominator)}"
        f" = {shown}"
    )
