"""From draft to decision: frozen, checked by another, rehearsed, approved by a leader by name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from engine.cases.acting import NotAllowedError
from engine.catalog.child import Child
from engine.catalog.drafts import (
    DraftChangedError,
    DraftUnknownError,
    draft_from_version,
    draft_of,
    save_draft,
)
from engine.catalog.finding import DiagramRefusedError
from engine.catalog.model import Decision
from engine.catalog.proposals import (
    OwnProposalError,
    Proposal,
    ProposalExistsError,
    ProposalState,
    ProposalStateError,
    ProposalUnknownError,
    approvers_of,
    open_proposals,
    proposal_by_id,
    proposals_of,
)
from engine.catalog.versions import version_in_force, version_number
from engine.database import reading
from engine.errors import BadInputError
from engine.journal.read import entries_after
from engine.procedures.approve_proposal import approve_proposal
from engine.procedures.check_proposal import check_proposal, return_proposal
from engine.procedures.propose_procedure import propose_procedure
from engine.procedures.publish_procedure import DecisionMissingError
from engine.procedures.rehearse_proposal import rehearse_proposal

if TYPE_CHECKING:
    from tests.builders import TrainingOffice

CODE = "2.001610"
AUTHOR, CHECKER, LEADER, DEPUTY = "tp.chuyenmon", "ks.thutuc", "ld.chutich", "ld.phochutich"
DECISION = Decision("15/QĐ-UBND", date(2026, 11, 10), "Chủ tịch UBND tỉnh", date(2026, 12, 1))


def drafted(office: TrainingOffice, *, by: str = AUTHOR) -> int:
    """A draft with another name of a step; gives its revision."""
    draft = office.do(draft_from_version, code=CODE, by=by)
    head = office.do(
        save_draft,
        code=CODE,
        revision=draft.revision,
        bpmn=draft.bpmn.replace("Thẩm định".encode(), "Thẩm tra".encode()),
        by=by,
    )
    revision: int = head.revision
    return revision


def proposed(office: TrainingOffice, *, by: str = AUTHOR) -> Proposal:
    proposal: Proposal = office.do(
        propose_procedure, code=CODE, revision=drafted(office, by=by), by=by
    )
    return proposal


def happened(office: TrainingOffice) -> list[tuple[str, str]]:
    with reading(office.books) as db:
        return [
            (e.type, e.actor)
            for e in entries_after(db)
            if e.type.startswith(("Procedure", "Proposal")) and e.actor != "init"
        ]


def test_r3_a_draft_is_checked_rehearsed_approved_and_in_force_on_its_date(
    office: TrainingOffice,
) -> None:
    proposal = proposed(office)
    assert proposal.state is ProposalState.PROPOSED
    assert office.do(check_proposal, proposal=proposal.id, by=CHECKER).checked_by == CHECKER
    played = office.do(rehearse_proposal, proposal=proposal.id, by=CHECKER)
    assert played.rehearsal is not None
    assert played.rehearsal.ended
    assert played.rehearsal.findings == ()
    assert len(played.rehearsal.steps) >= 5
    assert played.state is ProposalState.CHECKED
    number, _ = office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=LEADER)
    with reading(office.books) as db:
        before = version_in_force(db, CODE, date(2026, 11, 30))
        after = version_in_force(db, CODE, date(2026, 12, 1))
        done = proposal_by_id(db, proposal.id)
        assert approvers_of(db, CODE) == {number: LEADER}
        assert open_proposals(db) == []
        with pytest.raises(DraftUnknownError):
            draft_of(db, CODE)
    assert (before.number, after.number) == (number - 1, number)
    assert after.decision == DECISION
    assert after.sample, "its head still calls it one"
    assert "Thẩm tra".encode() in after.bpmn
    assert (done.state, done.closed_by, done.version) == (ProposalState.APPROVED, LEADER, number)
    assert happened(office) == [
        ("ProcedureProposed", AUTHOR),
        ("ProcedureChecked", CHECKER),
        ("ProcedureRehearsed", CHECKER),
        ("ProcedurePublished", LEADER),
    ]


def test_r3_without_the_mark_of_a_sample_what_is_approved_is_none(office: TrainingOffice) -> None:
    revision = drafted(office)
    with reading(office.books) as db:
        draft = draft_of(db, CODE)
    head = office.do(
        save_draft,
        code=CODE,
        revision=revision,
        bpmn=draft.bpmn.replace(b'sample="true"', b'sample="false"'),
        by=AUTHOR,
    )
    proposal = office.do(propose_procedure, code=CODE, revision=head.revision, by=AUTHOR)
    office.do(check_proposal, proposal=proposal.id, by=CHECKER)
    office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=LEADER)
    with reading(office.books) as db:
        after = version_in_force(db, CODE, date(2026, 12, 1))
    assert (after.sample, after.decision) == (False, DECISION)


def test_r3_what_was_checked_is_what_is_approved_whatever_becomes_of_the_draft(
    office: TrainingOffice,
) -> None:
    proposal = proposed(office)
    with reading(office.books) as db:
        draft = draft_of(db, CODE)
    office.do(
        save_draft,
        code=CODE,
        revision=draft.revision,
        bpmn=draft.bpmn.replace("Thẩm tra".encode(), b"Xem qua"),
        by=AUTHOR,
    )
    office.do(check_proposal, proposal=proposal.id, by=CHECKER)
    number, _ = office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=LEADER)
    with reading(office.books) as db:
        assert "Thẩm tra".encode() in version_number(db, CODE, number, date.min).bpmn
        assert b"Xem qua" in draft_of(db, CODE).bpmn  # drawn on: it stays


def test_r3_nobody_checks_or_approves_what_he_drew(office: TrainingOffice) -> None:
    proposal = proposed(office, by=LEADER)
    with pytest.raises(OwnProposalError):
        office.do(check_proposal, proposal=proposal.id, by=LEADER)
    office.do(check_proposal, proposal=proposal.id, by=CHECKER)
    with pytest.raises(OwnProposalError):
        office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=LEADER)
    office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=DEPUTY)


def test_who_only_saved_the_draft_is_an_author_too(office: TrainingOffice) -> None:
    revision = drafted(office, by=CHECKER)
    proposal = office.do(propose_procedure, code=CODE, revision=revision, by=AUTHOR)
    assert proposal.authors == (CHECKER, AUTHOR)
    with pytest.raises(OwnProposalError):
        office.do(check_proposal, proposal=proposal.id, by=CHECKER)


def test_r3_only_a_leader_approves_and_only_what_was_checked(office: TrainingOffice) -> None:
    proposal = proposed(office)
    with pytest.raises(ProposalStateError):
        office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=LEADER)
    office.do(check_proposal, proposal=proposal.id, by=CHECKER)
    with pytest.raises(NotAllowedError):
        office.do(approve_proposal, proposal=proposal.id, decision=DECISION, by=CHECKER)
    missing = Decision(None, date(2026, 11, 10), "Chủ tịch", date(2026, 12, 1))
    with pytest.raises(DecisionMissingError):
        office.do(approve_proposal, proposal=proposal.id, decision=missing, by=LEADER)
    with reading(office.books) as db:
        assert proposal_by_id(db, proposal.id).state is ProposalState.CHECKED
        assert version_in_force(db, CODE, date(2026, 12, 1)).number == 1


def test_a_returned_proposal_makes_room_for_the_next_one(office: TrainingOffice) -> None:
    first = proposed(office)
    with pytest.raises(ProposalExistsError):
        office.do(propose_procedure, code=CODE, revision=first.draft_revision, by=AUTHOR)
    with pytest.raises(BadInputError):
        office.do(return_proposal, proposal=first.id, note="  ", by=CHECKER)
    office.do(return_proposal, proposal=first.id, note="Thiếu căn cứ", by=CHECKER)
    for act, given in (
        (check_proposal, {}),
        (rehearse_proposal, {}),
        (return_proposal, {"note": "x"}),
        (approve_proposal, {"decision": DECISION}),
    ):
        with pytest.raises(ProposalStateError):
            office.do(act, proposal=first.id, by=LEADER, **given)
    second = office.do(propose_procedure, code=CODE, revision=first.draft_revision, by=AUTHOR)
    with reading(office.books) as db:
        assert [p.id for p in proposals_of(db, CODE)] == [second.id, first.id]
        assert proposals_of(db, CODE)[1].note == "Thiếu căn cứ"
        with pytest.raises(ProposalUnknownError):
            proposal_by_id(db, 999)


def test_r44_r46_a_draft_with_blocking_faults_is_not_handed_in(office: TrainingOffice) -> None:
    draft = office.do(draft_from_version, code=CODE, by=AUTHOR)
    broken = draft.bpmn.replace(b'limit="14wh"', b'limit="40wh"')
    assert broken != draft.bpmn
    head = office.do(save_draft, code=CODE, revision=1, bpmn=broken, by=AUTHOR)
    with pytest.raises(DiagramRefusedError) as refused:
        office.do(propose_procedure, code=CODE, revision=head.revision, by=AUTHOR)
    assert "R44" in {finding.rule for finding in refused.value.findings}
    with pytest.raises(DraftChangedError):
        office.do(propose_procedure, code=CODE, revision=1, by=AUTHOR)
    assert happened(office) == []


def test_a_draft_whose_check_was_stopped_is_not_handed_in(
    office: TrainingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Child, "ask", lambda *_: None)
        with pytest.raises(DiagramRefusedError, match="beyond its limit"):
            proposed(office)
    assert "ProcedureProposed" not in [name for name, _ in happened(office)]


def kept(found: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(found).items() if name != "process"}


def test_a_refused_act_changes_nothing(office: TrainingOffice) -> None:
    proposal = proposed(office)
    before = kept(proposal)
    with pytest.raises(OwnProposalError):
        office.do(check_proposal, proposal=proposal.id, by=AUTHOR)
    with reading(office.books) as db:
        assert kept(proposal_by_id(db, proposal.id)) == before
