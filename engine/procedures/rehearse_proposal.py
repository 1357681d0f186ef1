"""Rehearse a proposal (diễn tập): played from its start by the defaults of its own forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.catalog.diagram import read_diagram
from engine.catalog.forms import defaults
from engine.catalog.named_instants import NamedInstants
from engine.catalog.proposals import OPEN, proposal_by_id
from engine.errors import BadInputError
from engine.events.procedures import ProcedureRehearsed
from engine.journal.append import append_office
from engine.procedures.check_proposal import move
from engine.staff.queries import any_office_time
from engine.workflow.trial import run_trial

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.catalog.proposals import Proposal
    from engine.clock import Clock


def rehearse_proposal(db: Connection, clock: Clock, *, proposal: int, by: str) -> Proposal:
    """Play a proposal on a virtual clock and keep what was met beside it.

    Raises:
        ProposalUnknownError, ProposalStateError.
    """
    found = proposal_by_id(db, proposal)
    found.require(*OPEN)
    diagram = read_diagram(found.bpmn)
    outcome = run_trial(
        found.bpmn,
        (found.process.id,),
        None,
        now=clock.now(),
        instants=NamedInstants(diagram, any_office_time(db)),
        defaults=_defaults(found),
    )
    kept = {
        "steps": list(outcome.trace),
        "ended": outcome.ended,
        "findings": [finding.message for finding in outcome.findings],
    }
    move(
        db,
        found,
        state=found.state,
        rehearsed_by=by,
        rehearsed_at=clock.now(),
        rehearsal=json.dumps(kept, ensure_ascii=False),
    )
    event = ProcedureRehearsed(
        procedure=found.procedure_code, proposal=proposal, ended=outcome.ended
    )
    append_office(db, at=clock.now(), actor=by, events=[event])
    return proposal_by_id(db, proposal)


def _defaults(found: Proposal) -> dict[str, dict[str, Any]]:
    forms = found.meta.get("forms", {})
    known: dict[str, dict[str, Any]] = {}
    for node in found.process.nodes.values():
        form = forms.get(node.extension.form or "")
        if form is not None:
            try:
                known[node.id] = defaults(form)
            except BadInputError:  # a form that wants an answer of a person has no defaults
                continue
    return known
