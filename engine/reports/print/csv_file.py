"""A report as CSV: its table only, opening safely in a spreadsheet."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.journal.export import harmless
from engine.reports.print.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.reports.print.sheet import Cell, Column, Sheet


def write_csv(sheet: Sheet, out: Path) -> None:
    """Write the table of a report, keys of rows first; figures with a decimal point.

    Raises:
        ReportUnwritableError: the file cannot be written.
    """
    write_table(out, sheet.columns, (row.cells for row in sheet.rows))


def write_table(out: Path, columns: Iterable[Column], rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write a plain table of any length; gives its number of rows."""
    count = 0
    with whole_file(out) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            harmless(f"{each.group}: {each.title}" if each.group else each.title)
            for each in columns
        )
        for row in rows:
            writer.writerow([_text(cell) for cell in row])
            count += 1
    return count


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, (int, Decimal)):
        return str(cell)
    return harmless(cell)
