"""Refuse a dossier (từ chối): at intake, or after examination as a result of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.acting import LEADER, ONE_STOP, acting_officer
from engine.cases.blueprints import blueprint_of
from engine.cases.file import CaseFile, open_case
from engine.cases.fire_timer import fire_overdue_diagram_timers
from engine.cases.letters import issue_refusal
from engine.cases.status import CaseStatus
from engine.cases.steps import follow
from engine.errors import BadInputError
from engine.events.cases import CaseRefused
from engine.sla.verdict import Verdict
from engine.workflow.run import deliver_message

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

MESSAGE = "tu_choi"


def refuse_case(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    reason: str,
    signer: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Refuse with a reason, signed by name, handed over through the one-stop.

    At intake: status 3, outside every rate. After examination: status 9 with outcome REFUSED,
    late when past the due date. Legal: R11, R18, R35, R40, R72

    Raises:
        BadInputError: no reason. StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    if not reason.strip():
        raise BadInputError("Expected the reason of the refusal (--reason), but it is empty")
    if file.status is CaseStatus.NEW:
        officer = acting_officer(file, ONE_STOP, signer or by)
        letter = issue_refusal(file, reason=reason, signer=officer, prepared_by=by)
        file.record(CaseRefused(at_intake=True, reason=reason, letter=letter, signer=officer))
        file.move_to(CaseStatus.NOT_RECEIVED)
        file.save(actor=officer)
        return file
    file.require(CaseStatus.PROCESSING, to="refuse it")
    fire_overdue_diagram_timers(file)
    leader = acting_officer(file, LEADER, signer)
    letter = issue_refusal(file, reason=reason, signer=leader, prepared_by=by)
    index = len(file.events)
    follow(
        file,
        deliver_message(blueprint_of(file.version), file.engine_state, MESSAGE, {}),
        why_cancelled="refused",
    )
    refused = CaseRefused(
        at_intake=False,
        reason=reason,
        letter=letter,
        signer=leader,
        in_time=file["verdict"] != Verdict.LATE,
    )
    file.events.insert(index, refused)
    file.save(actor=leader)
    return file
