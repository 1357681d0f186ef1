"""Many rows of the list at once, each in its own transaction; columns of one's own."""

from __future__ import annotations

import re
from urllib.parse import quote

from test_desk_journey import receive

from engine.cases.claim_step import claim_step
from tests.visitors import ADMIN, CLERK, HEAD, SPECIALIST, DeskOffice, Visitor, hidden_fields

COLLEAGUE = "cb.tiepnhan2"


def marks(desk: DeskOffice, numbers: list[str]) -> list[str]:
    return [f"{number}~{desk.next_step(number)}" for number in numbers]


def address(what: str, chosen: list[str]) -> str:
    return f"/desk/batch?lam={what}" + "".join(f"&chon={quote(mark)}" for mark in chosen)


def send(
    visitor: Visitor, what: str, chosen: list[str], **given: str
) -> tuple[int, list[str], str]:
    """Open the page of a choice and send it; gives the status and what became of each row."""
    shown = visitor.get(address(what, chosen))
    assert shown.status_code == 200, shown.text
    form = {**hidden_fields(shown.text), "lam": what, "chon": chosen, **given}
    answer = visitor.client.post("/desk/batch", data=form)
    results = re.findall(r"govuk-tag--(green|red)", answer.text)
    return answer.status_code, results, answer.text


def test_the_same_step_is_completed_for_all_and_who_cannot_says_why(desk: DeskOffice) -> None:
    office = desk.office
    clerk = desk.person(CLERK)
    numbers = [office.receive(owner=f"Người {i}") for i in range(4)]
    chosen = marks(desk, numbers)
    shown = clerk.get("/desk?viec=co-quan").text
    assert all(mark in shown for mark in chosen)
    form = hidden_fields(clerk.get(address("hoan-thanh", chosen)).text)
    # meanwhile a colleague takes one and finishes another
    office.do(claim_step, number=numbers[1], step_id=office.open(numbers[1])[0], by=COLLEAGUE)
    office.complete(numbers[2], office.open(numbers[2])[0], by=COLLEAGUE)
    given = {**form, "lam": "hoan-thanh", "chon": chosen, "f_du_thanh_phan": "y"}
    answer = clerk.client.post("/desk/batch", data=given)
    assert answer.status_code == 200
    results = re.findall(r"govuk-tag--(green|red)", answer.text)
    assert results == ["green", "red", "red", "green"]
    assert "Bước này không còn mở, hoặc đồng nghiệp khác đã nhận việc" in answer.text
    assert "Đã làm 2 trong 4 hồ sơ" in answer.text
    assert [office.events(n).count("StepCompleted") for n in numbers] == [1, 0, 1, 1]
    assert office.event(numbers[0], "StepCompleted")["officer"] == CLERK
    # pressed twice, nothing happens twice
    again = clerk.client.post("/desk/batch", data=given)
    assert re.findall(r"govuk-tag--(green|red)", again.text) == results
    assert [office.events(n).count("StepCompleted") for n in numbers] == [1, 0, 1, 1]


def test_steps_are_claimed_handed_over_and_released_together(desk: DeskOffice) -> None:
    office = desk.office
    clerk = desk.person(CLERK)
    numbers = [office.receive() for _ in range(2)]
    chosen = marks(desk, numbers)
    assert send(clerk, "nhan", chosen)[:2] == (200, ["green", "green"])
    page = clerk.get(address("giao", chosen)).text
    assert f'value="{COLLEAGUE}"' in page
    assert f'value="{CLERK}"' not in page
    assert f'value="{SPECIALIST}"' not in page, "who may not do it is not offered"
    assert send(clerk, "giao", chosen, to=COLLEAGUE)[:2] == (200, ["green", "green"])
    holders = {s["officer"] for n in numbers for s in office.case(n)["open_steps"]}
    assert holders == {COLLEAGUE}
    assert office.event(numbers[0], "StepHandedOver")["to"] == COLLEAGUE
    status, results, text = send(clerk, "tra-lai", chosen)
    assert (status, results) == (200, ["red", "red"])
    assert "đồng nghiệp khác đã nhận việc" in text
    other = desk.person(COLLEAGUE)
    assert send(other, "tra-lai", chosen)[:2] == (200, ["green", "green"])


def test_nobody_gets_a_step_he_may_not_do(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    number = quick_desk.office.receive()
    chosen = marks(quick_desk, [number])
    send(clerk, "nhan", chosen)
    form = hidden_fields(clerk.get(address("giao", chosen)).text)
    for to in (SPECIALIST, CLERK, "khong.co"):
        given = {**form, "lam": "giao", "chon": chosen, "to": to}
        assert clerk.client.post("/desk/batch", data=given).status_code == 422
    assert quick_desk.office.case(number)["open_steps"][0]["officer"] == CLERK


def test_what_is_not_one_step_is_refused_before_anything_is_done(quick_desk: DeskOffice) -> None:
    office = quick_desk.office
    clerk = quick_desk.person(CLERK)
    numbers = [office.receive("1.009994"), office.receive("2.001610")]
    chosen = marks(quick_desk, numbers)
    mixed = clerk.get(address("hoan-thanh", chosen))
    assert mixed.status_code == 422
    assert "cùng một bước" in mixed.text
    for bad in ("/desk/batch", "/desk/batch?lam=xoa&chon=a~b", "/desk/batch?lam=nhan"):
        assert clerk.get(bad).status_code == 422
    unknown = clerk.get(address("nhan", [f"H35.12-261116-9999~{'0' * 32}"]))
    assert unknown.status_code == 404
    many = [f"{numbers[0]}~{n}" for n in range(101)]
    assert clerk.get(address("nhan", many)).status_code == 422
    assert all("StepClaimed" not in office.events(n) for n in numbers)


def test_a_case_of_another_agency_cannot_be_reached_by_the_list_either(
    quick_desk: DeskOffice,
) -> None:
    from sqlalchemy import update

    from engine.database import transaction
    from engine.staff.tables import agency, unit

    number = quick_desk.office.receive()
    chosen = marks(quick_desk, [number])
    clerk = quick_desk.person(CLERK)
    token = clerk.token()
    with transaction(quick_desk.books) as db:
        row = db.execute(agency.select()).mappings().first()
        assert row is not None
        db.execute(agency.insert().values(**{**row, "code": "H35.99", "parent_code": None}))
        db.execute(update(unit).values(agency_code="H35.99"))
    assert clerk.get(address("nhan", chosen)).status_code == 404
    given = {"csrf_token": token, "lam": "nhan", "chon": chosen}
    assert clerk.client.post("/desk/batch", data=given).status_code == 404
    assert "StepClaimed" not in quick_desk.office.events(number)


def test_columns_are_kept_for_the_person_and_the_address_wins(desk: DeskOffice) -> None:
    clerk, head = desk.person(CLERK), desk.person(HEAD)
    receive(clerk)
    usual = clerk.get("/desk?viec=co-quan").text
    assert ">Kênh<" not in usual
    assert clerk.post("/desk/columns", {"cot": ["kenh", "chu", "giu-tu"]}).status_code == 302
    mine = clerk.get("/desk?viec=co-quan").text
    assert ">Kênh<" in mine
    assert ">Giữ từ<" in mine
    assert "Trực tiếp" in mine
    assert ">Thời gian còn<" not in mine
    assert "cot=chu,giu-tu,kenh" in mine.replace("%2C", ","), "the address says what is shown"
    assert ">Kênh<" not in head.get("/desk?viec=co-quan").text
    assert ">Kênh<" not in clerk.get("/desk?viec=co-quan&cot=chu,han").text
    assert clerk.get("/desk?cot=chu,xyz").status_code == 422
    assert clerk.post("/desk/columns", {"cot": "xyz"}).status_code == 422
    assert ">Kênh<" in clerk.get("/desk?viec=co-quan").text
    assert clerk.post("/desk/columns", {"lam": "thuong"}).status_code == 302
    assert ">Kênh<" not in clerk.get("/desk?viec=co-quan").text
    assert desk.person(ADMIN).get("/desk/columns").status_code == 200
