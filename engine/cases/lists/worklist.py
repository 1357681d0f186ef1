"""The work list (danh sách việc): open steps of cases, what is due first on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select, tuple_

from engine.cases.deadlines import due_for_office
from engine.cases.steps import OPEN
from engine.cases.tables import case, step
from engine.clock import iso_office, office_date
from engine.sla.limit import Limit
from engine.staff.queries import officer_by_code, roles_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.clock import Clock


class WorkRow(dict[str, Any]):
    """An open step with its case as plain values; `key` is its place: due date, case, step."""

    def __init__(self, key: tuple[str, int, int], **values: Any) -> None:
        super().__init__(values)
        self.key = key


def work(
    db: Connection,
    clock: Clock,
    *,
    agency: str | None = None,
    role: str | None = None,
    officer: str | None = None,
    due_within: str | None = None,
    overdue: bool = False,
    after: tuple[datetime, int, int] | None = None,
    most: int = 500,
) -> list[WorkRow]:
    """Open steps; `due_within` is a limit counted from now, such as "1wd".

    `after` is the `key` of the last row of the page before.

    Raises:
        BadInputError: an unreadable limit. OfficerUnknownError.
    """
    now = clock.now()
    rows = (
        select(step, case.c.number, case.c.status, case.c.due_original_at, case.c.procedure_code)
        .join(case, case.c.id == step.c.case_id)
        .where(step.c.state == OPEN)
        .order_by(case.c.due_original_at, case.c.id, step.c.id)
        .limit(most)
    )
    if agency is not None:
        rows = rows.where(step.c.agency_code == agency)
    if after is not None:
        edge = tuple_(literal(after[0], type_=case.c.due_original_at.type), after[1], after[2])
        rows = rows.where(tuple_(case.c.due_original_at, case.c.id, step.c.id) > edge)
    if role is not None:
        rows = rows.where(step.c.role == role)
    if officer is not None:
        officer_by_code(db, officer)
        mine = roles_of(db, officer, office_date(now))
        rows = rows.where(
            (step.c.officer_code == officer)
            | (step.c.officer_code.is_(None) & step.c.role.in_(mine))
        )
    if overdue:
        rows = rows.where(case.c.due_original_at < now)
    if due_within is not None:
        until = due_for_office(db, Limit.parse(due_within), now)
        rows = rows.where(case.c.due_original_at <= until)
    return [
        WorkRow(
            key=(iso_office(row.due_original_at), row.case_id, row.id),
            number=row.number,
            procedure=row.procedure_code,
            status=row.status,
            step_id=row.element_id,
            name=row.name,
            kind=row.kind,
            role=row.role,
            unit=row.unit,
            officer=row.officer_code,
            due_at=iso_office(row.due_at) if row.due_at else None,
            case_due_at=iso_office(row.due_original_at),
            overdue=row.due_original_at < now,
        )
        for row in db.execute(rows)
    ]
