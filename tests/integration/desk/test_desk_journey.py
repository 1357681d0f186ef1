"""A case's whole life through the browser's forms, by the people who do it, on both databases."""

from __future__ import annotations

import re

from tests.visitors import CLERK, HEAD, LEADER, SPECIALIST, DeskOffice, Visitor, hidden_fields

NAME = "Nguyễn Thị Bưởi"
PAGE = "/desk/receive?thu-tuc=1.009994"
DOSSIER = {
    "thu-tuc": "1.009994",
    "owner": NAME,
    "channel": "counter",
    "phone": "0912 345 678",
    "c_don_de_nghi": "original",
    "c_giay_to_dat": "certified",
    "c_ban_ve": "original",
    "do": "accept",
}


def receive(clerk: Visitor, **given: str) -> str:
    answer = clerk.submit(PAGE, {**DOSSIER, **given}, to="/desk/receive")
    assert answer.status_code == 302, answer.text
    found = re.search(r"/desk/cases/([^/]+)/letters/\d+", answer.headers["Location"])
    assert found
    return found[1]


def complete(desk: DeskOffice, visitor: Visitor, number: str, **fields: str) -> None:
    step = desk.next_step(number)
    answer = visitor.submit(
        f"/desk/cases/{number}/steps/{step}", {f"f_{k}": v for k, v in fields.items()}
    )
    assert answer.status_code == 302, answer.text


def test_reception_supplement_lateness_apology_return(desk: DeskOffice) -> None:
    clerk, specialist, head, leader = map(desk.person, (CLERK, SPECIALIST, HEAD, LEADER))
    number = receive(clerk)
    assert desk.office.case(number)["owner"] == NAME
    assert "0912 345 678" in clerk.get(f"/desk/cases/{number}").text

    complete(desk, clerk, number, du_thanh_phan="y")
    complete(desk, head, number)

    # the specialist asks, the one-stop sends, the clock stands (R18)
    asked = {"components": "ban_ve", "reason": "Thiếu bản vẽ mặt bằng móng"}
    assert specialist.submit(f"/desk/cases/{number}/supplement", asked).status_code == 302
    assert desk.office.case(number)["status"] == 4
    assert clerk.submit(f"/desk/cases/{number}/supplement", asked).status_code == 302
    assert desk.office.case(number)["status"] == 5
    assert number in clerk.get("/desk?loc=cho-bo-sung&viec=co-quan").text
    desk.office.until("2026-11-18T08:00")
    came = clerk.submit(f"/desk/cases/{number}/supplement-came", {"outcome": "complete"})
    assert came.status_code == 302
    assert desk.office.case(number)["status"] == 4

    desk.office.until("2026-12-01T10:00")
    assert number in leader.get("/desk?loc=qua-han&viec=co-quan").text
    apology = {"cause": "QUA_TAI", "reason": "Đợt sáp nhập dồn hồ sơ", "new_date": "2026-12-04"}
    assert leader.submit(f"/desk/cases/{number}/apologise", apology).status_code == 302
    case = desk.office.case(number)
    assert case["due_appointed_at"].startswith("2026-12-04")
    assert case["due_original_at"].startswith("2026-11-30")

    desk.office.work_until(number)
    assert number in clerk.get("/returns").text
    # a late case says why before it closes (R34); the apology did
    handed = {"receiver": NAME, "channel": "counter"}
    assert clerk.submit(f"/desk/cases/{number}/return", handed).status_code == 302
    case = desk.office.case(number)
    assert (case["status"], case["verdict"]) == (10, "late")
    assert "Đã trả kết quả" in clerk.get(f"/desk/cases/{number}").text


def test_a_second_press_of_the_same_button_has_one_effect(desk: DeskOffice) -> None:
    clerk = desk.person(CLERK)
    form = hidden_fields(clerk.get(PAGE).text) | DOSSIER
    first = clerk.client.post("/desk/receive", data=form)
    second = clerk.client.post("/desk/receive", data={**form, "duplicate_ok": "y"})
    assert first.headers["Location"] == second.headers["Location"]
    number = first.headers["Location"].split("/")[3]
    assert desk.office.events(number).count("CaseReceived") == 1

    step = desk.next_step(number)
    path = f"/desk/cases/{number}/steps/{step}"
    page = clerk.get(path).text
    form = hidden_fields(page)
    answers = [clerk.client.post(path, data={**form, "f_du_thanh_phan": "y"}) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert desk.office.events(number).count("StepCompleted") == 1


def test_a_page_that_was_overtaken_by_a_colleague_changes_nothing(desk: DeskOffice) -> None:
    clerk, colleague = desk.person(CLERK), desk.person("cb.tiepnhan2")
    number = receive(clerk)
    step = desk.next_step(number)
    path = f"/desk/cases/{number}/steps/{step}"
    page = clerk.get(path).text
    form = hidden_fields(page)
    colleague.post(f"{path}/claim")
    answer = clerk.client.post(path, data={**form, "f_du_thanh_phan": "y"})
    assert answer.status_code == 409
    assert "vừa được người khác cập nhật" in answer.text
    assert "StepCompleted" not in desk.office.events(number)


def test_an_incomplete_dossier_is_not_accepted_but_asked_for(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    answer = clerk.submit(PAGE, {**DOSSIER, "c_ban_ve": "missing"}, to="/desk/receive")
    assert answer.status_code == 422
    assert "Còn thiếu Bản vẽ thiết kế xây dựng" in answer.text
    assert clerk.get("/desk?viec=co-quan").text.count("data-row") == 0


def test_a_supplement_asked_for_at_intake_starts_no_clock(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    number = receive(clerk, c_ban_ve="missing", do="supplement", reason="Thiếu bản vẽ")
    case = quick_desk.office.case(number)
    assert (case["status"], case["received_at"]) == (1, None)
    assert [d["meaning"] for d in case["documents"]] == ["BO_SUNG"]
    assert clerk.submit(
        f"/desk/cases/{number}/supplement-came", {"outcome": "complete"}
    ).status_code == 302  # fmt: skip
    assert quick_desk.office.case(number)["status"] == 2


def test_a_refusal_at_intake_needs_a_reason(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    answer = clerk.submit(PAGE, {**DOSSIER, "do": "refuse"}, to="/desk/receive")
    assert answer.status_code == 422
    number = receive(clerk, do="refuse", reason="Không thuộc thẩm quyền")
    assert quick_desk.office.case(number)["status"] == 3


def test_the_same_owner_and_procedure_is_asked_about_before_a_second_case(
    quick_desk: DeskOffice,
) -> None:
    clerk = quick_desk.person(CLERK)
    first = receive(clerk)
    form = hidden_fields(clerk.get(PAGE).text) | DOSSIER | {"owner": "nguyễn thị BƯỞI"}
    answer = clerk.client.post("/desk/receive", data=form)
    assert answer.status_code == 422
    assert first in answer.text
    assert clerk.client.post("/desk/receive", data={**form, "duplicate_ok": "y"}).status_code == 302


def test_a_step_is_completed_only_by_those_who_may(quick_desk: DeskOffice) -> None:
    clerk, specialist = quick_desk.person(CLERK), quick_desk.person(SPECIALIST)
    number = receive(clerk)
    step = quick_desk.next_step(number)
    answer = specialist.post(f"/desk/cases/{number}/steps/{step}", {"f_du_thanh_phan": "y"})
    assert answer.status_code == 403
    assert "StepCompleted" not in quick_desk.office.events(number)
