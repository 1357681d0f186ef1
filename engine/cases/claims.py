"""Claims on due timers: a lease with a fencing counter, so that several schedulers share them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, tuple_, update

from engine.cases import agenda
from engine.cases.tables import case, timer
from engine.errors import OfficeError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

MOST_FAILURES = 3
"""After so many a timer is parked until people let it go on (P10)."""

FIRST_PAUSE = timedelta(seconds=30)
"""The wait after a first failure; each further one is four times as long."""


class ClaimLostError(OfficeError):
    """A scheduler that slept past its lease came back: the timer is somebody else's now (F7)."""

    code = "claim_lost"


@dataclass(frozen=True)
class Claim:
    """A timer that one scheduler may fire until its lease ends; `fence` only ever grows."""

    timer_id: int
    number: str
    due_at: datetime
    fence: int


def claim(
    db: Connection, *, due_by: datetime, wall: datetime, lease: timedelta, most: int
) -> list[Claim]:
    """Take due timers that nobody else holds, oldest first; the caller commits at once.

    `due_by` is the office's time, `wall` the machines'. A lease that ends later than any lease
    can was given before the wall clock was set back: it holds nobody off.
    """
    free = (
        select(timer.c.id)
        .where(
            timer.c.state == agenda.ARMED,
            timer.c.due_at <= due_by,
            not_parked(),
            or_(timer.c.retry_at.is_(None), timer.c.retry_at <= wall),
            or_(
                timer.c.lease_until.is_(None),
                timer.c.lease_until <= wall,
                timer.c.lease_until > wall + lease,
            ),
        )
        .order_by(timer.c.due_at, timer.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)  # SQLite: the whole claim is alone anyway
    )
    taken = db.scalars(
        update(timer)
        .where(timer.c.id.in_(free.scalar_subquery()))
        .values(fence=timer.c.fence + 1, lease_until=wall + lease)
        .returning(timer.c.id)
    ).all()
    if not taken:
        return []
    rows = db.execute(
        select(timer.c.id, timer.c.due_at, timer.c.fence, case.c.number)
        .join(case, case.c.id == timer.c.case_id)
        .where(timer.c.id.in_(taken))
        .order_by(timer.c.due_at, timer.c.id)
    )
    return [Claim(row.id, row.number, row.due_at, row.fence) for row in rows]


def unclaimed(db: Connection, timer_id: int) -> Claim | None:
    """A timer as it stands, for somebody who has the office to himself (training)."""
    row = db.execute(
        select(timer.c.id, timer.c.due_at, timer.c.fence, case.c.number)
        .join(case, case.c.id == timer.c.case_id)
        .where(timer.c.id == timer_id)
    ).one_or_none()
    return Claim(row.id, row.number, row.due_at, row.fence) if row else None


def give_back(db: Connection, claims: list[Claim]) -> None:
    """A scheduler that stops lets others have what it did not come to.

    What somebody holds just now is left alone: its lease ends by itself, nobody waits crosswise.
    """
    mine = (
        select(timer.c.id)
        .where(tuple_(timer.c.id, timer.c.fence).in_([(c.timer_id, c.fence) for c in claims]))
        .with_for_update(skip_locked=True)
    )
    db.execute(update(timer).where(timer.c.id.in_(mine.scalar_subquery())).values(lease_until=None))


def note_failure(db: Connection, claimed: Claim, wall: datetime) -> int:
    """Count a failure and wait before the next try; gives how many there were."""
    failures: int | None = db.scalar(
        update(timer)
        .where(timer.c.id == claimed.timer_id, timer.c.fence == claimed.fence)
        .values(failures=timer.c.failures + 1, lease_until=None)
        .returning(timer.c.failures)
    )
    if failures is None:
        return 0
    pause = FIRST_PAUSE * 4 ** (failures - 1)
    db.execute(update(timer).where(timer.c.id == claimed.timer_id).values(retry_at=wall + pause))
    return failures


def not_parked() -> ColumnElement[bool]:
    """Timers that did not fail too often."""
    return timer.c.failures < MOST_FAILURES
