"""Putting mistakes right, many rows at once and the inbox, in a real browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import expect

from tests.visitors import CLERK, HEAD, LEADER


def test_a_mistake_is_corrected_and_a_step_taken_back_until_a_colleague_has_the_next(
    open_desk: OpenDesk,
) -> None:
    number = open_desk.office.receive(owner="Nguyễn Thị Bưởi")
    page = open_desk.visitor(CLERK)
    page.goto(f"/desk/cases/{number}")
    page.click("text=Sửa thông tin tiếp nhận")
    page.fill("#owner", "Nguyễn Thị Bưởi Lan")
    page.fill("#reason", "Gõ nhầm tên")
    page.click("text=Sửa và cấp lại giấy tiếp nhận")
    expect(page.locator("#papers ~ ul")).to_contain_text("cấp lại lần 1")
    page.click("text=Hoàn thành bước")
    page.click("summary:has-text('Thu hồi bước')")
    page.fill("#take_back_reason", "Bấm nhầm")
    keep(page, "take-back")
    page.click("button:has-text('Thu hồi bước')")
    expect(page.locator(".desk-timeline")).to_contain_text("Bấm nhầm")
    page.click("text=Hoàn thành bước")
    page.click("summary:has-text('Thu hồi bước')")
    page.fill("#take_back_reason", "Bấm nhầm lần nữa")
    head = open_desk.visitor(HEAD)
    head.goto(f"/desk/cases/{number}")
    head.click("button:has-text('Nhận việc')")
    page.click("button:has-text('Thu hồi bước')")
    expect(page.locator("main")).to_contain_text("Không thu hồi được nữa")


def test_many_rows_at_once_need_no_script(open_desk: OpenDesk) -> None:
    numbers = [open_desk.office.receive(owner=f"Người {i}") for i in range(3)]
    page = open_desk.visitor(CLERK, script=False)
    page.goto("/desk?viec=co-quan")
    for number in numbers[:2]:
        page.check(f'[data-row="{number}"] input[name=chon]')
    page.click("text=Hoàn thành cùng bước")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.click("text=Hoàn thành tất cả")
    expect(page.locator("main")).to_contain_text("Đã làm 2 trong 2 hồ sơ.")
    keep(page, "batch-done")
    done = [open_desk.office.events(n).count("StepCompleted") for n in numbers]
    assert done == [1, 1, 0]


def test_the_new_pages_are_accessible_and_fit_a_telephone(open_desk: OpenDesk) -> None:
    office = open_desk.office
    number = office.receive(data={"owner": {"id_number": "012345678901"}})
    office.work_until(number, "examine")
    other = office.receive()
    step = office.case(other)["open_steps"][0]["task_id"]
    office.until("2026-11-25T16:00")
    pages = {
        CLERK: (
            f"/desk/cases/{number}/correct",
            f"/desk/cases/{number}/fee",
            f"/desk/batch?lam=hoan-thanh&chon={other}~{step}",
            f"/desk/batch?lam=giao&chon={other}~{step}",
            "/desk/columns",
            "/desk?viec=co-quan&cot=chu,buoc,giu-tu,tiep-nhan,kenh,han,con",
            "/desk/letters",
            "/returns/fees",
            "/returns",
        ),
        LEADER: ("/desk/inbox", f"/desk/cases/{number}", f"/desk/cases/{number}/apologise"),
    }
    axe, found = Axe(), []
    for code, paths in pages.items():
        page = open_desk.visitor(code)
        narrow = open_desk.visitor(code, width=390)
        for path in paths:
            page.goto(path)
            for violation in axe.run(page).response["violations"]:
                targets = [node["target"] for node in violation["nodes"]][:3]
                found.append((path, violation["id"], targets))
            narrow.goto(path)
            wide = narrow.evaluate("document.documentElement.scrollWidth")
            if wide > 390:
                found.append((path, "wide", [wide]))
    assert found == [], "\n".join(map(str, found))
