"""The whole journey in a real browser: by keyboard, on a telephone, without script."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import Page, expect

import desk
from desk.tracking.token import token_of
from tests.visitors import ADMIN, CLERK, HEAD, LEADER, SPECIALIST

NAME = "Nguyễn Thị Bưởi"
BUILT = Path(desk.__file__).parent / "static" / "dist"
MOST_KEYS = 25
MOST_SCRIPT_BYTES = 40_000


def receive(page: Page) -> str:
    """Receive a building permit by keyboard alone; gives the number and checks the key-actions."""
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    def write(text: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.type(text)

    page.goto("/desk")
    press("g")
    press("t")
    page.wait_for_url("**/desk/receive")
    write("cap giay phep xay")
    expect(page.locator("#procedures li")).to_have_count(1)
    press("Enter")
    page.wait_for_url("**/desk/receive?thu-tuc=*")
    write(NAME)
    press("Tab")
    write("0912345678")
    press("Enter")
    page.wait_for_url("**/letters/*")
    expect(page.locator("[data-print]")).to_be_focused()
    assert keys <= MOST_KEYS, keys
    return page.url.split("/cases/")[1].split("/")[0]


def test_reception_supplement_late_apology_return_by_three_people(open_desk: OpenDesk) -> None:
    office = open_desk.office
    clerk = open_desk.visitor(CLERK)
    number = receive(clerk)
    expect(clerk.locator(".sheet-title")).to_have_text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    expect(clerk.locator(".sheet")).to_contain_text("17:00 26/11/2026")
    keep(clerk, "receipt")

    clerk.goto(f"/desk/cases/{number}")
    clerk.click("text=Hoàn thành bước")
    head = open_desk.visitor(HEAD)
    head.goto(f"/desk/cases/{number}")
    head.click("text=Hoàn thành bước")
    specialist = open_desk.visitor(SPECIALIST)
    specialist.goto(f"/desk/cases/{number}")
    keep(specialist, "case")
    for page in (specialist, clerk):
        page.goto(f"/desk/cases/{number}")
        page.click("#acts ~ ul >> text=Yêu cầu bổ sung")
        page.check("text=Bản vẽ thiết kế xây dựng")
        page.fill("#reason", "Thiếu bản vẽ mặt bằng móng")
        page.click("text=Gửi phiếu yêu cầu bổ sung")
        expect(page.locator(".desk-done")).to_be_visible()
    clerk.goto("/desk?loc=cho-bo-sung&viec=co-quan")
    expect(clerk.locator(f'[data-row="{number}"]')).to_be_visible()

    office.until("2026-11-18T08:00")
    clerk.goto(f"/desk/cases/{number}/supplement-came")
    clerk.click("text=Ghi nhận")
    office.until("2026-12-01T10:00")

    leader = open_desk.visitor(LEADER)
    expect(leader.locator("h1")).to_have_text("Điều hành")
    keep(leader, "board")
    leader.click(f"text={number}")
    leader.click("#acts ~ ul >> text=Xin lỗi và hẹn lại")
    leader.check("text=Quá tải")
    leader.fill("#reason", "Đợt sáp nhập làm hồ sơ dồn lại")
    leader.fill("#new_date", "2026-11-30")
    leader.click("text=Ký và gửi thư xin lỗi")
    expect(leader.locator(".govuk-error-summary")).to_be_visible()
    keep(leader, "apology-refused")
    leader.fill("#new_date", "2026-12-04")
    leader.click("text=Ký và gửi thư xin lỗi")
    expect(leader.locator(".desk-due")).to_contain_text("17:00 04/12/2026")
    expect(leader.locator(".desk-due")).to_contain_text("17:00 30/11/2026")
    leader.click("text=Mẫu 04")
    keep(leader, "apology-letter")

    office.work_until(number)
    clerk.goto("/returns")
    keep(clerk, "returns")
    clerk.click(f'[data-row="{number}"] >> text=Trả kết quả')
    clerk.click("text=Trả kết quả, kết thúc hồ sơ")
    expect(clerk.locator(".desk-tags")).to_contain_text("Đã trả kết quả")
    expect(clerk.locator(".desk-tags")).to_contain_text("Đã quá hạn")


def test_the_list_is_walked_by_keys(open_desk: OpenDesk) -> None:
    numbers = [open_desk.office.receive(owner=f"Người {i}") for i in range(3)]
    page = open_desk.visitor(CLERK)
    page.goto("/desk?viec=co-quan")
    keep(page, "list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_attribute("data-row", numbers[1])
    page.keyboard.press("k")
    expect(page.locator(".is-current")).to_have_attribute("data-row", numbers[0])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/cases/{numbers[0]}")
    page.go_back()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#tim")).to_be_focused()


def test_a_key_that_acts_on_the_page_closes_the_list_of_keys(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(CLERK)
    page.goto("/desk?viec=co-quan")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator("#tim")).to_be_focused()


def test_the_due_date_follows_what_is_chosen(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(CLERK)
    page.goto("/desk/receive?thu-tuc=1.009994")
    expect(page.locator(".desk-due-big")).to_have_text("17:00 26/11/2026")
    page.click("text=Kênh, địa chỉ, ngoài địa giới")
    page.check("text=Bưu chính")
    page.fill("#handed_over_at", "2026-11-13T09:00")
    page.keyboard.press("Tab")
    expect(page.locator(".desk-due-big")).to_have_text("17:00 25/11/2026")
    page.click("text=Vì sao ngày này?")
    expect(page.locator("#due")).to_contain_text("Không tính")
    keep(page, "receive")


def test_everything_works_without_script(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(CLERK, script=False)
    page.goto("/desk/receive")
    page.fill("#tim", "gpxd")
    page.click("text=Tìm")
    page.click("#procedures a")
    page.fill("#owner", NAME)
    page.click(".desk-accept")
    page.wait_for_url("**/letters/*")
    number = page.url.split("/cases/")[1].split("/")[0]
    page.goto("/desk?viec=co-quan")
    page.click(f'[data-row="{number}"] >> text=Nhận việc')
    page.goto(f"/desk/cases/{number}")
    page.click("text=Hoàn thành bước")
    assert "StepCompleted" in open_desk.office.events(number)


def test_no_page_has_an_accessibility_violation(open_desk: OpenDesk) -> None:
    number = open_desk.office.receive(data={"owner": {"phone": "0912345678"}})
    late = open_desk.office.receive("TINH-07")
    open_desk.office.until("2026-11-25T10:00")
    with open_desk.desk.app.test_request_context():
        scanned = f"/track/{number}/{token_of(number)}"
    letter = open_desk.office.case(number)["documents"][0]["id"]
    pages: dict[str | None, tuple[str, ...]] = {
        None: ("/", "/track", scanned, "/nope"),
        CLERK: (
            "/desk?viec=co-quan",
            "/desk/receive",
            "/desk/receive?thu-tuc=1.009994",
            f"/desk/cases/{number}",
            f"/desk/cases/{number}/withdraw",
            f"/desk/cases/{number}/letters/{letter}",
            "/returns",
            "/returns/register?tu=2026-11-01",
        ),
        LEADER: ("/board", f"/desk/cases/{late}", f"/desk/cases/{late}/apologise"),
        ADMIN: (
            "/admin",
            "/admin/officer",
            "/admin/procedures",
            "/admin/calendar",
            "/admin/calendar/hours",
            "/admin/calendar/day?on=2026-11-27&kind=off&name=X&decision=1&xem=1",
            "/admin/journal",
            "/admin/webhooks",
            "/admin/webhooks/add",
            "/admin/incoming",
            "/admin/incoming/senders/add",
            "/admin/incidents",
        ),
    }
    axe = Axe()
    found = []
    for code, paths in pages.items():
        page = open_desk.visitor(code)
        for path in paths:
            page.goto(path)
            for violation in axe.run(page).response["violations"]:
                targets = [node["target"] for node in violation["nodes"]][:3]
                found.append((path, violation["id"], targets))
    assert found == [], "\n".join(map(str, found))


@pytest.mark.parametrize("code", [CLERK, LEADER])
def test_no_page_is_wider_than_a_telephone(open_desk: OpenDesk, code: str) -> None:
    number = open_desk.office.receive(owner="Công ty Trách nhiệm hữu hạn Một thành viên Bản Mẫu")
    page = open_desk.visitor(code, width=390)
    paths = ["/desk?viec=co-quan", f"/desk/cases/{number}", "/track"]
    paths += ["/board"] if code == LEADER else ["/desk/receive?thu-tuc=1.009994", "/returns"]
    for path in paths:
        page.goto(path)
        keep(page, f"phone-{code}-{path.split('?')[0].strip('/').split('/')[-1]}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path


def test_on_paper_only_the_letter_is_left(open_desk: OpenDesk) -> None:
    number = open_desk.office.receive()
    letter = open_desk.office.case(number)["documents"][0]["id"]
    page = open_desk.visitor(CLERK)
    page.goto(f"/desk/cases/{number}/letters/{letter}")
    page.emulate_media(media="print")
    for gone in (".desk-header", ".desk-footer", ".desk-training", ".desk-paper-tools"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".sheet")).to_be_visible()


def test_hostile_names_run_nothing_in_a_browser(open_desk: OpenDesk) -> None:
    for payload in (
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "<script>alert(1)</script>",
    ):
        number = open_desk.office.receive(owner=payload)
        page = open_desk.visitor(CLERK)
        for path in (
            "/desk?viec=co-quan",
            f"/desk/cases/{number}",
            "/returns/register?tu=2026-11-01",
        ):
            page.goto(path)
            expect(page.locator("main")).to_contain_text(payload)


def test_script_of_a_clerks_page_stays_small() -> None:
    size = len(gzip.compress((BUILT / "desk.js").read_bytes()))
    assert size <= MOST_SCRIPT_BYTES, size
