"""The whole identity number is asked for with a reason; fees are written where they are paid."""

from __future__ import annotations

import pytest
from test_desk_journey import receive

from engine.cases.acting import NotAllowedError
from engine.cases.file import StatusRefusedError
from engine.cases.intake.collect_fee import Fee, collect_fee
from engine.cases.intake.show_identity import show_identity
from engine.cases.waiting.request_payment import request_payment
from engine.errors import BadInputError
from tests.visitors import ADMIN, CLERK, HEAD, LEADER, SPECIALIST, DeskOffice

ID_NUMBER = "012345678901"


def test_who_sees_the_whole_number_is_in_the_journal_with_his_reason(desk: DeskOffice) -> None:
    clerk = desk.person(CLERK)
    number = receive(clerk, id_number=ID_NUMBER)
    page = f"/desk/cases/{number}"
    assert ID_NUMBER not in clerk.get(page).text
    before = desk.office.events(number)
    silent = clerk.post(f"{page}/identity", {"identity_reason": " "})
    assert silent.status_code == 422
    assert ID_NUMBER not in silent.text
    assert desk.office.events(number) == before
    shown = clerk.post(f"{page}/identity", {"identity_reason": "Đối chiếu căn cước"})
    assert shown.status_code == 200
    assert ID_NUMBER in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    told = desk.office.event(number, "IdentityShown")
    assert told == {"officer": CLERK, "reason": "Đối chiếu căn cước"}
    again = clerk.get(page).text
    assert ID_NUMBER not in again, "once a press, not for ever"
    assert "Đối chiếu căn cước" in again


def test_who_has_nothing_to_do_with_the_case_sees_nothing(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    number = receive(clerk, id_number=ID_NUMBER)
    path = f"/desk/cases/{number}/identity"
    for code in (SPECIALIST, ADMIN):
        visitor = quick_desk.person(code)
        assert "Xem đủ số định danh" not in visitor.get(f"/desk/cases/{number}").text
        answer = visitor.post(path, {"identity_reason": "tò mò"})
        assert answer.status_code == 403
        assert ID_NUMBER not in answer.text
    for code in (HEAD, LEADER):
        assert quick_desk.person(code).post(path, {"identity_reason": "x"}).status_code == 200
    # the specialist who works on it may
    quick_desk.office.work_until(number, "draft")
    doer = quick_desk.office.event(number, "StepCompleted")["officer"]
    assert doer == SPECIALIST
    assert quick_desk.person(doer).post(path, {"identity_reason": "Thẩm định"}).status_code == 200
    with pytest.raises(NotAllowedError):
        quick_desk.office.do(show_identity, number=number, reason="x", by=ADMIN)
    nameless = quick_desk.office.receive()
    with pytest.raises(BadInputError):
        quick_desk.office.do(show_identity, number=nameless, reason="x", by=CLERK)


def test_a_fee_paid_at_reception_is_on_the_receipt_and_the_page(desk: DeskOffice) -> None:
    clerk = desk.person(CLERK)
    number = receive(clerk, fee_dong="75000", fee_receipt="BL-0042")
    case = desk.office.case(number)
    assert [(f["amount_dong"], f["receipt"]) for f in case["fees"]] == [(75000, "BL-0042")]
    letter = clerk.get(f"/desk/cases/{number}/letters/{case['documents'][0]['id']}").text
    assert "75.000 đồng (biên lai BL-0042)" in letter
    page = clerk.get(f"/desk/cases/{number}").text
    assert "75.000 đ" in page
    assert "BL-0042" in page
    later = clerk.submit(f"/desk/cases/{number}/fee", {"amount_dong": "5000"})
    assert later.status_code == 302
    assert sum(f["amount_dong"] for f in desk.office.case(number)["fees"]) == 80000


def test_the_register_of_fees_adds_up_what_was_paid_on_its_days(desk: DeskOffice) -> None:
    clerk = desk.person(CLERK)
    first = receive(clerk, fee_dong="75000", fee_receipt="=BL-1")
    desk.office.until("2026-11-17T08:00")
    second = desk.office.receive()
    desk.office.do(collect_fee, number=second, paid=Fee(5000))
    both = clerk.get("/returns/fees?tu=2026-11-16&den=2026-11-17").text
    assert "Đã thu 80.000 đồng, 2 lần thu" in both
    assert first in both
    today = clerk.get("/returns/fees").text
    assert "Đã thu 5.000 đồng, 1 lần thu" in today
    assert first not in today
    assert "Đã thu 0 đồng" in clerk.get("/returns/fees?tu=2026-11-01&den=2026-11-02").text
    assert desk.person(LEADER).get("/returns/fees").status_code == 200
    assert desk.person(SPECIALIST).get("/returns/fees").status_code == 403
    assert clerk.get("/returns/fees?tu=2026-11-18&den=2026-11-17").status_code == 422


def test_a_fee_is_money_and_is_taken_while_the_case_is_here(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    number = receive(clerk)
    for wrong in ("0", "-5", "abc", ""):
        answer = clerk.submit(f"/desk/cases/{number}/fee", {"amount_dong": wrong})
        assert answer.status_code == 422, wrong
    assert quick_desk.office.case(number)["fees"] == []
    assert quick_desk.person(SPECIALIST).get(f"/desk/cases/{number}/fee").status_code == 403
    submitted = quick_desk.office.receive("2.001610", channel="online", submitted_only=True)
    with pytest.raises(StatusRefusedError):
        quick_desk.office.do(collect_fee, number=submitted, paid=Fee(1000))


def test_r22_an_obligation_paid_at_the_desk_is_kept_as_collected(desk: DeskOffice) -> None:
    clerk = desk.person(CLERK)
    number = receive(clerk)
    desk.office.complete(number, desk.office.open(number)[0])
    desk.office.do(request_payment, number=number, amount_dong=120000, reason="Lệ phí")
    answer = clerk.submit(
        f"/desk/cases/{number}/paid", {"receipt": "BL-7", "amount_dong": "120000"}
    )
    assert answer.status_code == 302
    assert desk.office.event(number, "FeeCollected")["amount_dong"] == 120000
    assert desk.office.case(number)["status"] == 4
