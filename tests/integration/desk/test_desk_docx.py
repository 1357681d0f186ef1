"""Letters for Word: the same words as the sheet, and nothing that was typed is ever a template."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import html

from desk.command_line.main import main
from desk.paper.docx_letter import EDITABLE, LetterTemplateBrokenError, docx_of
from desk.paper.docx_template import template_for
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.waiting.request_supplement import request_supplement
from engine.cases.waiting.stop_case import stop_case
from engine.catalog.regime import FormMeaning
from engine.clock import office_instant, office_time
from tests.visitors import CLERK, LEADER, DeskOffice

OWNER = "Nguyễn Thị Ngọc Ẩn Dưỡng Ỷ"
REASON = "Thiếu bản vẽ mặt bằng móng,\nđề nghị bổ sung"


def words_of_docx(data: bytes) -> list[str]:
    """Everything a reader sees, in its order, tables included."""
    body = Document(io.BytesIO(data)).element.body
    text = []
    for node in body.iter():
        kind = node.tag.rpartition("}")[2]
        text += [node.text or ""] if kind == "t" else [" "] if kind in ("br", "p", "tab") else []
    return "".join(text).split()


def words_of_page(page: str) -> list[str]:
    (article,) = html.fromstring(page).xpath("//article")
    return " ".join(article.itertext()).split()


def joined(words: list[str]) -> str:
    return "".join(words)


def letters_of(desk: DeskOffice, number: str) -> list[tuple[int, str]]:
    return [(d["id"], d["meaning"]) for d in desk.office.case(number)["documents"]]


def test_each_letter_for_word_says_what_its_sheet_says(quick_desk: DeskOffice) -> None:
    office = quick_desk.office
    asked, refused, late, stopped = (office.receive(owner=OWNER) for _ in range(4))
    for number in (asked, refused, stopped):
        office.work_until(number, "examine")
    office.do(request_supplement, number=asked, reason=REASON, components=["ban_ve", "don"])
    office.do(refuse_case, number=refused, reason="Đất không thuộc quy hoạch")
    office.do(stop_case, number=stopped, request="Chờ phân chia thừa kế", decision="12/QĐ-UBND")
    office.until("2026-11-27T08:00")
    new_date = date(2026, 12, 2)
    office.do(issue_apology, number=late, cause="QUA_TAI", reason="Quá tải", new_date=new_date)
    clerk, seen = quick_desk.person(CLERK), set()
    for number in (asked, refused, late, stopped):
        for letter, meaning in letters_of(quick_desk, number):
            path = f"/desk/cases/{number}/letters/{letter}"
            answer = clerk.get(f"{path}.docx")
            if meaning not in EDITABLE:
                assert answer.status_code == 404
                assert f"{path}.docx" not in clerk.get(path).text
                continue
            seen.add(meaning)
            assert answer.status_code == 200, answer.text
            assert answer.headers["Content-Disposition"].startswith("attachment")
            shown = clerk.get(path).text
            assert f"{path}.docx" in shown
            assert f"{path}.docx" in clerk.get(f"/desk/cases/{number}").text
            assert joined(words_of_docx(answer.data)) == joined(words_of_page(shown))
    assert seen == EDITABLE


HOSTILE = (
    "{{7*7}}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{%p if false %}",
    "{_{7*7}_} {_%p endif %_}",
    "{# gone #}",
    '=cmd|" /C calc"!A0',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "</w:t></w:r></w:p><w:p><w:r><w:t>x",
    "&lt;b&gt; & <w:br/>",
    "]]><![CDATA[x",
    "a\x07b\x0cc\x00d",
)


def sheet(**content: Any) -> dict[str, Any]:
    at = "2026-11-26T17:00:00+07:00"
    return {
        "meaning": "XIN_LOI",
        "agency": "UBND xã",
        "heading": ("CỘNG HÒA", "Độc lập"),
        "letter_number": "1/2026/XL",
        "form_label": "Mẫu 04",
        "title": "Phiếu xin lỗi",
        "case_number": "H35.12-261116-0001",
        "issued_at": office_time(office_instant("2026-11-27T08:00")),
        "component_names": {},
        "content": {
            "applicant": "A",
            "request": "B",
            "received_at": at,
            "original_due_at": at,
            "new_due_at": None,
            "reason": "R",
            "words": "W",
            "case_number": "H35.12-261116-0001",
            "return_place": "P",
            "signer": "S",
            **content,
        },
    }


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_typed_stays_text(typed: str) -> None:
    data = docx_of(sheet(applicant=typed, reason=typed, signer=typed), None)
    text = joined(words_of_docx(data))
    said = re.sub(r"[\x00-\x1f]", "", typed)
    assert text.count(joined(said.split())) == 3
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml")
        names = archive.namelist()
    assert b"instrText" not in body
    assert b"fldSimple" not in body
    assert not any("vba" in name.lower() for name in names)


def test_a_hostile_name_goes_all_the_way_from_the_counter(quick_desk: DeskOffice) -> None:
    office = quick_desk.office
    number = office.receive(owner=HOSTILE[1])
    office.work_until(number, "examine")
    office.do(refuse_case, number=number, reason=HOSTILE[2])
    letter = letters_of(quick_desk, number)[-1][0]
    answer = quick_desk.person(LEADER).get(f"/desk/cases/{number}/letters/{letter}.docx")
    text = joined(words_of_docx(answer.data))
    assert joined(HOSTILE[1].split()) in text
    assert joined(HOSTILE[2].split()) in text


def own(folder: Path, words: str) -> Path:
    document = Document(io.BytesIO(template_for(FormMeaning.XIN_LOI)))
    document.add_paragraph(words)
    folder.mkdir(exist_ok=True)
    document.save(str(folder / "XIN_LOI.docx"))
    return folder


def test_an_office_may_put_its_own_template(tmp_path: Path) -> None:
    data = docx_of(sheet(), own(tmp_path, "Thưa {{ content.applicant }}, Lai Châu"))
    assert joined(words_of_docx(data)).endswith("ThưaA,LaiChâu")


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ content.__class__ }}{{ content.__init__.__globals__ }}",
        "{{ (''|attr('__class__')).mro() }}",
        "{{ range(1000000) }}",
        "{% for x in %}",
        "{{ nothing.at_all }}",
    ],
)
def test_a_template_that_reaches_for_more_is_stopped(tmp_path: Path, words: str) -> None:
    with pytest.raises(LetterTemplateBrokenError):
        docx_of(sheet(), own(tmp_path, words))


def test_a_template_that_is_no_word_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "XIN_LOI.docx").write_bytes(b"not a file of Word")
    with pytest.raises(LetterTemplateBrokenError):
        docx_of(sheet(), tmp_path)


def test_the_templates_are_written_for_editing_and_never_over_others(tmp_path: Path) -> None:
    main(["letter-templates", str(tmp_path / "ours")])
    written = {path.stem for path in (tmp_path / "ours").iterdir()}
    assert written == EDITABLE
    assert docx_of(sheet(), tmp_path / "ours")
    with pytest.raises(SystemExit):
        main(["letter-templates", str(tmp_path / "ours")])
