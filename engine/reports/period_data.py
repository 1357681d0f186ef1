"""A period's data for forms: read once from the journal, at a moment, up to a place in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.catalog.tables import procedure
from engine.clock import iso_office
from engine.journal.read import last_sequence, lines_by_stream
from engine.reports.case_detail import DETAIL_TYPES, details
from engine.reports.case_lines import case_lines, rows_of_cases
from engine.reports.forms.context import ReportContext
from engine.reports.measures import DEFINITION, Window
from engine.reports.tables import CELL_COLUMNS
from engine.reports.window_sums import WindowSums
from engine.staff.tables import agency, officer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.journal.read import Line
    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure
    from engine.reports.measures import Tally
    from engine.sla.periods import Period


@dataclass(frozen=True)
class PeriodData:
    """Where figures come from: the journal up to `up_to`, as it was known at `now`.

    `agency` keeps only one agency's cases.
    """

    db: Connection
    context: ReportContext
    up_to: int
    sums: WindowSums
    agency: str | None = None

    @property
    def window(self) -> Window:
        """The period's dates."""
        return self.context.window

    @property
    def now(self) -> datetime:
        """The moment the figures are of."""
        return self.context.now

    def cases(self) -> Iterator[tuple[CaseDetail, CaseFigure]]:
        """Every case of the period with its figure, one in memory at a time."""
        lines = self.lines(DETAIL_TYPES)
        for detail, figure in details(lines, self.window, now=self.now, in_order=True):
            if self.agency in (None, detail.fold.agency):
                yield detail, figure

    def lines(self, types: Iterable[str]) -> Iterator[Line]:
        """The journal of the period's cases, case by case: of these types.

        Whoever waits is given only cases that may have a part in the period; the answer is the
        same, since their journal decides.

        Raises:
            TooMuchToCountError: they are more than whoever asks may wait for.
        """
        wanted = sorted(types)
        if self.sums.most_rows is None:
            return lines_by_stream(self.db, up_to=self.up_to, types=wanted)
        mine = None if self.agency is None else (self.agency,)
        self.sums.check_rows(rows_of_cases(self.db, self.window, mine))
        return case_lines(self.db, self.window, mine, up_to=self.up_to, types=wanted)

    def tallies(self, *names: str) -> dict[str, Tally]:
        """Sums of the period by the named parts of a cell, joined by tabs.

        Raises:
            TooMuchToCountError: the kept sums cannot answer and the journal is too long.
        """
        return self.of_windows([self.window], *names)[0]

    def of_windows(self, windows: Sequence[Window], *names: str) -> list[dict[str, Tally]]:
        """The same of other windows, with one look at the journal."""
        if self.agency is None:
            return self.sums.of_windows(windows, *names)
        mine = f"{self.agency}\t"
        parts = self.sums.of_windows(windows, "agency", *(names or CELL_COLUMNS[1:]))
        return [
            {key.removeprefix(mine): tally for key, tally in part.items() if key.startswith(mine)}
            for part in parts
        ]

    def agencies_seen(self) -> set[str]:
        """Which agencies have a case in the period."""
        if self.agency is not None:
            return {self.agency} if self.tallies("level") else set()
        return set(self.tallies("agency"))


def period_data(
    db: Connection,
    period: Period,
    *,
    now: datetime,
    up_to: int | None = None,
    agency_code: str | None = None,
    issuer: str | None = None,
    most_rows: int | None = None,
) -> PeriodData:
    """The data of a period as the books have it now, or had it up to a place in the journal.

    `most_rows` is how many journal rows whoever asks may wait for; None is no limit.
    """
    place = last_sequence(db) if up_to is None else up_to
    agencies = {
        row.code: row.name
        for row in db.execute(select(agency.c.code, agency.c.name).order_by(agency.c.code))
        if agency_code in (None, row.code)
    }
    context = ReportContext(
        period=period,
        window=Window(period.first_on, period.last_on),
        now=now,
        issuer=issuer or (next(iter(agencies.values())) if len(agencies) == 1 else "…………"),
        agencies=agencies,
        procedures={
            row.code: (row.name, row.field, row.level) for row in db.execute(select(procedure))
        },
        officers={row.code: row.name for row in db.execute(select(officer.c.code, officer.c.name))},
        facts={
            "Định nghĩa số liệu": DEFINITION,
            "Số liệu tính đến": iso_office(now),
            "Vị trí nhật ký": place,
        },
    )
    sums = WindowSums(db, now=now, up_to=place, most_rows=most_rows)
    return PeriodData(db, context, place, sums, agency_code)
