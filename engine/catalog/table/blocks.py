"""Finds the step table among the paragraphs and tables of a file (DOCX, XLSX, pasted text)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.table import codes
from engine.catalog.table.cells import unguarded
from engine.catalog.table.csv_file import text_of
from engine.catalog.table.grid_reader import read_grid
from engine.catalog.table.heading import Grid, GridCell, heading_at, read_head
from engine.catalog.table.office_file import TableRefusedError

if TYPE_CHECKING:
    from engine.catalog.finding import Finding
    from engine.catalog.table.decision_table import DecisionTable

_STRANGE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RULE: Final = re.compile(r"[\s|:+\-=]+")
"""The line under the heading of a table drawn with signs."""


def read_blocks(blocks: list[list[Any]], *, is_guarded: bool) -> DecisionTable:
    """The table of a file's blocks; see `office_worker` for their form.

    Lines before the table are its head ("Mã: …"), a table of two columns as well. Tables after
    the first that go on under the same heading belong to it. `is_guarded`: texts come from cells
    of a spreadsheet, where an apostrophe may stand before what looks like a formula.

    Raises:
        TableRefusedError: there is no step table in it. BadInputError: too many rows.
    """
    findings: list[Finding] = []
    lines: list[str] = []
    grid: Grid = []
    ended = False
    for kind, content in blocks:
        if kind == "p":
            lines.extend(_clean(content).splitlines())
            continue
        cells = [[GridCell(_clean(t), int(s), bool(c)) for t, s, c in row] for row in content]
        at = heading_at(cells)
        if at is None and grid and not ended and _goes_on(cells, grid):
            grid.extend(cells)
        elif at is None:
            lines.extend(_as_lines(cells))
        elif not grid:
            lines.extend(_as_lines(cells[:at]))
            grid = cells[at:]
        elif [c.text for c in cells[at]] == [c.text for c in grid[0]] and _numbers_on(
            grid, cells[at + 1 :]
        ):
            grid.extend(cells[at + 1 :])
        else:
            ended = True
            findings.append(
                codes.TABLES_SEVERAL.found(
                    None,
                    f"Bảng thứ hai có {len(cells) - at - 1} dòng không được đọc.",
                    f"A second table of {len(cells) - at - 1} rows is not read.",
                )
            )
    if not grid:
        raise TableRefusedError(
            (
                codes.FILE_UNREADABLE.found(
                    None,
                    "Không có bảng nào có các cột nội dung, đơn vị và thời gian.",
                    "it holds no table with the columns content, unit and time",
                ),
            )
        )
    bare = unguarded if is_guarded else str
    head, notes = read_head((bare(line) for line in lines), findings, keep_unknown=False)
    shown = [
        [GridCell(bare(cell.text), cell.span, cell.continued) for cell in line] for line in grid
    ]
    return read_grid(head, notes, shown, findings)


def text_blocks(data: bytes | str) -> list[list[Any]]:
    """The blocks of pasted text: cells parted by tabs, bars, semicolons or commas.

    Raises:
        BadInputError: not text in UTF-8, or too large.
    """
    lines = text_of(data).splitlines()
    for at, line in enumerate(lines):
        for sign in "\t|;,":
            if sign in line and heading_at([_split(line, sign)]) == 0:
                body = _parsed(lines[at:], sign)
                return [*(["p", each] for each in lines[:at]), ["t", body]]
    return [["p", line] for line in lines]


def _split(line: str, sign: str) -> list[GridCell]:
    text = line.strip().strip("|") if sign == "|" else line
    return [GridCell(cell) for cell in next(csv.reader([text], delimiter=sign), [])]


def _parsed(lines: list[str], sign: str) -> list[list[Any]]:
    if sign == "|":
        lines = [line.strip().strip("|") for line in lines if not _RULE.fullmatch(line)]
    text = io.StringIO("\n".join(lines))
    rows = csv.reader(text, delimiter=sign)
    return [[[cell.strip(), 1, False] for cell in row] for row in rows]


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _STRANGE.sub("", text).replace("\xa0", " "))


def _as_lines(cells: Grid) -> list[str]:
    """Rows beside the table as lines; "Mã" and "1.2" in two cells are "Mã: 1.2"."""
    lines: list[str] = []
    for row in cells:
        texts = [" ".join(cell.text.split()) for cell in row if cell.text.strip()]
        if len(texts) == 2:  # noqa: PLR2004 - a label and its text
            lines.append(f"{texts[0].rstrip(': ')}: {texts[1]}")
        else:
            lines.extend(texts)
    return lines


def _goes_on(cells: Grid, grid: Grid) -> bool:
    """Whether a table without a heading has the columns of the one before it."""
    width = sum(cell.span for cell in grid[0])
    return bool(cells) and all(sum(cell.span for cell in row) == width for row in cells)


def _numbers_on(grid: Grid, more: Grid) -> bool:
    """Whether a table under the same heading numbers on; another procedure begins at 1."""
    last, first = grid[-1][0].text.strip(), more[0][0].text.strip() if more and more[0] else ""
    return last.isdigit() and first.isdigit() and int(first) == int(last) + 1
