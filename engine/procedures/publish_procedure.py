"""Publish a procedure version (công bố): checked whole, written once, in force on a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import DiagramRefusedError, Severity
from engine.catalog.linter import lint
from engine.catalog.linter.version_dates import dates_of
from engine.catalog.versions import effective_dates, store_version
from engine.catalog.xml import reserialised
from engine.errors import OfficeError
from engine.events.procedures import ProcedurePublished
from engine.journal.append import append_office
from engine.workflow.blueprint import blueprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from engine.catalog.finding import Finding
    from engine.catalog.model import Decision
    from engine.clock import Clock


class DecisionMissingError(OfficeError):
    """Only an approved version starts cases (R3)."""

    code = "decision_missing"


def publish_procedure(
    db: Connection,
    clock: Clock,
    *,
    bpmn: bytes,
    meta: Mapping[str, Any],
    decision: Decision,
    sample: bool,
    by: str,
    proposal: int | None = None,
) -> tuple[int, tuple[Finding, ...]]:
    """Check a diagram with *all* its findings and bring it into force. Legal: R2, R3, R44, R46

    What is stored is the checked tree written anew, never the bytes that came in.

    `sample` versions need no decision and serve a training office only.
    Gives the version's number and the findings that do not block.

    Raises:
        DiagramRefusedError: with every finding that blocks. DecisionMissingError: R3.
    """
    bpmn = reserialised(bpmn)
    findings = findings_of(bpmn)
    blocking = tuple(f for f in findings if f.severity is Severity.ERROR)
    if blocking:
        raise DiagramRefusedError(blocking)
    if not sample and not (decision.number and decision.decided_on and decision.authority):
        raise DecisionMissingError(
            "Expected the decision's number, date and authority, but one is missing: a version "
            "without them may only be a sample",
            procedure=str(meta["code"]),
        )
    findings += tuple(
        dates_of(str(meta["code"]), decision.effective_on, effective_dates(db, str(meta["code"])))
    )
    before = store_version(
        db,
        bpmn=bpmn,
        meta=meta,
        decision=decision,
        sample=sample,
        published_at=clock.now(),
    )
    if before.is_new:
        append_office(
            db,
            at=clock.now(),
            actor=by,
            events=[
                ProcedurePublished(
                    procedure=str(meta["code"]),
                    version=before.number,
                    sha256=before.sha256,
                    decision=decision.number,
                    decided_on=decision.decided_on,
                    authority=decision.authority,
                    effective_on=decision.effective_on,
                    sample=sample,
                    proposal=proposal,
                )
            ],
        )
    return before.number, findings


def findings_of(bpmn: bytes) -> tuple[Finding, ...]:
    """Everything the linter and the engine room have to say of a diagram.

    Raises:
        DiagramRefusedError: the file is not safe XML.
    """
    diagram = read_diagram(bpmn)
    findings = list(lint(diagram))
    if not any(f.severity is Severity.ERROR for f in findings):
        for process in diagram.processes:
            if process.is_executable:
                try:
                    blueprint(bpmn, process.id)
                except DiagramRefusedError as refusal:
                    findings += [f for f in refusal.findings if f not in findings]
    return tuple(findings)
