"""Take a step, begin on it, give it back or away (nhận việc, bắt đầu, trả lại, giao)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, update

from engine.cases.acting import acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.legs import confirm
from engine.cases.steps import StepNotOpenError, find_open_step
from engine.cases.tables import step
from engine.clock import office_date
from engine.errors import BadInputError
from engine.events.steps import StepClaimed, StepHandedOver, StepReleased, StepStarted
from engine.staff.queries import is_absent

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

_change = update(step).where(step.c.id == bindparam("b_id"))


def claim_step(
    db: Connection, clock: Clock, *, number: str, step_id: str, by: str | None = None
) -> CaseFile:
    """Take an open step: one accountable person; the file's hand-over is confirmed. Legal: R17

    Raises:
        StepNotOpenError: it is not open, or somebody else has it. NotAllowedError.
    """
    file = open_case(db, clock, number)
    row = find_open_step(file, step_id)
    officer = acting_officer(file, row.role, by)
    if row.officer_code not in (None, officer):
        raise StepNotOpenError(
            f"Expected step '{row.element_id}' of {number} to be free, but {row.officer_code} "
            "has claimed it",
            number=number,
            step=row.element_id,
            officer=row.officer_code,
        )
    _write(file, row, officer_code=officer, claimed_at=row.claimed_at or file.now)
    confirm(file, row.unit, officer=officer)
    file.record(StepClaimed(step=row.element_id, task=row.task_id, officer=officer))
    file.save(actor=officer)
    return file


def start_step(
    db: Connection, clock: Clock, *, number: str, step_id: str, by: str | None = None
) -> CaseFile:
    """Begin work on a step; an unclaimed one is taken first.

    Raises:
        StepNotOpenError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    row = find_open_step(file, step_id)
    if row.officer_code is None:
        claim_step(db, clock, number=number, step_id=step_id, by=by)
        return start_step(db, clock, number=number, step_id=step_id, by=by)
    officer = by or str(row.officer_code)
    if officer != row.officer_code:
        raise StepNotOpenError(
            f"Expected {row.officer_code} to begin step '{row.element_id}' of {number}, "
            f"but {officer} tried",
            number=number,
            step=row.element_id,
            officer=row.officer_code,
        )
    _write(file, row, started_at=row.started_at or file.now)
    file.record(StepStarted(step=row.element_id, task=row.task_id, officer=officer))
    file.save(actor=officer)
    return file


def release_step(
    db: Connection, clock: Clock, *, number: str, step_id: str, by: str | None = None
) -> CaseFile:
    """Give a claimed step back to its role.

    Raises:
        StepNotOpenError: nobody has claimed it.
    """
    file = open_case(db, clock, number)
    row = _claimed(file, step_id, by)
    officer = str(row.officer_code)
    _write(file, row, officer_code=None, claimed_at=None, started_at=None)
    file.record(StepReleased(step=row.element_id, task=row.task_id, officer=officer))
    file.save(actor=officer)
    return file


def hand_over_step(
    db: Connection, clock: Clock, *, number: str, step_id: str, to: str, by: str | None = None
) -> CaseFile:
    """Give a step one has to somebody else who may do it: he answers for it from now on.

    Legal: R17

    Raises:
        StepNotOpenError: one has it not. BadInputError: the other is away, or oneself.
        NotAllowedError: the other may not do it. OfficerUnknownError.
    """
    file = open_case(db, clock, number)
    row = _claimed(file, step_id, by)
    giver = str(row.officer_code)
    receiver = acting_officer(file, row.role, to)
    if receiver == giver or is_absent(db, receiver, office_date(file.now)):
        raise BadInputError(
            f"Expected somebody else who is there to take step '{row.element_id}', but {receiver} "
            f"{'has it already' if receiver == giver else 'is away'}",
            officer=receiver,
        )
    _write(file, row, officer_code=receiver, claimed_at=file.now, started_at=None)
    file.record(StepHandedOver(step=row.element_id, task=row.task_id, officer=giver, to=receiver))
    file.save(actor=giver)
    return file


def _claimed(file: CaseFile, step_id: str, by: str | None) -> Any:
    """An open step that somebody has: `by`, when he is named."""
    row = find_open_step(file, step_id)
    if row.officer_code is None or by not in (None, row.officer_code):
        raise StepNotOpenError(
            f"Expected step '{row.element_id}' of {file.number} to be claimed by "
            f"{by or 'somebody'}, but {row.officer_code or 'nobody'} has it",
            number=file.number,
            step=row.element_id,
        )
    return row


def _write(file: CaseFile, row: Any, **columns: Any) -> None:
    file.db.execute(_change, {"b_id": row.id, **columns})
