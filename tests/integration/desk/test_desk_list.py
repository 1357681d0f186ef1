"""The work list: filters with counts, search without accents, pages by key, 304 when unchanged."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from engine.cases.claim_step import claim_step
from engine.cases.lists import reach
from engine.cases.lists.filters import View
from engine.cases.waiting.request_supplement import request_supplement
from engine.catalog.extension import StepKind
from tests.visitors import CLERK, LEADER, SPECIALIST, DeskOffice, Visitor

if TYPE_CHECKING:
    import pytest


def numbers(visitor: Visitor, query: str = "viec=co-quan") -> list[str]:
    return re.findall(r'data-row="([^"]+)"', visitor.get(f"/desk?{query}").text)


def count(visitor: Visitor, view: str, query: str = "viec=co-quan") -> int:
    page = visitor.get(f"/desk?{query}").text
    found = re.search(rf'desk-tabs__{view}">.*?desk-count[^>]*>(\d+)<', page, re.DOTALL)
    assert found, view
    return int(found[1])


def test_each_filter_holds_its_cases_and_counts_them(desk: DeskOffice) -> None:
    office = desk.office
    new = office.receive("2.001610", channel="online", submitted_only=True)
    soon = office.receive("1.009994", owner="Sắp Hạn")
    late = office.receive("TINH-07", owner="Đã Muộn")
    done = office.receive("2.000908", owner="Xong Rồi")
    office.work_until(done)
    office.until("2026-11-25T10:00")
    clerk = desk.person(CLERK)
    assert numbers(clerk, "loc=moi&viec=co-quan") == [new]
    assert numbers(clerk, "loc=sap-den-han&viec=co-quan") == [soon]
    assert numbers(clerk, "loc=qua-han&viec=co-quan") == [late]
    assert numbers(clerk, "loc=cho-tra&viec=co-quan") == [done]
    assert numbers(clerk, "loc=dang-lam&viec=co-quan") == [new, late, soon]
    counted = {v: count(clerk, v) for v in ("moi", "sap-den-han", "qua-han", "cho-tra", "dang-lam")}
    assert counted == {"moi": 1, "sap-den-han": 1, "qua-han": 1, "cho-tra": 1, "dang-lam": 3}


def test_search_needs_no_accents_and_finds_numbers_too(desk: DeskOffice) -> None:
    wanted = desk.office.receive(owner="Đỗ Thị Hằng")
    desk.office.receive(owner="Lê Văn Đồng")
    clerk = desk.person(CLERK)
    for typed in ("do thi hang", "HẰNG đỗ", "do+hang", wanted, wanted.lower()[-4:]):
        assert numbers(clerk, f"viec=co-quan&tim={typed}") == [wanted], typed
    assert numbers(clerk, "viec=co-quan&tim=%25") == [], "a percent sign is a percent sign"


def test_mine_and_my_units_work_are_told_apart(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    clerk, specialist = quick_desk.person(CLERK), quick_desk.person(SPECIALIST)
    assert numbers(clerk, "viec=cua-phong") == [number]
    assert numbers(specialist, "viec=cua-phong") == []
    assert numbers(clerk, "viec=cua-toi") == []
    step = quick_desk.next_step(number)
    assert clerk.post(f"/desk/cases/{number}/steps/{step}/claim").status_code == 302
    assert numbers(clerk, "viec=cua-toi") == [number]
    assert clerk.post(f"/desk/cases/{number}/steps/{step}/release").status_code == 302
    assert numbers(clerk, "viec=cua-toi") == []


def test_a_case_that_is_found_by_officer_and_by_role_hides_no_other(
    desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "FEW_CASES", 2)
    reach.waiting_keys.cache_clear()
    received = [desk.office.receive(owner=owner) for owner in ("Một", "Hai", "Ba")]
    clerk = desk.person(CLERK)
    clerk.post(f"/desk/cases/{received[0]}/steps/{desk.next_step(received[0])}/claim")
    assert sorted(numbers(clerk, "viec=cua-phong")) == sorted(received)
    reach.waiting_keys.cache_clear()


def test_few_cases_by_their_keys_or_many_one_by_one_are_the_same_list(
    desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.office.receive("2.001610", channel="online", submitted_only=True, owner="Lò Thị Hoa")
    for owner in ("Lò Văn Hùng", "Giàng A Páo"):
        desk.office.receive(owner=owner)
    clerk = desk.person(CLERK)
    asked = [
        f"viec={whose}&loc={view}&tim={search}&xep={order}"
        for whose in ("cua-toi", "cua-phong", "co-quan")
        for view in ("dang-lam", "moi", "qua-han")
        for search in ("", "lo", "lo hung", "khong co ai")
        for order in ("han", "moi-nhat")
    ]
    by_keys = [(numbers(clerk, each), count(clerk, "moi", each)) for each in asked]
    monkeypatch.setattr("engine.cases.lists.reach.FEW_CASES", 0)
    one_by_one = [(numbers(clerk, each), count(clerk, "moi", each)) for each in asked]
    assert one_by_one == by_keys


def test_the_counts_of_ones_own_work_are_those_of_its_lists(desk: DeskOffice) -> None:
    """Counted on the steps, listed from the cases: a case that moves on moves in both."""
    office = desk.office
    office.receive("2.001610", channel="online", submitted_only=True)
    soon = office.receive("1.009994", owner="Sắp Hạn")
    late = office.receive("TINH-07", owner="Đã Muộn")
    waiting = office.receive("1.009994", owner="Chờ Giấy")
    done = office.receive("2.000908", owner="Xong Rồi")
    office.work_until(done)
    office.work_until(waiting, StepKind.EXAMINE)
    office.do(request_supplement, number=waiting, reason="Mờ", components=["ban_ve"])
    office.until("2026-11-25T10:00")
    found = set()
    for who, (whose, view) in product(
        (CLERK, SPECIALIST, LEADER), product(("cua-toi", "cua-phong"), View)
    ):
        asked = f"viec={whose}&loc={view}"
        visitor = desk.person(who)
        listed = numbers(visitor, asked)
        assert count(visitor, view, asked) == len(listed), (who, asked)
        found |= {(view, number) for number in listed}
    assert {number for _, number in found} >= {soon, late, done}
    assert {view for view, _ in found} >= {"dang-lam", "sap-den-han", "qua-han", "cho-tra"}


def test_pages_by_key_show_every_case_once_in_order_of_due(desk: DeskOffice) -> None:
    made = [desk.office.receive("TINH-07" if i % 2 else "1.009994") for i in range(33)]
    clerk = desk.person(CLERK)
    seen: list[str] = []
    address: str | None = "/desk?viec=co-quan"
    while address:
        page = clerk.get(address).text
        seen += re.findall(r'data-row="([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else None
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen)) == 33
    dues = [desk.office.case(n)["due_at"] for n in seen]
    assert dues == sorted(dues)


def test_polling_is_answered_304_until_something_changes(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    first = clerk.get("/desk/rows?viec=co-quan")
    etag = first.headers["ETag"]
    again = clerk.get("/desk/rows?viec=co-quan", headers={"If-None-Match": etag})
    assert (again.status_code, again.text) == (304, "")
    quick_desk.office.do(
        claim_step, number=number, step_id=quick_desk.office.open(number)[0], by=CLERK
    )
    changed = clerk.get("/desk/rows?viec=co-quan", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Lò Thị Hoa" in changed.text


def test_a_strange_address_is_one_clear_refusal(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    for query in ("loc=gi", "viec=ai", "xep=nguoc", "sau=khong~co", "sau=2026-11-16"):
        answer = clerk.get(f"/desk?{query}")
        assert answer.status_code == 422, query
        assert "Có nội dung nhập chưa đúng" in answer.text


def test_the_board_counts_what_the_list_shows(quick_desk: DeskOffice) -> None:
    late = quick_desk.office.receive("TINH-07")
    quick_desk.office.until("2026-11-25T10:00")
    leader = quick_desk.person(LEADER)
    board = leader.get("/board").text
    assert "R_solved" in board
    assert "R_received" in board
    assert "R_766" in board
    assert late in board
    assert late in leader.get("/board/cases?cot=open_late&tu=2026-11-01&den=2026-11-30").text
    assert late not in leader.get("/board/cases?cot=early&tu=2026-11-01&den=2026-11-30").text
    assert leader.get("/board?tu=2026-11-30&den=2026-11-01").status_code == 422
