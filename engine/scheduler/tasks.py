"""What the jobs do: each looks at the books anew, so that a lost tick loses nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

from engine.cases.lateness.recount import recount_some, unfinished_changes
from engine.cases.training import clock_of, is_training
from engine.cases.watch.heartbeat import beat
from engine.database import reading, transaction
from engine.journal.seal import last_sealed, seal_journal
from engine.reports.rollup_books import sums_behind, write_sums
from engine.scheduler.delivery import deliver
from engine.scheduler.openings import do_opening
from engine.scheduler.sweep import NOTHING, Swept, Worker, advance_training_clock, sweep

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.config import Settings

BEAT_SECONDS = 5.0
STRETCH_ROWS = 500_000
"""Journal rows that are summed at a time: a long journal is caught up with tick by tick."""
UNUSABLE_SECONDS = 3_600.0
"""A journal that cannot be summed is not read anew more often."""


@dataclass
class Duty:
    """One scheduler at work: its books, its settings, its name, what it has done so far."""

    books: Engine
    settings: Settings
    worker: Worker
    done: Swept = NOTHING
    beaten_at: float = field(default=-BEAT_SECONDS)
    """By the monotonic clock, which no one sets."""
    ticked_at: float | None = None
    stopping: Event = field(default_factory=Event)
    """Set when the process is asked to end: long work breaks off."""
    sums_refused_at: float | None = None

    def has_done(self, swept: Swept) -> None:
        """Count it, and say from time to time that this loop is alive."""
        self.done += swept
        if time.monotonic() - self.beaten_at < BEAT_SECONDS:
            return
        with transaction(self.books) as db:
            beat(
                db,
                self.worker.name,
                self.worker.wall.now(),
                fired=self.done.fired,
                failed=self.done.failed,
            )
        self.beaten_at = time.monotonic()


def sweep_due_timers(duty: Duty) -> None:
    """Fire what is due by the office's clock. Legal: R25, R28, R30

    A training office's clock is moved by commands, or, when told to, by a speed of its own; the
    wall decides nothing there.
    """
    with reading(duty.books) as db:
        training, clock = is_training(db), clock_of(db)
    if training and duty.settings.training_speed:
        now, before = time.monotonic(), duty.ticked_at
        duty.ticked_at = now
        if before is not None:
            ahead = timedelta(seconds=(now - before) * duty.settings.training_speed)
            duty.has_done(advance_training_clock(duty.books, clock.now() + ahead))
            return
    sweep(duty.books, clock, duty.worker)
    duty.has_done(NOTHING)


def do_openings(duty: Duty) -> None:
    """Once at each opening: pace of steps, stuck cases, digests."""
    with reading(duty.books) as db:
        clock = clock_of(db)
    do_opening(duty.books, clock)


def recount_deadlines(duty: Duty) -> None:
    """Carry changes of the calendar into the open cases, a batch a transaction. Legal: R41"""
    with reading(duty.books) as db:
        waiting = unfinished_changes(db)
    for change in waiting:
        done = False
        while not done and not duty.worker.stopping.is_set():
            with transaction(duty.books) as db:
                done = recount_some(db, clock_of(db), change)


def deliver_notices(duty: Duty) -> None:
    """Send what waits in the outbox; without a mail server it waits on. Legal: R71, R29"""
    if duty.settings.smtp_host:
        deliver(duty.books, duty.settings, duty.worker)


def seal(duty: Duty) -> None:
    """Seal and anchor the journal. Legal: R70"""
    seal_journal(duty.books, duty.settings.anchor_file)


def keep_sums(duty: Duty) -> None:
    """Bring the sums by half month up to what is sealed: counted beside the others, then written.

    Sealed rows stay as they are, so that nobody waits while the journal is read. Legal: R48, R53
    """
    refused, now = duty.sums_refused_at, time.monotonic()
    if refused is not None and now - refused < UNUSABLE_SECONDS:
        return
    with reading(duty.books) as db:
        summed = sums_behind(db, clock_of(db).now(), up_to=last_sealed(db), most_rows=STRETCH_ROWS)
    duty.sums_refused_at = None if summed.usable else now
    if summed.changes_nothing:
        return
    # While there is no bookmark to wait at, two who begin at once would both write the first sums.
    with transaction(duty.books, alone=summed.is_anew) as db:
        write_sums(db, summed)
