"""Check a proposal, or give it back: the control unit's part before the leader decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from engine.catalog.proposals import (
    OPEN,
    ProposalState,
    ProposalStateError,
    proposal_by_id,
)
from engine.catalog.tables import procedure_proposal
from engine.errors import BadInputError
from engine.events.procedures import ProcedureChecked, ProposalReturned
from engine.journal.append import append_office

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.catalog.proposals import Proposal
    from engine.clock import Clock

LONGEST_NOTE = 4_000


def check_proposal(db: Connection, clock: Clock, *, proposal: int, by: str) -> Proposal:
    """Somebody other than the authors finds a proposal fit to be approved. Legal: R3

    Raises:
        ProposalUnknownError, ProposalStateError, OwnProposalError.
    """
    found = proposal_by_id(db, proposal)
    found.require(ProposalState.PROPOSED)
    found.require_other(by)
    move(db, found, state=ProposalState.CHECKED, checked_by=by, checked_at=clock.now())
    event = ProcedureChecked(procedure=found.procedure_code, proposal=proposal)
    append_office(db, at=clock.now(), actor=by, events=[event])
    return proposal_by_id(db, proposal)


def return_proposal(db: Connection, clock: Clock, *, proposal: int, note: str, by: str) -> Proposal:
    """Give a proposal back with a reason; its authors too may take it back.

    Raises:
        ProposalUnknownError, ProposalStateError. BadInputError: no reason, or a very long one.
    """
    found = proposal_by_id(db, proposal)
    found.require(*OPEN)
    reason = note.strip()
    if not reason or len(reason) > LONGEST_NOTE:
        raise BadInputError(
            f"Expected a reason of 1 to {LONGEST_NOTE} characters, but got {len(reason)}"
        )
    move(
        db,
        found,
        state=ProposalState.RETURNED,
        note=reason,
        closed_by=by,
        closed_at=clock.now(),
    )
    event = ProposalReturned(procedure=found.procedure_code, proposal=proposal)
    append_office(db, at=clock.now(), actor=by, events=[event])
    return proposal_by_id(db, proposal)


def move(db: Connection, found: Proposal, *, state: ProposalState, **values: Any) -> None:
    """Write a proposal's next state, unless somebody was quicker.

    Raises:
        ProposalStateError: it is no longer in the state it was read in.
    """
    moved = db.execute(
        update(procedure_proposal)
        .where(procedure_proposal.c.id == found.id, procedure_proposal.c.state == found.state)
        .values(state=state, **values)
    )
    if moved.rowcount != 1:
        raise ProposalStateError(
            f"Expected proposal {found.id} to be {found.state}, but somebody moved it",
            proposal=found.id,
        )
