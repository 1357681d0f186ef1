"""What partners say: verified byte by byte, stored once, acted on once, refused when unknown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from speakers import Speaker
from sqlalchemy import func, select

from engine.cases.tables import case
from engine.cases.waiting.consult import consult
from engine.cases.waiting.request_payment import request_payment
from engine.cases.waiting.request_supplement import request_supplement
from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.errors import BadInputError
from tests.crash import dies_at, race
from tests.databases import address_of
from webhooks.inbound.apply import apply_stored, retry
from webhooks.inbound.blueprint import application
from webhooks.inbound.inbox import close_message
from webhooks.inbound.senders import add_sender, disable_sender, rotate_sender

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.builders import TrainingOffice


@pytest.fixture
def partner(office: TrainingOffice) -> Speaker:
    return Speaker(office.books)


def _cases(books: Engine) -> int:
    with reading(books) as db:
        return db.scalar(select(func.count()).select_from(case)) or 0


DOSSIER = {
    "procedure": "1.009994",
    "agency": "H35.12",
    "owner": {"name": "Lò Văn Nộp", "phone": "0900000000"},
}


def test_an_online_dossier_is_stored_then_registered(
    office: TrainingOffice, partner: Speaker
) -> None:
    said = partner.say("m1", "dossier.submitted", **DOSSIER)
    assert said.status_code == 202
    assert _cases(office.books) == 0  # stored, not yet acted on
    assert apply_stored(office.books) == 1
    with reading(office.books) as db:
        number = db.scalar(select(case.c.number))
    assert number is not None
    found = office.case(number)
    assert (found["status"], found["channel"], found["owner"]) == (1, "online", "Lò Văn Nộp")
    assert apply_stored(office.books) == 0


def test_a_supplement_a_payment_and_an_opinion_move_their_case(
    office: TrainingOffice, partner: Speaker
) -> None:
    number = office.receive()
    office.work_until(number, "examine")
    office.do(
        request_supplement,
        number=number,
        components=["ban_ve"],
        reason="Thiếu bản vẽ",
    )
    assert partner.say("s1", "supplement.delivered", case=number).status_code == 202
    assert apply_stored(office.books) == 1
    assert office.case(number)["status"] == 4
    office.do(request_payment, number=number, amount_dong=500_000, notice="TB-1")
    assert partner.say("p1", "payment.confirmed", case=number, receipt="BL-9").status_code == 202
    assert apply_stored(office.books) == 1
    assert office.event(number, "PaymentConfirmed")["receipt"] == "BL-9"
    office.do(
        consult, number=number, agencies=["Sở Xây dựng"], content="Cho ý kiến", deadline="2wd"
    )
    assert partner.say("o1", "opinion.given", case=number, opinion="Đồng ý").status_code == 202
    assert apply_stored(office.books) == 1
    assert office.event(number, "OpinionRecorded")["opinion"] == "Đồng ý"


def test_r72_a_signed_result_names_its_signer_and_signs_nothing_else(
    office: TrainingOffice, partner: Speaker
) -> None:
    number = office.receive()
    office.work_until(number, "sign")
    (step,) = [s for s in office.case(number)["open_steps"] if s["kind"] == "sign"]
    partner.say("r1", "result.signed", case=number, step=step["step_id"], signer="cb.tiepnhan1")
    assert apply_stored(office.books) == 0
    assert partner.waiting()[0]["reason_code"] == "not_allowed"
    leader = _leader(office)
    partner.say("r2", "result.signed", case=number, step=step["step_id"], signer=leader)
    assert apply_stored(office.books) == 1
    signed = [
        e["data"]
        for e in office.case(number)["journal"]
        if e["type"] == "StepCompleted" and e["data"]["kind"] == "sign"
    ]
    assert signed[-1]["officer"] == leader
    (sealing,) = office.case(number)["open_steps"]
    partner.say("r3", "result.signed", case=number, step=sealing["step_id"], signer=leader)
    assert apply_stored(office.books) == 0
    assert "Expected a step of signing" in partner.waiting()[-1]["reason"]


def _leader(office: TrainingOffice) -> str:
    from engine.clock import office_date
    from engine.staff.queries import officers_with_role

    with reading(office.books) as db:
        on = office_date(SystemClock().now())
        return officers_with_role(db, "lanh_dao", "H35.12", on)[0]


def test_a_message_that_comes_again_has_one_effect(
    office: TrainingOffice, partner: Speaker
) -> None:
    for _ in range(3):
        assert partner.say("m1", "dossier.submitted", **DOSSIER).status_code == 202
        apply_stored(office.books)
    assert _cases(office.books) == 1
    assert partner.say("m2", "dossier.submitted", **DOSSIER).status_code == 202
    apply_stored(office.books)
    assert _cases(office.books) == 2


def test_one_message_at_one_moment_by_eight_hands_has_one_effect(
    office: TrainingOffice, partner: Speaker
) -> None:
    body = json.dumps({"type": "dossier.submitted", "data": DOSSIER}).encode()
    headers = partner.headers("m1", body)

    def send(_number: int) -> int:
        return application(office.books).test_client().post(
            "/hooks/lgsp", data=body, headers=headers
        ).status_code  # fmt: skip

    assert race(8, send).results == (202,) * 8
    race(4, lambda _number: apply_stored(office.books))
    assert partner.stored() == 1
    assert _cases(office.books) == 1


def test_f9_an_id_used_again_for_another_message_is_refused(
    office: TrainingOffice, partner: Speaker
) -> None:
    assert partner.say("m1", "dossier.submitted", **DOSSIER).status_code == 202
    other = DOSSIER | {"owner": {"name": "Người khác"}}
    assert partner.say("m1", "dossier.submitted", **other).status_code == 409
    assert partner.stored() == 1


def test_f9_a_kill_while_acting_leaves_one_effect_after_the_next_try(
    office: TrainingOffice, partner: Speaker
) -> None:
    partner.say("m1", "dossier.submitted", **DOSSIER)
    url = address_of(office.books)
    office.books.dispose()
    kills = 0
    while dies_at(url, kills + 1, apply_stored):
        kills += 1
        assert _cases(office.books) in (0, 1)
        office.books.dispose()
        if kills > 4:
            kills += 6  # the first statements each, then every seventh
    assert kills > 10
    assert _cases(office.books) == 1


def test_tampered_replayed_and_foreign_messages_are_refused_and_leave_no_trace(
    office: TrainingOffice, partner: Speaker
) -> None:
    body = json.dumps({"type": "dossier.submitted", "data": DOSSIER}).encode()
    good = partner.headers("m1", body)
    stranger = Speaker(office.books, "stranger")
    refused = {
        "changed body": (body.replace(b"1.009994", b"1.000894"), good),
        "one byte more": (body + b" ", good),
        "another id": (body, good | {"webhook-id": "m2"}),
        "another time": (body, good | {"webhook-timestamp": "1700000000"}),
        "no time": (body, good | {"webhook-timestamp": "soon"}),
        "no signature": (body, {k: v for k, v in good.items() if k != "webhook-signature"}),
        "an unsigned word": (body, good | {"webhook-signature": "v1"}),
        "no base64": (body, good | {"webhook-signature": "v1,***"}),
        "another version": (
            body,
            good | {"webhook-signature": good["webhook-signature"].replace("v1", "v0")},
        ),
        "another sender's secret": (body, stranger.headers("m1", body)),
        "six minutes old": (body, partner.headers("m1", body, age=360)),
        "six minutes early": (body, partner.headers("m1", body, age=-360)),
        "no text": (b"\xff\xfe", partner.headers("m1", b"{}")),
        "nothing": (b"", {}),
    }
    for name, (sent, headers) in refused.items():
        answer = partner.post(sent, headers)
        assert answer.status_code == 401, name
        assert answer.get_json()["title"] == "signature_refused"
    unknown = partner.door.post("/hooks/nobody", data=body, headers=good)
    assert unknown.status_code == 401
    assert unknown.get_json() == partner.post(body + b" ", good).get_json()  # not told which
    assert partner.stored() == 0
    assert partner.post(body, good).status_code == 202  # the same headers do, untampered


UNKNOWN_WORDS = (
    b"[]",
    b"{",
    b'{"type": "dossier.submitted"}',
    b'{"type": "dossier.submited", "data": {}}',
    b'{"type": ["dossier.submitted"], "data": {}}',
    b'{"type": "payment.confirmed", "data": {"case": "x"}}',
    b'{"type": "payment.confirmed", "data": {"case": 7, "receipt": "a"}}',
    b'{"type": "payment.confirmed", "data": {"case": "x", "receipt": ""}}',
    b'{"type": "payment.confirmed", "data": {"case": "x", "receipt": "a", "officer": "b"}}',
    b'{"type": "payment.confirmed", "data": {"case": "x", "receipt": "a"}, "extra": 1}',
    b'{"type": "payment.confirmed", "data": {"case": NaN, "receipt": "a"}}',
    b"[" * 100_000,
)


def test_r66_what_the_office_has_no_word_for_is_refused_not_guessed(partner: Speaker) -> None:
    for body in UNKNOWN_WORDS:
        answer = partner.post(body, partner.headers("m1", body))
        assert answer.status_code == 422, body[:80]
        assert answer.get_json()["detail"].startswith("Expected ")
    assert partner.stored() == 0


def test_a_sender_says_only_what_it_may(office: TrainingOffice) -> None:
    bank = Speaker(office.books, "kho-bac", messages=["payment.confirmed"], agency=None)
    assert bank.say("m1", "dossier.submitted", **DOSSIER).status_code == 422
    with transaction(office.books) as db:
        disable_sender(db, SystemClock(), code="kho-bac")
    assert bank.say("m2", "payment.confirmed", case="x", receipt="a").status_code == 401


def test_a_large_message_is_refused_unread(partner: Speaker) -> None:
    body = b'"' + b"a" * 300_000 + b'"'
    assert partner.post(body, partner.headers("m1", body)).status_code == 413


def test_what_cannot_be_acted_on_waits_with_its_reason_and_holds_up_nothing(
    office: TrainingOffice, partner: Speaker
) -> None:
    number = office.receive()
    office.work_until(number, "examine")
    partner.say("p1", "payment.confirmed", case=number, receipt="BL-1")
    partner.say("p2", "payment.confirmed", case="H35.12-990101-0001", receipt="BL-2")
    partner.say("m1", "dossier.submitted", **DOSSIER)
    assert apply_stored(office.books) == 1
    early, nowhere = partner.waiting()
    assert early["reason_code"] == "status_refused"
    assert nowhere["reason_code"] == "case_unknown"
    assert office.case(number)["status"] == 4
    assert retry(office.books) == (0, 2)
    office.do(request_payment, number=number, amount_dong=1000)
    assert retry(office.books, [early["id"]]) == (1, 1)
    assert office.event(number, "PaymentConfirmed")["receipt"] == "BL-1"
    with transaction(office.books) as db:
        close_message(db, SystemClock(), id=nowhere["id"], reason="Gửi nhầm")
    assert partner.waiting() == []
    assert retry(office.books) == (0, 0)


def test_during_a_rotation_a_sender_may_sign_with_either_secret(partner: Speaker) -> None:
    old = partner.secret
    with transaction(partner.books) as db:
        new = rotate_sender(db, SystemClock(), code="lgsp")
    for number, secret in enumerate((old, new)):
        partner.secret = secret
        assert partner.say(f"m{number}", "dossier.submitted", **DOSSIER).status_code == 202
    with transaction(partner.books) as db:
        rotate_sender(db, SystemClock(), code="lgsp", overlap=timedelta(0))
    partner.secret = new
    assert partner.say("m9", "dossier.submitted", **DOSSIER).status_code == 401


def test_a_sender_is_entered_only_with_what_its_words_need(office: TrainingOffice) -> None:
    for given in (
        {"messages": []},
        {"messages": ["case.deleted"]},
        {"messages": ["opinion.given"]},
        {"messages": ["payment.confirmed"], "code": "Kho Bạc"},
    ):
        words = {"code": "a", "name": "A"} | given
        with transaction(office.books) as db, pytest.raises(BadInputError):
            add_sender(db, SystemClock(), **words)
