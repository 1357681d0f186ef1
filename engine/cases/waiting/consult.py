"""Ask other agencies for their opinion (lấy ý kiến): content and date, all at once or in turn."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from engine.cases.acting import acting_officer
from engine.cases.agenda import arm_consultation
from engine.cases.deadlines import limit_due
from engine.cases.file import CaseFile, open_case
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.tables import consultation
from engine.catalog.extension import StepKind
from engine.errors import BadInputError
from engine.events.waiting import OpinionRequested
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from engine.clock import Clock


class Mode(StrEnum):
    """How several agencies are asked. Legal: R24"""

    PAPER = "paper"
    """One agency after another."""
    ELECTRONIC = "electronic"
    """All at once, one of them leading; also for a file that is both."""


def consult(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    agencies: Sequence[str],
    content: str,
    deadline: str,
    mode: str = Mode.ELECTRONIC,
    by: str | None = None,
) -> CaseFile:
    """Ask agencies; the clock of the case is not stopped. Legal: R23, R24

    `deadline` is a limit such as "2wd", counted from the moment an agency is asked.

    Raises:
        BadInputError: no agency, content or deadline. StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.PROCESSING, to="ask for an opinion")
    named = [agency.strip() for agency in agencies if agency.strip()]
    if not named or not content.strip() or not deadline.strip():
        raise BadInputError(
            "Expected the agency, the content and the deadline of the request, but one is missing"
        )
    try:
        order = Mode(mode)
    except ValueError as cause:
        raise BadInputError(f"Expected a mode of {', '.join(Mode)}, but got {mode!r}") from cause
    limit = Limit.parse(deadline)
    step = next((s for s in open_steps(db, file.id) if s.kind == StepKind.CONSULT), None)
    officer = acting_officer(file, None if step is None else "chuyen_vien", by)
    silence = step is not None and file.version.node(step.element_id).extension.silence is not None
    for position, agency in enumerate(named):
        asked_now = order is Mode.ELECTRONIC or position == 0
        consultation_id = db.execute(
            insert(consultation)
            .values(
                case_id=file.id,
                agency=agency,
                content=content,
                mode=str(order),
                position=position,
                limit_text=str(limit),
                asked_by=officer,
                silence_is_consent=silence,
                step_task_id=step.task_id if step is not None else None,
                silent=False,
            )
            .returning(consultation.c.id)
        ).scalar_one()
        if asked_now:
            ask(file, consultation_id)
    file.save(actor=officer)
    return file


def ask(file: CaseFile, consultation_id: int) -> None:
    """An agency's turn has come: its time runs from now. The caller saves the file."""
    row = file.db.execute(select(consultation).where(consultation.c.id == consultation_id)).one()
    due_at = limit_due(file, Limit.parse(row.limit_text), file.now)
    file.db.execute(
        update(consultation)
        .where(consultation.c.id == consultation_id)
        .values(asked_at=file.now, due_at=due_at)
    )
    arm_consultation(file, consultation_id, due_at)
    file.record(
        OpinionRequested(
            consultation=consultation_id,
            agency=row.agency,
            content=row.content,
            due_at=due_at,
            silence_is_consent=row.silence_is_consent,
        )
    )


def ask_next(file: CaseFile) -> None:
    """On paper the next agency is asked when the one before has answered. Legal: R24"""
    row = file.db.execute(
        select(consultation)
        .where(consultation.c.case_id == file.id, consultation.c.asked_at.is_(None))
        .order_by(consultation.c.position, consultation.c.id)
        .limit(1)
    ).first()
    if row is not None:
        ask(file, row.id)
