"""A sheet as text and back: how a closed report is kept."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.reports.print.sheet import Column, Coverage, Row, Sheet

if TYPE_CHECKING:
    from engine.reports.print.sheet import Cell


def text_of(sheet: Sheet) -> str:
    """A sheet as JSON, digits and all."""
    document = {
        **sheet.as_json(),
        "columns": [
            [each.key, each.title, each.group, each.width, each.text] for each in sheet.columns
        ],
        "items": [[row.key, row.kind, [_packed(cell) for cell in row.cells]] for row in sheet.rows],
        "coverage": None
        if sheet.coverage is None
        else [list(sheet.coverage.reporting), list(sheet.coverage.silent)],
    }
    return json.dumps(document, ensure_ascii=False)


def sheet_of(text: str) -> Sheet:
    """The sheet that was written."""
    document: dict[str, Any] = json.loads(text)
    coverage = document["coverage"]
    return Sheet(
        code=document["report"],
        form=document["form"],
        title=document["title"],
        period=document["period"],
        unit=document["unit"],
        issuer=document["issuer"],
        draft=document["draft"],
        columns=tuple(Column(*each) for each in document["columns"]),
        rows=tuple(
            Row(key, tuple(_unpacked(cell) for cell in cells), kind)
            for key, kind, cells in document["items"]
        ),
        coverage=None if coverage is None else Coverage(tuple(coverage[0]), tuple(coverage[1])),
        notes=tuple(document["notes"]),
        corrections=tuple(document["corrections"]),
        facts=document["facts"],
    )


def _packed(cell: Cell) -> Any:
    return {"d": str(cell)} if isinstance(cell, Decimal) else cell


def _unpacked(cell: Any) -> Cell:
    return Decimal(cell["d"]) if isinstance(cell, dict) else cell
