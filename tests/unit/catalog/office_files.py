"""DOCX and XLSX files made by tests, sound and hostile."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import openpyxl

HEADING = ["STT", "Nội dung công việc", "Đơn vị, người thực hiện", "Thời gian", "Kết quả"]
HEAD = (
    "PHỤ LỤC",
    "1. Tên TTHC: Cấp giấy phép thử",
    "2. Mã: 9.000001",
    "Lĩnh vực: Thử nghiệm",
    "Cấp: xã",
    "Tổng thời gian: 03 ngày làm việc (05 ngày đối với vùng khó khăn)",
    "Loại: reconstruction",
)


def word(
    rows: list[list[str]],
    *,
    head: tuple[str, ...] = HEAD,
    heading: list[str] = HEADING,
    merges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = (),
) -> bytes:
    """A DOCX with head lines and one table; `merges` join cells, the heading being row 0."""
    document = docx.Document()
    for line in head:
        document.add_paragraph(line)
    table = document.add_table(rows=1 + len(rows), cols=len(heading))
    for at, cells in enumerate([heading, *rows]):
        for column, text in enumerate(cells):
            if text:
                table.cell(at, column).text = text
    for (top, left), (bottom, right) in merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet(rows: list[list[Any]], *, merges: tuple[str, ...] = ()) -> bytes:
    """An XLSX with one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for area in merges:
        page.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A ZIP of such entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return out.getvalue()


def replaced(data: bytes, part: str, content: bytes) -> bytes:
    """An archive with one part's content replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return archive(*((n, content if n == part else old.read(n)) for n in old.namelist()))
