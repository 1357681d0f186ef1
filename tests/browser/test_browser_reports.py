"""The pages of reports in a real browser: read, opened, closed, on a telephone, on paper."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import expect

from tests.visitors import ADMIN, LEADER

FORMS = (
    "bieu-06",
    "07a-btp",
    "qd-766",
    "nguyen-nhan",
    "danh-gia",
    "danh-gia-can-bo",
    "thu-xin-loi",
    "pakn",
    "pauses",
    "quy-trinh",
)
PATHS = (
    "/reports?ky=2026Q4",
    *(f"/reports/measures?ky=2026Q4&theo={by}" for by in ("procedure", "officer", "month")),
    *(f"/reports/forms/{name}?ky=2026Q4" for name in FORMS),
    "/reports/forms/bieu-06/cases?ky=2026Q4&dong=T&cot=3",
    "/reports/measures/cases?ky=2026Q4&cot=received",
    "/reports/steps?ky=2026Q4&theo=step",
    "/reports/self-score?ky=2026Q4",
    "/reports/simplification?thu-tuc=1.009994",
)


@pytest.fixture
def worked(open_desk: OpenDesk) -> OpenDesk:
    office = open_desk.office
    office.work_until(office.receive("2.000908", owner="Lò Văn Mơ"))
    office.receive("TINH-07", owner="Công ty Trách nhiệm hữu hạn Một thành viên Bản Mẫu")
    office.receive("1.009994", channel="online")
    office.until("2026-12-18T10:00")
    return open_desk


def test_a_leader_reads_opens_and_closes_a_form(worked: OpenDesk) -> None:
    page = worked.visitor(LEADER)
    page.click("nav >> text=Báo cáo")
    page.select_option("#ky", "2026Q4")
    page.click("main >> text=Xem")
    expect(page.locator("h2#rates")).to_contain_text("15/09/2026")
    keep(page, "reports")
    page.click("text=Biểu 06")
    keep(page, "report-form")
    page.click(".desk-sheet__total >> nth=0 >> a >> nth=0")
    expect(page.locator("[data-row]")).to_have_count(3)
    page.click("[data-row] a >> nth=0")
    page.wait_for_url("**/desk/cases/*")
    page.go_back()
    page.go_back()
    page.click("text=Khóa sổ kỳ này")
    expect(page.locator(".desk-done")).to_be_focused()
    expect(page.locator("#closing ~ dl")).to_contain_text("Vị trí nhật ký")
    keep(page, "report-closed")
    expect(page.locator("text=Khóa sổ kỳ này")).to_have_count(0)


def test_reports_work_without_script(worked: OpenDesk) -> None:
    count = 'main form[method="post"] button >> nth=0'
    page = worked.visitor(ADMIN, script=False)
    page.goto("/reports/simplification?thu-tuc=1.009994")
    page.click("summary")
    page.fill("#thu-nhap", "36.000")
    page.fill('[id="1.009994.truoc.gio"]', "10")
    page.fill('[id="1.009994.sau.gio"]', "năm")
    page.click(count)
    expect(page.locator(".govuk-error-summary")).to_contain_text("năm")
    page.fill('[id="1.009994.sau.gio"]', "5")
    page.click(count)
    expect(page.locator(".desk-sheet tbody")).to_contain_text("360.000")
    keep(page, "report-simplification")


def test_no_page_of_reports_has_an_accessibility_violation(worked: OpenDesk) -> None:
    axe = Axe()
    page = worked.visitor(LEADER)
    found = []
    for path in PATHS:
        page.goto(path)
        for violation in axe.run(page).response["violations"]:
            targets = [node["target"] for node in violation["nodes"]][:3]
            found.append((path, violation["id"], targets))
    assert found == [], "\n".join(map(str, found))


def test_no_page_of_reports_is_wider_than_a_telephone(worked: OpenDesk) -> None:
    page = worked.visitor(LEADER, width=390)
    for path in PATHS:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        keep(page, f"phone-{path.partition('?')[0].strip('/').replace('/', '-')}")
        assert wide <= 390, path


def test_on_paper_a_form_is_its_table_and_what_stands_below(worked: OpenDesk) -> None:
    page = worked.visitor(LEADER)
    page.goto("/reports/forms/bieu-06?ky=2026Q4")
    page.emulate_media(media="print")
    for gone in (".desk-header", ".desk-choose", ".desk-footer", "section >> text=Khóa sổ"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".desk-sheet")).to_be_visible()
    expect(page.locator(".desk-below")).to_contain_text("R_solved")
