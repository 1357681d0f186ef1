"""The step table as CSV: head lines that begin with #, one heading, one line a row."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from engine.catalog.table.cells import guarded, unguarded
from engine.catalog.table.grid_reader import MAX_ROWS, read_grid
from engine.catalog.table.heading import (
    COLUMNS,
    HEAD,
    Grid,
    GridCell,
    missing_columns,
    read_head,
)
from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.catalog.finding import Finding
    from engine.catalog.table.decision_table import DecisionTable

__all__ = ["MAX_BYTES", "MAX_ROWS", "head_lines", "read_table_csv", "text_of", "write_table_csv"]

MAX_BYTES: Final = 1024 * 1024

_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""


def read_table_csv(data: bytes | str) -> DecisionTable:
    """Read a decision's table; what is doubtful is in its `findings`, naming the row.

    Raises:
        BadInputError: not text in UTF-8, too large, or without the heading of a table.
    """
    lines = text_of(data).splitlines()
    findings: list[Finding] = []
    head, notes = read_head(
        (unguarded(line) for line in lines if line.startswith("#")), findings, keep_unknown=True
    )
    grid = _grid("\n".join(line for line in lines if not line.startswith("#")))
    return read_grid(head, notes, grid, findings)


def write_table_csv(table: DecisionTable) -> str:
    """The table in the same shape, so that reading it gives the same table again.

    A text that a spreadsheet would take for a formula gets an apostrophe.
    """
    out = io.StringIO()
    for label, text in head_lines(table):
        out.write(f"# {label}: {guarded(text)}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([title for _, title, _ in COLUMNS])
    for row in table.rows:
        cells = (row.number, row.stage, row.content, row.unit, row.time, row.result)
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue()


def head_lines(table: DecisionTable) -> list[tuple[str, str]]:
    """The head of a table as lines: label and text; what is empty is left out."""
    texts = {
        "name": table.name,
        "code": table.code,
        "field": table.field,
        "level": table.level,
        "total": table.total_text,
        "source": table.source,
        "kind": table.kind.value,
    }
    return [
        (label, " ".join(text.split()))
        for name, label in HEAD
        for text in (table.notes if name == "note" else (texts[name],))
        if text
    ]


def text_of(data: bytes | str) -> str:
    """The letters of a text file, composed.

    Raises:
        BadInputError: not UTF-8, too large, or with signs that no text has.
    """
    if isinstance(data, bytes):
        if len(data) > MAX_BYTES:
            raise BadInputError(f"Expected a table of at most 1 MB, but it has {len(data)} bytes")
        try:
            data = data.decode("utf-8-sig")
        except UnicodeDecodeError as cause:
            raise BadInputError(
                f"Expected a table in UTF-8, but byte {cause.start} is not"
            ) from cause
    strange = _NO_TEXT.search(data)
    if strange is not None:
        raise BadInputError(f"Expected a table in text, but it holds U+{ord(strange[0]):04X}")
    return unicodedata.normalize("NFC", data.removeprefix("\ufeff"))


def _grid(body: str) -> Grid:
    heading = next((line for line in body.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=heading.count)
    try:
        lines = [
            [unguarded(" ".join(cell.split())) for cell in line]
            for line in csv.reader(io.StringIO(body), delimiter=delimiter, strict=True)
        ]
    except csv.Error as cause:
        raise BadInputError(f"Expected a readable CSV table, but {cause}") from cause
    grid = [[GridCell(cell) for cell in line] for line in lines if any(line)]
    missing = missing_columns(grid[0] if grid else [])
    if missing:
        raise BadInputError(
            f"Expected a heading with {', '.join(missing)}, but got {heading.strip()!r}"
        )
    return grid
