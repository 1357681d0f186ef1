"""Publish the draft of a procedure (công bố bản thảo): it becomes a version and is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.training import is_training
from engine.catalog.drafts import DraftChangedError, discard_draft, draft_of
from engine.catalog.publication import publication_values, stamped
from engine.errors import BadInputError
from engine.procedures.check_diagram import refuse_endless
from engine.procedures.publish_procedure import DecisionMissingError, publish_procedure

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.catalog.finding import Finding
    from engine.catalog.model import Decision
    from engine.clock import Clock


def publish_draft(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    revision: int,
    decision: Decision,
    sample: bool,
    by: str,
) -> tuple[int, tuple[Finding, ...]]:
    """Bring a draft into force as it was seen; gives the version and what does not block it.

    Legal: R2, R3, R44, R46

    Raises:
        DraftUnknownError: there is no draft. DraftChangedError: another saved since.
        BadInputError: the diagram's head has another code, or a form is missing.
        DiagramRefusedError, DecisionMissingError: see `publish_procedure`.
    """
    if sample and not is_training(db):
        raise DecisionMissingError(
            "Expected a decision, but the version is to be a sample: a real office takes none into "
            "force",
            procedure=code,
        )
    draft = draft_of(db, code)
    discard_draft(db, code=code, revision=revision)
    if draft.revision != revision:  # it was saved between the two, and is another diagram
        raise DraftChangedError(
            f"Expected revision {revision} of the draft of {code}, but it was just saved again",
            procedure=code,
        )
    refuse_endless(draft.bpmn)
    meta = publication_values(draft.bpmn, draft.meta)
    if meta["code"] != code:
        raise BadInputError(
            f"Expected a diagram of {code}, but its head has the code {meta['code']!r}"
        )
    bpmn = stamped(draft.bpmn, decision=decision.number, sample=sample)
    return publish_procedure(
        db, clock, bpmn=bpmn, meta=meta, decision=decision, sample=sample, by=by
    )
