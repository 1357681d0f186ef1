"""Figures from the sums by half month, with what the journal holds behind their bookmark."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.clock import office_date
from engine.reports.measures import Tally, Window
from engine.reports.rollup import (
    OutOfOrderError,
    Roller,
    add_stock,
    block_before,
    block_of,
    cell_parts,
    is_made_of_blocks,
    tally_of,
)
from engine.reports.rollup_books import bookmark, follow, holds, open_cases
from engine.reports.tables import CELL_COLUMNS, FLOW_COLUMNS, STOCK_COLUMNS, rollup_block

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

CHANNEL = "channel"


class KeptSums:
    """The kept sums of books at a moment, up to a place in the journal.

    Open cases and the rows behind the bookmark are read once, when a window first needs them.
    """

    def __init__(self, db: Connection, *, now: datetime, up_to: int) -> None:
        self._db, self._now, self._up_to = db, now, up_to
        mark = bookmark(db)
        fits = (
            mark is not None
            and mark.usable
            and mark.rolled_at <= now
            and mark.sequence <= up_to
            and holds(db, mark)
        )
        self._mark = mark if fits else None
        self._roller: Roller | None = None

    @property
    def rows_behind(self) -> int:
        """How many journal rows an answer reads: all of them when the sums cannot answer."""
        return self._up_to - (0 if self._mark is None else self._mark.sequence)

    def answers(self, window: Window) -> bool:
        """Whether the sums can answer for a window, as far as is known before it is counted.

        A window that ends today is one that goes on to the end of its half month.
        """
        return (
            self._mark is not None
            and window.start_at <= self._now
            and (is_made_of_blocks(window) or self._goes_on(window))
        )

    def tallies(
        self, window: Window, names: Sequence[str] = CELL_COLUMNS
    ) -> dict[str, Tally] | None:
        """The sums of a window by the named parts of a cell, joined by tabs; None: ask the journal.

        The answer is that of the journal up to `up_to`, known at `now`. Legal: R47–R49, R51, R54
        """
        if self._mark is None or not self.answers(window):
            return None
        is_over = window.end_at <= self._now
        needs_open = (
            self.rows_behind > 0
            or not is_over
            or block_of(office_date(self._mark.rolled_at)) <= block_of(window.last)
        )
        try:
            roller = self._under_way() if needs_open else Roller()
        except OutOfOrderError:
            self._mark = None
            return None
        if not is_made_of_blocks(window) and _is_ahead(roller, window):
            return None
        # The channel says how a case arrived, so it is always among the parts.
        parts = [*names, *([] if CHANNEL in names else [CHANNEL])]
        before, last = block_before(window.first), block_of(window.last)
        flow = self._summed(roller, parts, FLOW_COLUMNS, window.first, last)
        earlier = self._summed(roller, parts, STOCK_COLUMNS, before, before)
        stock = (
            self._summed(roller, parts, STOCK_COLUMNS, last, last)
            if is_over
            else self._standing(roller, parts, window)
        )
        found: dict[str, Tally] = {}
        channel, width = parts.index(CHANNEL), len(names)
        for key in {*flow, *earlier, *stock}:
            left = earlier.get(key, Counter[str]())
            carried = left.get("open_in_time", 0) + left.get("open_late", 0)
            tally = tally_of(flow.get(key, {}), key[channel], stock.get(key, {}), carried)
            if tally.cases:
                found.setdefault("\t".join(key[:width]), Tally()).merge(tally)
        return found

    def _goes_on(self, window: Window) -> bool:
        return block_of(window.first) == window.first and window.end_at > self._now

    def _under_way(self) -> Roller:
        if self._roller is None:
            if self._mark is None:
                raise AssertionError("without sums there are no open cases among them")
            roller = open_cases(self._db)
            follow(self._db, roller, self._mark.sequence, self._up_to, self._now)
            self._roller = roller
        return self._roller

    def _summed(
        self, roller: Roller, parts: Sequence[str], columns: Sequence[str], first: date, last: date
    ) -> dict[tuple[str, ...], Counter[str]]:
        cell = [rollup_block.c[name] for name in parts]
        sums = [func.sum(rollup_block.c[name]) for name in columns]
        width = len(parts)
        rows = self._db.execute(
            select(*cell, *sums)
            .where(rollup_block.c.first_on >= first, rollup_block.c.first_on <= last)
            .group_by(*cell)
        )
        found = {
            tuple(row[:width]): Counter(dict(zip(columns, map(int, row[width:]), strict=True)))
            for row in rows
        }
        places = [CELL_COLUMNS.index(name) for name in parts]
        for (on, *whole), counts in roller.blocks.items():
            if first <= on <= last:
                key = tuple(whole[place] for place in places)
                found.setdefault(key, Counter()).update({name: counts[name] for name in columns})
        return found

    def _standing(
        self, roller: Roller, parts: Sequence[str], window: Window
    ) -> dict[tuple[str, ...], Counter[str]]:
        """How open cases stand now, in a window that is not over."""
        places = [CELL_COLUMNS.index(name) for name in parts]
        as_of = min(self._now, window.end_at - timedelta(microseconds=1))
        start_at, end_at = window.start_at, window.end_at
        found: dict[tuple[str, ...], Counter[str]] = {}
        for number, case in roller.open.items():
            figure = case.fold.figure(number, start_at=start_at, end_at=end_at, as_of=as_of)
            if figure is not None:
                whole = cell_parts(case.fold)
                key = tuple(whole[place] for place in places)
                add_stock(found.setdefault(key, Counter()), figure)
        return found


def _is_ahead(roller: Roller, window: Window) -> bool:
    """Whether a case counts as received after the window, but in the half month it ends in."""
    return any(case.fold.received_at >= window.end_at for case in roller.open.values())
