"""Look-up for citizens: two secrets, one answer for all that is wrong, nothing about people."""

from __future__ import annotations

import re

from sqlalchemy import update

from desk.limits import limiter
from desk.tracking.token import token_of, tracking_address
from engine.cases.status import CaseStatus
from engine.cases.tables import case
from engine.database import transaction
from tests.visitors import CLERK, DeskOffice, Visitor

OWNER = "Trần Thị Tra Cứu"
PHONE = "0987 651 234"


def received(desk: DeskOffice) -> str:
    return desk.office.receive(
        owner=OWNER, data={"owner": {"phone": PHONE, "id_number": "014090005678"}}
    )


def find(visitor: Visitor, number: str, digits: str) -> tuple[int, str]:
    answer = visitor.post("/track", {"number": number, "digits": digits})
    return answer.status_code, answer.text


def test_r69_number_and_digits_show_the_state_and_no_person(desk: DeskOffice) -> None:
    number = received(desk)
    for digits in ("1234", "5678"):
        status, page = find(desk.stranger(), number.lower(), digits)
        assert status == 200
        assert "Hồ sơ đã được tiếp nhận" in page
        assert "17:00 26/11/2026" in page
    for secret in (OWNER, PHONE, "014090005678", "Lò Thị Hoa", "Tra Cứu"):
        assert secret not in page


def test_an_unknown_case_and_a_wrong_digit_are_told_alike(quick_desk: DeskOffice) -> None:
    received(quick_desk)
    number = received(quick_desk)
    wrong = find(quick_desk.stranger(), number, "9999")
    unknown = find(quick_desk.stranger(), "H35.12-261116-9999", "9999")
    assert wrong[0] == unknown[0] == 422
    told = [
        re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(typed, "N")
        for page, typed in ((wrong[1], number), (unknown[1], "H35.12-261116-9999"))
    ]
    assert told[0] == told[1]


def test_empty_digits_never_fit_a_case_without_a_phone(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    assert find(quick_desk.stranger(), number, "")[0] == 422


def test_the_qr_code_opens_the_case_and_another_token_does_not(quick_desk: DeskOffice) -> None:
    number = received(quick_desk)
    with quick_desk.app.test_request_context():
        address, token = tracking_address(number), token_of(number)
    assert address == f"http://desk.test/track/{number}/{token}"
    assert len(token) == 32
    stranger = quick_desk.stranger()
    assert stranger.get(f"/track/{number}/{token}").status_code == 200
    near = token[:-1] + ("1" if token[-1] == "0" else "0")
    assert stranger.get(f"/track/{number}/{near}").status_code == 404
    assert stranger.get(f"/track/{number}/{'0' * 32}").status_code == 404
    other = received(quick_desk)
    assert stranger.get(f"/track/{other}/{token}").status_code == 404


def test_look_ups_are_limited_by_address_and_by_case(quick_desk: DeskOffice) -> None:
    number = received(quick_desk)
    visitor = quick_desk.stranger()
    token = visitor.token()
    data = {"csrf_token": token, "number": number, "digits": "0000"}
    one_address = [visitor.client.post("/track", data=data).status_code for _ in range(12)]
    assert one_address == [422] * 10 + [429] * 2
    elsewhere = visitor.client.post(
        "/track", data=data, environ_overrides={"REMOTE_ADDR": "10.1.1.1"}
    )
    assert elsewhere.status_code == 429, "the same case is guessed at from elsewhere"


def test_two_hundred_guesses_find_nothing_even_without_the_limit(quick_desk: DeskOffice) -> None:
    number = received(quick_desk)
    visitor = quick_desk.stranger()
    token = visitor.token()
    limiter.enabled = False
    try:
        hits = [
            guess
            for guess in range(200)
            if visitor.client.post(
                "/track",
                data={"csrf_token": token, "number": number, "digits": f"{guess + 2000:04}"},
            ).status_code
            == 200
        ]
    finally:
        limiter.enabled = True
    assert hits == []


def test_every_status_has_a_sentence_for_the_citizen(quick_desk: DeskOffice) -> None:
    number = received(quick_desk)
    with quick_desk.app.test_request_context():
        token = token_of(number)
    limiter.enabled = False
    try:
        for status in CaseStatus:
            with transaction(quick_desk.books) as db:
                db.execute(update(case).values(status=int(status)))
            page = quick_desk.stranger().get(f"/track/{number}/{token}").text
            assert status.for_the_applicant in page
    finally:
        limiter.enabled = True


def test_a_moved_date_says_why(quick_desk: DeskOffice) -> None:
    from engine.cases.waiting.accept_supplement import accept_supplement
    from engine.cases.waiting.request_supplement import request_supplement

    number = received(quick_desk)
    quick_desk.office.work_until(number, "examine")
    quick_desk.office.do(request_supplement, number=number, reason="Thiếu", components=["ban_ve"])
    quick_desk.office.until("2026-11-18T08:00")
    quick_desk.office.do(accept_supplement, number=number)
    _, page = find(quick_desk.stranger(), number, "1234")
    assert "Hạn trả chuyển từ 17:00 26/11/2026 sang 17:00" in page
    assert "vì chờ bổ sung giấy tờ" in page


def test_a_signed_in_clerk_may_look_up_like_anybody(quick_desk: DeskOffice) -> None:
    number = received(quick_desk)
    assert find(quick_desk.person(CLERK), number, "1234")[0] == 200
