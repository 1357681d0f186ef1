"""Files of a case: taken in by content, given out as downloads only, seen by its agency alone."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from engine.cases.intake.attachment_tables import attachment
from engine.database import reading
from engine.documents.file_store import open_file, path_of
from tests import papers
from tests.visitors import ADMIN, CLERK, LEADER, SPECIALIST, DeskOffice, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

NAME = "Bản vẽ móng.pdf"


def upload(
    visitor: Visitor, number: str, *files: tuple[bytes, str], component: str = "ban_ve"
) -> TestResponse:
    return visitor.post(
        f"/desk/cases/{number}/files",
        {"component": component, "files": [(io.BytesIO(data), name) for data, name in files]},
        content_type="multipart/form-data",
    )


def rows(desk: DeskOffice) -> list[Any]:
    with reading(desk.books) as db:
        return list(db.execute(select(attachment).order_by(attachment.c.id)))


def lying_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_attached_to_a_paper_of_the_checklist_and_comes_back(desk: DeskOffice) -> None:
    number = desk.office.receive()
    clerk = desk.person(CLERK)
    assert upload(clerk, number, (papers.PDF, NAME)).status_code == 302
    page = clerk.get(f"/desk/cases/{number}").text
    paper = page[page.index('id="attached"') :].partition("Bản vẽ thiết kế")[2]
    assert NAME in paper[: paper.index("</li>")]
    (row,) = rows(desk)
    answer = desk.person(SPECIALIST).get(f"/desk/cases/{number}/files/{row.id}")
    assert answer.data == papers.PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert quote(NAME) in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    said = desk.office.event(number, "FileAttached")
    assert said == {
        "file": row.id,
        "component": "ban_ve",
        "kind": "pdf",
        "sha256": row.sha256,
        "bytes": len(papers.PDF),
    }
    assert "Đính kèm tệp" in page


def test_several_files_come_at_once_all_or_none(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    bad = upload(clerk, number, (papers.PDF, "a.pdf"), (papers.HTML, "trang.pdf"))
    assert bad.status_code == 422
    assert "trang.pdf: Chỉ nhận tệp PDF" in bad.text
    assert rows(quick_desk) == []
    assert upload(clerk, number, (papers.PDF, "a.pdf"), (papers.PNG, "b.png")).status_code == 302
    assert [row.name for row in rows(quick_desk)] == ["a.pdf", "b.png"]


def test_the_same_content_twice_is_stored_once_and_listed_once(quick_desk: DeskOffice) -> None:
    first, second = quick_desk.office.receive(), quick_desk.office.receive(owner="Người khác")
    clerk = quick_desk.person(CLERK)
    for number in (first, first, second):
        assert upload(clerk, number, (papers.PDF, NAME)).status_code == 302
    assert len(rows(quick_desk)) == 2, "once for each case"
    assert len(lying_in(quick_desk.settings.attachments_folder)) == 1
    assert quick_desk.office.events(first).count("FileAttached") == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (papers.HTML, "page.html"),
        (papers.SVG, "picture.svg"),
        (papers.SVG, "picture.png"),
        (papers.BOMB, "bomb.docx"),
        (b"MZ\x90\0" + bytes(500), "setup.pdf"),
        (b"", "empty.pdf"),
    ],
)
def test_what_a_browser_could_run_is_refused_whatever_it_is_called(
    quick_desk: DeskOffice, data: bytes, name: str
) -> None:
    number = quick_desk.office.receive()
    answer = upload(quick_desk.person(CLERK), number, (data, name))
    assert answer.status_code == 422
    assert rows(quick_desk) == []
    assert lying_in(quick_desk.settings.attachments_folder) == []


def test_a_file_above_the_limit_is_refused_and_a_larger_request_is_not_read(
    quick_desk: DeskOffice,
) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    object.__setattr__(quick_desk.settings, "attachment_most_bytes", 400_000)
    assert upload(clerk, number, (papers.PDF + bytes(399_000), "a.pdf")).status_code == 302
    assert upload(clerk, number, (papers.PDF + bytes(400_000), "b.pdf")).status_code == 422
    assert upload(clerk, number, (papers.PDF + bytes(2_100_000), "c.pdf")).status_code == 413
    assert len(rows(quick_desk)) == 1


def test_a_large_request_is_only_read_for_those_who_may(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    large = (papers.PDF + bytes(1_500_000), "a.pdf")
    assert upload(quick_desk.person(CLERK), number, large).status_code == 302
    assert upload(quick_desk.person(ADMIN), number, large).status_code == 413
    assert upload(quick_desk.stranger(), number, large).status_code == 413
    assert upload(quick_desk.person(CLERK), "H35.12-261116-9999", large).status_code == 413


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x", "..\\..\\x", "a\0b", "=1+1.pdf", "CON"])
def test_a_hostile_name_is_only_text(quick_desk: DeskOffice, name: str) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    assert upload(clerk, number, (papers.PDF, name)).status_code == 302
    (row,) = rows(quick_desk)
    folder = quick_desk.settings.attachments_folder
    assert lying_in(folder) == [path_of(folder, row.sha256)]
    said = clerk.get(f"/desk/cases/{number}/files/{row.id}").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=[^\r\n]*", said)
    assert "/" not in row.name
    assert "\\" not in row.name


def test_a_name_with_script_is_shown_literally(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    upload(clerk, number, (papers.PDF, "<img src=x onerror=alert(1)>.pdf"))
    page = clerk.get(f"/desk/cases/{number}").text
    assert "&lt;img src=x onerror=alert(1)&gt;.pdf" in page
    assert "<img src=x" not in page


def test_a_file_is_reached_only_through_its_own_case(quick_desk: DeskOffice) -> None:
    number, other = quick_desk.office.receive(), quick_desk.office.receive(owner="Người khác")
    clerk = quick_desk.person(CLERK)
    upload(clerk, number, (papers.PDF, NAME))
    (row,) = rows(quick_desk)
    assert clerk.get(f"/desk/cases/{other}/files/{row.id}").status_code == 404
    assert quick_desk.person(ADMIN).get(f"/desk/cases/{number}/files/{row.id}").status_code == 403
    assert quick_desk.stranger().get(f"/desk/cases/{number}/files/{row.id}").status_code == 302


def test_a_place_that_the_procedure_does_not_have_is_refused(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    assert upload(clerk, number, (papers.PDF, NAME), component="nope").status_code == 422
    assert upload(clerk, number, (papers.PDF, NAME), component="_result").status_code == 302
    assert upload(clerk, number, (papers.PNG, "x.png"), component="").status_code == 302
    page = clerk.get(f"/desk/cases/{number}").text
    assert "Kết quả giải quyết" in page
    assert [row.component for row in rows(quick_desk)] == ["_result", None]


def test_nothing_chosen_is_said_and_nothing_is_written(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    answer = quick_desk.person(CLERK).post(f"/desk/cases/{number}/files", {"component": ""})
    assert answer.status_code == 422
    assert "Chưa chọn tệp nào." in answer.text


def test_a_file_that_was_a_mistake_is_removed_with_a_reason(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    upload(clerk, number, (papers.PDF, NAME))
    (row,) = rows(quick_desk)
    path = f"/desk/cases/{number}/files/{row.id}"
    assert clerk.post(f"{path}/remove", {"reason": "  "}).status_code == 422
    assert clerk.post(f"{path}/remove", {"reason": "Nhầm hồ sơ"}).status_code == 302
    assert clerk.get(path).status_code == 404
    assert clerk.post(f"{path}/remove", {"reason": "lần nữa"}).status_code == 404
    assert NAME not in clerk.get(f"/desk/cases/{number}").text
    assert quick_desk.office.event(number, "FileRemoved") == {
        "file": row.id,
        "reason": "Nhầm hồ sơ",
    }
    assert upload(clerk, number, (papers.PDF, NAME)).status_code == 302
    assert NAME in clerk.get(f"/desk/cases/{number}").text


def test_a_crash_between_file_and_row_leaves_a_file_nobody_asks_for(
    quick_desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = quick_desk.office.receive()
    clerk = quick_desk.person(CLERK)
    before = quick_desk.office.events(number)
    with monkeypatch.context() as broken:

        def killed(*_: object, **__: object) -> None:
            raise RuntimeError("killed here")

        broken.setattr("desk.attachments.uploads.attach_file", killed)
        assert upload(clerk, number, (papers.PDF, NAME)).status_code == 500
    assert rows(quick_desk) == []
    assert quick_desk.office.events(number) == before
    assert len(lying_in(quick_desk.settings.attachments_folder)) == 1
    assert upload(clerk, number, (papers.PDF, NAME)).status_code == 302
    (row,) = rows(quick_desk)
    with open_file(quick_desk.settings.attachments_folder, row.sha256) as found:
        assert found.read() == papers.PDF


def test_a_file_that_changed_on_the_disk_is_not_given_out(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    leader = quick_desk.person(LEADER)
    upload(leader, number, (papers.PDF, NAME))
    (row,) = rows(quick_desk)
    path_of(quick_desk.settings.attachments_folder, row.sha256).write_bytes(papers.HTML)
    answer = leader.get(f"/desk/cases/{number}/files/{row.id}")
    assert answer.status_code == 500
    assert b"alert(1)" not in answer.data


def receive(visitor: Visitor, **given: Any) -> TestResponse:
    return visitor.post(
        "/desk/receive",
        {"thu-tuc": "1.009994", "owner": "Nguyễn Văn Tệp", "channel": "counter", **given},
        content_type="multipart/form-data",
    )


def test_files_are_taken_at_reception(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    form = clerk.get("/desk/receive?thu-tuc=1.009994").text
    states = dict(re.findall(r'<input [^>]*checked[^>]*name="(c_\w+)"[^>]*value="(\w+)"', form))
    assert states
    answer = receive(
        clerk,
        **states,
        file_ban_ve=[(io.BytesIO(papers.PDF), NAME), (io.BytesIO(papers.JPEG), "ảnh.jpg")],
        file_=(io.BytesIO(papers.PNG), "khác.png"),
    )
    assert answer.status_code == 302, answer.text
    assert [(row.component, row.name) for row in rows(quick_desk)] == [
        ("ban_ve", NAME),
        ("ban_ve", "ảnh.jpg"),
        (None, "khác.png"),
    ]


def test_a_form_that_is_shown_again_keeps_the_files(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    form = clerk.get("/desk/receive?thu-tuc=1.009994").text
    states = dict(re.findall(r'<input [^>]*checked[^>]*name="(c_\w+)"[^>]*value="(\w+)"', form))
    refused = receive(
        clerk,
        **{**states, "owner": ""},
        file_ban_ve=(io.BytesIO(papers.PDF), NAME),
        file_=(io.BytesIO(papers.HTML), "trang.html"),
    )
    assert refused.status_code == 422
    assert NAME in refused.text
    assert rows(quick_desk) == []
    kept = re.findall(r'name="kept" value="([^"]+)"', refused.text)
    assert len(kept) == 1
    forged = kept[0][:-2] + "AA"
    answer = receive(clerk, **states, kept=[*kept, forged])
    assert answer.status_code == 302, answer.text
    assert [(row.component, row.name) for row in rows(quick_desk)] == [("ban_ve", NAME)]


def test_a_kept_file_of_somebody_else_is_not_taken(quick_desk: DeskOffice) -> None:
    clerk, other = quick_desk.person(CLERK), quick_desk.person("cb.tiepnhan2")
    refused = receive(clerk, owner="", file_ban_ve=(io.BytesIO(papers.PDF), NAME))
    kept = re.findall(r'name="kept" value="([^"]+)"', refused.text)
    again = receive(other, owner="", kept=kept)
    assert again.status_code == 422
    assert NAME not in again.text
