"""How long the steps of one version took, in working minutes, beside what they were allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.cases.tables import case
from engine.journal.read import last_sequence, lines_of
from engine.reports.steps import STEP_TYPES, measure_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.clock import Clock
    from engine.journal.read import Line
    from engine.reports.measures import Window
    from engine.reports.steps import StepRow

_STREAMS = 500


def step_times(
    db: Connection, clock: Clock, *, code: str, version_id: int, window: Window
) -> dict[str, StepRow]:
    """Element → figures of its steps finished in a window, by cases that are on the version now.

    Only the journal of these cases is read. Legal: R45
    """
    rows = measure_steps(_lines(db, version_id), window, now=clock.now(), by="step")
    return {row.key.removeprefix(f"{code} "): row for row in rows}


def _lines(db: Connection, version_id: int) -> Iterator[Line]:
    up_to = last_sequence(db)
    numbers = db.scalars(
        select(case.c.number).where(case.c.version_id == version_id).order_by(case.c.number)
    ).all()
    for at in range(0, len(numbers), _STREAMS):
        yield from lines_of(db, numbers[at : at + _STREAMS], up_to=up_to, types=STEP_TYPES)
