"""Take in a supplement (nhận bổ sung): complete, the clock restarts or resumes by policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.blueprints import blueprint_of
from engine.cases.file import CaseFile, open_case
from engine.cases.intake.receive_case import accept
from engine.cases.status import CaseStatus
from engine.cases.steps import follow
from engine.cases.tables import hold
from engine.cases.waiting.holds import SUPPLEMENT, close_hold, require_hold
from engine.errors import BadInputError
from engine.events.waiting import SupplementReceived, SupplementReopened
from engine.workflow.run import deliver_message, look

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from engine.clock import Clock

MESSAGE = "bo_sung"


def accept_supplement(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    by: str | None = None,
    still_missing: str | None = None,
) -> CaseFile:
    """The applicant's supplement came. A faulty one leaves the same request open.

    Legal: R13, R19, R21

    Raises:
        HoldError: no request is open. StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.NEW, CaseStatus.SUPPLEMENT, to="take in a supplement")
    row = require_hold(file, SUPPLEMENT, to="take in a supplement")
    officer = acting_officer(file, ONE_STOP, by)
    if still_missing is not None:
        if not still_missing.strip():
            raise BadInputError("Expected what is still missing, but the text is empty")
        file.record(SupplementReopened(hold=row.id, reason=still_missing))
        file.save(actor=officer)
        return file
    if row.at_intake:
        _complete_intake(file, row, officer)
        file.save(actor=officer)
        return file
    before, after = close_hold(file, row)
    file.record(
        SupplementReceived(
            hold=row.id,
            policy=row.policy,
            requested_at=row.opened_at,
            due_before=before,
            due_after=after,
        )
    )
    file.move_to(CaseStatus.PROCESSING)
    diagram = blueprint_of(file.version)
    if any(waiting.message == MESSAGE for waiting in look(diagram, file.engine_state).waiting):
        follow(file, deliver_message(diagram, file.engine_state, MESSAGE, {}))
    file.save(actor=officer)
    return file


def _complete_intake(file: CaseFile, row: Row[Any], officer: str) -> None:
    file.db.execute(update(hold).where(hold.c.id == row.id).values(closed_at=file.now))
    states = json.loads(file["components"])
    asked = json.loads(row.components)
    file.set(
        components=json.dumps(
            states | {code: "original" for code in asked if code in states}, ensure_ascii=False
        )
    )
    file.record(SupplementReceived(hold=row.id, requested_at=row.opened_at))
    accept(file, officer=officer)
