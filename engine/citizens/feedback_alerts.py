"""Who is told of feedback that waits: nobody was assigned, its last day comes, it is late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.cases.acting import LEADER, ONE_STOP
from engine.cases.lateness.escalation import EMAIL, policy_in_force
from engine.cases.lateness.raise_alert import officer_notice
from engine.cases.telling.duty_tables import inbox, notice
from engine.citizens.tables import feedback
from engine.clock import office_date
from engine.staff.heads import agency_head, one_stop_head, present
from engine.staff.queries import office_time_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row

    from engine.clock import Clock
    from engine.staff.heads import Present

IDLE, DUE, LATE = "FEEDBACK_IDLE", "FEEDBACK_DUE", "FEEDBACK_LATE"


def warn_of_feedback(db: Connection, clock: Clock) -> int:
    """Put warnings into inboxes, each once while it stands; gives how many. Legal: R59

    Looked at once at each opening: its limits are days.
    """
    now = clock.now()
    by_email = EMAIL in policy_in_force(db).digest_how
    written = 0
    rows = select(feedback).where(feedback.c.due_on.is_not(None)).order_by(feedback.c.id)
    for row in db.execute(rows).all():
        calendar = office_time_of(db, row.agency_code).calendar
        today = office_date(now)
        tomorrow = calendar.next_working_day(today)
        for level, to in _warnings(db, row, today, tomorrow):
            if to.code == row.about_officer or _is_open(db, row.number, level, to.code):
                continue
            inbox_id = db.execute(
                insert(inbox)
                .values(
                    officer_code=to.code,
                    standing_in_for=to.standing_in_for,
                    kind="alert",
                    level=level,
                    rung=0,
                    subject=row.number,
                    due_at=office_time_of(db, row.agency_code).closing(row.due_on),
                    raised_at=now,
                    content=json.dumps({"feedback": row.id, "summary": row.number}),
                )
                .returning(inbox.c.id)
            ).scalar_one()
            if by_email and to.email:
                db.execute(insert(notice), officer_notice(now, inbox_id, to.code, level))
            written += 1
    return written


def _warnings(
    db: Connection, row: Row[Any], today: date, tomorrow: date
) -> list[tuple[str, Present]]:
    agency = row.agency_code
    head = one_stop_head(db, agency, ONE_STOP, today)
    whose = present(db, row.assigned_to, today) if row.assigned_to else head
    found: list[tuple[str, Present | None]] = []
    if row.due_on < today:
        found += [(LATE, whose), (LATE, agency_head(db, agency, LEADER, today))]
    elif row.due_on <= tomorrow:
        found.append((DUE, whose))
    if row.assigned_to is None and office_date(row.received_at) < today:
        found.append((IDLE, head))
    people = {(level, to.code): to for level, to in found if to is not None}
    return [(level, to) for (level, _), to in people.items()]


def _is_open(db: Connection, number: str, level: str, officer: str) -> bool:
    return (
        db.execute(
            select(inbox.c.id).where(
                inbox.c.subject == number,
                inbox.c.level == level,
                inbox.c.officer_code == officer,
                inbox.c.closed_at.is_(None),
            )
        ).first()
        is not None
    )
