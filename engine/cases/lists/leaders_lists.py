"""What a leader asks of today's cases: due when, late for what cause, late in whose hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from engine.cases.lists.filters import RUNNING, overdue
from engine.cases.steps import OPEN
from engine.cases.tables import case, step
from engine.clock import office_date, office_instant
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from engine.clock import Clock

DAYS = 7


class Question(StrEnum):
    """What the open cases are counted by."""

    DUE = "han"
    """Running cases by the day they are due, today and the six days after it."""
    CAUSE = "nguyen-nhan"
    """Cases that became or were late, by the cause that was written down. Legal: R34"""
    HOLDER = "dang-giu"
    """Cases that are late and open, by the role that has a step of theirs now."""


@dataclass(frozen=True)
class CasesPage:
    """Numbers of cases in order; `after` begins the next page."""

    numbers: tuple[str, ...]
    after: str | None


def answers(db: Connection, clock: Clock, agency: str, question: Question) -> dict[str, int]:
    """How many cases by each key: a date, a cause ("" where none is written) or a role.

    A case with steps in two roles counts in both.
    """
    if question is Question.DUE:
        today = office_date(clock.now())
        days = [today + timedelta(days=n) for n in range(DAYS)]
        counted = select(func.count()).select_from(case)
        return {
            day.isoformat(): db.scalar(
                counted.where(case.c.agency_code == agency, *_due_on(clock, day))
            )
            or 0
            for day in days
        }
    if question is Question.CAUSE:
        key: ColumnElement[str] = func.coalesce(case.c.late_cause, "")
        rows = select(key, func.count()).where(case.c.agency_code == agency, _was_late())
    else:
        key = func.coalesce(step.c.role, "")
        rows = (
            select(key, func.count(case.c.id.distinct()))
            .join(step, step.c.case_id == case.c.id)
            .where(case.c.agency_code == agency, step.c.state == OPEN)
            .where(*overdue(clock.now()))
        )
    found = db.execute(rows.group_by(key).order_by(func.count().desc(), key))
    return {row[0]: row[1] for row in found}


def cases_answering(
    db: Connection,
    clock: Clock,
    agency: str,
    question: Question,
    key: str,
    *,
    after: str = "",
    most: int = 50,
) -> CasesPage:
    """The cases behind one answer.

    Raises:
        BadInputError: a day that is none.
    """
    rows: Select[Any] = select(case.c.number).where(
        case.c.agency_code == agency, case.c.number > after
    )
    if question is Question.DUE:
        try:
            day = date.fromisoformat(key)
        except ValueError as cause:
            raise BadInputError(
                f"Expected a date such as 2026-11-20, but got {key[:20]!r}"
            ) from cause
        rows = rows.where(*_due_on(clock, day))
    elif question is Question.CAUSE:
        rows = rows.where(_was_late(), func.coalesce(case.c.late_cause, "") == key)
    else:
        rows = rows.where(
            *overdue(clock.now()),
            case.c.id.in_(
                select(step.c.case_id).where(
                    step.c.state == OPEN, func.coalesce(step.c.role, "") == key
                )
            ),
        )
    numbers: Sequence[str] = db.scalars(rows.order_by(case.c.number).limit(most + 1)).all()
    return CasesPage(tuple(numbers[:most]), numbers[most - 1] if len(numbers) > most else None)


def _due_on(clock: Clock, day: date) -> list[ColumnElement[bool]]:
    begins = office_instant(day.isoformat())
    ends = office_instant((day + timedelta(days=1)).isoformat())
    return [
        case.c.status.in_([int(status) for status in RUNNING]),
        case.c.due_original_at >= max(begins, clock.now()),
        case.c.due_original_at < ends,
    ]


def _was_late() -> ColumnElement[bool]:
    return or_(case.c.became_late_at.is_not(None), case.c.verdict == "late")
