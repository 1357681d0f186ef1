"""The rehearsal hall in a real browser: asked, run, watched, printed; with and without script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import Page, expect

from desk.rehearsal.work import work_off
from engine.cases.training import clock_of
from engine.database import reading
from simulations.office.forecast import refresh_forecast
from tests.visitors import LEADER

PATIENCE = 600_000
"""Milliseconds: the kernels may have to be compiled first, on a busy machine."""


def faults(page: Page) -> list[str]:
    found = Axe().run(page)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found.response["violations"]]


def ask(page: Page) -> None:
    page.goto("/rehearsal")
    page.fill("#tim", "chung thuc ban sao")
    page.keyboard.press("Enter")
    page.wait_for_url("**tim=*")
    page.click("text=Chứng thực bản sao từ bản chính")
    page.fill("#time_cut", "15")
    page.fill("#per_day", "8")
    page.fill("#people_0", "1")
    page.click("summary:has-text('Chạy thế nào')")
    page.fill("#weeks", "4")
    page.fill("#replications", "12")


def test_a_rehearsal_from_question_to_sheet(open_desk: OpenDesk) -> None:
    open_desk.office.receive("2.000908")
    leader = open_desk.visitor(LEADER)
    leader.wait_for_url("**/board")
    assert faults(leader) == []
    ask(leader)
    assert faults(leader) == []
    keep(leader, "rehearsal-new")
    leader.click("main button:has-text('Diễn tập')")
    leader.wait_for_url("**/rehearsal/runs/*")
    leader.wait_for_selector(".desk-figures", timeout=PATIENCE)
    assert faults(leader) == []
    keep(leader, "rehearsal-result")
    address = leader.url

    leader.goto(f"{address}/day")
    leader.wait_for_selector("[data-ready]")
    assert faults(leader) == []
    before = leader.locator("[data-clock]").inner_text()
    for _ in range(6):
        leader.click("[data-on]")
    expect(leader.locator("[data-clock]")).not_to_have_text(before)
    expect(leader.locator(".desk-day__picture .token").first).to_be_visible()
    leader.click("[data-play]")
    expect(leader.locator("[data-play]")).to_have_text("Dừng")
    leader.click("[data-play]")
    expect(leader.locator("[data-play]")).to_have_text("Chạy")
    keep(leader, "rehearsal-day")

    leader.goto(f"{address}/sheet")
    expect(leader.locator(".sheet-title")).to_have_text("Phiếu diễn tập quy trình")
    assert faults(leader) == []
    leader.emulate_media(media="print")
    keep(leader, "rehearsal-sheet")


def test_without_script_the_page_is_asked_for_again(open_desk: OpenDesk) -> None:
    open_desk.desk.app.extensions["motcua_start_rehearsals"] = lambda _books, _settings: None
    leader = open_desk.visitor(LEADER, script=False)
    ask(leader)
    leader.click("main button:has-text('Diễn tập')")
    leader.wait_for_url("**/rehearsal/runs/*")
    expect(leader.locator("#progress")).to_contain_text("Đang chờ")
    expect(leader.locator("text=Xem lại tiến độ")).to_be_visible()
    work_off(open_desk.office.books, budget_seconds=3600)
    expect(leader.locator(".desk-figures")).to_be_visible()
    leader.click("text=Xem một ngày chạy")
    expect(leader.locator(".desk-day__tools")).to_be_hidden()
    expect(leader.locator("table")).to_contain_text("bắt đầu làm")


def test_who_wants_no_motion_goes_from_event_to_event(open_desk: OpenDesk) -> None:
    open_desk.desk.app.extensions["motcua_start_rehearsals"] = lambda _books, _settings: None
    leader = open_desk.visitor(LEADER)
    leader.emulate_media(reduced_motion="reduce")
    ask(leader)
    leader.click("main button:has-text('Diễn tập')")
    leader.wait_for_url("**/rehearsal/runs/*")
    work_off(open_desk.office.books, budget_seconds=3600)
    leader.goto(f"{leader.url}/day")
    leader.wait_for_selector("[data-ready]")
    expect(leader.locator("[data-play]")).to_be_hidden()
    before = leader.locator("[data-clock]").inner_text()
    for _ in range(6):
        leader.click("[data-on]")
    expect(leader.locator("[data-clock]")).not_to_have_text(before)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_runs_off_the_page(open_desk: OpenDesk, width: int) -> None:
    open_desk.desk.app.extensions["motcua_start_rehearsals"] = lambda _books, _settings: None
    office = open_desk.office
    office.receive("2.000908")
    with reading(office.books) as db:
        clock = clock_of(db)
    refresh_forecast(office.books, clock, agency="H35.12", replications=12, officers=False)
    leader = open_desk.visitor(LEADER, width=width)
    ask(leader)
    pages = [leader.url]
    leader.click("main button:has-text('Diễn tập')")
    leader.wait_for_url("**/rehearsal/runs/*")
    run = leader.url
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert leader.evaluate(wide) <= 0
    work_off(office.books, budget_seconds=3600)
    pages += [
        "/rehearsal",
        run,
        f"{run}/day",
        f"{run}/sheet",
        "/board/forecast",
        "/desk?xep=nguy-co&viec=co-quan",
    ]
    for page in pages:
        leader.goto(page)
        assert leader.evaluate(wide) <= 0, page
        assert faults(leader) == [], page
        keep(leader, f"rehearsal-{width}-{pages.index(page)}")
