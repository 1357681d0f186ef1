"""A printed report as a table of a page: headings in two rows, cells that open their cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.reports.print.sheet import header_rows, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.reports.print.sheet import Column, Sheet

MOST_ROWS = 300
"""A page shows so many rows; the files have all of them."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and where it leads."""

    words: str
    is_text: bool
    href: str | None


@dataclass(frozen=True)
class Line:
    """A row and its kind: data, group or total."""

    key: str
    kind: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Heading:
    """A heading over one column, or over several that share it."""

    words: str
    columns: int
    rows: int
    is_text: bool


@dataclass(frozen=True)
class Table:
    """A sheet as the template draws it."""

    upper: tuple[Heading, ...]
    lower: tuple[Heading, ...]
    keys: tuple[str, ...]
    lines: tuple[Line, ...]
    rows: int
    """How many rows the whole report has."""


def table_of(sheet: Sheet, link: Callable[[str, str, str], str | None]) -> Table:
    """The first rows of a sheet; `link` gives for a row, a column and a cell where it leads."""
    upper, lower = header_rows(sheet.columns)
    headings, place = [], 0
    for words, span in upper:
        column = sheet.columns[place]
        if words:
            headings.append(Heading(words, span, 1, is_text=False))
        else:
            headings.append(Heading(column.title, 1, 2 if lower else 1, column.text))
        place += span
    return Table(
        upper=tuple(headings),
        lower=tuple(Heading(each.title, 1, 1, each.text) for _, each in lower),
        keys=tuple(each.key for each in sheet.columns),
        lines=tuple(
            Line(
                row.key,
                row.kind,
                tuple(
                    _cell(row.key, column, shown(value), link)
                    for column, value in zip(sheet.columns, row.cells, strict=True)
                ),
            )
            for row in sheet.rows[:MOST_ROWS]
        ),
        rows=len(sheet.rows),
    )


def _cell(
    row: str, column: Column, words: str, link: Callable[[str, str, str], str | None]
) -> Cell:
    return Cell(words, column.text, link(row, column.key, words))
