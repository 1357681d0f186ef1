"""Figures to look at: rows by the parts of a cell, or month by month, from the sums."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select

from engine.errors import BadInputError
from engine.reports.figures import names_of
from engine.reports.measures import WHOLE, Tally, Window, merged, quarters_of, rows_of
from engine.reports.print.sheet import Coverage
from engine.reports.tables import CELL_COLUMNS
from engine.staff.tables import agency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from engine.reports.measures import MeasureRow

MONTH, QUARTER = "month", "period"
SPANS = (MONTH, QUARTER)
"""Rows that are windows of their own, each with what it carried over. Legal: R53, R54"""
ROWS_BY = (*CELL_COLUMNS, *SPANS)
"""What rows of an overview may be."""

IN_EVERY_MONTH = 28
"""A day that every month has: four days later it is the next one."""


class Sums(Protocol):
    """Where figures come from: `WindowSums` of the office, `PeriodData` of one agency too."""

    def of_windows(self, windows: Sequence[Window], *names: str) -> list[dict[str, Tally]]:
        """Sums of several windows by the named parts of a cell."""
        ...


def whole_row(sums: Sums, window: Window) -> MeasureRow:
    """The one row of a window. Legal: R47–R49

    Raises:
        TooMuchToCountError. MeasuresInconsistentError: the columns do not add up.
    """
    return rows_of(_in_one(sums, window), by=None)[0]


def overview(db: Connection, sums: Sums, window: Window, by: str) -> list[MeasureRow]:
    """Rows of a window in the order of their keys. Legal: R47–R49, R54

    Raises:
        BadInputError: `by` is not one of `ROWS_BY`.
        TooMuchToCountError. MeasuresInconsistentError.
    """
    if by not in ROWS_BY:
        raise BadInputError(f"Expected rows by {', '.join(ROWS_BY)}, but got {by!r}", by=by)
    if by in SPANS:
        return _spans(sums, spans_of(window, by))
    return list(rows_of(sums.of_windows([window], by)[0], by=by, names=names_of(db, by)))


def coverage(db: Connection, sums: Sums, window: Window) -> Coverage:
    """Which agencies have a case in a window, of all there are; printed beside every rate."""
    seen = set(sums.of_windows([window], "agency")[0])
    expected = set(db.scalars(select(agency.c.code)))
    return Coverage(tuple(sorted(seen)), tuple(sorted(expected - seen)))


def months_of(window: Window) -> Iterator[Window]:
    """The calendar months of a window, cut at its ends."""
    first = window.first
    while first <= window.last:
        after = (first.replace(day=IN_EVERY_MONTH) + timedelta(days=4)).replace(day=1)
        yield Window(first, min(window.last, after - timedelta(days=1)))
        first = after


def spans_of(window: Window, by: str) -> dict[str, Window]:
    """The months or reporting quarters of a window by their keys, such as "2026-11"."""
    if by == QUARTER:
        return dict(quarters_of(window))
    return {each.first.isoformat()[:7]: each for each in months_of(window)}


def _spans(sums: Sums, spans: Mapping[str, Window]) -> list[MeasureRow]:
    rows: list[MeasureRow] = []
    found = sums.of_windows([*spans.values()], "level")
    for (key, window), tallies in zip(spans.items(), found, strict=True):
        whole = merged([{key: tally} for tally in tallies.values()]) or {key: Tally()}
        name = f"{key} ({window.first:%d/%m/%Y}–{window.last:%d/%m/%Y})"
        rows += rows_of(whole, by="level", names={key: name})
    return rows


def _in_one(sums: Sums, window: Window) -> dict[str, Tally]:
    return merged([{WHOLE: tally} for tally in sums.of_windows([window], "level")[0].values()])
