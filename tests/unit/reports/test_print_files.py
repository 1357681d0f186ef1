"""Printed files opened again: text stays text, letters are right, a file is whole or not there."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import openpyxl
import pypdfium2
import pytest

from engine.errors import BadInputError
from engine.reports.print import pdf
from engine.reports.print.files import ReportUnwritableError
from engine.reports.print.out import print_list, print_sheet
from engine.reports.print.pdf import (
    PdfFontMissingError,
    PdfUnavailableError,
    ReportTooLongError,
    html_of,
)
from engine.reports.print.sheet import Column, Coverage, Row, Sheet, text_lines
from engine.reports.print.xlsx import write_rows

FORMULAS = ("=1+1", "+84912345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1")
LETTERS = "ẮẰẲẴẶẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰỲÝỶỸỴĐđạảãẹẻẽịỉĩọỏõụủũ"


def _sheet(*names: str, **given: Any) -> Sheet:
    return Sheet(
        code="bieu-06",
        form="Biểu số 06/VPCP/KSTT",
        title="Tình hình giải quyết",
        period="Quý IV năm 2026",
        unit="Đơn vị tính: hồ sơ",
        issuer="Xã Bản Mẫu",
        columns=(
            Column("1", "STT", text=True),
            Column("2", "Lĩnh vực", width=40, text=True),
            Column("3", "Tổng số", "Tiếp nhận"),
            Column("4", "Tỷ lệ", "Tiếp nhận"),
        ),
        rows=tuple(
            Row(str(n), (str(n), name, 1234567, Decimal("99.50")))
            for n, name in enumerate(names, start=1)
        ),
        coverage=Coverage(("H35.12",), ("H35.13",)),
        notes=("R_solved = 1/2",),
        facts={"Định nghĩa số liệu": "1"},
        **given,
    )


def _workbook(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows()]


@pytest.mark.parametrize("name", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path, name: str) -> None:
    print_sheet(_sheet(name), tmp_path / "x.xlsx")
    cells = [cell for row in _workbook(tmp_path / "x.xlsx") for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert any(str(cell.value).endswith(name.strip()) for cell in cells)
    print_sheet(_sheet(name), tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][1] == f"'{name}"


def test_a_workbook_has_the_national_heading_and_numbers_that_are_numbers(tmp_path: Path) -> None:
    print_sheet(_sheet(LETTERS), tmp_path / "x.xlsx")
    values = [cell.value for row in _workbook(tmp_path / "x.xlsx") for cell in row]
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", LETTERS):
        assert text in values
    assert 1234567 in values
    assert 99.5 in values
    assert "Đơn vị có số liệu trong kỳ: 1/2 (chưa có: H35.13)" in values


def _pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_a_pdf_is_landscape_with_every_vietnamese_letter_in_it(tmp_path: Path) -> None:
    print_sheet(_sheet(LETTERS), tmp_path / "x.pdf")
    (text,) = _pages(tmp_path / "x.pdf")
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"):
        assert words in text
    assert all(letter in text for letter in LETTERS)
    assert "1.234.567" in text
    assert "99,50" in text
    assert "Trang 1/1" in text
    width, height = pypdfium2.PdfDocument(tmp_path / "x.pdf")[0].get_size()
    assert width > height


def test_a_draft_is_marked_on_every_page(tmp_path: Path) -> None:
    names = [f"Lĩnh vực {number}" for number in range(80)]
    print_sheet(_sheet(*names, draft=True), tmp_path / "x.pdf")
    pages = ["".join(page.split()) for page in _pages(tmp_path / "x.pdf")]
    assert len(pages) > 1
    assert ["DỰTHẢO" in page for page in pages] == [True] * len(pages)
    assert ["STT" in page for page in pages[:-1]] == [True] * (len(pages) - 1)


def test_what_people_typed_is_text_in_the_page_and_fetches_nothing(tmp_path: Path) -> None:
    name = '<img src="file:///etc/passwd" onerror=x><script>1</script>"; } @import url(x)'
    page = html_of(_sheet(name, corrections=(name,)))
    assert "<img" not in page
    assert "<script" not in page
    print_sheet(_sheet(name), tmp_path / "x.pdf")
    assert "/etc/passwd" in "".join(_pages(tmp_path / "x.pdf")[0].split())


def test_a_machine_without_pango_says_so_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(PdfUnavailableError, match="apt-get install libpango"):
        print_sheet(_sheet("a"), tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_font_without_vietnamese_letters_is_refused_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Font:
        missing: ClassVar = {ord("ở"): 1, ord("你"): 2}

    class Document:
        fonts: ClassVar = {1: Font()}

        def write_pdf(self, target: str) -> None:
            Path(target).write_bytes(b"%PDF")

    monkeypatch.setattr(pdf, "_laid_out", lambda _html: Document())
    with pytest.raises(PdfFontMissingError, match="ở is in none"):
        print_sheet(_sheet("a"), tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_list_too_long_for_a_pdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportTooLongError, match=r"\.xlsx or \.csv"):
        print_sheet(_sheet(*["a"] * 5001), tmp_path / "x.pdf")


@pytest.mark.parametrize("name", ["x.xlsx", "x.pdf", "x.csv"])
def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportUnwritableError, match="Expected to write"):
        print_sheet(_sheet("a"), tmp_path / "nowhere" / name)


def test_an_unknown_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"\.xlsx, \.pdf or \.csv"):
        print_sheet(_sheet("a"), tmp_path / "x.doc")
    with pytest.raises(BadInputError, match=r"\.xlsx or \.csv"):
        print_list(tmp_path / "x.pdf", "x", [])


def test_lists_of_cases_are_written_in_order(tmp_path: Path) -> None:
    print_list(tmp_path / "x.xlsx", "bieu-06 2026Q4 T.10", ["=A", "B"])
    values = [row[0].value for row in _workbook(tmp_path / "x.xlsx")]
    assert values == ["Mã số hồ sơ", "=A", "B"]


def test_a_table_without_rows_still_has_its_heading(tmp_path: Path) -> None:
    columns = (Column("1", "A"), Column("2", "B"))
    assert write_rows(tmp_path / "x.xlsx", title="[x]:*?/", columns=columns, rows=()) == 0
    assert [cell.value for cell in _workbook(tmp_path / "x.xlsx")[0]] == ["A", "B"]


def test_the_terminal_shows_every_cell_and_everything_below() -> None:
    said = "\n".join(text_lines(_sheet("Đất đai", draft=True, corrections=("Điều chỉnh",))))
    for words in ("DỰ THẢO", "Đất đai", "1.234.567", "99,50", "Điều chỉnh", "R_solved = 1/2"):
        assert words in said
