"""Feedback and satisfaction, from the citizen's page to the office's answer and back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from desk.limits import limiter
from desk.tracking.token import token_of
from engine.cases.return_result import return_result
from engine.citizens.tables import feedback
from engine.database import reading
from tests.visitors import ADMIN, CLERK, HEAD, LEADER, SPECIALIST, DeskOffice, Visitor

WORDS = "Cán bộ hẹn ba lần không trả <script>alert(1)</script>"


def case_of(desk: DeskOffice) -> str:
    return desk.office.receive(owner="Trần Thị Tra Cứu", data={"owner": {"phone": "0987651234"}})


def looked_up(desk: DeskOffice, number: str) -> tuple[Visitor, str]:
    """A stranger who gave both secrets, and the page he sees."""
    stranger = desk.stranger()
    answer = stranger.post("/track", {"number": number, "digits": "1234"})
    assert answer.status_code == 200
    return stranger, answer.text


def fields_of(page: str, action: str) -> dict[str, str]:
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    return dict(
        re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form)
    )


def said(visitor: Visitor, page: str, action: str, **given: Any) -> Any:
    return visitor.client.post(action, data={**fields_of(page, action), **given})


def pieces(desk: DeskOffice) -> list[Any]:
    with reading(desk.books) as db:
        return list(db.execute(select(feedback).order_by(feedback.c.id)))


def test_r59_a_citizen_says_it_the_office_answers_and_he_reads_it(desk: DeskOffice) -> None:
    number = case_of(desk)
    stranger, page = looked_up(desk, number)
    action = f"/track/{number}/feedback"
    answer = said(stranger, page, action, topic="attitude", content=WORDS, contact="")
    assert answer.status_code == 200
    assert "Đã ghi phản ánh" in answer.text
    (piece,) = pieces(desk)
    assert (piece.channel, piece.content, piece.received_by) == ("track", WORDS, None)

    clerk, head, specialist = (desk.person(code) for code in (CLERK, HEAD, SPECIALIST))
    listed = clerk.get("/feedback").text
    assert piece.number in listed
    assert "chưa phân công" in listed
    assert "<script>alert" not in listed
    assert "08/12/2026" in listed
    path = f"/feedback/{piece.id}"
    assert specialist.get(path).status_code == 404, "not his until he is assigned"
    assert head.submit(path, {"to": SPECIALIST}, to=f"{path}/assign").status_code == 302
    shown = specialist.get(path).text
    assert "20/11/2026" not in shown
    assert "18/11/2026" in shown, "the last day to refuse"
    done = specialist.submit(
        path, {"answer": "handled", "said": "Đã nhắc nhở cán bộ"}, to=f"{path}/answer"
    )
    assert done.status_code == 302, done.text
    assert clerk.post(f"{path}/publish").status_code == 302
    _, again = looked_up(desk, number)
    assert "Đã nhắc nhở cán bộ" in again
    assert "Đã xong" in again


def test_the_office_asks_and_the_citizen_gives_the_facts(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    stranger, page = looked_up(quick_desk, number)
    said(stranger, page, f"/track/{number}/feedback", topic="late", content="Chậm", contact="")
    (piece,) = pieces(quick_desk)
    path = f"/feedback/{piece.id}"
    leader = quick_desk.person(LEADER)
    leader.submit(path, {"answer": "asked", "said": "Ông nộp ngày nào?"}, to=f"{path}/answer")
    stranger, page = looked_up(quick_desk, number)
    assert "Ông nộp ngày nào?" in page
    action = f"/track/{number}/feedback/{piece.id}"
    assert said(stranger, page, action, facts="").status_code == 422
    assert said(stranger, page, action, facts="Ngày 16").status_code == 200
    assert pieces(quick_desk)[0].state == "waiting"
    assert said(stranger, page, action, facts="Lần nữa").status_code == 200, "the same press"
    assert "Lần nữa" not in pieces(quick_desk)[0].content


def test_without_the_pass_of_this_case_nothing_is_said(quick_desk: DeskOffice) -> None:
    number, other = case_of(quick_desk), case_of(quick_desk)
    stranger, page = looked_up(quick_desk, number)
    given = fields_of(page, f"/track/{number}/feedback")
    words = {"topic": "late", "content": "x", "contact": ""}
    for changed in ({"seen": ""}, {"seen": given["seen"][:-2] + "AA"}):
        answer = stranger.client.post(
            f"/track/{number}/feedback", data={**given, **words, **changed}
        )
        assert answer.status_code == 404
    stolen = stranger.client.post(f"/track/{other}/feedback", data={**given, **words})
    assert stolen.status_code == 404
    assert pieces(quick_desk) == []


def test_a_mistake_keeps_what_was_typed(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    stranger, page = looked_up(quick_desk, number)
    answer = said(stranger, page, f"/track/{number}/feedback", content="Nội dung dài", contact="09")
    assert answer.status_code == 422
    assert "Nội dung dài" in answer.text
    assert "Hãy chọn một mục." in answer.text
    assert pieces(quick_desk) == []


def test_what_strangers_may_say_is_limited(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    stranger, page = looked_up(quick_desk, number)
    limiter.reset()
    action = f"/track/{number}/feedback"
    told = []
    for turn in range(7):
        given = {**fields_of(page, action), "key": f"k{turn}"}
        answer = stranger.client.post(
            action, data={**given, "topic": "late", "content": f"{turn}", "contact": ""}
        )
        told.append(answer.status_code)
    assert told == [200] * 5 + [429] * 2
    assert len(pieces(quick_desk)) == 5


def test_r60_a_citizen_answers_once_after_the_return(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    _, page = looked_up(quick_desk, number)
    action = f"/track/{number}/satisfaction"
    assert action not in page, "there is no result yet"
    quick_desk.office.work_until(number)
    quick_desk.office.do(return_result, number=number, originals_returned=True)
    stranger, page = looked_up(quick_desk, number)
    answer = said(stranger, page, action, satisfied="dissatisfied", themes="time", comment="")
    assert answer.status_code == 200
    assert "Cảm ơn" in answer.text
    assert quick_desk.office.event(number, "SatisfactionRecorded")["channel"] == "track"
    again = said(stranger, page, action, satisfied="satisfied", key="another")
    assert again.status_code == 409
    _, page = looked_up(quick_desk, number)
    assert action not in page
    assert "đã cho biết mức độ hài lòng" in page


def test_the_qr_code_leads_to_the_same_forms(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    with quick_desk.app.test_request_context():
        token = token_of(number)
    stranger = quick_desk.stranger()
    page = stranger.get(f"/track/{number}/{token}").text
    answer = said(stranger, page, f"/track/{number}/feedback", topic="fee", content="Phí lạ")
    assert answer.status_code == 200
    assert len(pieces(quick_desk)) == 1


def test_the_clerk_enters_what_came_by_telephone(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    clerk = quick_desk.person(CLERK)
    given = {
        "channel": "phone",
        "topic": "attitude",
        "content": "Nói năng thiếu lịch sự",
        "sender_name": "Bà Hoa",
        "sender_contact": "0912",
        "case_number": number.lower(),
        "about_officer": SPECIALIST,
    }
    assert clerk.submit("/feedback/new", given | {"case_number": "H35.12-x"}).status_code == 422
    assert clerk.submit("/feedback/new", given).status_code == 302
    (piece,) = pieces(quick_desk)
    assert piece.about_officer == SPECIALIST
    path = f"/feedback/{piece.id}"
    head = quick_desk.person(HEAD)
    assert f'value="{SPECIALIST}"' not in head.get(path).text, "not offered"
    refused = head.submit(path, {"to": SPECIALIST}, to=f"{path}/assign")
    assert refused.status_code == 422
    assert pieces(quick_desk)[0].assigned_to is None


def test_the_one_it_is_about_does_not_see_it(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    given = {"channel": "phone", "topic": "attitude", "content": "x", "about_officer": LEADER}
    clerk.submit("/feedback/new", given)
    (piece,) = pieces(quick_desk)
    leader = quick_desk.person(LEADER)
    assert leader.get(f"/feedback/{piece.id}").status_code == 404
    assert piece.number not in leader.get("/feedback").text
    assert piece.number in quick_desk.person(HEAD).get("/feedback").text


@pytest.mark.parametrize("code", [ADMIN])
def test_feedback_is_not_for_who_handles_no_cases(quick_desk: DeskOffice, code: str) -> None:
    assert quick_desk.person(code).get("/feedback").status_code == 403


def test_late_feedback_is_counted_and_marked(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    stranger, page = looked_up(quick_desk, number)
    said(stranger, page, f"/track/{number}/feedback", topic="late", content="Chậm", contact="")
    quick_desk.office.until("2026-12-09T08:00")
    shown = quick_desk.person(LEADER).get("/feedback?loc=qua-han").text
    assert "quá hạn" in shown
    assert pieces(quick_desk)[0].number in shown
    assert quick_desk.person(CLERK).get("/feedback?loc=x").status_code == 422


def test_a_warning_in_the_inbox_leads_to_the_feedback(quick_desk: DeskOffice) -> None:
    number = case_of(quick_desk)
    stranger, page = looked_up(quick_desk, number)
    said(stranger, page, f"/track/{number}/feedback", topic="late", content="Chậm", contact="")
    (piece,) = pieces(quick_desk)
    quick_desk.office.until("2026-11-17T08:00")
    shown = quick_desk.person(CLERK).get("/desk/inbox").text
    assert "Phản ánh, kiến nghị chưa được phân công" in shown
    assert f'href="/feedback/{piece.id}">{piece.number}' in shown
