"""Files, feedback and satisfaction in a real browser: by script and without, wide and narrow."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import FilePayload, Page, expect

from engine.cases.return_result import return_result
from engine.citizens.feedback import receive_feedback
from tests import papers
from tests.visitors import CLERK, HEAD, LEADER, SPECIALIST

NAME = "Bản vẽ móng.pdf"
PDF = FilePayload(name=NAME, mimeType="application/pdf", buffer=papers.PDF)
PAGE = FilePayload(name="trang.html", mimeType="text/html", buffer=papers.HTML)


def violations(page: Page) -> list[tuple[str, str]]:
    return [(page.url, each["id"]) for each in Axe().run(page).response["violations"]]


def looked_up(open_desk: OpenDesk, number: str, *, script: bool = True) -> Page:
    page = open_desk.visitor(width=390, script=script)
    page.goto("/track")
    page.fill("#number", number)
    page.fill("#digits", "1234")
    page.click("main button.govuk-button")
    expect(page.locator(".govuk-caption-l")).to_have_text(number)
    return page


def test_files_come_with_the_dossier_and_are_downloaded_from_the_case(open_desk: OpenDesk) -> None:
    clerk = open_desk.visitor(CLERK)
    clerk.goto("/desk/receive?thu-tuc=1.009994")
    clerk.fill("#owner", "Nguyễn Thị Bưởi")
    clerk.click("summary >> text=Tệp đính kèm")
    clerk.set_input_files("#file_ban_ve", [PDF])
    clerk.set_input_files("#file_", [PAGE])
    clerk.click(".desk-accept")
    expect(clerk.locator(".govuk-error-summary")).to_contain_text("trang.html")
    expect(clerk.locator("#reception")).to_contain_text(NAME)
    keep(clerk, "reception-files")
    clerk.click(".desk-accept")
    clerk.wait_for_url("**/letters/*")
    number = clerk.url.split("/cases/")[1].split("/")[0]
    clerk.goto(f"/desk/cases/{number}")
    with clerk.expect_download() as download:
        clerk.click(f"text={NAME}")
    assert download.value.suggested_filename == NAME
    clerk.click("summary >> text=Đính kèm tệp")
    clerk.set_input_files("#files", [PAGE])
    clerk.click("text=Đính kèm >> nth=-1")
    expect(clerk.locator(".govuk-error-summary")).to_contain_text("Chỉ nhận tệp PDF")
    keep(clerk, "case-files")
    assert violations(clerk) == []


def test_a_citizen_without_script_is_heard_answered_and_asked(open_desk: OpenDesk) -> None:
    office = open_desk.office
    number = office.receive(data={"owner": {"phone": "0987651234"}})
    citizen = looked_up(open_desk, number, script=False)
    citizen.click("summary >> text=Gửi phản ánh")
    citizen.check("text=Thái độ phục vụ")
    citizen.fill("#content", "Hẹn ba lần chưa trả")
    citizen.click("button >> text=Gửi phản ánh")
    expect(citizen.locator(".desk-done")).to_contain_text("Đã ghi phản ánh")
    keep(citizen, "track-feedback")

    head = open_desk.visitor(HEAD)
    head.goto("/feedback")
    head.click("text=PAKN-")
    head.select_option("#to", SPECIALIST)
    head.click("button >> text=Phân công")
    expect(head.locator(".desk-done")).to_be_visible()
    specialist = open_desk.visitor(SPECIALIST)
    specialist.goto("/feedback")
    specialist.click("text=PAKN-")
    specialist.fill("#said", "Đã nhắc nhở, xin lỗi ông/bà")
    keep(specialist, "feedback")
    specialist.click("text=Gửi trả lời")
    expect(specialist.locator(".desk-tags")).to_contain_text("Chờ công khai")

    office.work_until(number)
    office.do(return_result, number=number, originals_returned=True)
    citizen = looked_up(open_desk, number, script=False)
    expect(citizen.locator("main")).to_contain_text("Đã nhắc nhở, xin lỗi ông/bà")
    citizen.check("text=Không hài lòng")
    citizen.check("text=Thời gian giải quyết")
    citizen.click("text=Gửi ý kiến")
    expect(citizen.locator(".desk-done")).to_contain_text("Cảm ơn")
    keep(citizen, "track-satisfaction")


def test_the_new_pages_have_no_barrier_and_fit_a_telephone(open_desk: OpenDesk) -> None:
    office = open_desk.office
    number = office.receive(data={"owner": {"phone": "0987651234"}})
    office.do(
        receive_feedback,
        agency="H35.12",
        channel="track",
        topic="late",
        content="x" * 300,
        case_number=number,
    )
    office.work_until(number)
    found = []
    paths = {
        CLERK: ("/feedback", "/feedback/new", "/returns", f"/desk/cases/{number}/return"),
        LEADER: ("/feedback/1",),
    }
    for code, places in paths.items():
        wide, narrow = open_desk.visitor(code), open_desk.visitor(code, width=390)
        for path in places:
            wide.goto(path)
            found += violations(wide)
            narrow.goto(path)
            keep(narrow, f"phone-{path.strip('/').replace('/', '-')[:30]}")
            assert narrow.evaluate("document.documentElement.scrollWidth") <= 390, path
    citizen = looked_up(open_desk, number)
    found += violations(citizen)
    assert citizen.evaluate("document.documentElement.scrollWidth") <= 390
    assert found == []
