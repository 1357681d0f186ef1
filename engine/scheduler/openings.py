"""What is done once at each opening of the office: pace, stuck cases, feedback, digests."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.cases.lateness.pace import recount_pace
from engine.cases.lateness.stuck import report_stuck, stuck_steps
from engine.cases.telling.digest import write_digests
from engine.cases.telling.duty_tables import daily_job
from engine.citizens.feedback_alerts import warn_of_feedback
from engine.clock import office_date
from engine.database import reading, transaction
from engine.errors import OfficeError
from engine.staff.queries import AgencyUnknownError, any_office_time

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from engine.clock import Clock

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
PACE, STUCK, FEEDBACK, DIGEST = "pace", "stuck", "feedback", "digest"

log = logging.getLogger(__name__)


def last_opening(db: Connection, now: datetime) -> datetime | None:
    """The last opening of the office not after an instant; None without an agency. Legal: R43"""
    try:
        office = any_office_time(db)
    except AgencyUnknownError:
        return None
    on = office.calendar.on_or_before(office_date(now))
    at = office.opening(on)
    if at > now:
        at = office.opening(office.calendar.on_or_before(on - timedelta(days=1)))
    return at


def next_opening(db: Connection, after: datetime) -> datetime | None:
    """The first opening after an instant."""
    try:
        office = any_office_time(db)
    except AgencyUnknownError:
        return None
    on = office.calendar.on_or_after(office_date(after))
    at = office.opening(on)
    return at if at > after else office.opening(office.calendar.next_working_day(on))


def do_opening(books: Engine, clock: Clock) -> list[str]:
    """Do what the last opening asks and nobody has done yet; gives what was done.

    After days away the last opening alone counts: digests coalesce to one. The turn is taken in
    the transaction of the work, so a crash leaves both undone, and two schedulers do it once.
    """
    with reading(books) as db:
        at = last_opening(db, clock.now())
        if at is None or all(_done_for(db, name) >= at for name in (PACE, STUCK, FEEDBACK, DIGEST)):
            return []
    done = []
    with transaction(books) as db:
        if _take_turn(db, PACE, at):
            recount_pace(db, clock)
            done.append(PACE)
    if _report_all_stuck(books, clock, at):
        done.append(STUCK)
    with transaction(books) as db:
        if _take_turn(db, FEEDBACK, at):
            warn_of_feedback(db, clock)
            done.append(FEEDBACK)
    with transaction(books) as db:
        if _take_turn(db, DIGEST, at):
            write_digests(db, clock)
            done.append(DIGEST)
    return done


def _report_all_stuck(books: Engine, clock: Clock, at: datetime) -> bool:
    with reading(books) as db:
        if _done_for(db, STUCK) >= at:
            return False
        found = stuck_steps(db, clock)
    for number, task_id in found:
        try:
            with transaction(books) as db:
                report_stuck(db, clock, number=number, task_id=task_id)
        except OfficeError as refusal:
            log.warning("no warning of %s: %s", number, refusal.message)
    with transaction(books) as db:
        return _take_turn(db, STUCK, at)


def _done_for(db: Connection, name: str) -> datetime:
    return db.scalar(select(daily_job.c.done_for).where(daily_job.c.name == name)) or NEVER


def _take_turn(db: Connection, name: str, at: datetime) -> bool:
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    db.execute(dialect.insert(daily_job).values(name=name, done_for=NEVER).on_conflict_do_nothing())
    done = db.execute(
        update(daily_job)
        .where(daily_job.c.name == name, daily_job.c.done_for < at)
        .values(done_for=at)
    )
    return done.rowcount == 1
