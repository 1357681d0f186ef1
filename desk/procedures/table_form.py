"""A decision's table as fields of a form: shown row by row, corrected, read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.catalog.table.csv_file import read_table_csv, write_table_csv
from engine.catalog.table.decision_table import DecisionTable, TableKind, TableRow, Total
from engine.catalog.table.grid_reader import MAX_ROWS
from engine.catalog.table.understanding import UnderstoodRow, understood
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.finding import Finding

CELLS: Final = ("number", "stage", "content", "unit", "time", "result")
LONGEST_CELL: Final = 2_000


@dataclass(frozen=True)
class ShownRow:
    """A row, what it is taken for, and what is doubtful about it."""

    row: UnderstoodRow
    findings: tuple[Finding, ...]


def shown_rows(table: DecisionTable) -> list[ShownRow]:
    """Every row with its own findings."""
    found: dict[int, list[Finding]] = {}
    for finding in table.findings:
        place = dict(finding.details).get("row")
        if isinstance(place, int):
            found.setdefault(place, []).append(finding)
    return [ShownRow(row, tuple(found.get(row.place, ()))) for row in understood(table)]


def whole_findings(table: DecisionTable) -> list[Finding]:
    """What is said of the table as a whole."""
    return [f for f in table.findings if not isinstance(dict(f.details).get("row"), int)]


def table_of(form: Mapping[str, str]) -> DecisionTable:
    """The table a form holds, read as if it had come in a file: nothing typed is taken on trust.

    Rows that are ticked to go, and empty ones, are left out.

    Raises:
        BadInputError: too many rows, or a text that no table has.
    """
    places = [int(text) for text in form.get("rows", "").split(",") if text.isdecimal()]
    if len(places) > MAX_ROWS + 1:
        raise BadInputError(f"Expected at most {MAX_ROWS} rows, but there are {len(places)}")
    rows = []
    for place in places:
        cells = {name: _cell(form, f"r{place}-{name}") for name in CELLS}
        if form.get(f"r{place}-drop") or not any(cells.values()):
            continue
        rows.append(TableRow(**cells, limit=None))
    notes = tuple(_cell(form, f"note-{at}") for at in range(100) if form.get(f"note-{at}"))
    try:
        kind = TableKind(form.get("head-kind", ""))
    except ValueError as cause:
        raise BadInputError("Expected a decision's table or a reconstruction") from cause
    plain = DecisionTable(
        name=_cell(form, "head-name"),
        code=_cell(form, "head-code"),
        field=_cell(form, "head-field"),
        level=_cell(form, "head-level"),
        total_text=_cell(form, "head-total_text"),
        total=Total(None),
        source=_cell(form, "head-source"),
        kind=kind,
        notes=notes,
        rows=tuple(rows),
    )
    return read_table_csv(write_table_csv(plain))


def _cell(form: Mapping[str, str], name: str) -> str:
    text = " ".join(form.get(name, "").split())
    if len(text) > LONGEST_CELL:
        raise BadInputError(
            f"Expected a cell of at most {LONGEST_CELL} characters, but got {len(text)}"
        )
    return text
