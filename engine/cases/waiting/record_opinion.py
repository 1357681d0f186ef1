"""Record the answer of a consulted agency (ý kiến): its step goes on when all have answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from engine.cases.acting import acting_officer
from engine.cases.agenda import drop_consultation
from engine.cases.complete_step import finish_step
from engine.cases.file import CaseFile, open_case
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.tables import consultation
from engine.cases.waiting.consult import ask_next
from engine.cases.waiting.holds import HoldError
from engine.errors import BadInputError
from engine.events.waiting import OpinionRecorded

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock


def record_opinion(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    opinion: str,
    agency: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Write down an opinion; late ones are taken too and marked. Legal: R23, R24

    Raises:
        BadInputError: an empty opinion. HoldError: nobody was asked.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.PROCESSING, CaseStatus.SUPPLEMENT, to="record an opinion")
    if not opinion.strip():
        raise BadInputError("Expected the opinion (--opinion), but it is empty")
    waiting = select(consultation).where(
        consultation.c.case_id == file.id,
        consultation.c.answered_at.is_(None),
        consultation.c.asked_at.is_not(None),
    )
    if agency is not None:
        waiting = waiting.where(consultation.c.agency == agency)
    row = db.execute(waiting.order_by(consultation.c.id).limit(1)).first()
    if row is None:
        raise HoldError(
            f"Expected an agency that was asked about {number}, but nobody"
            f"{'' if agency is None else f' by the name {agency!r}'} owes an opinion",
            number=number,
        )
    officer = acting_officer(file, None, by) if by is None else by
    db.execute(
        update(consultation)
        .where(consultation.c.id == row.id)
        .values(answered_at=file.now, opinion=opinion)
    )
    drop_consultation(file, row.id)
    file.record(
        OpinionRecorded(
            consultation=row.id, agency=row.agency, opinion=opinion, late=file.now > row.due_at
        )
    )
    ask_next(file)
    if file.status is CaseStatus.PROCESSING and not db.execute(waiting.limit(1)).first():
        _complete_consulting_step(file, row.step_task_id)
    file.save(actor=officer)
    return file


def _complete_consulting_step(file: CaseFile, task_id: str | None) -> None:
    for step in open_steps(file.db, file.id):
        if step.task_id == task_id:
            finish_step(file, step, by=step.officer_code, data=None, result="co_y_kien")
