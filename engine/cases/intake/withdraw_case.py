"""Take a dossier back on the applicant's request (rút hồ sơ): its end is this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases import agenda
from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.blueprints import blueprint_of
from engine.cases.file import CaseFile, open_case
from engine.cases.status import CaseStatus
from engine.cases.steps import follow
from engine.errors import BadInputError
from engine.events.cases import CaseWithdrawn
from engine.sla.verdict import Verdict, case_verdict
from engine.workflow.run import deliver_message

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

MESSAGE = "rut_ho_so"


def withdraw_case(
    db: Connection, clock: Clock, *, number: str, reason: str, by: str | None = None
) -> CaseFile:
    """End the case as withdrawn. Legal: R37, R40

    Raises:
        BadInputError: no reason. StatusRefusedError: it is finished already.
    """
    file = open_case(db, clock, number)
    file.require(
        CaseStatus.NEW,
        CaseStatus.RECEIVED,
        CaseStatus.PROCESSING,
        CaseStatus.SUPPLEMENT,
        CaseStatus.PAYING,
        to="withdraw it",
    )
    if not reason.strip():
        raise BadInputError("Expected the applicant's request (--reason), but it is empty")
    officer = acting_officer(file, ONE_STOP, by)
    due_at = file["due_original_at"]
    before_due = None
    if due_at is not None:
        before_due = (
            case_verdict(file.now, due_at, by_moment=file.is_hour_based) is not Verdict.LATE
        )
    file.record(CaseWithdrawn(reason=reason, before_due=before_due))
    file.set(outcome="WITHDRAWN", finished_at=file.now)
    file.move_to(CaseStatus.WITHDRAWN)
    if file.state is not None:
        follow(
            file,
            deliver_message(blueprint_of(file.version), file.engine_state, MESSAGE, {}),
            why_cancelled="withdrawn",
        )
    agenda.drop_all(file)
    file.save(actor=officer)
    return file
