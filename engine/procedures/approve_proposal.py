"""Approve a proposal by a decision: what was checked becomes a version, in force on a date."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from engine.cases.acting import LEADER, NotAllowedError
from engine.catalog.drafts import DraftChangedError, DraftUnknownError, discard_draft
from engine.catalog.proposals import ProposalState, proposal_by_id
from engine.clock import office_date
from engine.procedures.check_proposal import move
from engine.procedures.publish_procedure import DecisionMissingError, publish_procedure
from engine.staff.queries import roles_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.catalog.finding import Finding
    from engine.catalog.model import Decision
    from engine.clock import Clock


def approve_proposal(
    db: Connection, clock: Clock, *, proposal: int, decision: Decision, by: str
) -> tuple[int, tuple[Finding, ...]]:
    """A leader approves a checked proposal; gives the version and what does not block it.

    What its head calls a sample stays one: a real office starts no case on it. The draft it came
    from is gone unless somebody changed it since. Legal: R2, R3, R72

    Raises:
        ProposalUnknownError, ProposalStateError, OwnProposalError. NotAllowedError: he is no
        leader. DecisionMissingError, DiagramRefusedError: see `publish_procedure`.
    """
    found = proposal_by_id(db, proposal)
    found.require(ProposalState.CHECKED)
    found.require_other(by)
    if LEADER not in roles_of(db, by, office_date(clock.now())):
        raise NotAllowedError(f"Expected a leader to approve, but {by} is none", role=LEADER)
    if not (decision.number and decision.decided_on and decision.authority):
        raise DecisionMissingError(
            "Expected the decision's number, date and authority, but one is missing",
            procedure=found.procedure_code,
        )
    number, findings = publish_procedure(
        db,
        clock,
        bpmn=found.bpmn,
        meta=found.meta,
        decision=decision,
        sample=bool(found.process.extension and found.process.extension.sample),
        by=by,
        proposal=found.id,
    )
    move(
        db,
        found,
        state=ProposalState.APPROVED,
        closed_by=by,
        closed_at=clock.now(),
        version=number,
    )
    # When somebody drew on meanwhile, the draft stays: the next version begins there.
    with suppress(DraftChangedError, DraftUnknownError):
        discard_draft(db, code=found.procedure_code, revision=found.draft_revision)
    return number, findings
