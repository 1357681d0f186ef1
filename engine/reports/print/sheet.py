"""A printed report as a value: heading, columns, rows, and what must be said with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import BadInputError
from engine.reports.rounding import vietnamese

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | Decimal | None
"""Text, a count, a figure already rounded, or nothing to say."""

NO_FIGURE = "–"
OUTSIDE = "ngoài hệ thống"
"""What the journal cannot answer, said in the cell itself."""
NO_DATA = "chưa có dữ liệu"


@dataclass(frozen=True)
class Column:
    """One column; those with the same `group` share a heading. `width` is in letters."""

    key: str
    title: str
    group: str = ""
    width: int = 10
    text: bool = False


@dataclass(frozen=True)
class Row:
    """One row; `key` is what `--list KEY.COLUMN` names."""

    key: str
    cells: tuple[Cell, ...]
    kind: Literal["data", "group", "total"] = "data"


@dataclass(frozen=True)
class Coverage:
    """Which units have data in the period, of those that should. Printed beside every rate."""

    reporting: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def expected(self) -> int:
        """How many units should report."""
        return len(self.reporting) + len(self.silent)

    def short(self) -> str:
        """As it stands beside a rate."""
        return f"{len(self.reporting)}/{self.expected} đơn vị có số liệu"

    def line(self) -> str:
        """As it is printed."""
        said = f"Đơn vị có số liệu trong kỳ: {len(self.reporting)}/{self.expected}"
        return said + (f" (chưa có: {', '.join(self.silent)})" if self.silent else "")

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "reporting": len(self.reporting),
            "expected": self.expected,
            "silent": list(self.silent),
        }


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A report ready to print.

    `form` is the official number of the form, or says that there is none; a `draft` is marked on
    every page. `facts` bind the figures: definition, closing moment, journal position and hash.
    """

    code: str
    form: str
    title: str
    period: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    issuer: str = ""
    draft: bool = False
    coverage: Coverage | None = None
    notes: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def with_lines(self, *notes: str) -> Sheet:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def row(self, key: str) -> Row:
        """A row by its key.

        Raises:
            BadInputError: there is none.
        """
        for row in self.rows:
            if row.key == key:
                return row
        raise BadInputError(
            f"Expected a row of {', '.join(row.key for row in self.rows)[:300]}, but got {key!r}",
            row=key,
        )

    def cell(self, row: str, column: str) -> Cell:
        """A cell by row and column.

        Raises:
            BadInputError: there is none.
        """
        keys = [each.key for each in self.columns]
        if column not in keys:
            raise BadInputError(
                f"Expected a column of {', '.join(keys)}, but got {column!r}", column=column
            )
        return self.row(row).cells[keys.index(column)]

    def lines_below(self) -> tuple[str, ...]:
        """Everything that is printed under the table."""
        below = [*self.corrections]
        if self.coverage is not None:
            below.append(self.coverage.line())
        below += self.notes
        below += [f"{name}: {value}" for name, value in self.facts.items()]
        return tuple(below)

    def as_json(self) -> dict[str, Any]:
        """Plain values; figures as text with a decimal point, counts as numbers."""
        return {
            "report": self.code,
            "form": self.form,
            "title": self.title,
            "period": self.period,
            "unit": self.unit,
            "issuer": self.issuer,
            "draft": self.draft,
            "columns": [
                {"key": each.key, "title": each.title, "group": each.group} for each in self.columns
            ],
            "items": [
                {"key": row.key, "kind": row.kind, "cells": [_plain(cell) for cell in row.cells]}
                for row in self.rows
            ],
            "coverage": None if self.coverage is None else self.coverage.as_json(),
            "corrections": list(self.corrections),
            "notes": list(self.notes),
            "facts": dict(self.facts),
        }


def shown(cell: Cell) -> str:
    """A cell as it is printed in Vietnamese."""
    if cell is None:
        return ""
    if isinstance(cell, (int, Decimal)):
        return vietnamese(cell)
    return cell


def header_rows(
    columns: Sequence[Column],
) -> tuple[list[tuple[str, int]], list[tuple[int, Column]]]:
    """The upper heading as (title, columns it spans), and the columns that stand under one."""
    upper: list[tuple[str, int]] = []
    for column in columns:
        if upper and column.group and upper[-1][0] == column.group:
            upper[-1] = (column.group, upper[-1][1] + 1)
        else:
            upper.append((column.group, 1))
    lower = [(index, column) for index, column in enumerate(columns) if column.group]
    return upper, lower


def text_lines(sheet: Sheet) -> Iterable[str]:
    """The report for a terminal."""
    yield f"{sheet.form} · {sheet.title}"
    yield f"{sheet.period} · {sheet.unit}"
    if sheet.draft:
        yield "DỰ THẢO"
    names = [
        f"({each.key}) {each.group + ': ' if each.group else ''}{each.title}"
        for each in sheet.columns
    ]
    yield "; ".join(names)
    table = [[each.key for each in sheet.columns]]
    table += [[shown(cell) for cell in row.cells] for row in sheet.rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(sheet.columns))]
    for line in table:
        yield "  ".join(
            text.ljust(width) if sheet.columns[i].text else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
    yield from sheet.lines_below()


def _plain(cell: Cell) -> str | int | None:
    return str(cell) if isinstance(cell, Decimal) else cell
