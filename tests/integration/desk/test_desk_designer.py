"""The designer's routes: saves that collide, hostile files, a check that cannot stop the desk."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from engine.cases.tables import office
from engine.catalog.child import Child
from engine.catalog.draft_copies import copies_of
from engine.catalog.drafts import DraftUnknownError, draft_from_version, draft_of, drafts
from engine.catalog.tables import procedure_version
from engine.catalog.versions import version_in_force, versions_of
from engine.catalog.xml import MAX_BYTES
from engine.database import reading, transaction
from engine.procedures.check_diagram import STOPPED, check_diagram
from tests.builders import PROJECT
from tests.visitors import ADMIN, DESIGNER, HEAD, DeskOffice, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

CODE = "2.001610"
BPMN = (PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_bytes()
CHANGED = BPMN.replace("Thẩm định".encode(), "Thẩm định lại".encode())
PAGE = f"/designer/{CODE}"
XML = {"Content-Type": "application/xml"}


def begun(desk: DeskOffice) -> Visitor:
    desk.office.do(draft_from_version, code=CODE, by=DESIGNER)
    return desk.person(DESIGNER)


def sent(visitor: Visitor, path: str, body: bytes, **headers: str) -> TestResponse:
    """What the editor's script sends: a body, the token in a header."""
    token = {"X-CSRFToken": visitor.token()}
    return visitor.client.post(path, data=body, headers={**XML, **token, **headers})


def saved(visitor: Visitor, revision: int, body: bytes, **headers: str) -> TestResponse:
    return sent(visitor, f"{PAGE}/draft", body, **{"If-Match": f'"{revision}"'}, **headers)


def read(desk: DeskOffice, query: Any, *args: Any) -> Any:
    with reading(desk.books) as db:
        return query(db, *args)


def test_a_draft_begins_with_a_version_and_opens_in_the_editor(desk: DeskOffice) -> None:
    designer = desk.person(DESIGNER)
    assert "Bắt đầu bản thảo" in designer.get(PAGE).text
    designer.post(f"{PAGE}/start", {"version": "1"})
    page = designer.get(PAGE).text
    assert 'data-designer="' in page
    assert "Tải tệp lên" in page
    assert f'href="{PAGE}/draft/table.docx"' in page
    assert read(desk, draft_of, CODE).base_version == 1


def test_a_new_procedure_begins_with_its_lawful_paths(quick_desk: DeskOffice) -> None:
    designer = quick_desk.person(DESIGNER)
    words = {"code": "9.000001", "name": "Cấp thử", "field": "Thử", "level": "xã"}
    refused = designer.post("/designer/drafts", {**words, "limit": "mấy hôm"})
    assert refused.status_code == 422
    assert "mấy hôm" in refused.text
    assert read(quick_desk, drafts) == []
    made = designer.post("/designer/drafts", {**words, "limit": "05 ngày làm việc"})
    assert made.headers["Location"] == "/designer/9.000001"
    again = designer.post("/designer/drafts", {**words, "limit": "05 ngày làm việc"})
    assert again.status_code == 409
    assert "9.000001" in designer.get("/designer/drafts").text
    assert "Thẩm định hồ sơ" in designer.get("/designer/9.000001/table").text


def test_a_save_counts_up_and_the_next_one_names_the_new_revision(desk: DeskOffice) -> None:
    designer = begun(desk)
    answer = saved(designer, 1, CHANGED)
    assert answer.get_json()["revision"] == 2
    assert "Thẩm định lại".encode() in read(desk, draft_of, CODE).bpmn
    assert "Thẩm định lại" in designer.get(f"{PAGE}/table").text


def test_a_save_that_comes_too_late_is_told_and_kept_with_a_way_to_it(desk: DeskOffice) -> None:
    designer = begun(desk)
    assert saved(desk.person(HEAD), 1, CHANGED).status_code == 200
    answer = saved(designer, 1, BPMN)
    told = answer.get_json()
    assert answer.status_code == 409
    assert told["revision"] == 2
    assert "Thẩm định lại".encode() not in designer.get(told["copy"]).data
    assert "Thẩm định lại".encode() in read(desk, draft_of, CODE).bpmn
    # he goes on with his own on purpose: the other one is kept in turn
    assert saved(designer, 2, BPMN, **{"X-Keep": "1"}).get_json()["revision"] == 3
    kept = {(copy.revision, copy.kept_by) for copy in read(desk, copies_of, CODE)}
    assert kept == {(1, DESIGNER), (2, HEAD)}


def test_two_saves_at_one_moment_lose_neither(desk: DeskOffice) -> None:
    begun(desk)
    people = [desk.person(DESIGNER), desk.person(HEAD)]
    answers: list[int] = []

    def save(visitor: Visitor) -> None:
        answers.append(saved(visitor, 1, CHANGED).status_code)

    threads = [threading.Thread(target=save, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    assert read(desk, draft_of, CODE).revision == 2
    assert len(read(desk, copies_of, CODE)) == 1


def test_a_copy_can_be_gone_on_with_and_thrown_away(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    saved(quick_desk.person(HEAD), 1, CHANGED)
    saved(designer, 1, BPMN)
    (copy,) = read(quick_desk, copies_of, CODE)
    designer.post(f"{PAGE}/copies/{copy.id}/restore")
    assert "Thẩm định lại".encode() not in read(quick_desk, draft_of, CODE).bpmn
    (kept,) = read(quick_desk, copies_of, CODE)
    assert (kept.revision, kept.kept_by) == (2, HEAD)
    designer.post(f"{PAGE}/copies/{kept.id}/discard")
    assert read(quick_desk, copies_of, CODE) == []


@pytest.mark.parametrize("tag", ["", "1", '"x"', '"-1"', '"12345678901234567890"'])
def test_a_save_without_its_revision_is_refused(quick_desk: DeskOffice, tag: str) -> None:
    designer = begun(quick_desk)
    answer = sent(designer, f"{PAGE}/draft", CHANGED, **{"If-Match": tag})
    assert answer.status_code == 422
    assert read(quick_desk, draft_of, CODE).revision == 1


HOSTILE = {
    "bomb": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "remote": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>',
    "large": b"<x>" + b" " * MAX_BYTES + b"</x>",
    "deep": b"<x>" * 5000 + b"</x>" * 5000,
    "wide": b"<x>" + b"<y/>" * 20_001 + b"</x>",
    "text": "không phải XML".encode(),
    "html": b"<html><script>alert(1)</script></html>",
    "nothing": b"",
    "zeros": b"\0" * 1000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gets_no_further_than_a_finding(quick_desk: DeskOffice, kind: str) -> None:
    designer = begun(quick_desk)
    body = HOSTILE[kind]
    answer = sent(designer, f"{PAGE}/check", body)
    found = answer.get_json()["findings"]
    assert answer.status_code == 200
    assert found
    assert all(each["severity"] == "error" for each in found)
    assert "root:" not in answer.text
    refused = saved(designer, 1, body)
    assert refused.status_code == 422
    assert refused.get_json()["findings"]
    token = designer.token()
    sheet = {"csrf_token": token, "revision": "1", "file": (io.BytesIO(body), "la.bpmn")}
    page = designer.client.post(f"{PAGE}/upload", data=sheet)
    assert page.status_code == 422
    assert "Bản thảo giữ nguyên" in page.text
    assert read(quick_desk, draft_of, CODE).revision == 1
    assert read(quick_desk, copies_of, CODE) == []


def test_what_is_too_large_to_be_taken_is_refused_before_it_is_read(
    quick_desk: DeskOffice,
) -> None:
    designer = begun(quick_desk)
    answer = saved(designer, 1, b"<x>" + b" " * (MAX_BYTES + 200_000) + b"</x>")
    assert answer.status_code == 413


def test_every_problem_of_a_foreign_file_is_told_at_once_in_vietnamese(
    quick_desk: DeskOffice,
) -> None:
    foreign = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
      targetNamespace="x"><process id="p" isExecutable="true"><startEvent id="s"/>
      <scriptTask id="a"><script>import os</script></scriptTask>
      <complexGateway id="b"/><endEvent id="e"/>
      <sequenceFlow id="f" sourceRef="s" targetRef="a"/>
      <sequenceFlow id="g" sourceRef="a" targetRef="b"/>
      <sequenceFlow id="h" sourceRef="b" targetRef="nowhere"/></process></definitions>"""
    found = sent(begun(quick_desk), f"{PAGE}/check", foreign).get_json()["findings"]
    about = {each["element_id"] for each in found if each["blocks"] == "run"}
    assert {"a", "b"} <= about
    assert "h" in about or any("nowhere" in each["message"] for each in found)
    assert all(each["message"] != each["message_en"] for each in found)


def test_a_role_without_people_is_told_while_drawing(quick_desk: DeskOffice) -> None:
    lonely = BPMN.replace(b'role="van_thu"', b'role="phi_hanh_gia"')
    found = sent(begun(quick_desk), f"{PAGE}/check", lonely).get_json()["findings"]
    assert "role-without-people" in {each["code"] for each in found}


def test_checking_changes_nothing_and_holds_no_lock(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    with transaction(quick_desk.books):  # somebody else is writing
        assert sent(designer, f"{PAGE}/check", BPMN).status_code == 200


class Tight(Child):
    """A child with a second of processor time whose checker never ends on one question."""

    def _started(self) -> subprocess.Popen[bytes]:
        code = (
            "from engine.catalog.child import answer_all\n"
            "def check(question):\n"
            "    while question == b'endless': pass\n"
            "    while question == b'large': question = b'large' + bytes(10**9)\n"
            "    return {'findings': []}\n"
            "answer_all(check, memory_bytes=500 * 1024 * 1024, cpu_seconds=1)\n"
        )
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL, **pipes)


def test_a_check_beyond_its_limits_is_ended_and_the_next_one_is_answered() -> None:
    child = Tight("")
    try:
        for question in (b"endless", b"large"):
            assert child.ask(b"good") == {"findings": []}
            assert child.ask(question) is None
        assert child.ask(b"good") == {"findings": []}
    finally:
        child.stop()


def test_a_check_that_was_ended_is_told_as_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Child, "ask", lambda *_: None)
        (found,) = check_diagram(BPMN)
    assert (found["code"], found["severity"]) == (STOPPED.code, "error")
    assert check_diagram(BPMN) == []


def test_a_file_takes_the_place_of_the_drawing_and_the_old_one_is_kept(
    quick_desk: DeskOffice,
) -> None:
    designer = begun(quick_desk)
    sheet = {"revision": "1", "file": (io.BytesIO(CHANGED), "moi.bpmn")}
    answer = designer.client.post(f"{PAGE}/upload", data={"csrf_token": designer.token(), **sheet})
    assert answer.headers["Location"] == PAGE
    assert "Thẩm định lại".encode() in read(quick_desk, draft_of, CODE).bpmn
    assert len(read(quick_desk, copies_of, CODE)) == 1
    nothing = designer.post(f"{PAGE}/upload", {"revision": "2"})
    assert nothing.status_code == 422
    assert "Hãy chọn một tệp" in nothing.text


def test_a_discarded_draft_is_gone_only_as_it_was_seen(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    saved(designer, 1, CHANGED)
    assert designer.post(f"{PAGE}/discard", {"revision": "1"}).status_code == 409
    assert designer.post(f"{PAGE}/discard", {"revision": "x"}).status_code == 422
    designer.post(f"{PAGE}/discard", {"revision": "2"})
    with pytest.raises(DraftUnknownError):
        read(quick_desk, draft_of, CODE)


DECISION = {
    "revision": "1",
    "decision": "77/QĐ-UBND",
    "decided_on": "2026-11-13",
    "authority": "Chủ tịch UBND tỉnh",
    "effective_on": "2026-11-16",
}


def test_r3_a_draft_is_published_with_its_decision_in_head_and_books(desk: DeskOffice) -> None:
    designer = begun(desk)
    assert "Quyết định phê duyệt" in designer.get(f"{PAGE}/publish").text
    answer = designer.submit(f"{PAGE}/publish", DECISION)
    assert answer.headers["Location"] == f"{PAGE}/versions"
    found = read(desk, version_in_force, CODE, date(2026, 11, 16))
    assert (found.number, found.decision.number) == (2, "77/QĐ-UBND")
    assert found.process.extension is not None
    assert found.process.extension.decision == "77/QĐ-UBND"
    assert not found.process.extension.sample
    assert read(desk, drafts) == []


def test_r3_without_a_decision_only_a_sample_is_published(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    bare = {**DECISION, "decision": "", "authority": "", "decided_on": ""}
    assert designer.submit(f"{PAGE}/publish", bare).status_code == 422
    assert len(read(quick_desk, versions_of, CODE)) == 1
    designer.submit(f"{PAGE}/publish", {**bare, "sample": "y"})
    with reading(quick_desk.books) as db:
        samples = db.scalars(
            select(procedure_version.c.sample)
            .where(procedure_version.c.procedure_code == CODE)
            .order_by(procedure_version.c.number)
        ).all()
    assert samples[-1] is True


def test_r46_a_draft_with_an_error_is_not_published(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    saved(designer, 1, BPMN.replace(b'limit="14wh"', b""))
    page = designer.get(f"{PAGE}/publish").text
    assert "Còn lỗi nên chưa công bố được" in page
    answer = designer.post(f"{PAGE}/publish", {**DECISION, "revision": "2"})
    assert answer.status_code == 422
    assert len(read(quick_desk, versions_of, CODE)) == 1


def test_a_draft_saved_since_it_was_seen_is_not_published(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    saved(quick_desk.person(HEAD), 1, CHANGED)
    answer = designer.post(f"{PAGE}/publish", DECISION)
    assert answer.status_code == 409
    assert len(read(quick_desk, versions_of, CODE)) == 1


def test_r3_a_real_office_publishes_by_approval_only(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    with transaction(quick_desk.books) as db:
        db.execute(update(office).values(training=False, clock_at=None))
    shown = designer.get(f"{PAGE}/publish")
    assert shown.headers["Location"] == f"{PAGE}/approval"
    assert f'href="{PAGE}/publish"' not in designer.get(PAGE).text
    assert designer.post(f"{PAGE}/publish", DECISION).status_code == 403
    assert len(read(quick_desk, versions_of, CODE)) == 1


def test_the_sectors_head_drafts_but_does_not_publish(quick_desk: DeskOffice) -> None:
    begun(quick_desk)
    assert quick_desk.person(HEAD).get(f"{PAGE}/publish").status_code == 403
    assert quick_desk.person(ADMIN).get(f"{PAGE}/publish").status_code == 200


def test_a_draft_is_downloaded_in_every_form(quick_desk: DeskOffice) -> None:
    designer = begun(quick_desk)
    begins = {
        "bpmn": b"<?xml",
        "svg": b"<?xml",
        "png": b"\x89PNG",
        "table.docx": b"PK",
        "table.xlsx": b"PK",
        "table.csv": "# Tên TTHC".encode(),
    }
    for form, first in begins.items():
        answer = designer.get(f"{PAGE}/draft/{form}")
        assert answer.data.lstrip(b"\xef\xbb\xbf").startswith(first), form
        assert "attachment" in answer.headers["Content-Disposition"]
    assert designer.get(f"{PAGE}/draft/exe").status_code == 422
