"""What is told of an event: names as agreed, nothing that could be a person's."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events.event import EVENT_TYPES
from webhooks.outbox import Item, message_id, sequence_of
from webhooks.payloads import SPOKEN, event_body, spoken_type
from webhooks.signing import SignatureRefusedError, signed_headers, verify

PERSONAL = (
    *("officer", "signer", "requested_by", "asked_by", "to", "reason", "text", "content"),
    *("opinion", "error", "request", "owner", "name", "actor", "deputy", "receipt"),
)


def item(**data: Any) -> Item:
    return Item(
        sequence=812,
        stream="H35.12-261116-0001",
        type="CaseBecameLate",
        at=datetime(2026, 11, 26, 10, 0, tzinfo=UTC),
        data=data,
        message_id="evt_812_abc",
        agency="H35.12",
        procedure="1.009994",
        owner="Nguyễn Văn A",
    )


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ("CaseBecameLate", "case.became_late"),
        ("CaseReceived", "case.received"),
        ("ResultReturned", "result.returned"),
        ("ProcedurePublished", "procedure.published"),
    ],
)
def test_an_events_word_is_its_first_word_a_dot_and_the_rest(event: str, word: str) -> None:
    assert spoken_type(event) == word


def test_every_events_word_is_its_own() -> None:
    assert len({spoken_type(name) for name in EVENT_TYPES}) == len(EVENT_TYPES)


def test_a_body_is_as_agreed() -> None:
    assert json.loads(event_body(item(due_at="2026-11-26T10:00:00+00:00"), personal=False)) == {
        "id": "evt_812_abc",
        "source": "/agencies/H35.12",
        "type": "case.became_late",
        "subject": "H35.12-261116-0001",
        "time": "2026-11-26T17:00:00+07:00",
        "sequence": 812,
        "data": {"due_at": "2026-11-26T10:00:00+00:00"},
    }


def test_p15_free_text_and_people_are_on_no_list() -> None:
    assert not SPOKEN & set(PERSONAL)
    known = {field.name for event in EVENT_TYPES.values() for field in fields(event)}
    assert known >= SPOKEN  # a name on the list that no event has is a mistake
    told = json.loads(event_body(item(**dict.fromkeys(PERSONAL, "bí mật")), personal=False))
    assert told["data"] == {}


def test_p15_a_field_that_nobody_decided_on_is_withheld() -> None:
    told = json.loads(event_body(item(brand_new="?", verdict="late"), personal=False))
    assert told["data"] == {"verdict": "late"}


@given(st.integers(1, 10**15), st.binary(min_size=32, max_size=32))
def test_a_message_id_leads_back_to_its_row(sequence: int, row_hash: bytes) -> None:
    made = message_id(sequence, row_hash)
    assert sequence_of(made) == sequence
    assert "." not in made  # the signature joins its parts with dots


@given(st.text(max_size=40))
def test_what_is_no_message_id_leads_nowhere(text: str) -> None:
    assert sequence_of(text) is None or text.startswith("evt_")


@given(st.text(max_size=200), st.integers(0, 255))
def test_one_changed_byte_breaks_the_signature(text: str, flipped: int) -> None:
    from engine.clock import SystemClock

    key = "whsec_" + "A" * 43 + "="
    body = json.dumps({"x": text}, ensure_ascii=False).encode("utf-8", "replace")
    headers = signed_headers([key], message_id="m", at=SystemClock().now(), body=body)
    verify([key], headers, body)
    changed = bytearray(body)
    changed[flipped % len(body)] ^= 1
    with pytest.raises(SignatureRefusedError):
        verify([key], headers, bytes(changed))
    with pytest.raises(SignatureRefusedError):
        verify(["whsec_" + "B" * 43 + "="], headers, body)
    with pytest.raises(SignatureRefusedError):
        verify([], headers, body)
