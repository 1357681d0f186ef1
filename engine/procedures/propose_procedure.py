"""Hand a draft in for approval (trình phê duyệt): frozen as it stands, free of blocking faults."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from engine.catalog.drafts import DraftChangedError, draft_of
from engine.catalog.finding import DiagramRefusedError, Severity
from engine.catalog.proposals import OPEN, ProposalExistsError, proposal_by_id
from engine.catalog.publication import publication_values
from engine.catalog.tables import procedure_proposal
from engine.errors import BadInputError
from engine.events.procedures import ProcedureProposed
from engine.journal.append import append_office
from engine.procedures.check_diagram import refuse_endless
from engine.procedures.publish_procedure import findings_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.catalog.proposals import Proposal
    from engine.clock import Clock


def propose_procedure(
    db: Connection, clock: Clock, *, code: str, revision: int, by: str
) -> Proposal:
    """Freeze a draft as it was seen and hand it in. Legal: R3, R44, R46

    Whoever began, saved or handed it in is an author.

    Raises:
        DraftUnknownError: there is no draft. DraftChangedError: another saved since.
        ProposalExistsError: one is under way. BadInputError: the head has another code, or a form
        is missing. DiagramRefusedError: with every finding that blocks.
    """
    draft = draft_of(db, code)
    if draft.revision != revision:
        raise DraftChangedError(
            f"Expected revision {revision} of the draft of {code}, but {draft.saved_by} saved "
            f"revision {draft.revision}",
            procedure=code,
            revision=draft.revision,
        )
    if db.scalar(
        select(procedure_proposal.c.id).where(
            procedure_proposal.c.procedure_code == code, procedure_proposal.c.state.in_(OPEN)
        )
    ):
        raise ProposalExistsError(f"Expected no proposal of {code}, but one is under way")
    refuse_endless(draft.bpmn)
    meta = publication_values(draft.bpmn, draft.meta)
    if meta["code"] != code:
        raise BadInputError(
            f"Expected a diagram of {code}, but its head has the code {meta['code']!r}"
        )
    blocking = tuple(f for f in findings_of(draft.bpmn) if f.severity is Severity.ERROR)
    if blocking:
        raise DiagramRefusedError(blocking, "a diagram that may be approved")
    text = json.dumps(meta, ensure_ascii=False, sort_keys=True, default=str)
    sha = hashlib.sha256(draft.bpmn + b"\0" + text.encode()).hexdigest()
    number = db.execute(
        insert(procedure_proposal)
        .values(
            procedure_code=code,
            bpmn=draft.bpmn,
            meta=text,
            sha256=sha,
            base_version=draft.base_version,
            draft_revision=revision,
            authors=json.dumps(sorted({by, draft.started_by, draft.saved_by})),
            state="proposed",
            proposed_by=by,
            proposed_at=clock.now(),
        )
        .returning(procedure_proposal.c.id)
    ).scalar_one()
    append_office(
        db,
        at=clock.now(),
        actor=by,
        events=[ProcedureProposed(procedure=code, proposal=number, sha256=sha)],
    )
    return proposal_by_id(db, number)
