"""How procedures are kept: counts and the named rates of each one in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.journal.read import last_sequence
from engine.reports.measures import MeasureRow, rows_of
from engine.reports.window_sums import WindowSums

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock
    from engine.reports.measures import Window


def procedure_figures(db: Connection, clock: Clock, window: Window) -> dict[str, MeasureRow]:
    """Code → figures of procedures with cases in the window.

    The kept sums answer when they can, else the journal is counted. Legal: R47–R49
    """
    sums = WindowSums(db, now=clock.now(), up_to=last_sequence(db))
    return {row.key: row for row in rows_of(sums.tallies(window, "procedure"), by="procedure")}
