"""How the office is: what is due and not fired, what failed, what is not sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.cases import agenda
from engine.cases.status import CaseStatus
from engine.cases.tables import case, office, timer
from engine.cases.telling.outbox import counts_by_state
from engine.cases.watch.heartbeat import SILENT_AFTER_SECONDS, pulse
from engine.cases.watch.incidents import open_incidents
from engine.clock import SystemClock, iso_office
from engine.journal.tables import journal, journal_batch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

OPEN = (
    CaseStatus.NEW,
    CaseStatus.RECEIVED,
    CaseStatus.PROCESSING,
    CaseStatus.SUPPLEMENT,
    CaseStatus.PAYING,
    CaseStatus.STOPPED,
)


def health(db: Connection, clock: Clock, wall: Clock | None = None) -> dict[str, Any]:
    """Plain values for `motcua doctor`; `oldest_due_delay_seconds` is 0 when nothing is overdue.

    Not ok: an incident waits for people, or a scheduler that did not stop has gone silent.
    """
    now = clock.now()
    oldest = db.scalar(
        select(func.min(timer.c.due_at)).where(timer.c.state == agenda.ARMED, timer.c.due_at <= now)
    )
    last_row = db.scalar(select(func.max(journal.c.sequence))) or 0
    sealed = db.scalar(select(func.max(journal_batch.c.last_sequence))) or 0
    incidents = open_incidents(db)
    beats = pulse(db, (wall or SystemClock()).now())
    age = beats["scheduler_beat_age_seconds"]
    return {
        "training": bool(db.scalar(select(office.c.training))),
        "now": iso_office(now),
        "open_cases": db.scalar(
            select(func.count()).select_from(case).where(case.c.status.in_([int(s) for s in OPEN]))
        ),
        "armed_timers": db.scalar(
            select(func.count()).select_from(timer).where(timer.c.state == agenda.ARMED)
        ),
        "oldest_due_delay_seconds": max(0, int((now - oldest).total_seconds())) if oldest else 0,
        **beats,
        "notices": counts_by_state(db),
        "journal_rows": last_row,
        "journal_unsealed_rows": last_row - sealed,
        "incidents": incidents,
        "ok": not incidents and (age is None or age <= SILENT_AFTER_SECONDS),
    }
