"""The editor of procedures in a real browser: drawn, checked meanwhile, saved, published."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import Page, expect

from engine.cases.training import clock_of
from engine.catalog.diagram import read_diagram
from engine.catalog.difference import differences
from engine.catalog.draft_copies import copies_of
from engine.catalog.drafts import draft_from_version, draft_of, save_draft
from engine.catalog.versions import version_in_force
from engine.clock import office_date
from engine.database import reading
from tests.builders import PROJECT
from tests.visitors import CLERK, DESIGNER, HEAD

if TYPE_CHECKING:
    from engine.catalog.graph import Process

CODE = "2.001610"
PROCEDURES = sorted(folder.name for folder in (PROJECT / "bpmn" / "procedures").iterdir())


def drafted(open_desk: OpenDesk, code: str = CODE) -> Page:
    """A designer with the draft of a version open in the editor."""
    open_desk.office.do(draft_from_version, code=code, by=DESIGNER)
    page = open_desk.visitor(DESIGNER, width=1500)
    opened(page, code)
    return page


def opened(page: Page, code: str = CODE) -> None:
    page.goto(f"/designer/{code}")
    page.wait_for_selector("[data-ready]")
    checked(page)


def checked(page: Page) -> None:
    """Wait until the linter has answered for what is drawn now."""
    answered = re.compile("good|warning|error")
    expect(page.locator("[data-findings-count]")).to_have_attribute("data-state", answered)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved='saved']")).to_contain_text("Đã lưu")


def process_of(bpmn: bytes) -> Process:
    return next(p for p in read_diagram(bpmn).processes if p.extension is not None)


def draft(open_desk: OpenDesk, code: str = CODE) -> bytes:
    with reading(open_desk.office.books) as db:
        return draft_of(db, code).bpmn


def untranslated(page: Page) -> list[str]:
    said = page.evaluate("document.documentElement.dataset.untranslated ?? '[]'")
    words: list[str] = json.loads(said)
    return words


def test_a_step_is_drawn_its_finding_seen_and_mended_published_and_a_case_received_on_it(
    open_desk: OpenDesk,
) -> None:
    page = drafted(open_desk)
    expect(page.locator("[data-findings] .finding")).to_have_count(0)
    # between examination and signature: the step is put onto the flow
    signed = process_of(draft(open_desk))
    sign = next(node for node in signed.nodes.values() if node.rule and node.rule.kind == "sign")
    page.click(f'[data-element-id="{sign.id}"] .djs-hit')
    page.click('.djs-context-pad [data-action="append.append-task"]')
    page.keyboard.type("Kiểm tra thể thức văn bản")
    page.keyboard.press("Control+Enter")
    page.locator(".djs-direct-editing-parent").wait_for(state="detached")
    new = page.locator(".djs-shape.selected").get_attribute("data-element-id")
    assert new is not None
    # what the linter says of it comes by itself, in the list and on the drawing
    finding = page.locator('.finding[data-code="step-without-limit"]')
    expect(finding).to_have_count(1)
    expect(page.locator(f'.djs-overlays[data-container-id="{new}"] .finding-mark')).to_be_visible()
    keep(page, "designer-finding")
    page.click("[data-canvas]", position={"x": 500, "y": 12})
    expect(page.locator(".djs-shape.selected")).to_have_count(0)
    finding.locator("button").click()
    expect(page.locator(f'.djs-shape.selected[data-element-id="{new}"]')).to_have_count(1)
    page.fill("#bio-properties-panel-mc-limit-amount", "1")
    page.select_option("#bio-properties-panel-mc-limit-unit", "wh")
    page.select_option("#bio-properties-panel-mc-role", "van_thu")
    expect(finding).to_have_count(0)
    # it must lead on: the old flow is taken off, the new step joined to what came after
    seal = next(node for node in signed.nodes.values() if node.rule and node.rule.kind == "seal")
    flow = next(f for f in signed.flows.values() if f.source == sign.id and f.target == seal.id)
    page.evaluate("document.activeElement.blur()")
    page.click(f'[data-element-id="{flow.id}"] .djs-hit', force=True)
    page.keyboard.press("Delete")
    page.click(f'[data-element-id="{new}"] .djs-hit')
    page.click('.djs-context-pad [data-action="connect"]')
    page.click(f'[data-element-id="{seal.id}"] .djs-hit')
    # all steps together take longer than the procedure now (R44): the signature gives an hour
    expect(page.locator('.finding[data-code="steps-exceed-limit"]')).to_have_count(1)
    page.click(f'[data-element-id="{sign.id}"] .djs-hit')
    page.fill("#bio-properties-panel-mc-limit-amount", "4")
    expect(page.locator(".finding--error")).to_have_count(0)
    saved(page)
    assert untranslated(page) == []
    page.click("text=Công bố…")
    page.wait_for_url("**/publish")
    page.fill("#decision", "77/QĐ-UBND")
    page.fill("#decided_on", "2026-11-13")
    page.fill("#authority", "Chủ tịch UBND tỉnh")
    page.click("text=Công bố phiên bản mới")
    page.wait_for_url("**/versions")
    keep(page, "designer-published")
    number = open_desk.office.receive(CODE)
    case = open_desk.office.case(number)
    assert case["version"] == 2
    while new not in (steps := open_desk.office.open(number)):
        open_desk.office.complete(number, steps[0])
    clerk = open_desk.visitor(CLERK)
    clerk.goto(f"/desk/cases/{number}")
    expect(clerk.locator("main")).to_contain_text("Kiểm tra thể thức văn bản")
    with reading(open_desk.office.books) as db:
        in_force = version_in_force(db, CODE, office_date(clock_of(db).now()))
    assert in_force.decision.number == "77/QĐ-UBND"
    rule = in_force.rule(new)
    assert rule is not None
    assert (rule.limit, rule.role) == ("1wh", "van_thu")


@pytest.mark.parametrize("code", PROCEDURES)
def test_a_procedure_survives_browser_and_server_unchanged_in_meaning(
    open_desk: OpenDesk, code: str
) -> None:
    page = drafted(open_desk, code)
    before = draft(open_desk, code)
    # something is drawn and taken back, so that the whole file goes out and in again
    first = next(node for node in process_of(before).nodes.values() if node.rule)
    page.click(f'[data-element-id="{first.id}"] .djs-hit', force=True)
    page.fill("#bio-properties-panel-mc-result", "Kết quả thử")
    saved(page)
    assert "Kết quả thử".encode() in draft(open_desk, code)
    page.fill("#bio-properties-panel-mc-result", first.rule.result or "" if first.rule else "")
    expect(page.locator("[data-saved='saved']")).to_contain_text("bản 3")
    opened(page, code)
    after = draft(open_desk, code)
    assert differences(process_of(before), process_of(after)) == ()
    assert [e.attrib for e in heads(before)] == [e.attrib for e in heads(after)]
    assert untranslated(page) == []


def heads(bpmn: bytes) -> list[object]:
    from engine.catalog.extension import MOTCUA
    from engine.catalog.xml import read_xml

    return list(read_xml(bpmn).iter(f"{{{MOTCUA}}}procedure", f"{{{MOTCUA}}}step"))


def test_menus_panel_and_simulation_speak_vietnamese(open_desk: OpenDesk) -> None:
    page = drafted(open_desk)
    process = process_of(draft(open_desk))
    kinds = {node.kind: node for node in process.nodes.values() if node.kind != "subProcess"}
    for node in kinds.values():
        page.click("[data-canvas]", position={"x": 500, "y": 12})
        page.click(f'.djs-shape[data-element-id="{node.id}"] > .djs-hit')
        page.click('.djs-context-pad [data-action="replace"]')
        page.locator(".djs-popup").wait_for()
        page.keyboard.press("Escape")
    assert untranslated(page) == []
    page.click("text=Chạy thử trên hình")
    page.locator(".bts-palette:not(.hidden)").wait_for()
    page.click('[title="Mở hoặc đóng nhật ký chạy thử"]')
    page.locator('.bts-context-pad[title="Kích hoạt sự kiện"] >> visible=true').first.click()
    page.locator(".bts-log .bts-entry", has_text="bắt đầu").first.wait_for()
    keep(page, "designer-simulation")
    words = page.locator(".designer__canvas").inner_text()
    titles = page.evaluate(
        "[...document.querySelectorAll('.designer__canvas [title]')].map((each) => each.title)"
    )
    english = re.compile(r"\b(the|process|event|task|gateway|create|append|toggle|simulation)\b")
    # an element's id may stand there; a word of the libraries may not
    assert [t for t in (*titles, *words.split("\n")) if english.search(t.lower())] == []
    page.click("text=Chạy thử trên hình")


def test_undo_by_keyboard_and_button_leads_back_to_the_stored_drawing(open_desk: OpenDesk) -> None:
    page = drafted(open_desk)
    first = next(node for node in process_of(draft(open_desk)).nodes.values() if node.rule)
    undo, redo = page.locator('[data-act="undo"]'), page.locator('[data-act="redo"]')
    expect(undo).to_be_disabled()
    page.click(f'[data-element-id="{first.id}"] .djs-hit')
    page.keyboard.press("Delete")
    expect(page.locator(f'[data-element-id="{first.id}"]')).to_have_count(0)
    expect(page.locator("[data-findings] .finding").first).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(f'.djs-shape[data-element-id="{first.id}"]')).to_have_count(1)
    redo.click()
    expect(page.locator(f'[data-element-id="{first.id}"]')).to_have_count(0)
    undo.click()
    expect(undo).to_be_disabled()
    expect(page.locator("[data-findings] .finding")).to_have_count(0)
    saved(page)


def test_another_save_meanwhile_is_told_and_nothing_is_lost(open_desk: OpenDesk) -> None:
    page = drafted(open_desk)
    stored = draft(open_desk)
    theirs = stored.replace("Thẩm định".encode(), "Thẩm định lại".encode())
    open_desk.office.do(save_draft, code=CODE, revision=1, bpmn=theirs, by=HEAD)
    first = next(node for node in process_of(stored).nodes.values() if node.rule)
    page.click(f'[data-element-id="{first.id}"] .djs-hit')
    page.fill("#bio-properties-panel-mc-result", "Của tôi")
    expect(page.locator("[data-conflict]")).to_be_visible()
    expect(page.locator("[data-conflict]")).to_contain_text("Hoàng Văn Sơn vừa lưu bản 2")
    expect(page.locator("[data-conflict]")).to_contain_text("đã giữ lại cạnh bản thảo")
    told = page.locator("[data-conflict]").bounding_box()
    drawn = page.locator("[data-canvas]").bounding_box()
    assert told is not None
    assert drawn is not None
    assert told["height"] < 200 < drawn["height"]
    keep(page, "designer-conflict")
    assert "Thẩm định lại".encode() in draft(open_desk)
    with page.expect_download() as taken:
        page.click("text=Tải bản của tôi")
    assert "Của tôi" in Path(taken.value.path()).read_text("utf-8")
    page.click("text=Dùng bản của tôi, giữ lại bản kia")
    saved(page)
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert "Của tôi".encode() in draft(open_desk)
    opened(page)
    rows = page.locator("section[aria-labelledby=copies] tbody tr")
    expect(rows).to_have_count(2)
    with page.expect_download() as kept:
        rows.filter(has_text="Hoàng Văn Sơn").locator("text=Tải về").click()
    assert "Thẩm định lại" in Path(kept.value.path()).read_text("utf-8")


FOREIGN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
  <process id="p" isExecutable="true"><startEvent id="s"/><complexGateway id="g"/>
    <scriptTask id="t" name="Xin chào"><script>import os</script></scriptTask></process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="s"><dc:Bounds x="100" y="100" width="36" height="36"/>
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="t1" bpmnElement="t"><dc:Bounds x="200" y="78" width="100" height="80"/>
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="g1" bpmnElement="g"><dc:Bounds x="350" y="93" width="50" height="50"/>
    </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"""


def opens(page: Page, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "application/xml", "buffer": text.encode()}
    page.set_input_files("[data-open]", file)
    expect(page.locator("[data-opened] strong")).to_contain_text(name)


def test_a_foreign_file_opens_with_all_that_cannot_run_and_a_hostile_one_does_not(
    open_desk: OpenDesk,
) -> None:
    page = drafted(open_desk)
    stored = draft(open_desk)
    first = next(node for node in process_of(stored).nodes.values() if node.rule)
    for name, hostile in {
        "bom.bpmn": '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        "trang.html": "<html><script>alert(1)</script></html>",
        "rac.bpmn": "không phải XML <",
    }.items():
        opens(page, name, hostile)
        expect(page.locator("[data-opened]")).to_contain_text("giữ nguyên")
        expect(page.locator(f'.djs-shape[data-element-id="{first.id}"]')).to_have_count(1)
    assert draft(open_desk) == stored
    opens(page, "la.bpmn", FOREIGN)
    told = page.locator("[data-opened] li")
    expect(told.filter(has_text="t,")).not_to_have_count(0)
    expect(told.filter(has_text="g,")).not_to_have_count(0)
    expect(page.locator('.djs-shape[data-element-id="t"]')).to_be_visible()
    keep(page, "designer-foreign")
    saved(page)
    with reading(open_desk.office.books) as db:
        assert len(copies_of(db, CODE)) == 1
    assert untranslated(page) == []


def test_the_picture_is_taken_as_svg_and_png(open_desk: OpenDesk) -> None:
    page = drafted(open_desk)
    begins = {"svg": b"<?xml", "png": b"\x89PNG\r\n", "bpmn": b"<?xml"}
    for kind, first in begins.items():
        with page.expect_download() as taken:
            page.click(f'[data-export="{kind}"]')
        data = Path(taken.value.path()).read_bytes()
        assert data.startswith(first)
        assert len(data) > 5_000
        if kind == "svg":
            assert "Thẩm định".encode() in data


def test_the_mark_of_bpmn_io_stays_free_and_the_page_is_accessible(open_desk: OpenDesk) -> None:
    page = drafted(open_desk)
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    mark.click(trial=True)  # nothing lies on it
    found = Axe().run(page, options={"exclude": [[".djs-container"], [".bio-properties-panel"]]})
    ours = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert [
        (v["id"], node["html"][:200])
        for v in ours
        for node in v["nodes"]
        if not any(".djs" in t or ".bio-" in t or ".bjs" in t or "bts" in t for t in node["target"])
    ] == []


def test_without_script_there_are_picture_table_files_and_upload(open_desk: OpenDesk) -> None:
    open_desk.office.do(draft_from_version, code=CODE, by=DESIGNER)
    page = open_desk.visitor(DESIGNER, script=False)
    page.goto(f"/designer/{CODE}")
    expect(page.locator("[data-canvas]")).to_be_hidden()
    picture = page.locator(".designer-plain img")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["height"] > 200
    expect(page.locator("section[aria-labelledby=table] tbody tr")).not_to_have_count(0)
    changed = draft(open_desk).replace("Thẩm định".encode(), "Thẩm định lại".encode())
    file = {"name": "moi.bpmn", "mimeType": "application/xml", "buffer": changed}
    page.set_input_files("#file", file)
    page.click("text=Tải tệp lên")
    expect(page.locator("section[aria-labelledby=table]")).to_contain_text("Thẩm định lại")
    keep(page, "designer-plain")
    page.click(".designer-plain >> text=Công bố…")
    expect(page.locator("#decision")).to_be_visible()


def test_only_the_editors_page_loads_the_editor(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(DESIGNER)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    for path in ("/desk", "/designer", "/designer/drafts", f"/designer/{CODE}/versions"):
        page.goto(path)
    assert not [url for url in loaded if "dist/designer" in url]
