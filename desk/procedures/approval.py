"""From draft to decision: what is to be approved, its findings, who did what, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from desk.access import allow, me, staff
from desk.designer.room import findings
from desk.diagram import diagram_answer, shown
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import errors_of
from desk.procedures.forms import DecisionForm, ReturnForm, decision_of
from desk.procedures.marks import LIMITS
from desk.procedures.room import APPROVERS, AUTHORS, CHECKERS, READERS, procedures
from desk.rehearsal.request import Source
from desk.rehearsal.runs import runs_of
from desk.transaction import books, db, office_clock
from engine.catalog.catalogue import catalogue
from engine.catalog.diagram import read_diagram
from engine.catalog.difference import differences
from engine.catalog.drafts import DraftUnknownError, draft_of
from engine.catalog.finding import DiagramRefusedError, Severity
from engine.catalog.linter.rule import procedures as processes_with_head
from engine.catalog.proposals import Proposal, proposal_by_id, proposals_of
from engine.catalog.versions import version_number
from engine.clock import office_date
from engine.database import reading
from engine.errors import BadInputError, OfficeError
from engine.procedures.approve_proposal import approve_proposal
from engine.procedures.check_proposal import check_proposal, return_proposal
from engine.procedures.propose_procedure import propose_procedure
from engine.procedures.rehearse_proposal import rehearse_proposal
from engine.staff.queries import names_of_officers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from engine.catalog.difference import Change
    from engine.catalog.drafts import Draft
    from engine.catalog.graph import Process


@dataclass(frozen=True)
class Named:
    """A procedure as its draft names it: it may never have been published."""

    code: str
    name: str
    field: str
    level: str
    is_published: bool


@dataclass(frozen=True)
class Subject:
    """What the page is about: a proposal under way, else the draft, else nothing yet."""

    named: Named
    proposal: Proposal | None
    draft: Draft | None
    bpmn: bytes | None
    process: Process | None
    findings: list[dict[str, Any]]
    """Of the linter, roles without people included; see `Finding.as_json`."""
    changes: Sequence[Change] | None
    before: int | None

    @property
    def stopping(self) -> int:
        """How many findings stand in the way."""
        return sum(finding["severity"] == Severity.ERROR for finding in self.findings)


@procedures.get("/designer/<code>/approval")
@allow(staff(*READERS))
def approval(code: str) -> ResponseReturnValue:
    """Where a draft or proposal stands and what may be done with it."""
    return _page(_subject(code))


@procedures.get("/designer/<code>/approval/diagram")
@allow(staff(*READERS))
def approval_diagram(code: str) -> ResponseReturnValue:
    """The diagram of the proposal under way, else of the draft, for the viewer."""
    proposal, draft = _under_way(code)
    found = proposal or draft
    if found is None:
        raise NotFound
    return diagram_answer(found.bpmn, f"{code}.bpmn")


@procedures.post("/designer/<code>/propose")
@allow(staff(*AUTHORS))
def propose(code: str) -> ResponseReturnValue:
    """Hand the draft in as it was seen."""
    revision = request.form.get("revision", "")
    if not (revision.isascii() and revision.isdecimal() and len(revision) < 10):  # noqa: PLR2004
        raise BadInputError("Expected the draft's revision, but there is none")
    # In the child first: what would hold the office up for minutes never gets into its own process.
    with reading(books()) as connection:
        draft = draft_of(connection, code)
    if any(finding["severity"] == Severity.ERROR for finding in findings(draft.bpmn)):
        return _page(_subject(code)), UNPROCESSABLE
    propose_procedure(db(), office_clock(), code=code, revision=int(revision), by=me().code)
    return _back(code)


@procedures.post("/designer/<code>/proposals/<int:proposal>/check")
@allow(staff(*CHECKERS))
def check(code: str, proposal: int) -> ResponseReturnValue:
    """Find a proposal fit to be approved."""
    _of(code, proposal)
    check_proposal(db(), office_clock(), proposal=proposal, by=me().code)
    return _back(code)


@procedures.post("/designer/<code>/proposals/<int:proposal>/rehearse")
@allow(staff(*READERS))
def rehearse(code: str, proposal: int) -> ResponseReturnValue:
    """Play a proposal from its start."""
    _of(code, proposal)
    rehearse_proposal(db(), office_clock(), proposal=proposal, by=me().code)
    return _back(code)


@procedures.post("/designer/<code>/proposals/<int:proposal>/return")
@allow(staff(*READERS))
def give_back(code: str, proposal: int) -> ResponseReturnValue:
    """Give a proposal back with a reason."""
    _of(code, proposal)
    form = ReturnForm()
    if not form.validate():
        return _page(_subject(code), returning=form), UNPROCESSABLE
    return_proposal(db(), office_clock(), proposal=proposal, note=form.note.data, by=me().code)
    return _back(code)


@procedures.post("/designer/<code>/proposals/<int:proposal>/approve")
@allow(staff(*APPROVERS))
def approve(code: str, proposal: int) -> ResponseReturnValue:
    """Approve a checked proposal by a decision. Legal: R3, R72"""
    _of(code, proposal)
    form = DecisionForm()
    if not form.validate():
        return _page(_subject(code), deciding=form), UNPROCESSABLE
    try:
        approve_proposal(
            db(), office_clock(), proposal=proposal, decision=decision_of(form), by=me().code
        )
    except OfficeError as refusal:
        status, said = refusal_said(refusal)
        return _page(_subject(code), deciding=form, refused=said), status
    return redirect(url_for("procedures.versions", code=code, xong=1))


def _of(code: str, number: int) -> Proposal:
    found = proposal_by_id(db(), number)
    if found.procedure_code != code:
        raise NotFound
    return found


def _back(code: str) -> ResponseReturnValue:
    return redirect(url_for("procedures.approval", code=code, xong=1))


def _under_way(code: str) -> tuple[Proposal | None, Draft | None]:
    proposal = next((p for p in proposals_of(db(), code) if p.is_open), None)
    try:
        return proposal, draft_of(db(), code)
    except DraftUnknownError:
        return proposal, None


def _subject(code: str) -> Subject:
    """Raises NotFound: nobody ever published, drafted or proposed it."""
    proposal, draft = _under_way(code)
    entries = catalogue(db(), code)
    past = proposals_of(db(), code)
    if not entries and draft is None and not past:
        raise NotFound
    found = proposal or draft
    bpmn = found.bpmn if found is not None else None
    process = _process(bpmn) if bpmn is not None else None
    head = process.extension if process is not None else None
    if entries:
        entry = entries[0]
        named = Named(code, entry.name, entry.field, entry.level, is_published=True)
    else:
        named = Named(
            code,
            head.name if head else "",
            head.field if head else "",
            head.level if head else "",
            is_published=False,
        )
    today = office_date(office_clock().now())
    current = entries[0].in_force(today) if entries else None
    changes = None
    if process is not None and current is not None:
        old = version_number(db(), code, current.number, today)
        changes = differences(old.process, process)
    return Subject(
        named=named,
        proposal=proposal,
        draft=draft,
        bpmn=bpmn,
        process=process,
        findings=findings(bpmn) if bpmn is not None else [],
        changes=changes,
        before=current.number if current else None,
    )


def _process(bpmn: bytes) -> Process | None:
    try:
        diagram = read_diagram(bpmn)
    except DiagramRefusedError:
        return None  # the findings say why
    return next(iter(processes_with_head(diagram) or diagram.processes), None)


def _page(
    subject: Subject,
    *,
    deciding: Any = None,
    returning: Any = None,
    refused: str | None = None,
) -> str:
    code = subject.named.code
    drawn = None
    if subject.bpmn is not None and subject.process is not None:
        marks = {
            finding["element_id"]: "error" if finding["severity"] == Severity.ERROR else "warning"
            for finding in reversed(subject.findings)  # the gravest come first and go before
            if finding["element_id"] and finding["severity"] != Severity.NOTE
        }
        drawn = shown(
            subject.bpmn,
            subject.process,
            source=url_for("procedures.approval_diagram", code=code),
            name="proposal",
            marks=marks,
        )
    past = proposals_of(db(), code)
    officers = {
        officer
        for each in past
        for officer in (
            each.proposed_by,
            each.checked_by,
            each.rehearsed_by,
            each.closed_by,
            *each.authors,
        )
        if officer
    }
    if subject.draft is not None:
        officers |= {subject.draft.started_by, subject.draft.saved_by}
    person = me()
    proposal = subject.proposal
    if deciding is None:
        deciding = DecisionForm(formdata=None)
        deciding.authority.data = person.agency_name
    mine = proposal is not None and person.code in proposal.authors
    forms = [form for form in (deciding, returning) if form is not None and form.is_submitted()]
    return render_template(
        "procedure_approval.html",
        entry=subject.named,
        subject=subject,
        proposal=proposal,
        past=past,
        diagram=drawn,
        names=names_of_officers(db(), officers),
        limits=sum(change.field in LIMITS for change in subject.changes or ()),
        deciding=deciding,
        returning=returning if returning is not None else ReturnForm(formdata=None),
        errors=[error for form in forms for error in errors_of(form)],
        refused=refused,
        mine=mine,
        may_propose=person.holds(*AUTHORS),
        may_check=person.holds(*CHECKERS) and not mine,
        may_approve=person.holds(*APPROVERS) and not mine,
        editor=url_for("designer.editor", code=code) if person.holds(*AUTHORS) else None,
        runs=runs_of(db(), person.agency, Source.PROPOSAL, str(proposal.id)) if proposal else [],
    )
