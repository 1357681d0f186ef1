"""Stuck cases (hồ sơ nằm lâu): nothing happened for longer than its step ever needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from engine.cases.file import open_case
from engine.cases.fire_timer import ACTOR
from engine.cases.lateness.pace import LEAST_FINISHED
from engine.cases.lateness.raise_alert import raise_alert
from engine.cases.status import CaseStatus
from engine.cases.steps import OPEN
from engine.cases.tables import case, step
from engine.cases.telling.duty_tables import inbox, step_pace
from engine.journal.tables import journal
from engine.staff.queries import office_time_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

LEVEL = "STUCK"

_waiting = (
    select(
        case.c.number,
        case.c.agency_code,
        step.c.task_id,
        step.c.created_at,
        step_pace.c.p95_minutes,
    )
    .join(case, case.c.id == step.c.case_id)
    .join(
        step_pace,
        (step_pace.c.procedure_code == case.c.procedure_code)
        & (step_pace.c.element_id == step.c.element_id),
    )
    .outerjoin(
        inbox,
        (inbox.c.case_id == case.c.id)
        & (inbox.c.level == LEVEL)
        & (inbox.c.subject == step.c.task_id),
    )
    .where(
        step.c.state == OPEN,
        case.c.status.in_((int(CaseStatus.RECEIVED), int(CaseStatus.PROCESSING))),
        step_pace.c.finished >= LEAST_FINISHED,
        inbox.c.id.is_(None),
    )
)
_last_by_people = select(func.max(journal.c.at)).where(
    journal.c.stream == bindparam("b_stream"), journal.c.actor != ACTOR
)
_told = select(inbox.c.id).where(
    inbox.c.case_id == bindparam("b_case"),
    inbox.c.level == LEVEL,
    inbox.c.subject == bindparam("b_subject"),
)


def stuck_steps(db: Connection, clock: Clock) -> list[tuple[str, str]]:
    """Case number and task of steps where nobody did anything for longer than the 95th percentile.

    Warnings of the clock are no doing. Each is found until somebody was told of it.
    """
    now = clock.now()
    found = []
    for row in db.execute(_waiting).all():
        last = db.scalar(_last_by_people, {"b_stream": row.number}) or row.created_at
        office = office_time_of(db, row.agency_code)
        if office.working_minutes_between(last, now) > row.p95_minutes:
            found.append((row.number, row.task_id))
    return found


def report_stuck(db: Connection, clock: Clock, *, number: str, task_id: str) -> bool:
    """Tell the leader of whoever holds the step, once; False when it was told or is done."""
    file = open_case(db, clock, number)
    row = db.execute(
        select(step).where(
            step.c.case_id == file.id, step.c.task_id == task_id, step.c.state == OPEN
        )
    ).first()
    told = db.execute(_told, {"b_case": file.id, "b_subject": task_id}).first()
    if row is None or told is not None:
        return False
    raise_alert(file, LEVEL, due_at=file.now, element_id=row.element_id, subject=task_id)
    file.save(actor=ACTOR)
    return True
