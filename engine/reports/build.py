"""Building a report by its name: the forms put together from a period's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cases.lateness.causes import CAUSES
from engine.catalog.versions import version_number, versions_of
from engine.clock import office_date
from engine.errors import BadInputError
from engine.reports.citizen_voice import complained, feedback_of
from engine.reports.conformance import map_of
from engine.reports.forms.apologies import apologies
from engine.reports.forms.bieu_06 import bieu_06, columns_of, table_of
from engine.reports.forms.btp_07a import INTAKE_TYPES, INTAKE_WORKING_MINUTES, btp_07a, intakes
from engine.reports.forms.causes import causes
from engine.reports.forms.evaluation import evaluation
from engine.reports.forms.feedback import pakn
from engine.reports.forms.pauses import pauses, suspicious_pauses
from engine.reports.forms.process_view import process_view
from engine.reports.forms.qd_766 import qd_766
from engine.reports.forms.tabulation import Tabulation
from engine.reports.measures import WHOLE, merged, rows_of
from engine.staff.queries import agency_exists, any_office_time, office_time_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from engine.reports.conformance import Map
    from engine.reports.forms.context import ReportContext
    from engine.reports.forms.tabulation import CountedCells, PrintedRows
    from engine.reports.measures import MeasureRow
    from engine.reports.period_data import PeriodData
    from engine.reports.print.sheet import Sheet
    from engine.sla.office_hours import OfficeTime

ROWS_BY = ("field", "agency", "procedure", "channel")
"""What the rows of biểu 06 may be."""


@dataclass(frozen=True)
class Report:
    """A report and, when they were asked for, the cases behind its cells."""

    sheet: Sheet
    printed: PrintedRows | CountedCells | None = None

    @property
    def counted_columns(self) -> frozenset[str]:
        """The columns whose cells count cases."""
        return frozenset() if self.printed is None else self.printed.counted_columns

    def cases(self, row: str, column: str) -> list[str]:
        """The numbers of the cases behind a cell.

        Raises:
            BadInputError: the report counts no cases, or there is no such cell.
        """
        if self.printed is None:
            raise BadInputError(
                f"Expected a report that counts cases by row and column, but {self.sheet.code} is"
                " a list or a score"
            )
        return self.printed.cases(row, column)


def build(data: PeriodData, name: str, *, by: str = "field", keep: bool = False) -> Report:
    """A report of a period; `keep` also keeps the cases behind every cell.

    Raises:
        BadInputError: there is no such report or no such grouping.
        FormInconsistentError, MeasuresInconsistentError: sums fail, so it is not shown (R48).
    """
    if name not in REPORTS:
        raise BadInputError(f"Expected a report of {', '.join(REPORTS)}, but got {name!r}")
    if by not in ROWS_BY:
        raise BadInputError(f"Expected rows by {', '.join(ROWS_BY)}, but got {by!r}", by=by)
    return REPORTS[name](data, by, keep)


def whole_of(data: PeriodData) -> MeasureRow:
    """The one row of a period."""
    whole = merged([{WHOLE: tally} for tally in data.tallies("level").values()])
    return rows_of(whole, by=None)[0]


def row_names(context: ReportContext, by: str) -> dict[str, str]:
    """What the keys of biểu 06's rows are called; those that are not here are names."""
    return {
        "agency": dict(context.agencies),
        "procedure": {code: f"{code} {each[0]}" for code, each in context.procedures.items()},
        "channel": {"counter": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính"},
    }.get(by, {})


def _bieu_06(data: PeriodData, by: str, keep: bool) -> Report:
    if keep:
        table, in_time_766, seen = _counted_cases(data, by)
    else:
        rows = rows_of(data.tallies("level", by), by=by)
        table = table_of(rows)
        in_time_766 = sum(row.rates[2].numerator for row in rows)
        seen = data.agencies_seen()
    sheet, printed = bieu_06(
        data.context,
        table,
        in_time_766=in_time_766,
        coverage=data.context.coverage(seen),
        names=row_names(data.context, by),
    )
    return Report(sheet, printed)


def _counted_cases(data: PeriodData, by: str) -> tuple[Tabulation, int, set[str]]:
    table, in_time_766, seen = Tabulation(keep=True), 0, set()
    for detail, figure in data.cases():
        fold = detail.fold
        table.add((fold.level, getattr(fold, by)), columns_of(figure), detail.number)
        in_time_766 += figure.in_time_766
        seen.add(fold.agency)
    return table, in_time_766, seen


def _btp_07a(data: PeriodData, _by: str, keep: bool) -> Report:
    waiting = intakes(
        data.lines(INTAKE_TYPES),
        data.window,
        now=data.now,
        answer_due=_answer_due(data),
        in_order=True,
    )
    if data.agency is not None:
        waiting = (each for each in waiting if each.agency == data.agency)
    return Report(*btp_07a(data.context, data.cases(), waiting, online={}, keep=keep))


def _answer_due(data: PeriodData) -> Callable[[str, datetime], datetime]:
    def due(agency: str, submitted_at: datetime) -> datetime:
        if not agency_exists(data.db, agency):
            return submitted_at
        office = office_time_of(data.db, agency)
        return office.add_working_minutes(submitted_at, INTAKE_WORKING_MINUTES)

    return due


def _causes(data: PeriodData, _by: str, keep: bool) -> Report:
    return Report(*causes(data.context, data.cases(), causes_of=CAUSES, keep=keep))


def _qd_766(data: PeriodData, _by: str, _keep: bool) -> Report:
    coverage = data.context.coverage(data.agencies_seen())
    cases = complained(data)
    disliked = None if cases is None else len(cases)
    return Report(qd_766(data.context, whole_of(data), coverage=coverage, complained=disliked))


def _of_agencies(data: PeriodData, _by: str, _keep: bool) -> Report:
    return Report(*evaluation(data.context, data.cases(), of_officers=False))


def _of_officers(data: PeriodData, _by: str, _keep: bool) -> Report:
    return Report(*evaluation(data.context, data.cases(), of_officers=True))


def _apologies(data: PeriodData, _by: str, _keep: bool) -> Report:
    return Report(apologies(data.context, data.cases(), causes_of=CAUSES))


def _pakn(data: PeriodData, _by: str, _keep: bool) -> Report:
    calendar = any_office_time(data.db).calendar
    return Report(pakn(data.context, feedback_of(data), calendar))


def _pauses(data: PeriodData, _by: str, _keep: bool) -> Report:
    seen: set[str] = set()

    def office_of(agency: str) -> OfficeTime:
        seen.add(agency)
        return office_time_of(data.db, agency)

    marked = suspicious_pauses(data.cases(), data.context, office_of)
    return Report(pauses(data.context, marked, seen=seen))


def _process_view(data: PeriodData, _by: str, _keep: bool) -> Report:
    known: dict[tuple[str, int], Map | None] = {}

    def plan(procedure: str, version: int) -> Map | None:
        key = (procedure, version)
        if key not in known:
            known[key] = None
            numbers = {number for number, _ in versions_of(data.db, procedure)}
            if version in numbers:
                today = office_date(data.now)
                known[key] = map_of(version_number(data.db, procedure, version, today).process)
        return known[key]

    return Report(*process_view(data.context, data.cases(), plan))


REPORTS: dict[str, Callable[[PeriodData, str, bool], Report]] = {
    "bieu-06": _bieu_06,
    "07a-btp": _btp_07a,
    "qd-766": _qd_766,
    "danh-gia": _of_agencies,
    "danh-gia-can-bo": _of_officers,
    "nguyen-nhan": _causes,
    "thu-xin-loi": _apologies,
    "pakn": _pakn,
    "pauses": _pauses,
    "quy-trinh": _process_view,
}
"""Name → how it is built."""
