"""The sweep: claim due timers, then one transaction each; one bad case never blocks the others."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from engine.cases.claims import (
    Claim,
    ClaimLostError,
    claim,
    give_back,
    note_failure,
    unclaimed,
)
from engine.cases.fire_timer import fire_timer, next_timer
from engine.cases.tables import timer
from engine.cases.training import clock_of, set_training_clock
from engine.cases.watch.incidents import OF_TIMER, open_incident
from engine.clock import FrozenClock, SystemClock
from engine.database import DatabaseBusyError, reading, transaction
from engine.scheduler.openings import do_opening, next_opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from engine.clock import Clock


@dataclass(frozen=True)
class Swept:
    """What a sweep did: timers fired, dropped on a second look, and failed."""

    fired: int
    dropped: int
    failed: int

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.fired + other.fired, self.dropped + other.dropped, self.failed + other.failed
        )


NOTHING = Swept(0, 0, 0)

log = logging.getLogger(__name__)

_case_of = select(timer.c.case_id).where(timer.c.id == bindparam("b_id"))


def _own_name() -> str:
    return f"{socket.gethostname()[:30]}.{os.getpid()}.{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Worker:
    """One scheduler among several: its name, its lease, and whether it is to stop.

    `wall` is the machine's clock, for leases and retries only; what is due is the office's time.
    """

    name: str = field(default_factory=_own_name)
    wall: Clock = field(default_factory=SystemClock)
    lease: timedelta = timedelta(seconds=30)
    most: int = 100
    """Timers claimed at once: few enough to be fired well within the lease."""
    stopping: Event = field(default_factory=Event)
    on_progress: Callable[[Swept], None] = lambda _swept: None
    """Told after each timer: the loop that does the work is the one that says it is alive."""


def sweep(books: Engine, clock: Clock, worker: Worker | None = None) -> Swept:
    """Fire every timer whose instant has come, oldest first. Legal: R25, R28, R30"""
    who = worker or Worker()
    total = NOTHING
    while not who.stopping.is_set():
        with transaction(books) as db:
            claims = claim(
                db,
                due_by=clock.now(),
                wall=who.wall.now(),
                lease=who.lease,
                most=who.most,
            )
        if not claims:
            break
        total += _fire_all(books, clock, who, claims)
    return total


def advance_training_clock(books: Engine, to: datetime) -> Swept:
    """Move a training office's clock, firing all that is due on the way at its own instant.

    Raises:
        TrainingOnlyError: a real office, or a time behind the clock.
    """
    with transaction(books) as db:
        set_training_clock(db, clock_of(db).now())  # refuses a real office before anything fires
        start = clock_of(db).now()
    if to < start:
        with transaction(books) as db:
            set_training_clock(db, to)  # refuses, and says what time it is
    who = Worker()
    total = NOTHING
    tried: set[int] = set()
    opened_at = start
    while True:
        with reading(books) as db:
            waiting = next_timer(db, to, not_these=tried)
            opening = next_opening(db, opened_at)
        if opening is not None and opening <= to and (waiting is None or opening <= waiting[1]):
            opened_at = opening
            do_opening(books, FrozenClock(_move(books, opening)))
            continue
        if waiting is None:
            break
        timer_id, due_at = waiting
        tried.add(timer_id)
        moment = _move(books, due_at)
        with reading(books) as db:
            claimed = unclaimed(db, timer_id)
        if claimed is not None:
            total += _fire_one(books, FrozenClock(moment), who, claimed)
    with transaction(books) as db:
        set_training_clock(db, to)
    return total


def _move(books: Engine, at: datetime) -> datetime:
    """Set the training clock to an instant on its way; gives what it shows then."""
    with transaction(books) as db:
        moment = max(clock_of(db).now(), at)
        set_training_clock(db, moment)
    return moment


def _fire_all(books: Engine, clock: Clock, who: Worker, claims: list[Claim]) -> Swept:
    total = NOTHING
    taken_at = who.wall.now()
    for position, each in enumerate(claims):
        # A lease half gone on a slow machine: the rest is better claimed anew than fired late.
        late = not taken_at <= who.wall.now() < taken_at + who.lease / 2
        if who.stopping.is_set() or late:
            with transaction(books) as db:
                give_back(db, claims[position:])
            break
        done = _fire_one(books, clock, who, each)
        who.on_progress(done)
        total += done
    return total


def _fire_one(books: Engine, clock: Clock, who: Worker, claimed: Claim) -> Swept:
    try:
        with transaction(books) as db:
            fired = fire_timer(db, clock, claimed)
    except ClaimLostError:
        return Swept(0, 1, 0)  # somebody else fires it: nothing of ours was written
    except DatabaseBusyError:
        # A person holds the case: somebody tries again as soon as the lease ends.
        return NOTHING
    except DBAPIError as error:
        if error.connection_invalidated:
            raise  # the database is gone, not the case bad: the next sweep begins anew
        return _failed(books, clock, who, claimed, error)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with one case stays with it)
        return _failed(books, clock, who, claimed, error)
    return Swept(1, 0, 0) if fired else Swept(0, 1, 0)


def _failed(books: Engine, clock: Clock, who: Worker, claimed: Claim, error: Exception) -> Swept:
    log.warning("timer %s of %s failed: %s", claimed.timer_id, claimed.number, error)
    with transaction(books) as db:
        failures = note_failure(db, claimed, who.wall.now())
        case_id = db.scalar(_case_of, {"b_id": claimed.timer_id})
    if failures and case_id is not None:
        try:
            with transaction(books) as db:
                what = f"{OF_TIMER}{claimed.timer_id}"
                open_incident(db, clock, case_id=case_id, what=what, error=error)
        except Exception:  # a case so broken that it takes no note: the timer still counts failures
            log.exception("no incident could be written for %s", claimed.number)
    return Swept(0, 0, 1)
