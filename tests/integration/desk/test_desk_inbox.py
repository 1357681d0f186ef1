"""Warnings reach the person they are for; a leader signs the draft; letters are registered."""

from __future__ import annotations

import re

from engine.cases.telling.inbox import messages
from engine.database import reading
from tests.visitors import CLERK, HEAD, LEADER, SPECIALIST, DeskOffice, Visitor

DECIDE = "2026-11-25T16:00"


def waiting(visitor: Visitor) -> int:
    """The number beside the inbox in the menu."""
    found = re.search(r'desk-count--red">(\d+)<span', visitor.get("/desk").text)
    return int(found[1]) if found else 0


def own(desk: DeskOffice, officer: str) -> list[int]:
    with reading(desk.books) as db:
        return [m["id"] for m in messages(db, officer=officer) if m["acted_at"] is None]


def test_a_warning_is_counted_read_and_taken_up_by_the_one_it_is_for(desk: DeskOffice) -> None:
    number = desk.office.receive()
    desk.office.work_until(number, "draft")
    desk.office.until(DECIDE)
    told = [code for code in (CLERK, SPECIALIST, HEAD, LEADER) if own(desk, code)]
    assert told, "somebody is warned"
    code = told[0]
    mine = own(desk, code)
    person = desk.person(code)
    assert waiting(person) == len(mine)
    shown = person.get("/desk/inbox").text
    assert number in shown
    stranger = next(c for c in (CLERK, SPECIALIST, HEAD, LEADER) if mine[0] not in own(desk, c))
    assert desk.person(stranger).post(f"/desk/inbox/{mine[0]}/take-up").status_code == 404
    assert person.post(f"/desk/inbox/{mine[0]}/read").status_code == 302
    assert waiting(person) == len(mine), "what is read still waits"
    assert person.post(f"/desk/inbox/{mine[0]}/take-up").status_code == 302
    assert waiting(person) == len(mine) - 1
    assert "AlertTakenUp" in desk.office.events(number)
    desk.office.work_until(number)
    assert own(desk, code) == []
    assert number not in person.get("/desk/inbox").text
    assert number in person.get("/desk/inbox?tat-ca=1").text


def test_r72_a_leader_signs_the_draft_and_the_register_has_the_letter(desk: DeskOffice) -> None:
    number = desk.office.receive()
    desk.office.work_until(number, "examine")
    desk.office.until(DECIDE)
    leader, clerk = desk.person(LEADER), desk.person(CLERK)
    page = leader.get(f"/desk/cases/{number}").text
    assert "Dự thảo thư xin lỗi, chờ lãnh đạo ký" in page
    assert "Xem lại và ký" in page
    assert "Xem lại và ký" not in clerk.get(f"/desk/cases/{number}").text
    inbox = leader.get("/desk/inbox").text
    assert "Thư xin lỗi chờ ký" in inbox
    assert "Thư xin lỗi chờ ký" not in clerk.get("/desk/inbox").text
    form = leader.get(f"/desk/cases/{number}/apologise").text
    reason = re.search(r'<textarea[^>]*name="reason"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL)
    cause = re.search(r'checked[^>]*name="cause"[^>]*value="(\w+)"', form)
    new_date = re.search(r'name="new_date"[^>]*value="([0-9-]+)"', form)
    assert reason
    assert cause
    assert new_date
    signed = leader.submit(
        f"/desk/cases/{number}/apologise",
        {"reason": reason[1], "cause": cause[1], "new_date": new_date[1]},
    )
    assert signed.status_code == 302, signed.text
    letter = desk.office.event(number, "ApologyIssued")["letter"]
    assert "chờ lãnh đạo ký" not in leader.get(f"/desk/cases/{number}").text
    inbox = leader.get("/desk/inbox").text
    assert "Thư xin lỗi chờ ký" not in inbox
    assert letter in inbox
    register = clerk.get("/desk/letters?loai=XIN_LOI&tu=2026-11-01&den=2026-11-30").text
    assert letter in register
    assert "GTN" not in register
    assert "GTN" in clerk.get("/desk/letters?tu=2026-11-01&den=2026-11-30").text
    assert letter not in clerk.get("/desk/letters?tu=2026-11-01&den=2026-11-10").text


def test_the_register_of_letters_refuses_strange_questions(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    for query in ("loai=GI", "tu=hom-qua", "tu=2026-11-30&den=2026-11-01", "tu=2020-01-01"):
        assert clerk.get(f"/desk/letters?{query}").status_code == 422, query
    assert quick_desk.person(SPECIALIST).get("/desk/letters").status_code == 403
