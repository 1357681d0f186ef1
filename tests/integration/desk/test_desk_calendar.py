"""The administrator's calendar: a change is seen before it is made, then carried into cases."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from engine.cases.lateness.recount import change_by_id, changes
from engine.database import reading
from tests.visitors import ADMIN, CLERK, LEADER, DeskOffice

if TYPE_CHECKING:
    import pytest

    from engine.cases.lateness.recount import Progress

PERMIT = "1.009994"
WORKED = {"on": "2026-11-21", "kind": "worked", "name": "Làm <b>bù</b>", "decision": "TB 9/TB-BNV"}
STORM = {"on": "2026-11-23", "kind": "off", "name": "Nghỉ bão", "decision": "CĐ 01/CĐ-TTg"}
DUE, EARLIER = "2026-11-26T17:00:00+07:00", "2026-11-25T17:00:00+07:00"


def look(given: dict[str, str], page: str = "day") -> str:
    return f"/admin/calendar/{page}?{urlencode({**given, 'xem': '1'})}"


def made(desk: DeskOffice) -> list[Progress]:
    with reading(desk.books) as db:
        return changes(db)


def due(desk: DeskOffice, number: str) -> str:
    return str(desk.office.case(number)["due_at"])


def test_a_change_is_seen_first_and_then_made(desk: DeskOffice) -> None:
    number = desk.office.receive(PERMIT)
    admin = desk.person(ADMIN)
    seen = admin.get(look(WORKED))
    assert seen.status_code == 200
    assert number in seen.text
    assert "17:00 26/11/2026" in seen.text
    assert "17:00 25/11/2026" in seen.text
    assert "Làm &lt;b&gt;bù&lt;/b&gt; (TB 9/TB-BNV)" in seen.text
    assert made(desk) == []
    assert due(desk, number) == DUE

    answer = admin.post("/admin/calendar/day", WORKED)
    assert answer.status_code == 302
    (change,) = made(desk)
    assert answer.headers["Location"] == f"/admin/calendar/changes/{change.id}"
    assert change.finished_at is not None
    assert (change.ordered_by, change.moved) == (ADMIN, 1)
    assert due(desk, number) == EARLIER
    assert "xong" in admin.get(answer.headers["Location"]).text
    page = admin.get("/admin/calendar").text
    assert "21/11/2026: làm bù" in page
    assert "TB 9/TB-BNV" in page


def test_the_citizen_reads_why_his_date_moved(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive(PERMIT, data={"owner": {"phone": "0912345678"}})
    quick_desk.person(ADMIN).post("/admin/calendar/day", WORKED)
    told = quick_desk.stranger().post("/track", {"number": number, "digits": "5678"}).text
    assert "17:00 26/11/2026" in told
    assert "17:00 25/11/2026" in told
    assert "TB 9/TB-BNV" in told


def test_a_kept_promise_says_that_it_is_kept(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive(PERMIT)
    admin = quick_desk.person(ADMIN)
    seen = admin.get(look(STORM)).text
    assert "Giữ hạn đã hẹn; lịch mới cho đến 17:00 27/11/2026" in seen
    admin.post("/admin/calendar/day", STORM)
    assert due(quick_desk, number) == DUE
    assert "giữ hạn đã hẹn" in quick_desk.person(CLERK).get(f"/desk/cases/{number}").text


def test_other_hours_are_those_of_ones_own_agency(desk: DeskOffice) -> None:
    number = desk.office.receive(PERMIT)
    given = {"since": "2026-11-20", "hours": "07:30-11:30, 13:00-16:30", "saturday": ""}
    admin = desk.person(ADMIN)
    assert "16:30 26/11/2026" in admin.get(look(given, "hours")).text
    assert admin.post("/admin/calendar/hours", given).status_code == 302
    assert due(desk, number) == "2026-11-26T16:30:00+07:00"
    assert "từ 20/11/2026: 07:30–11:30, 13:00–16:30" in admin.get("/admin/calendar").text


def test_bad_input_is_said_in_the_form_and_changes_nothing(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    for wrong in (
        {"on": ""},
        {"on": "2026-02-31"},
        {"on": "2026-11-13"},
        {"on": "2090-01-01"},
        {"kind": "half"},
        {"name": ""},
        {"decision": ""},
        {"decision": "Q" * 101},
    ):
        for answer in (
            admin.get(look(STORM | wrong)),
            admin.post("/admin/calendar/day", STORM | wrong),
        ):
            assert answer.status_code == 422, wrong
            assert "Chưa thực hiện được" in answer.text
    for hours in ("", "7-11", "11:00-07:00", "07:00-11:00, 10:00-12:00"):
        given = {"since": "2026-11-20", "hours": hours}
        assert admin.post("/admin/calendar/hours", given).status_code == 422, hours
    assert made(quick_desk) == []


def test_what_is_left_is_carried_on_from_the_page(
    quick_desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.administration.calendar.AT_ONCE", 2)
    numbers = [quick_desk.office.receive(PERMIT) for _ in range(3)]
    admin = quick_desk.person(ADMIN)
    page = admin.post("/admin/calendar/day", WORKED).headers["Location"]
    assert "còn 1 hồ sơ" in admin.get(page).text
    assert [due(quick_desk, each) for each in numbers] == [EARLIER, EARLIER, DUE]
    assert admin.post(f"{page}/go-on").status_code == 302
    assert due(quick_desk, numbers[2]) == EARLIER
    with reading(quick_desk.books) as db:
        found = change_by_id(db, made(quick_desk)[0].id)
    assert found is not None
    assert found[0].finished_at is not None
    assert admin.get("/admin/calendar/changes/4711").status_code == 404
    assert admin.post("/admin/calendar/changes/4711/go-on").status_code == 404


def test_years_that_came_with_the_program_are_followed(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive(PERMIT)
    admin = quick_desk.person(ADMIN)
    assert "Nếu áp dụng" in admin.get(look({}, "years")).text
    assert admin.post("/admin/calendar/years").status_code == 302
    assert due(quick_desk, number) == DUE
    (change,) = made(quick_desk)
    assert (change.looked_at, change.moved) == (1, 0)


def test_only_an_administrator_changes_the_calendar(quick_desk: DeskOffice) -> None:
    for code in (CLERK, LEADER):
        visitor = quick_desk.person(code)
        for path, data in (("day", WORKED), ("hours", {}), ("years", {}), ("changes/1/go-on", {})):
            assert visitor.post(f"/admin/calendar/{path}", data).status_code == 403
        assert visitor.get(look(WORKED)).status_code == 403
    assert made(quick_desk) == []
