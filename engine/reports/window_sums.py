"""Sums of windows, wherever they come from: kept by half month, else counted from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import OfficeError
from engine.journal.read import lines_after
from engine.reports.case_lines import case_lines, rows_of_cases
from engine.reports.kept_sums import KeptSums
from engine.reports.measures import CELL, Folding, Window, merged, relevant_types
from engine.reports.tables import CELL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.journal.read import Line
    from engine.reports.measures import Tally


class TooMuchToCountError(OfficeError):
    """An answer would read more of the journal than whoever asks may wait for."""

    code = "too_much_to_count"


class WindowSums:
    """Figures at a moment, up to a place in the journal; both ways give the same digits.

    `most_rows` is how many journal rows an answer may read; None is no limit.
    """

    def __init__(
        self, db: Connection, *, now: datetime, up_to: int, most_rows: int | None = None
    ) -> None:
        self._db, self._now, self._up_to = db, now, up_to
        self.most_rows = most_rows
        self._kept = KeptSums(db, now=now, up_to=up_to)
        self._counted: dict[Window, dict[str, Tally]] = {}
        self._summed: dict[tuple[Window, tuple[str, ...]], dict[str, Tally]] = {}

    def tallies(self, window: Window, *names: str) -> dict[str, Tally]:
        """The sums of a window by the named parts of a cell, joined by tabs.

        Raises:
            TooMuchToCountError: the sums cannot answer and the journal is too long.
        """
        return self.of_windows([window], *names)[0]

    def of_windows(self, windows: Sequence[Window], *names: str) -> list[dict[str, Tally]]:
        """The same of several windows: the journal is read once, if at all.

        Raises:
            TooMuchToCountError: the sums cannot answer and the journal is too long.
        """
        for window in windows:
            self._sum(window, names)
        self._count([window for window in windows if (window, names) not in self._summed])
        return [
            self._summed[window, names]
            if (window, names) in self._summed
            else regrouped(self._counted[window], *names)
            for window in windows
        ]

    def check_rows(self, rows: int) -> None:
        """Refuse to read more than whoever asks may wait for.

        Raises:
            TooMuchToCountError.
        """
        if self.most_rows is not None and rows > self.most_rows:
            raise TooMuchToCountError(
                f"Expected an answer from at most {self.most_rows:,} rows of the journal, but it"
                f" reads {rows:,}: the sums are not made yet, or do not have these figures",
                rows=rows,
            )

    def _sum(self, window: Window, names: tuple[str, ...]) -> None:
        if (window, names) in self._summed or not self._kept.answers(window):
            return
        self.check_rows(self._kept.rows_behind)
        kept = self._kept.tallies(window, names)
        if kept is not None:
            self._summed[window, names] = kept

    def _count(self, windows: Sequence[Window]) -> None:
        missing = {
            window: Folding(window, now=self._now, by=CELL)
            for window in windows
            if window not in self._counted
        }
        if not missing:
            return
        for line in self._lines(
            Window(min(w.first for w in missing), max(w.last for w in missing))
        ):
            for folding in missing.values():
                folding.follow((line,))
        for window, folding in missing.items():
            self._counted[window] = folding.tallies()

    def _lines(self, span: Window) -> Iterator[Line]:
        types = relevant_types()
        if self.most_rows is None:
            return lines_after(self._db, up_to=self._up_to, types=types)
        # Whoever waits is given only cases that may have a part in it.
        self.check_rows(rows_of_cases(self._db, span, None))
        return case_lines(self._db, span, None, up_to=self._up_to, types=types)


def part_of(key: str, name: str) -> str:
    """One part of a cell's key."""
    return key.split("\t")[CELL_COLUMNS.index(name)]


def regrouped(tallies: Mapping[str, Tally], *names: str) -> dict[str, Tally]:
    """Sums of coarser rows: keys of the named parts, joined by tabs."""
    return merged(
        {"\t".join(part_of(key, name) for name in names): tally} for key, tally in tallies.items()
    )
