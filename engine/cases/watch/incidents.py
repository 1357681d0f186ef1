"""Incidents (sự cố): a case that cannot go on by itself is parked and shown, never retried hot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.cases.file import CaseUnknownError
from engine.cases.tables import case, incident, timer
from engine.errors import OfficeError
from engine.events.office import IncidentAcknowledged, IncidentClosed, IncidentOpened
from engine.journal.append import append, head_of
from engine.journal.tables import journal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock
    from engine.events.event import Event

LONGEST_ERROR = 500
OF_TIMER = "timer:"
"""How the `what` of an incident begins that is about a timer; its id follows."""


def open_incident(
    db: Connection, clock: Clock, *, case_id: int, what: str, error: Exception
) -> None:
    """Write down that something of a case failed; the same thing again counts an attempt."""
    code, message = _words(error)
    row = db.execute(
        select(incident).where(
            incident.c.case_id == case_id,
            incident.c.what == what,
            incident.c.closed_at.is_(None),
        )
    ).first()
    if row is not None:
        db.execute(
            update(incident)
            .where(incident.c.id == row.id)
            .values(attempts=row.attempts + 1, error=message)
        )
        return
    db.execute(
        insert(incident).values(
            case_id=case_id, what=what, error=message, opened_at=clock.now(), attempts=1
        )
    )
    _note(db, clock, case_id, IncidentOpened(what=what, error=code), actor="clock")


def retry_case(db: Connection, clock: Clock, *, number: str, by: str) -> int:
    """People looked at it: its parked timers are tried again; gives how many incidents closed.

    Raises:
        CaseUnknownError: no such case.
    """
    case_id = _case_id(db, number)
    closed = db.execute(
        update(incident)
        .where(incident.c.case_id == case_id, incident.c.closed_at.is_(None))
        .values(closed_at=clock.now())
    ).rowcount
    db.execute(update(timer).where(timer.c.case_id == case_id).values(failures=0, retry_at=None))
    if closed:
        _note(db, clock, case_id, IncidentClosed(count=closed), actor=by)
    return closed


def acknowledge_case(db: Connection, clock: Clock, *, number: str, by: str) -> int:
    """Somebody says that he looks into a case's incidents; gives how many there are.

    Nothing is tried and nothing closed: colleagues see who is at it.

    Raises:
        CaseUnknownError: no such case.
    """
    case_id = _case_id(db, number)
    count = db.scalar(
        select(func.count())
        .select_from(incident)
        .where(incident.c.case_id == case_id, incident.c.closed_at.is_(None))
    )
    if count:
        _note(db, clock, case_id, IncidentAcknowledged(count=count), actor=by)
    return count or 0


def open_incidents(db: Connection, *, agency: str | None = None) -> list[dict[str, Any]]:
    """What waits for people, oldest first: of the office, or of one agency's cases."""
    wanted = (
        select(
            case.c.number,
            incident.c.what,
            incident.c.error,
            incident.c.attempts,
            incident.c.opened_at,
        )
        .join(case, case.c.id == incident.c.case_id)
        .where(incident.c.closed_at.is_(None))
        .order_by(incident.c.id)
    )
    if agency is not None:
        wanted = wanted.where(case.c.agency_code == agency)
    return [dict(row._mapping) for row in db.execute(wanted)]  # noqa: SLF001 (SQLAlchemy's public name for it)


def closed_incidents(db: Connection, *, agency: str, most: int) -> list[dict[str, Any]]:
    """What people looked at and let be tried again, newest first."""
    rows = db.execute(
        select(
            case.c.number,
            incident.c.what,
            incident.c.error,
            incident.c.attempts,
            incident.c.opened_at,
            incident.c.closed_at,
        )
        .join(case, case.c.id == incident.c.case_id)
        .where(incident.c.closed_at.is_not(None), case.c.agency_code == agency)
        .order_by(incident.c.id.desc())
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name for it)


def acknowledgements(db: Connection, incidents: list[dict[str, Any]]) -> dict[str, Any]:
    """Who looks into the incidents of a case and since when: the newest word since it opened."""
    opened: dict[str, Any] = {}
    for each in incidents:
        opened.setdefault(each["number"], each["opened_at"])
    rows = db.execute(
        select(journal.c.stream, journal.c.actor, journal.c.at)
        .where(journal.c.stream.in_(list(opened)), journal.c.type == IncidentAcknowledged.type())
        .order_by(journal.c.sequence)
    )
    return {
        row.stream: {"by": row.actor, "at": row.at} for row in rows if row.at >= opened[row.stream]
    }


def parked_timers(db: Connection, incidents: list[dict[str, Any]]) -> dict[str, Any]:
    """The timers that incidents are about, by the incidents' `what`: kind, name, due, next try."""
    ids = {
        int(each["what"].removeprefix(OF_TIMER)): each["what"]
        for each in incidents
        if each["what"].startswith(OF_TIMER)
    }
    rows = db.execute(
        select(timer.c.id, timer.c.kind, timer.c.name, timer.c.due_at, timer.c.retry_at).where(
            timer.c.id.in_(list(ids))
        )
    )
    return {ids[row.id]: row for row in rows}


def _case_id(db: Connection, number: str) -> int:
    case_id = db.scalar(select(case.c.id).where(case.c.number == number))
    if case_id is None:
        raise CaseUnknownError(
            f"Expected the number of a case, but {number!r} is not in the books", number=number
        )
    return int(case_id)


def _note(db: Connection, clock: Clock, case_id: int, event: Event, *, actor: str) -> None:
    # Not by open_case: what is broken may be the very thing that keeps the case from opening.
    locked = db.execute(select(case.c.number).where(case.c.id == case_id).with_for_update()).one()
    head = append(
        db,
        stream=locked.number,
        head=head_of(db, locked.number),
        at=clock.now(),
        actor=actor,
        events=[event],
    )
    db.execute(
        update(case)
        .where(case.c.id == case_id)
        .values(journal_length=head.length, journal_hash=head.hash, version=case.c.version + 1)
    )


def _words(error: Exception) -> tuple[str, str]:
    if isinstance(error, OfficeError):
        return error.code, error.message[:LONGEST_ERROR]
    return type(error).__name__, f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
