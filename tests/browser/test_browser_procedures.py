"""Procedures in a real browser: the diagram of a case, and the designer's other pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import Page, expect

from engine.catalog.model import Decision
from engine.catalog.versions import version_in_force
from engine.database import reading
from engine.procedures.publish_procedure import publish_procedure
from tests.builders import PROJECT
from tests.decision_tables import CODE, MENDED, pasted_table, word_table, zipped
from tests.visitors import DESIGNER, HEAD, LEADER, SPECIALIST

if TYPE_CHECKING:
    from pathlib import Path

BPMN = (PROJECT / "bpmn" / "procedures" / "2.001610" / "2.001610.bpmn").read_text("utf-8")


def test_the_viewer_shows_where_a_case_is(open_desk: OpenDesk) -> None:
    number = open_desk.office.receive()
    done = open_desk.office.open(number)[0]
    open_desk.office.complete(number, done)
    now = open_desk.office.open(number)[0]
    page = open_desk.visitor(SPECIALIST)
    page.goto(f"/desk/cases/{number}")
    page.wait_for_selector("[data-ready]")
    expect(page.locator(f'.mark-now[data-element-id="{now}"]')).to_be_visible()
    expect(page.locator(f'.mark-done[data-element-id="{done}"]')).to_be_visible()
    expect(page.locator(".mark-walked")).to_have_count(2)
    expect(page.locator(".diagram-sign--now")).to_have_text("●")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    expect(page.locator("svg.diagram")).to_be_hidden()
    before = page.locator(".mark-now .djs-visual").first.bounding_box()
    page.click('[data-zoom="in"]')
    after = page.locator(".mark-now .djs-visual").first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]
    page.locator(".desk-viewer").scroll_into_view_if_needed()
    keep(page, "case-diagram")


def test_without_script_the_servers_drawing_shows_where_a_case_is(open_desk: OpenDesk) -> None:
    number = open_desk.office.receive()
    page = open_desk.visitor(SPECIALIST, script=False)
    page.goto(f"/desk/cases/{number}")
    expect(page.locator("svg.diagram .task.now")).to_be_visible()
    expect(page.locator(".diagram-canvas")).to_have_count(0)


def test_pages_without_a_diagram_load_no_viewer(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(SPECIALIST)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/desk?viec=co-quan")
    assert not [url for url in loaded if "diagram" in url]


def test_a_word_table_is_confirmed_checked_and_published(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    file = tmp_path / "phu-luc.docx"
    file.write_bytes(word_table())
    head = open_desk.visitor(HEAD)
    head.goto("/designer")
    head.click("text=Nhập bảng quy trình")
    head.set_input_files("#file", file)
    head.click("text=Đọc bảng")
    expect(head.locator('[data-place="4"]')).to_contain_text("không đọc được")
    keep(head, "designer-import")
    head.fill('[name="r4-time"]', "0,5 ngày")
    head.click("text=Đọc lại sau khi sửa")
    expect(head.locator('[data-place="4"]')).not_to_contain_text("không đọc được")
    head.check("#confirmed")
    head.click("text=Lập sơ đồ, lưu thành bản thảo")
    head.wait_for_selector("[data-ready]")
    head.click("text=Trình kiểm tra, phê duyệt")
    expect(head.locator("[aria-current=step]")).to_have_text("Chờ kiểm tra")
    checker = open_desk.visitor(DESIGNER)
    checker.goto("/designer")
    checker.click(f"#under-way ~ ul >> text={CODE}")
    checker.click("text=Đã kiểm tra, đạt")
    checker.click("button:has-text('Chạy thử một hồ sơ')")
    expect(checker.locator("main")).to_contain_text("đi đến kết thúc qua 5 bước")
    leader = open_desk.visitor(LEADER)
    leader.goto(f"/designer/{CODE}/approval")
    leader.fill("#decision", "690/QĐ-UBND")
    leader.fill("#decided_on", "2026-11-10")
    leader.fill("#effective_on", "2026-11-16")
    leader.wait_for_selector("[data-ready]")
    keep(leader, "designer-approval")
    leader.click("button:has-text('Phê duyệt')")
    expect(leader.locator('[data-version="1"]')).to_contain_text("Giàng A Tủa")
    keep(leader, "designer-versions")
    number = open_desk.office.receive(CODE)
    assert open_desk.office.case(number)["version"] == 1


def test_two_versions_are_compared_on_their_diagrams(open_desk: OpenDesk) -> None:
    publish(open_desk, BPMN.replace('limit="4wh"', 'limit="3wh"').replace("Thẩm định", "Thẩm tra"))
    page = open_desk.visitor(LEADER)
    page.goto("/designer/2.001610/difference?from=1&to=2")
    after = page.locator(".desk-viewer").nth(1)
    expect(after).to_have_attribute("data-ready", "1")
    expect(after.locator(".djs-shape.mark-changed")).to_have_count(3)
    expect(after.locator(".diagram-note").first).to_have_text("4 giờ → 3 giờ")
    expect(after.locator(".diagram-sign--changed").first).to_have_text("≠")
    keep(page, "designer-difference")


def test_hostile_labels_run_nothing_in_the_viewer(open_desk: OpenDesk) -> None:
    payload = "&lt;img src=x onerror=alert(1)&gt;"
    publish(open_desk, BPMN.replace('name="Phân công"', f'name="{payload}"'))
    page = open_desk.visitor(LEADER)
    for path in ("/designer/2.001610/versions", "/designer/2.001610/difference"):
        page.goto(path)
        page.wait_for_selector("[data-ready]")
        expect(page.locator("main img")).to_have_count(0)


def test_no_page_of_the_room_has_an_accessibility_violation(open_desk: OpenDesk) -> None:
    publish(open_desk, BPMN.replace('limit="4wh"', 'limit="3wh"'))
    page = open_desk.visitor(LEADER)
    found = []
    for path in (
        "/designer",
        "/designer/2.001610/versions",
        "/designer/2.001610/difference",
        "/designer/2.001610/approval",
        "/designer/2.001610/abolish",
    ):
        page.goto(path)
        if path.endswith(("versions", "difference")):
            page.wait_for_selector("[data-ready]")
        found += violations(page, path)
    head = open_desk.visitor(HEAD)
    head.goto("/designer/import")
    found += violations(head, "/designer/import")
    head.fill("#pasted", pasted_table())
    head.click("text=Đọc bảng")
    head.wait_for_selector("#confirmed")
    found += violations(head, "/designer/import/table")
    assert found == [], "\n".join(map(str, found))


def violations(page: Page, path: str) -> list[tuple[str, str, list[str]]]:
    return [
        (path, each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in Axe().run(page).response["violations"]
    ]


def publish(open_desk: OpenDesk, bpmn: str) -> None:
    with reading(open_desk.office.books) as db:
        meta = version_in_force(db, "2.001610", date(2026, 11, 16)).meta
    open_desk.office.do(
        publish_procedure,
        bpmn=bpmn.encode(),
        meta=meta,
        decision=Decision("9/QĐ", date(2026, 11, 1), "Chủ tịch UBND tỉnh", date(2026, 11, 16)),
        sample=False,
        by="test",
    )


def test_cases_are_moved_after_a_look_and_the_heat_is_drawn(open_desk: OpenDesk) -> None:
    office = open_desk.office
    number, other = office.receive("2.001610"), office.receive("2.001610")
    office.complete(other, office.open(other)[0])
    publish(open_desk, BPMN.replace("b02_phan_cong", "b02_giao_viec").replace("Phân công", "Giao"))
    page = open_desk.visitor(LEADER)
    page.goto("/designer/2.001610/migration")
    page.click("main button:has-text('Xem thử')")
    expect(page.locator(f'[data-row="{number}"]')).to_contain_text("✓ chuyển được")
    expect(page.locator(f'[data-row="{other}"]')).to_contain_text("! ở lại")
    keep(page, "designer-migration")
    found = violations(page, "migration")
    page.click("button:has-text('Chuyển 1 hồ sơ')")
    expect(page.locator(".desk-done")).to_have_text("Đã chuyển 1 hồ sơ.")
    assert office.case(number)["version"] == 2
    assert office.case(other)["version"] == 1
    page.goto("/designer/2.001610/heat?phien-ban=1")
    page.wait_for_selector("[data-ready]")
    expect(page.locator('.mark-heat1[data-element-id="b01_tiep_nhan"]')).to_be_visible()
    keep(page, "designer-heat")
    found += violations(page, "heat")
    assert found == [], "\n".join(map(str, found))


def test_no_page_of_the_room_is_wider_than_a_telephone(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(LEADER, width=390)
    for path in ("", "/2.001610/versions", "/2.001610/difference", "/2.001610/heat"):
        page.goto(f"/designer{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path


def test_a_zip_of_tables_is_read_to_its_end_by_itself(open_desk: OpenDesk, tmp_path: Path) -> None:
    file = tmp_path / "bang.zip"
    tables = {f"t{n}__txt": pasted_table(f"5.{n:06}", MENDED).encode() for n in range(25)}
    file.write_bytes(zipped(sai__docx=b"x", **tables))
    page = open_desk.visitor(HEAD)
    page.goto("/designer/import")
    page.click("text=Nhập nhiều bảng")
    found = violations(page, "import all")
    page.set_input_files("#file", file)
    page.click("text=Nhận tệp")
    expect(page.locator("[role=status]")).to_contain_text("Đã đọc 26 / 26 bảng")
    expect(page.locator('[data-file="sai.docx"]')).to_contain_text("! không nhận")
    expect(page.locator('[data-file="t1.txt"]')).to_contain_text("✓ bản thảo")
    keep(page, "designer-bulk")
    found += violations(page, "batch")
    assert found == [], "\n".join(map(str, found))
