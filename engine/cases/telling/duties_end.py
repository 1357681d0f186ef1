"""When a duty is over: what happened in a case closes the warnings it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, update

from engine.cases.telling.duty_tables import inbox
from engine.events.cases import CaseFinished, CaseRefused, CaseResumed, CaseWithdrawn
from engine.events.deadlines import ApologyIssued
from engine.events.steps import StepCancelled, StepCompleted
from engine.events.waiting import OpinionRecorded, PaymentConfirmed, SupplementReceived
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.events.event import Event

OF_THE_CASE = ("DUE_SOON", "DECIDE", "APOLOGY_MISSED", "OVERDUE")
"""Warnings of the original due date: an apology answers them, and so does a later date."""

_open = (
    update(inbox)
    .where(
        inbox.c.case_id == bindparam("b_case"),
        inbox.c.kind == "alert",
        inbox.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("b_now"), closed_by=bindparam("b_by"))
)
_of_task = _open.where(inbox.c.subject == bindparam("b_subject"))
_of_step = Prepared(_of_task)
_of_case = Prepared(_open.where(or_(*(inbox.c.level == level for level in OF_THE_CASE))))
_of_opinion = Prepared(_of_task.where(inbox.c.level == "OPINION_OVERDUE"))
_all = Prepared(_open)


def close_duties(
    db: Connection,
    case_id: int,
    now: datetime,
    events: Sequence[Event],
    *,
    due_original_at: datetime | None,
) -> None:
    """Close what the events answer; nothing else ends an open escalation. Legal: R30"""
    for event in events:
        values: dict[str, Any] = {"b_case": case_id, "b_now": now, "b_by": event.type()}
        if isinstance(event, (CaseFinished, CaseWithdrawn, CaseRefused)):
            _all.run(db, values)
        elif isinstance(event, ApologyIssued):
            _of_case.run(db, values)
        elif isinstance(event, (StepCompleted, StepCancelled)):
            _of_step.run(db, values | {"b_subject": event.task})
        elif isinstance(event, OpinionRecorded):
            _of_opinion.run(db, values | {"b_subject": str(event.consultation)})
        elif (
            isinstance(event, (SupplementReceived, PaymentConfirmed, CaseResumed))
            and due_original_at is not None
            and due_original_at > now
        ):
            _of_case.run(db, values)
