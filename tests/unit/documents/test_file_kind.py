"""Files are what their content says, and names are only text."""

from __future__ import annotations

import io
import unicodedata

import pytest

from engine.documents.file_kind import (
    DOCX,
    HEIC,
    JPEG,
    LONGEST_NAME,
    PDF,
    PNG,
    TIFF,
    XLSX,
    FileKind,
    FileKindRefusedError,
    kind_of,
    name_for,
)
from tests import papers


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (papers.PDF, PDF),
        (papers.PNG, PNG),
        (papers.JPEG, JPEG),
        (b"II*\0" + bytes(100), TIFF),
        (bytes(3) + b"\x18ftypheic" + bytes(20), HEIC),
        (papers.docx(), DOCX),
        (
            papers.office_file({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}),
            XLSX,
        ),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: FileKind) -> None:
    assert kind_of(io.BytesIO(content)) is kind


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (papers.HTML, "something else"),
        (papers.SVG, "something else"),
        (b"MZ\x90\0" + bytes(100), "something else"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "something else"),
        (b" %PDF-1.4", "something else"),
        (b"GIF89a" + bytes(20), "something else"),
        (b"PK\x03\x04 not an archive", "safely"),
        (papers.BOMB, "safely"),
        (papers.docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        (papers.docx(**{"../../etc/passwd": b"x"}), "safely"),
        (papers.docx(**{"word/inner.zip": papers.docx()}), "safely"),
        (papers.office_file({"a.txt": b"x"}), "another archive"),
        (papers.office_file({"word/document.xml": b"x"}), "another archive"),
    ],
)
def test_anything_else_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FileKindRefusedError, match=why):
        kind_of(io.BytesIO(content))


def test_an_archive_that_is_a_trap_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_: object, **__: object) -> None:
        raise AssertionError("an entry was opened")

    good = papers.docx()
    monkeypatch.setattr("zipfile.ZipFile.open", unpacked)
    monkeypatch.setattr("zipfile.ZipFile.read", unpacked)
    assert kind_of(io.BytesIO(good)) is DOCX
    with pytest.raises(FileKindRefusedError):
        kind_of(io.BytesIO(papers.BOMB))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("bản vẽ.pdf", "bản vẽ.pdf"),
        (unicodedata.normalize("NFD", "Giấy tờ.PDF"), "Giấy tờ.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\win.ini", "win.ini.pdf"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("C:\\a.pdf", "a.pdf"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf"),
        ("\u202egpj.exe", "gpj.exe.pdf"),
        ("page.html", "page.html.pdf"),
        ('a"b.pdf', "a'b.pdf"),
        ("CON", "tep-CON.pdf"),
        ("nul.pdf", "tep-nul.pdf"),
        ("..", "tep.pdf"),
        ("", "tep.pdf"),
        (".pdf", "tep.pdf"),
        ("...", "tep.pdf"),
        ("a/", "tep.pdf"),
        ("   a   b  .pdf ", "a b.pdf"),
        ("=cmd|' /C calc'!A0.pdf", "C calc'!A0.pdf"),
        ("\u200b\u200d.pdf", "tep.pdf"),
    ],
)
def test_a_name_is_text_without_a_path_and_with_the_right_ending(given: str, name: str) -> None:
    assert name_for(given, PDF) == name


@pytest.mark.parametrize("length", [149, 150, 151, 300, 5000])
def test_a_long_name_keeps_its_ending(length: int) -> None:
    name = name_for("ữ" * length + ".pdf", PDF)
    assert name.endswith("ữ.pdf")
    assert len(name) <= LONGEST_NAME + len(".pdf")
