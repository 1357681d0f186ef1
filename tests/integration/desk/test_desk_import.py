"""A decision's table comes in by the browser: read in a child, compared, corrected, approved."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from engine.cases.tables import office
from engine.catalog.drafts import DraftUnknownError, draft_of
from engine.catalog.versions import (
    ProcedureAbolishedError,
    ProcedureUnknownError,
    version_in_force,
)
from engine.database import reading, transaction
from engine.staff.commands import grant_role
from tests.decision_tables import CODE, MENDED, ROWS, pasted_table, word_table, zipped
from tests.visitors import ADMIN, CLERK, DESIGNER, HEAD, LEADER, DeskOffice, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


def send(visitor: Visitor, data: bytes, name: str = "bang.docx") -> TestResponse:
    return visitor.post(
        "/designer/import",
        {"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def fields(page: str) -> dict[str, str]:
    """The form of the compared table as a browser would send it."""
    main = page[page.index("<main") :]
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', main)
        if "checkbox" not in name and not name.endswith("-drop")
    }
    found |= {
        name: unescape(text)
        for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', main)
    }
    chosen = re.search(r'name="head-kind".*?<option value="(\w+)" selected', main, re.DOTALL)
    found["head-kind"] = chosen[1] if chosen else "decision"
    found.pop("confirmed", None)
    found.pop("replace", None)
    return found


def drafted(desk: DeskOffice, rows: Any = MENDED) -> None:
    head = desk.person(HEAD)
    page = head.post("/designer/import", {"pasted": pasted_table(rows=rows)})
    assert page.status_code == 200, page.text
    answer = head.post(
        "/designer/import/table", {**fields(page.text), "save": "1", "confirmed": "1"}
    )
    assert answer.status_code == 302, answer.text
    assert answer.location.endswith(f"/designer/{CODE}/approval?xong=1")


def test_a_word_table_is_shown_row_by_row_with_what_is_doubtful(quick_desk: DeskOffice) -> None:
    answer = send(quick_desk.person(HEAD), word_table())
    assert answer.status_code == 200
    rows = answer.text.split("data-place=")
    assert len(rows) == 1 + len(ROWS)
    assert "tiếp nhận · Một cửa · 4 giờ làm việc" in rows[1]
    assert "có thời gian “khoảng 1 buổi” không đọc được" in rows[4]
    assert "desk-doubtful" in rows[3]  # the class stands before the place
    assert "lỗi" not in rows[2]


def test_what_was_corrected_is_read_again_and_nothing_is_saved_unconfirmed(
    quick_desk: DeskOffice,
) -> None:
    head = quick_desk.person(HEAD)
    form = fields(send(head, word_table()).text)
    again = head.post(
        "/designer/import/table",
        {
            **form,
            "r4-time": "0,5 ngày (04 giờ)",
            "r2-drop": "1",
            "r6-content": "Vào sổ",
            "r6-unit": "Văn thư",
            "r6-time": "01 giờ",
            "again": "1",
        },
    )
    assert again.status_code == 200
    assert "không đọc được" not in again.text
    assert again.text.count("data-place=") == len(ROWS)  # one dropped, one added
    assert "Vào sổ" in again.text
    unconfirmed = head.post("/designer/import/table", {**form, "save": "1"})
    assert unconfirmed.status_code == 422
    assert "Hãy xác nhận đã đối chiếu từng dòng" in unconfirmed.text
    with reading(quick_desk.books) as db, pytest.raises(DraftUnknownError):
        draft_of(db, CODE)


def test_r3_from_a_pasted_table_to_a_version_in_force_by_three_people(desk: DeskOffice) -> None:
    drafted(desk)
    page = f"/designer/{CODE}/approval"
    head, checker, leader = desk.person(HEAD), desk.person(DESIGNER), desk.person(LEADER)
    assert "Cấp bản sao trích lục hộ tịch" in head.get(page).text
    assert head.post(f"/designer/{CODE}/propose", {"revision": "1"}).status_code == 302
    assert "Đề nghị số 1" in head.get(page).text
    assert CODE in leader.get("/designer").text  # under approval
    assert head.post(f"/designer/{CODE}/proposals/1/check").status_code == 403
    early = leader.post(f"/designer/{CODE}/proposals/1/approve", decision())
    assert early.status_code == 409
    assert checker.post(f"/designer/{CODE}/proposals/1/check").status_code == 302
    assert checker.post(f"/designer/{CODE}/proposals/1/rehearse").status_code == 302
    assert "đi đến kết thúc qua 5 bước" in leader.get(page).text
    incomplete = leader.post(f"/designer/{CODE}/proposals/1/approve", {"decision": "690/QĐ-UBND"})
    assert incomplete.status_code == 422
    assert "690/QĐ-UBND" in incomplete.text
    for who in (head, checker, desk.person(ADMIN)):
        assert who.post(f"/designer/{CODE}/proposals/1/approve", decision()).status_code == 403
    done = leader.post(f"/designer/{CODE}/proposals/1/approve", decision())
    assert done.location.endswith(f"/designer/{CODE}/versions?xong=1")
    assert "Giàng A Tủa" in leader.get(f"/designer/{CODE}/versions").text
    with reading(desk.books) as db:
        version = version_in_force(db, CODE, date(2026, 11, 16))
    assert version.decision.number == "690/QĐ-UBND"
    assert "đã phê duyệt, thành phiên bản 1" in leader.get(page).text
    number = desk.office.receive(CODE)
    assert desk.office.case(number)["version"] == 1


def decision(**given: str) -> dict[str, str]:
    return {
        "decision": "690/QĐ-UBND",
        "decided_on": "2026-11-10",
        "authority": "Chủ tịch UBND tỉnh",
        "effective_on": "2026-11-16",
        **given,
    }


def test_a_leader_who_drew_it_may_not_approve_it(quick_desk: DeskOffice) -> None:
    quick_desk.office.do(
        grant_role, officer_code=LEADER, role="truong_phong", since=date(2026, 1, 1), by="t"
    )
    leader = quick_desk.person(LEADER)
    page = leader.post("/designer/import", {"pasted": pasted_table(rows=MENDED)})
    leader.post("/designer/import/table", {**fields(page.text), "save": "1", "confirmed": "1"})
    leader.post(f"/designer/{CODE}/propose", {"revision": "1"})
    quick_desk.person(DESIGNER).post(f"/designer/{CODE}/proposals/1/check")
    assert "Ông/bà là người soạn thảo" in leader.get(f"/designer/{CODE}/approval").text
    answer = leader.post(f"/designer/{CODE}/proposals/1/approve", decision())
    assert answer.status_code == 403
    assert "không được tự kiểm tra hoặc phê duyệt" in answer.text


def test_a_draft_with_faults_is_shown_but_not_handed_in(quick_desk: DeskOffice) -> None:
    drafted(quick_desk, ROWS)
    head = quick_desk.person(HEAD)
    page = head.get(f"/designer/{CODE}/approval").text
    assert "lỗi phải sửa trước khi trình" in page
    assert "Trình kiểm tra, phê duyệt" not in page
    assert head.post(f"/designer/{CODE}/propose", {"revision": "1"}).status_code == 422
    for wrong in ("", "x", "9" * 12):
        assert head.post(f"/designer/{CODE}/propose", {"revision": wrong}).status_code == 422


def test_a_second_table_replaces_a_draft_only_when_asked(quick_desk: DeskOffice) -> None:
    drafted(quick_desk)
    head = quick_desk.person(HEAD)
    form = fields(head.post("/designer/import", {"pasted": pasted_table(rows=ROWS)}).text)
    kept = head.post("/designer/import/table", {**form, "save": "1", "confirmed": "1"})
    assert kept.status_code == 422
    assert 'name="replace"' in kept.text
    with reading(quick_desk.books) as db:
        assert draft_of(db, CODE).revision == 1
    asked = {**form, "save": "1", "confirmed": "1", "replace": "1"}
    assert head.post("/designer/import/table", asked).status_code == 302
    with reading(quick_desk.books) as db:
        assert draft_of(db, CODE).revision == 2


def test_a_proposal_goes_back_with_a_reason(quick_desk: DeskOffice) -> None:
    drafted(quick_desk)
    quick_desk.person(HEAD).post(f"/designer/{CODE}/propose", {"revision": "1"})
    checker = quick_desk.person(DESIGNER)
    assert checker.post(f"/designer/{CODE}/proposals/1/return").status_code == 422
    assert checker.post("/designer/9.9/proposals/1/return", {"note": "x"}).status_code == 404
    reason = "Thiếu căn cứ <script>alert(1)</script>"
    assert checker.post(f"/designer/{CODE}/proposals/1/return", {"note": reason}).status_code == 302
    page = quick_desk.person(HEAD).get(f"/designer/{CODE}/approval").text
    assert "đã trả lại" in page
    assert "Thiếu căn cứ &lt;script&gt;" in page
    assert "<script>alert" not in page


HOSTILE = {
    "bomb.docx": zipped(**{"word/document__xml": b" " * 3_000_000}),
    "path.xlsx": zipped(**{"../../etc/passwd": b"x"}),
    "entities.docx": zipped(
        **{
            "word/document__xml": b'<!DOCTYPE a [<!ENTITY a "aaaa">]><a>&a;</a>',
            "[Content_Types]__xml": b"<Types/>",
        }
    ),
    "noise.docx": b"\x00\xff" * 1000,
    "empty.docx": b"x",
    "program.exe": b"MZ",
    "bytes.csv": b"\xff\xfe\x00",
    "no table.txt": b"xin chao",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_upload_ends_in_a_finding_and_the_desk_answers(
    quick_desk: DeskOffice, name: str
) -> None:
    head = quick_desk.person(HEAD)
    answer = send(head, HOSTILE[name], name)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert "Traceback" not in answer.text
    assert head.get("/designer").status_code == 200


def test_a_huge_upload_is_refused_and_a_stranger_s_before_it_is_read(
    quick_desk: DeskOffice,
) -> None:
    assert send(quick_desk.person(HEAD), b"x" * 11_000_000, "a.docx").status_code in (413, 422)
    clerk = quick_desk.person(CLERK)
    assert send(clerk, b"x" * 2_000_000, "a.docx").status_code in (400, 403, 413)
    assert quick_desk.person(HEAD).post("/designer/import").status_code == 422


def test_hostile_labels_are_shown_literally(quick_desk: DeskOffice) -> None:
    rows = (("1", "Tiếp nhận <img src=x onerror=alert(1)>", "Bộ phận Một cửa", "01 ngày", ""),)
    page = quick_desk.person(HEAD).post("/designer/import", {"pasted": pasted_table(rows=rows)})
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text


def test_r2_r3_a_leader_abolishes_a_procedure_and_running_cases_go_on(desk: DeskOffice) -> None:
    number = desk.office.receive("2.001610")
    leader = desk.person(LEADER)
    page = "/designer/2.001610/abolish"
    assert "Hiện có 1 hồ sơ đang chạy" in leader.get(page).text
    assert desk.person(DESIGNER).get(page).status_code == 403
    assert leader.post(page, {"decision": "77/QĐ"}).status_code == 422
    assert leader.post(page, decision(decision="77/QĐ", effective_on="2026-11-20")).location
    twice = leader.post(page, decision(decision="78/QĐ", effective_on="2026-11-20"))
    assert twice.status_code == 409
    assert "77/QĐ" in leader.get("/designer/2.001610/versions").text
    with reading(desk.books) as db, pytest.raises(ProcedureAbolishedError):
        version_in_force(db, "2.001610", date(2026, 11, 20))
    desk.office.work_until(number)


def test_r3_in_a_real_office_the_editor_leads_to_the_approval(quick_desk: DeskOffice) -> None:
    drafted(quick_desk)
    with transaction(quick_desk.books) as db:
        db.execute(update(office).values(training=False, clock_at=None))
    designer = quick_desk.person(DESIGNER)
    answer = designer.get(f"/designer/{CODE}/publish")
    assert answer.location.endswith(f"/designer/{CODE}/approval")
    assert designer.post(f"/designer/{CODE}/publish", {"revision": "1"}).status_code == 403
    with reading(quick_desk.books) as db, pytest.raises(ProcedureUnknownError):
        version_in_force(db, CODE, date(2027, 1, 1))
