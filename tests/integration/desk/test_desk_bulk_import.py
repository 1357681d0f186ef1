"""A ZIP of tables comes in: bounded, read some at a time, each a draft, a report of all."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from desk.procedures.bulk import TABLES_A_REQUEST
from engine.catalog.drafts import drafts
from engine.catalog.imports import batch_by_id
from engine.catalog.tables import import_item
from engine.database import reading
from tests.decision_tables import MENDED, ROWS, pasted_table, word_table, zipped
from tests.visitors import DESIGNER, HEAD, LEADER, DeskOffice, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

PAGE = "/designer/import/all"


def send(visitor: Visitor, data: bytes, name: str = "bang.zip") -> TestResponse:
    return visitor.post(
        PAGE, {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def read_all(visitor: Visitor, batch: int) -> int:
    """Press "read on" until nothing waits; gives how often."""
    for times in range(1, 100):
        assert visitor.post(f"{PAGE}/{batch}").status_code == 302
        if 'hx-trigger="load' not in visitor.get(f"{PAGE}/{batch}").text:
            return times
    raise AssertionError("it never ends")


def test_many_tables_become_drafts_and_the_report_names_every_file(desk: DeskOffice) -> None:
    files = {
        "hop-le__docx": word_table("3.000001", MENDED),
        "thu-muc/co-loi__docx": word_table("3.000002", ROWS),
        "dan__txt": pasted_table("3.000003", MENDED).encode(),
        "trung__docx": word_table("3.000001", MENDED),
        "hong__docx": b"PK\x03\x04" + b"\0" * 90,
        "khac__exe": b"MZ",
    }
    head = desk.person(HEAD)
    answer = send(head, zipped(**files))
    assert answer.location.endswith(f"{PAGE}/1")
    assert "Đã đọc 0 / 5 bảng" in head.get(f"{PAGE}/1").text
    with reading(desk.books) as db:
        assert drafts(db) == []
    assert read_all(head, 1) == 1
    page = head.get(f"{PAGE}/1").text
    assert "Đã đọc 5 / 5 bảng" in page
    assert "giữ bản cũ" in page.split('data-file="trung.docx"')[1].split("</tr>")[0]
    assert "không nhận" in page.split('data-file="hong.docx"')[1].split("</tr>")[0]
    assert "không đọc được" in page.split('data-file="thu-muc/co-loi.docx"')[1].split("</tr>")[0]
    with reading(desk.books) as db:
        assert sorted(d.code for d in drafts(db)) == ["3.000001", "3.000002", "3.000003"]
        assert (
            db.scalars(import_item.select().with_only_columns(import_item.c.data)).all()
            == [None] * 5
        )
    report = head.get(f"{PAGE}/1/report")
    rows = list(csv.DictReader(io.StringIO(report.data.decode("utf-8-sig"))))
    assert {row["file"] for row in rows} == {
        "hop-le.docx", "thu-muc/co-loi.docx", "dan.txt", "trung.docx", "hong.docx"
    }  # fmt: skip
    assert "bang.zip" in head.get(PAGE).text
    approval = head.get("/designer/3.000001/approval").text
    assert "Trình kiểm tra, phê duyệt" in approval


def test_a_batch_is_read_some_at_a_time_and_no_table_twice(quick_desk: DeskOffice) -> None:
    many = {
        f"bang{n:03}__txt": pasted_table(f"4.{n:06}", MENDED).encode()
        for n in range(TABLES_A_REQUEST + 3)
    }
    head = quick_desk.person(HEAD)
    send(head, zipped(**many))
    first = head.post(f"{PAGE}/1", headers={"HX-Request": "true"})
    assert f"Đã đọc {TABLES_A_REQUEST} / {len(many)} bảng" in first.text
    assert "<html" not in first.text
    assert read_all(head, 1) == 1
    assert head.post(f"{PAGE}/1").status_code == 302  # nothing left: nothing happens
    with reading(quick_desk.books) as db:
        assert {d.revision for d in drafts(db)} == {1}
        assert {i.outcome for i in batch_by_id(db, 1).items} == {"draft"}


@pytest.mark.parametrize(
    "data",
    [
        zipped(**{f"{n}__csv": b"x" for n in range(2_001)}),
        zipped(lon__csv=b" " * 3_000_000),
        zipped(**{"../../etc/x__csv": b"x"}),
        zipped(doc__md=b"x"),
        b"no archive",
        b"",
    ],
    ids=["entries", "bomb", "path", "no table", "no archive", "empty"],
)
def test_a_hostile_zip_is_refused_whole(quick_desk: DeskOffice, data: bytes) -> None:
    head = quick_desk.person(HEAD)
    answer = send(head, data)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert head.get(f"{PAGE}/1").status_code == 404
    assert head.post(f"{PAGE}/1").status_code == 404


def test_hostile_names_are_shown_literally_and_run_in_no_spreadsheet(
    quick_desk: DeskOffice,
) -> None:
    head = quick_desk.person(DESIGNER)
    send(head, zipped(**{"=cmd()<script>alert(1)</script>__txt": b"x"}))
    read_all(head, 1)
    page = head.get(f"{PAGE}/1").text
    assert "<script>alert(1)" not in page
    report = head.get(f"{PAGE}/1/report").data.decode("utf-8-sig")
    assert "\n'=cmd()" in report


def test_leaders_do_not_import(quick_desk: DeskOffice) -> None:
    leader = quick_desk.person(LEADER)
    assert leader.get(PAGE).status_code == 403
    assert leader.get("/designer/import").status_code == 403
