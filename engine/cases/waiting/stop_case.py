"""Stop a case by a decision (dừng giải quyết), and let it go on again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.acting import LEADER, acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.letters import issue_stop_notice
from engine.cases.status import CaseStatus
from engine.cases.waiting.holds import (
    PAYMENT,
    STOP,
    SUPPLEMENT,
    close_hold,
    current_hold,
    open_hold,
    require_hold,
)
from engine.errors import BadInputError
from engine.events.cases import CaseResumed, CaseStopped

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock


def stop_case(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    request: str,
    decision: str,
    signer: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Stop the clock and the work; forms as the regime has them. Legal: R38, R40

    Raises:
        BadInputError: no request or decision. StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.PROCESSING, CaseStatus.SUPPLEMENT, CaseStatus.PAYING, to="stop it")
    if not request.strip() or not decision.strip():
        raise BadInputError(
            "Expected the applicant's request and the decision (--reason, --decision), "
            "but one is missing"
        )
    leader = acting_officer(file, LEADER, signer)
    stage = file.status.vietnamese
    letter = issue_stop_notice(
        file, request=request, stage=stage, decision=decision, signer=leader, prepared_by=by
    )
    for kind in (SUPPLEMENT, PAYMENT):
        waiting = current_hold(file, kind)
        if waiting is not None:
            close_hold(file, waiting)
    hold_id = open_hold(
        file, kind=STOP, ground=request, by=leader, document=decision, policy="PAUSE_WD"
    )
    file.record(
        CaseStopped(hold=hold_id, request=request, stage=stage, decision=decision, letter=letter)
    )
    file.move_to(CaseStatus.STOPPED)
    file.save(actor=leader)
    return file


def resume_case(
    db: Connection, clock: Clock, *, number: str, signer: str | None = None
) -> CaseFile:
    """Let a stopped case go on: the due date is counted again. Legal: R40

    Raises:
        StatusRefusedError, HoldError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.STOPPED, to="resume it")
    row = require_hold(file, STOP, to="resume it")
    leader = acting_officer(file, LEADER, signer)
    before, after = close_hold(file, row)
    file.record(CaseResumed(hold=row.id, due_before=before, due_after=after))
    file.move_to(CaseStatus.PROCESSING)
    file.save(actor=leader)
    return file
