"""What is given away of the journal: whole, in order, and harmless to open (P18)."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.events.office import IncidentOpened
from engine.journal.append import GENESIS, Head, append
from engine.journal.export import export_rows
from tests.plain_rows import AT

if TYPE_CHECKING:
    from conftest import History
    from sqlalchemy import Engine

DANGEROUS = [
    "=1+1",
    "+84",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "\0x",
    "＝1",
    "＋1",
    "－1",
    "＠x",
]


def _exported(books: Engine, form: str) -> str:
    with reading(books) as db:
        return "".join(export_rows(db, form))


def test_r70_every_entry_is_a_json_line_in_order(history: History) -> None:
    entries = [json.loads(line) for line in _exported(history.books, "jsonl").splitlines()]
    assert len(entries) == history.verified().rows
    assert [entry["sequence"] for entry in entries] == sorted(
        entry["sequence"] for entry in entries
    )
    assert set(entries[0]) == {
        "sequence", "stream", "stream_sequence", "type", "at", "actor", "data",
    }  # fmt: skip
    assert entries[0]["at"].endswith("+07:00")


def test_r70_every_entry_is_a_row_of_the_table(history: History) -> None:
    rows = list(csv.reader(io.StringIO(_exported(history.books, "csv"))))
    assert rows[0][:2] == ["sequence", "stream"]
    assert len(rows) == history.verified().rows + 1


@pytest.mark.parametrize("text", [text for text in DANGEROUS if "\0" not in text])
def test_p18_no_cell_begins_like_a_formula(books: Engine, text: str) -> None:
    with transaction(books) as db:
        append(
            db,
            stream="office",
            head=Head(0, GENESIS),
            at=AT,
            actor=text,
            events=[IncidentOpened(what=text, error=text)],
        )
    cells = next(csv.reader(io.StringIO(_exported(books, "csv").split("\n", 1)[1])))
    assert cells[5] == f"'{text}"
    assert all(cell[0] not in "=+-@\t\r\n\0＝＋－＠" for cell in cells)


def test_an_unknown_format_is_refused(books: Engine) -> None:
    with pytest.raises(BadInputError, match="jsonl or csv"):
        _exported(books, "xlsx")
