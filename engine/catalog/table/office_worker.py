"""The child that opens DOCX and XLSX files: it gives plain JSON and may die of its limits.

Run by `engine.catalog.table.office_file` only. A question is one letter for the kind and the file.
Blocks are `["p", text]` or `["t", rows]`; a cell is `[text, columns, continued]`.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
from docx.oxml.ns import qn

from engine.catalog.child import answer_all

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY_BYTES: Final = 512 * 1024 * 1024
CPU_SECONDS: Final = 5
MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 20_000

Cell = list[Any]
Block = list[Any]


def blocks_of(kind: str, data: bytes) -> list[Block]:
    """The blocks of a file; `kind` is "d" for DOCX, "x" for XLSX.

    Raises:
        ValueError: a part of it declares a DOCTYPE, which no office program writes.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                raise ValueError("a part of it declares a DOCTYPE")
    return list(_word_blocks(data) if kind == "d" else _sheet_blocks(data))


def _word_blocks(data: bytes) -> Iterator[Block]:
    body = docx.Document(io.BytesIO(data)).element.body
    for element in _inside(body):
        if element.tag == qn("w:p"):
            yield ["p", _text(element)]
        elif element.tag == qn("w:tbl"):
            rows = [each for each in _inside(element) if each.tag == qn("w:tr")]
            yield ["t", [_word_row(row) for row in rows[:MAX_ROWS]]]


def _inside(parent: Any) -> Iterator[Any]:
    """The children of an element; content controls and insertions are looked through."""
    for child in parent.iterchildren("*"):
        if child.tag == qn("w:sdt"):
            for content in child.iterchildren(qn("w:sdtContent")):
                yield from _inside(content)
        elif child.tag in (qn("w:ins"), qn("w:customXml")):
            yield from _inside(child)
        else:
            yield child


def _word_row(row: Any) -> list[Cell]:
    cells: list[Cell] = []
    properties = row.find(qn("w:trPr"))
    before = None if properties is None else properties.find(qn("w:gridBefore"))
    if before is not None:
        cells.append(["", min(int(before.get(qn("w:val")) or 0), MAX_COLUMNS), False])
    for cell in _inside(row):
        if cell.tag != qn("w:tc"):
            continue
        span, continued = 1, False
        own = cell.find(qn("w:tcPr"))
        if own is not None:
            wide, merged = own.find(qn("w:gridSpan")), own.find(qn("w:vMerge"))
            span = 1 if wide is None else int(wide.get(qn("w:val")) or 1)
            continued = merged is not None and merged.get(qn("w:val")) in (None, "continue")
        lines = [_text(each) for each in cell.iter(qn("w:p"))]
        text = "\n".join(line for line in lines if line.strip())
        cells.append([text[:MAX_CELL], max(1, min(span, MAX_COLUMNS)), continued])
    return cells


def _text(paragraph: Any) -> str:
    """A paragraph's letters, those inserted while changes were tracked included."""
    parts: list[str] = []
    for element in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:noBreakHyphen")):
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif element.getparent().tag == qn("w:r"):
            parts.append("\n" if element.tag == qn("w:br") else "\t")
    return "".join(parts)


def _sheet_blocks(data: bytes) -> Iterator[Block]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        merged: dict[tuple[int, int], tuple[int, bool]] = {}
        inside: set[tuple[int, int]] = set()
        for area in sheet.merged_cells.ranges:
            left, top, right, bottom = area.bounds
            for row in range(top, min(bottom, MAX_ROWS) + 1):
                merged[row, left] = (right - left + 1, row > top)
                inside.update((row, column) for column in range(left + 1, right + 1))
        rows: list[list[Cell]] = []
        for number, row_cells in enumerate(
            sheet.iter_rows(
                max_row=min(sheet.max_row, MAX_ROWS), max_col=min(sheet.max_column, MAX_COLUMNS)
            ),
            start=1,
        ):
            cells: list[Cell] = []
            for column, cell in enumerate(row_cells, start=1):
                if (number, column) in inside:
                    continue
                span, continued = merged.get((number, column), (1, False))
                cells.append([_shown(cell.value)[:MAX_CELL], min(span, MAX_COLUMNS), continued])
            rows.append(cells)
        yield ["t", rows]


def _shown(value: object) -> str:
    """A cell's value as it would be printed without a format of its own."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return str(value)


def _answer(question: bytes) -> dict[str, Any]:
    try:
        return {"blocks": blocks_of(question[:1].decode("ascii", "replace"), question[1:])}
    except MemoryError:
        return {"stopped": True}
    except Exception as cause:  # noqa: BLE001 - whatever a hostile file makes a reader raise
        return {"error": f"{type(cause).__name__}: {cause}"[:300]}


if __name__ == "__main__":
    answer_all(_answer, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
