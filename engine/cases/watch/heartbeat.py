"""The scheduler's pulse: written by the loop that does the work, read by whoever watches it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from engine.cases.telling.duty_tables import heartbeat

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

FORGOTTEN_AFTER = timedelta(days=7)
SILENT_AFTER_SECONDS = 60
"""A scheduler that did not stop and says nothing for so long is not well."""


def first_beat(db: Connection, name: str, wall: datetime) -> None:
    """A scheduler begins; those of long ago are forgotten."""
    db.execute(delete(heartbeat).where(heartbeat.c.beat_at < wall - FORGOTTEN_AFTER))
    db.execute(
        insert(heartbeat).values(holder=name, started_at=wall, beat_at=wall, fired=0, failed=0)
    )


def beat(db: Connection, name: str, wall: datetime, *, fired: int, failed: int) -> None:
    """It is alive and has done so much since it began."""
    db.execute(
        update(heartbeat)
        .where(heartbeat.c.holder == name)
        .values(beat_at=wall, fired=fired, failed=failed)
    )


def last_beat(db: Connection, name: str, wall: datetime) -> None:
    """It stopped on purpose."""
    db.execute(
        update(heartbeat).where(heartbeat.c.holder == name).values(beat_at=wall, stopped_at=wall)
    )


def pulse(db: Connection, wall: datetime) -> dict[str, Any]:
    """Age of the youngest heartbeat, and every scheduler that did not stop on purpose.

    `scheduler_beat_age_seconds` is None when none runs.
    """
    running = [
        {
            "name": row.holder,
            "age_seconds": max(0, int((wall - row.beat_at).total_seconds())),
            "fired": row.fired,
            "failed": row.failed,
        }
        for row in db.execute(
            select(heartbeat)
            .where(heartbeat.c.stopped_at.is_(None))
            .order_by(heartbeat.c.beat_at.desc())
        )
    ]
    ages = [each["age_seconds"] for each in running]
    return {"scheduler_beat_age_seconds": min(ages, default=None), "schedulers": running}
