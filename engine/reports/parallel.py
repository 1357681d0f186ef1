"""A window counted from the journal by several processes, each with its share of the cases."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.database import open_database, reading
from engine.errors import BadInputError
from engine.journal.read import lines_after
from engine.reports.measures import Folding, Tally, Window, merged, relevant_types

if TYPE_CHECKING:
    from datetime import datetime

MOST_PROCESSES = 10
"""Cases are shared by the last digit of their numbers."""


@dataclass(frozen=True)
class Share:
    """What one process counts, of which books."""

    url: str
    window: Window
    now: datetime
    up_to: int
    by: str | None
    number: int
    shares: int


def counted_by(
    processes: int, url: str, window: Window, *, now: datetime, up_to: int, by: str | None = None
) -> tuple[dict[str, Tally], set[str]]:
    """The sums of each row and the agencies in them, whatever the number of processes.

    Raises:
        BadInputError: more processes than there are digits, or none.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise BadInputError(f"Expected 1 to {MOST_PROCESSES} processes, but got {processes}")
    shares = [Share(url, window, now, up_to, by, k, processes) for k in range(processes)]
    if processes == 1:
        parts = [_count(shares[0])]
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            parts = list(pool.map(_count, shares))
    agencies = {agency for _, seen in parts for agency in seen}
    return merged(tallies for tallies, _ in parts), agencies


def _count(share: Share) -> tuple[dict[str, Tally], set[str]]:
    books = open_database(share.url)
    try:
        with reading(books) as db:
            folding = Folding(share.window, now=share.now, by=share.by)
            folding.follow(
                lines_after(
                    db,
                    up_to=share.up_to,
                    types=relevant_types(share.by),
                    share=(share.number, share.shares),
                )
            )
            return folding.tallies(), folding.agencies
    finally:
        books.dispose()
