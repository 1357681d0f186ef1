"""What letters must say before they may go out (R8–R11, R26, R38)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sample_letters import APOLOGY, LETTERS, RECEIPT, REFUSAL, STOP, SUPPLEMENT

from engine.catalog.regime import FormMeaning
from engine.clock import office_instant
from engine.documents.letters import Letter, LetterIncompleteError


@pytest.mark.parametrize("letter", LETTERS)
def test_a_whole_letter_may_go_out(letter: Letter) -> None:
    letter.check()


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_kept_as_json_and_reads_the_same(letter: Letter) -> None:
    kept = letter.content()
    assert json.loads(json.dumps(kept, ensure_ascii=False)) == kept
    assert kept["case_number"] == "H35.12-261116-0001"


def test_moments_are_kept_in_office_time() -> None:
    assert RECEIPT.content()["due_at"] == "2026-11-26T17:00:00+07:00"


@pytest.mark.parametrize(
    "gap",
    [
        {"applicant": ""},
        {"applicant": "  "},
        {"request": ""},
        {"due_at": None},
        {"received_at": None},
        {"case_number": ""},
    ],
)
def test_r9_a_receipt_without_a_mandatory_field_is_refused(gap: dict[str, Any]) -> None:
    with pytest.raises(LetterIncompleteError) as refused:
        replace(RECEIPT, **gap).check()
    assert refused.value.details["missing"] == list(gap)


def test_r9_a_receipt_without_table_of_components_is_refused() -> None:
    with pytest.raises(LetterIncompleteError, match="table of components"):
        replace(RECEIPT, components=None).check()


def test_r9_a_procedure_that_asks_for_nothing_has_an_empty_table() -> None:
    replace(RECEIPT, components=()).check()


def test_r9_a_receipt_due_before_it_was_received_is_refused() -> None:
    with pytest.raises(LetterIncompleteError, match="after receipt"):
        replace(RECEIPT, due_at=office_instant("2026-11-16T09:14")).check()


@pytest.mark.parametrize("gap", [{"components": ()}, {"components": ("", " ")}, {"reason": " "}])
def test_r10_a_supplement_request_names_components_and_reason(gap: dict[str, Any]) -> None:
    with pytest.raises(LetterIncompleteError, match=next(iter(gap))):
        replace(SUPPLEMENT, **gap).check()


@pytest.mark.parametrize("gap", [{"reason": ""}, {"signer": ""}])
def test_r11_r35_r72_a_refusal_has_a_reason_and_a_named_signer(gap: dict[str, Any]) -> None:
    with pytest.raises(LetterIncompleteError, match=next(iter(gap))):
        replace(REFUSAL, **gap).check()


@pytest.mark.parametrize(
    "field",
    [
        "case_number",
        "applicant",
        "request",
        "received_at",
        "original_due_at",
        "reason",
        "return_place",
        "words",
        "signer",
    ],
)
def test_r26_an_apology_without_a_mandatory_field_is_not_sendable(field: str) -> None:
    empty = None if field.endswith("_at") else ""
    with pytest.raises(LetterIncompleteError) as refused:
        replace(APOLOGY, **{field: empty}).check()
    assert refused.value.details == {"meaning": "XIN_LOI", "missing": [field]}


def test_r27_a_second_apology_may_come_without_a_date() -> None:
    letter = replace(APOLOGY, new_due_at=None)
    letter.check()


@pytest.mark.parametrize("field", ["request_to_stop", "stage", "decision", "signer"])
def test_r38_a_stop_needs_request_stage_decision_and_signer(field: str) -> None:
    with pytest.raises(LetterIncompleteError, match=field):
        replace(STOP, **{field: ""}).check()


def test_every_letter_has_a_meaning_of_its_own() -> None:
    assert [letter.meaning for letter in LETTERS] == [
        FormMeaning.TIEP_NHAN,
        FormMeaning.BO_SUNG,
        FormMeaning.TU_CHOI,
        FormMeaning.XIN_LOI,
        FormMeaning.DUNG_GIAI_QUYET,
    ]
