"""Rehearsals left waiting, as a job of the clock process: a restart must not strand them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.rehearsal.start import start_worker
from engine.clock import SystemClock
from engine.database import reading
from engine.reports.rehearsals import is_left_waiting
from engine.scheduler.jobs import Job

if TYPE_CHECKING:
    from engine.scheduler.tasks import Duty


def take_up_rehearsals(duty: Duty) -> None:
    """Start a worker when something waits and none is alive; the desk starts its own as a rule."""
    with reading(duty.books) as db:
        left = is_left_waiting(db, SystemClock().now())
    if left:
        start_worker(duty.books, duty.settings)


REHEARSALS = Job(
    "rehearsals",
    30,
    take_up_rehearsals,
    "a rehearsal that was asked for is run, whatever became of the desk that took it",
)
