"""Apologise and give a new date (xin lỗi và hẹn lại): by a leader's name, at most one new date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from engine.cases.acting import LEADER, acting_officer
from engine.cases.agenda import arm_appointed
from engine.cases.complete_step import finish_step
from engine.cases.deadlines import apology_due_at
from engine.cases.file import CaseFile, open_case
from engine.cases.lateness.causes import check_cause
from engine.cases.lateness.draft_apology import MAY_STILL_APOLOGISE
from engine.cases.lateness.raise_alert import tell_one_stop
from engine.cases.letters import issue_apology_letter
from engine.cases.steps import open_steps
from engine.cases.telling.duty_tables import apology_draft
from engine.catalog.extension import StepKind
from engine.errors import BadInputError
from engine.events.citizens import ApplicantNotified
from engine.events.deadlines import ApologyIssued
from engine.sla.deadline import Deadline

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from engine.clock import Clock


_signed = update(apology_draft).where(apology_draft.c.case_id == bindparam("b_case"))


def issue_apology(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    reason: str,
    cause: str,
    new_date: date | None,
    signer: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Issue the letter; the appointed date moves, the original one never does.

    A second letter may be sent only without a new date. Legal: R25–R29, R32, R34, R72

    Raises:
        ReappointLimitError, AppointmentRefusedError, LetterIncompleteError, BadInputError,
        StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(*MAY_STILL_APOLOGISE, to="apologise")
    check_cause(cause, reason)
    leader = acting_officer(file, LEADER, signer)
    if file["due_original_at"] is None:
        raise BadInputError(f"Expected a case with a due date, but {number} has none yet")
    promised = Deadline(
        file["due_original_at"], file["due_appointed_at"], int(file["reappointments"])
    )
    if new_date is None and not promised.has_been_reappointed:
        raise BadInputError("Expected the proposed new date (--new-date), but none was given")
    moved = promised.reappointed(new_date, file.office) if new_date is not None else promised
    new_due_at = moved.appointed_at if new_date is not None else None
    letter = issue_apology_letter(
        file,
        reason=reason,
        cause=cause,
        new_due_at=new_due_at,
        signer=leader,
        prepared_by=by,
    )
    file.set(due_appointed_at=moved.appointed_at, reappointments=moved.reappointments)
    if new_due_at is not None:
        arm_appointed(file, new_due_at)
    db.execute(_signed, {"b_case": file.id, "letter": letter})
    if file["late_cause"] is None:
        file.set(late_cause=cause, late_cause_text=reason)
    file.record(
        ApologyIssued(
            letter=letter,
            signer=leader,
            cause=cause,
            original_due_at=file["due_original_at"],
            new_due_at=new_due_at,
            apology_late=file.now > apology_due_at(file),
            count=moved.reappointments,
        ),
        ApplicantNotified(what="apology", channel=file["channel"]),
    )
    tell_one_stop(file, letter, new_due_at or file["due_appointed_at"])
    for row in open_steps(db, file.id):
        if row.kind == StepKind.APOLOGISE:
            finish_step(file, row, by=leader, data=None, result=letter)
    file.save(actor=leader)
    return file
