"""Drafts of a procedure: nobody's save overwrites another's, hostile files end in a finding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from engine.catalog.draft_copies import (
    MAX_COPIES,
    copies_of,
    copy_file,
    discard_copy,
    keep_copy,
    replace_draft,
)
from engine.catalog.drafts import (
    Draft,
    DraftChangedError,
    DraftExistsError,
    DraftUnknownError,
    TooManyDraftsError,
    discard_draft,
    draft_from_nothing,
    draft_from_version,
    draft_of,
    drafts,
    save_draft,
    start_draft,
)
from engine.catalog.finding import DiagramRefusedError
from engine.catalog.model import Decision
from engine.catalog.versions import ProcedureUnknownError, version_in_force, versions_of
from engine.catalog.xml import MAX_BYTES, reserialised
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.journal.tables import journal
from engine.procedures.publish_draft import publish_draft
from engine.procedures.publish_procedure import DecisionMissingError, findings_of
from engine.sla.limit import Limit
from tests.builders import PROJECT, TrainingOffice

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = "2.001610"
BPMN = (PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_bytes()
CHANGED = BPMN.replace("Thẩm định".encode(), "Thẩm định lại".encode())
DECISION = Decision("9/QĐ-UBND", date(2026, 11, 12), "Chủ tịch UBND tỉnh", date(2026, 11, 16))


def begun(office: TrainingOffice, by: str = "mai") -> Draft:
    draft: Draft = office.do(draft_from_version, code=CODE, by=by)
    return draft


def saved(office: TrainingOffice, revision: int, bpmn: bytes, by: str = "mai") -> Any:
    return office.do(save_draft, code=CODE, revision=revision, bpmn=bpmn, by=by)


def read(office: TrainingOffice, query: Callable[..., Any], *args: Any, **given: Any) -> Any:
    with reading(office.books) as db:
        return query(db, *args, **given)


def test_a_draft_of_a_version_begins_with_its_diagram_and_its_values(
    office: TrainingOffice,
) -> None:
    draft = begun(office)
    in_force = read(office, version_in_force, CODE, date(2026, 11, 16))
    assert (draft.base_version, draft.revision) == (in_force.number, 1)
    assert draft.bpmn == reserialised(in_force.bpmn)
    assert draft.meta == in_force.meta
    assert [head.code for head in read(office, drafts)] == [CODE]


def test_a_draft_from_nothing_has_every_lawful_path_and_no_invented_time(
    office: TrainingOffice,
) -> None:
    draft = office.do(
        draft_from_nothing,
        code="9.000001",
        name="Cấp thử",
        field="Thử",
        level="xã",
        limit=Limit.parse("5wd"),
        by="mai",
    )
    errors = {f.code for f in findings_of(draft.bpmn) if f.severity == "error"}
    assert errors == {"step-without-limit"}
    assert draft.base_version is None


def test_a_draft_from_nothing_needs_its_texts(office: TrainingOffice) -> None:
    words = {"code": "9.1", "name": " ", "field": "", "level": "xã", "limit": Limit.parse("1wd")}
    with pytest.raises(BadInputError, match="name, field"):
        office.do(draft_from_nothing, **words, by="mai")
    assert read(office, drafts) == []


def test_an_unknown_procedure_gives_no_draft(office: TrainingOffice) -> None:
    with pytest.raises(ProcedureUnknownError):
        office.do(draft_from_version, code="9.9", by="mai")


@pytest.mark.parametrize("code", ["", "../x", "a b", "x" * 65, "2.00/1", "mã"])
def test_a_code_that_is_none_is_refused(office: TrainingOffice, code: str) -> None:
    with pytest.raises(BadInputError, match="code"):
        office.do(start_draft, code=code, bpmn=BPMN, by="mai")


def test_two_drafts_of_one_procedure_are_refused(office: TrainingOffice) -> None:
    begun(office)
    with pytest.raises(DraftExistsError):
        begun(office, by="hoa")
    assert read(office, draft_of, CODE).started_by == "mai"


def test_a_save_counts_up_and_names_who_saved(office: TrainingOffice) -> None:
    begun(office)
    head = saved(office, 1, CHANGED, by="hoa")
    assert (head.revision, head.started_by, head.saved_by) == (2, "mai", "hoa")
    assert "Thẩm định lại".encode() in read(office, draft_of, CODE).bpmn
    assert read(office, draft_of, CODE).meta == begun_meta(office)


def begun_meta(office: TrainingOffice) -> Any:
    return read(office, version_in_force, CODE, date(2026, 11, 16)).meta


def test_a_save_on_an_old_revision_overwrites_nothing_and_can_be_kept(
    office: TrainingOffice,
) -> None:
    begun(office)
    saved(office, 1, CHANGED, by="hoa")
    late = BPMN.replace("Thẩm định".encode(), "Thẩm tra".encode())
    with pytest.raises(DraftChangedError) as refused:
        saved(office, 1, late, by="mai")
    assert refused.value.details["revision"] == 2
    assert refused.value.details["saved_by"] == "hoa"
    for _ in range(2):  # the same person's next try replaces the first
        copy = office.do(keep_copy, code=CODE, revision=1, bpmn=late, by="mai")
    assert read(office, copies_of, CODE) == [copy]
    assert read(office, copy_file, code=CODE, copy=copy.id) == reserialised(late)
    assert "Thẩm định lại".encode() in read(office, draft_of, CODE).bpmn
    with transaction(office.books) as db:
        discard_copy(db, code=CODE, copy=copy.id)
        with pytest.raises(DraftUnknownError):
            discard_copy(db, code=CODE, copy=copy.id)
    with pytest.raises(DraftUnknownError):
        read(office, copy_file, code=CODE, copy=copy.id)


def test_saving_over_a_draft_on_purpose_keeps_what_stood_there(office: TrainingOffice) -> None:
    begun(office)
    saved(office, 1, CHANGED, by="hoa")
    office.do(replace_draft, code=CODE, revision=2, bpmn=BPMN, by="mai")
    draft = read(office, draft_of, CODE)
    assert (draft.revision, draft.bpmn) == (3, reserialised(BPMN))
    (kept,) = read(office, copies_of, CODE)
    assert (kept.revision, kept.kept_by) == (2, "hoa")
    assert read(office, copy_file, code=CODE, copy=kept.id) == reserialised(CHANGED)
    with pytest.raises(DraftChangedError):
        office.do(replace_draft, code=CODE, revision=2, bpmn=CHANGED, by="hoa")
    assert len(read(office, copies_of, CODE)) == 1


def test_kept_copies_are_bounded(office: TrainingOffice) -> None:
    for revision in range(MAX_COPIES):
        office.do(keep_copy, code=CODE, revision=revision, bpmn=BPMN, by="mai")
    with pytest.raises(TooManyDraftsError):
        office.do(keep_copy, code=CODE, revision=MAX_COPIES, bpmn=BPMN, by="mai")


def test_a_discarded_draft_is_gone_unless_it_was_saved_since(office: TrainingOffice) -> None:
    begun(office)
    saved(office, 1, CHANGED)
    with transaction(office.books) as db:
        with pytest.raises(DraftChangedError):
            discard_draft(db, code=CODE, revision=1)
        discard_draft(db, code=CODE, revision=2)
        with pytest.raises(DraftUnknownError):
            discard_draft(db, code=CODE, revision=2)
    with pytest.raises(DraftUnknownError):
        saved(office, 2, BPMN)


HOSTILE = {
    "bomb": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "large": b"<x>" + b" " * MAX_BYTES + b"</x>",
    "deep": b"<x>" * 300 + b"</x>" * 300,
    "wide": b"<x>" + b"<y/>" * 20_001 + b"</x>",
    "text": "không phải XML".encode(),
    "html": b"<html/>",
    "empty": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_becomes_no_draft_and_no_copy(office: TrainingOffice, kind: str) -> None:
    begun(office)
    for act in (
        lambda: office.do(start_draft, code="9.9", bpmn=HOSTILE[kind], by="x"),
        lambda: saved(office, 1, HOSTILE[kind]),
        lambda: office.do(keep_copy, code=CODE, revision=1, bpmn=HOSTILE[kind], by="x"),
    ):
        with pytest.raises(DiagramRefusedError):
            act()
    assert read(office, draft_of, CODE).revision == 1
    assert len(read(office, drafts)) == 1
    assert read(office, copies_of, CODE) == []


def test_values_of_a_draft_are_bounded(office: TrainingOffice) -> None:
    with pytest.raises(BadInputError, match="characters"):
        office.do(start_draft, code="9.9", bpmn=BPMN, meta={"notes": "x" * 400_001}, by="mai")


def test_r3_a_published_draft_is_a_version_and_no_draft_any_more(office: TrainingOffice) -> None:
    begun(office)
    saved(office, 1, CHANGED)
    number, _ = office.do(
        publish_draft, code=CODE, revision=2, decision=DECISION, sample=False, by="mai"
    )
    in_force = read(office, version_in_force, CODE, date(2026, 11, 16))
    assert (in_force.number, in_force.decision) == (number, DECISION)
    assert in_force.meta["components"] == begun_meta(office)["components"]
    assert read(office, drafts) == []
    with reading(office.books) as db:
        actor = db.scalar(select(journal.c.actor).order_by(journal.c.sequence.desc()).limit(1))
    assert actor == "mai"


def test_r3_a_draft_without_decision_or_saved_since_is_not_published(
    office: TrainingOffice,
) -> None:
    begun(office)
    nobody = Decision(None, None, None, date(2026, 11, 16))
    with pytest.raises(DecisionMissingError):
        office.do(publish_draft, code=CODE, revision=1, decision=nobody, sample=False, by="mai")
    saved(office, 1, CHANGED)
    with pytest.raises(DraftChangedError):
        office.do(publish_draft, code=CODE, revision=1, decision=DECISION, sample=False, by="mai")
    assert read(office, draft_of, CODE).revision == 2
    assert [number for number, _ in read(office, versions_of, CODE)] == [1]


def test_a_draft_of_another_code_is_not_published(office: TrainingOffice) -> None:
    office.do(start_draft, code="9.9", bpmn=BPMN, by="mai")
    with pytest.raises(BadInputError, match=r"9\.9"):
        office.do(publish_draft, code="9.9", revision=1, decision=DECISION, sample=False, by="mai")


def test_drafting_writes_nothing_into_the_journal(office: TrainingOffice) -> None:
    with reading(office.books) as db:
        before = db.scalar(select(func.count()).select_from(journal))
    begun(office)
    saved(office, 1, CHANGED)
    with transaction(office.books) as db:
        discard_draft(db, code=CODE, revision=2)
    with reading(office.books) as db:
        assert db.scalar(select(func.count()).select_from(journal)) == before
