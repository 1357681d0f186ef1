"""The designer's catalogue: who sees it, what it says of versions, what changed between two."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.catalog.catalogue import entry_of
from engine.catalog.model import Decision
from engine.catalog.versions import ProcedureAbolishedError, version_in_force
from engine.database import reading
from engine.procedures.abolish_procedure import abolish_procedure
from engine.procedures.publish_procedure import publish_procedure
from tests.builders import PROJECT
from tests.visitors import ADMIN, CLERK, DESIGNER, HEAD, LEADER, SPECIALIST, DeskOffice

if TYPE_CHECKING:
    from engine.catalog.versions import PublishedVersion

CODE = "2.001610"
BPMN = (PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_text("utf-8")


def publish(desk: DeskOffice, bpmn: str, *, on: date = date(2026, 11, 16)) -> int:
    with reading(desk.books) as db:
        meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
    number, _ = desk.office.do(
        publish_procedure,
        bpmn=bpmn.encode(),
        meta=meta,
        decision=Decision("9/QĐ-UBND", date(2026, 11, 1), "Chủ tịch UBND tỉnh", on),
        sample=False,
        by="test",
    )
    return int(number)


def abolish(desk: DeskOffice, on: date) -> None:
    desk.office.do(
        abolish_procedure,
        code=CODE,
        decision=Decision("77/QĐ-UBND", date(2026, 11, 2), "Chủ tịch UBND tỉnh", on),
        by="test",
    )


@pytest.mark.parametrize("code", [HEAD, LEADER, ADMIN])
def test_heads_leaders_and_administrators_see_the_catalogue(
    quick_desk: DeskOffice, code: str
) -> None:
    page = quick_desk.person(code).get("/designer")
    assert page.status_code == 200
    assert "Cấp giấy phép xây dựng nhà ở riêng lẻ" in page.text
    assert '/designer"' in quick_desk.person(code).get("/desk").text


@pytest.mark.parametrize("code", [CLERK, SPECIALIST])
def test_others_neither_see_it_nor_its_entry(quick_desk: DeskOffice, code: str) -> None:
    assert quick_desk.person(code).get("/designer").status_code == 403
    assert '/designer"' not in quick_desk.person(code).get("/desk").text


def test_a_procedure_is_found_without_accents_by_field_and_by_level(
    quick_desk: DeskOffice,
) -> None:
    leader = quick_desk.person(LEADER)
    found = leader.get("/designer?tim=cap giay phep xay").text
    assert "1.009994" in found
    assert CODE not in found
    assert "1.009994" in leader.get("/designer?tim=gpxd").text
    fields = leader.get("/designer?linh-vuc=Hộ tịch&cap=xã").text
    assert "1.000894" in fields
    assert "1.009994" not in fields
    assert "Không có thủ tục nào khớp" in leader.get("/designer?tim=zzz").text
    assert leader.get("/designer?trang=0").status_code == 422
    assert leader.get("/designer?trang=99").status_code == 200


def test_the_page_says_who_decided_and_how_many_cases_run_on_each_version(desk: DeskOffice) -> None:
    desk.office.receive(CODE)
    publish(desk, BPMN.replace("Thẩm định", "Thẩm tra"))
    desk.office.receive(CODE)
    desk.office.receive(CODE)
    page = desk.person(LEADER).get(f"/designer/{CODE}/versions").text
    rows = page.split("data-version=")
    assert [row[:3] for row in rows[1:]] == ['"2"', '"1"']
    assert "9/QĐ-UBND" in rows[1]
    assert "Chủ tịch UBND tỉnh" in rows[1]
    assert 'cell--numeric">2<' in rows[1]
    assert "đến hết 15/11/2026" in rows[2]
    assert 'cell--numeric">1<' in rows[2]
    assert "R_766 = 3 / 3" in page


def test_every_version_is_given_out_as_every_kind_of_file(quick_desk: DeskOffice) -> None:
    head = quick_desk.person(HEAD)
    starts = {
        "table.docx": b"PK",
        "table.xlsx": b"PK",
        "table.csv": b"# T",
        "bpmn": b"<?xml",
        "svg": b"<?xml",
        "png": b"\x89PNG",
    }
    for form, start in starts.items():
        answer = head.get(f"/designer/{CODE}/versions/1/{form}")
        assert answer.status_code == 200, form
        assert answer.data.startswith(start), form
        assert answer.headers["Content-Disposition"].startswith("attachment")
    annex = head.get(f"/designer/{CODE}/versions/1/table.docx").data
    assert zipfile.ZipFile(io.BytesIO(annex)).testzip() is None
    assert head.get(f"/designer/{CODE}/versions/1/exe").status_code == 422
    assert head.get(f"/designer/{CODE}/versions/9/bpmn").status_code == 404
    assert head.get("/designer/9.999999/versions").status_code == 404


def test_two_versions_are_compared_as_text_and_on_their_diagrams(quick_desk: DeskOffice) -> None:
    publish(quick_desk, BPMN.replace('limit="4wh"', 'limit="3wh"'))
    page = quick_desk.person(HEAD).get(f"/designer/{CODE}/difference?from=1&to=2").text
    assert "Sửa thời gian của bước “Trả văn bản từ chối”: 4 giờ làm việc → 3 giờ làm việc." in page
    assert "2 thay đổi, 2 về thời hạn" in page
    assert page.count('class="task changed"') == 2 + 2  # two steps, and the legend of each picture
    assert "4 giờ → 3 giờ" in page
    same = quick_desk.person(HEAD).get(f"/designer/{CODE}/difference?from=1&to=1").text
    assert "Không có thay đổi về nội dung" in same
    for wrong in ("x", "-1", "1" * 9, "7"):
        answer = quick_desk.person(HEAD).get(f"/designer/{CODE}/difference?from={wrong}")
        assert answer.status_code in (404, 422), wrong


@pytest.mark.parametrize(
    ("publications", "abolition"),
    [
        ([], None),
        ([date(2026, 12, 1)], None),
        ([date(2026, 12, 1), date(2026, 12, 1)], None),
        ([date(2026, 12, 20), date(2026, 12, 10)], None),
        ([], date(2026, 12, 5)),
        ([date(2026, 12, 10)], date(2026, 12, 5)),
        ([date(2026, 12, 5)], date(2026, 12, 5)),
        ([date(2026, 12, 1)], date(2026, 12, 5)),
    ],
)
def test_r2_the_catalogue_names_the_version_a_dossier_of_that_day_gets(
    quick_desk: DeskOffice, publications: list[date], abolition: date | None
) -> None:
    for at, on in enumerate(publications):
        publish(quick_desk, BPMN.replace("Thẩm định", f"Thẩm tra {at}"), on=on)
    if abolition is not None:
        abolish(quick_desk, abolition)
    with reading(quick_desk.books) as db:
        entry = entry_of(db, CODE)
        for day in range(1, 31):
            on = date(2026, 12, day)
            try:
                known: PublishedVersion | None = version_in_force(db, CODE, on)
            except ProcedureAbolishedError:
                known = None
            said = entry.in_force(on)
            assert (said.number if said else None) == (known.number if known else None), on
            assert (entry.abolished(on) is None) == (known is not None), on


def test_who_draws_finds_the_editor_and_who_does_not_finds_no_way_to_it(
    quick_desk: DeskOffice,
) -> None:
    for code, may in ((DESIGNER, True), (ADMIN, True), (HEAD, True), (LEADER, False)):
        visitor = quick_desk.person(code)
        assert ("/designer/drafts" in visitor.get("/designer").text) is may
        assert (f'/designer/{CODE}"' in visitor.get(f"/designer/{CODE}/versions").text) is may
        assert visitor.get(f"/designer/{CODE}").status_code == (200 if may else 403)
