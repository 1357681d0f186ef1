"""Writes a decision's table as DOCX (the annex of a decision) and as XLSX."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from engine.catalog.table.cells import guarded
from engine.catalog.table.csv_file import head_lines
from engine.catalog.table.heading import COLUMNS

if TYPE_CHECKING:
    from engine.catalog.table.decision_table import DecisionTable, TableRow

_TITLES: Final = tuple(title for _, title, _ in COLUMNS)
_WIDTHS: Final = (1.4, 2.4, 8.2, 5.6, 3.0, 4.6)
"""Columns of the annex in centimetres, on a page across."""
_FONT: Final = "Times New Roman"


def write_table_docx(table: DecisionTable, *, picture: bytes | None = None) -> bytes:
    """The annex of a decision: head, table and, as `picture`, the diagram as PNG.

    Reading it gives the same table again.
    """
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(2.0)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    for text in (
        "PHỤ LỤC",
        "QUY TRÌNH NỘI BỘ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        f"(Ban hành kèm theo Quyết định số {table.decision or '……'})",
    ):
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = Pt(4)
        run = line.add_run(text)
        run.bold, run.italic = not text.startswith("("), text.startswith("(")
    for label, text in head_lines(table):
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(3)
        line.add_run(f"{label}: ").bold = True
        line.add_run(text)
    drawn: Any = document.add_table(rows=1 + len(table.rows), cols=len(_TITLES))
    drawn.style = "Table Grid"
    drawn.autofit = False
    for at, cells in enumerate([_TITLES, *map(_cells, table.rows)]):
        row = drawn.rows[at]
        _keep_together(row, heading=at == 0)
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Cm(_WIDTHS[place])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            if at == 0 or place in (0, 4):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(text)
            run.bold, run.font.size = at == 0, Pt(12)
    if picture is not None:
        title = document.add_paragraph()
        title.paragraph_format.space_before = Pt(12)
        title.paragraph_format.keep_with_next = True
        title.add_run("SƠ ĐỒ QUY TRÌNH").bold = True
        shown = document.add_picture(io.BytesIO(picture), width=Cm(25.7))
        if shown.height > Cm(15.5):
            shown.width = int(shown.width * Cm(15.5) / shown.height)
            shown.height = Cm(15.5)
    core = document.core_properties
    core.title, core.author, core.comments = table.name, "", ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write_table_xlsx(table: DecisionTable) -> bytes:
    """The table on one sheet, its head above it; no text can become a formula."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Quy trình"
    row = 0
    for label, text in head_lines(table):
        row += 1
        _write_cell(sheet, row, 1, f"{label}: {text}")
    row += 2
    heading = row
    for at, cells in enumerate([_TITLES, *map(_cells, table.rows)]):
        for place, text in enumerate(cells, start=1):
            cell = _write_cell(sheet, row + at, place, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if at == 0:
                cell.font = Font(bold=True)
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width * 5
    sheet.freeze_panes = sheet.cell(row=heading + 1, column=1)
    book.properties.title = guarded(table.name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(row: TableRow) -> tuple[str, ...]:
    return (row.number, row.stage, row.content, row.unit, row.time, row.result)


def _write_cell(sheet: Any, row: int, column: int, text: str) -> Any:
    cell = sheet.cell(row=row, column=column)
    cell.value = guarded(text) or None
    if text:
        cell.data_type = "s"  # openpyxl takes "=…" for a formula of its own accord
    return cell


def _keep_together(row: Any, *, heading: bool) -> None:
    """A row is not parted by a page's end; the heading comes again on each page."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no public name for it
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))
