"""Rows that are written once: the database itself refuses to change them, whoever asks (R70)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine.catalog.tables import procedure, procedure_version
from engine.journal.tables import journal, journal_batch

if TYPE_CHECKING:
    from sqlalchemy import Engine

AT = datetime(2026, 11, 20, tzinfo=UTC)
HASH = bytes(32)
ROWS: dict[Table, dict[str, Any]] = {
    journal: {
        "stream": "s",
        "stream_sequence": 1,
        "type": "T",
        "at": AT,
        "actor": "a",
        "data": "{}",
        "previous_hash": HASH,
        "hash": HASH,
    },
    journal_batch: {
        "number": 1,
        "first_sequence": 1,
        "last_sequence": 1,
        "row_count": 1,
        "root": HASH,
        "previous_hash": HASH,
        "hash": HASH,
        "at": AT,
    },
    procedure_version: {
        "id": 1,
        "procedure_code": "p",
        "number": 1,
        "sha256": "x",
        "bpmn": b"",
        "meta": "{}",
        "effective_on": date(2026, 11, 20),
        "sample": False,
        "published_at": AT,
    },
}
OTHER_KEYS: dict[Table, dict[str, Any]] = {
    journal: {"sequence": 1, "stream": "another"},
    journal_batch: {"row_count": 2},
    procedure_version: {"number": 2, "sha256": "y"},
}
"""Changed copies that still meet the first row at one of its unique keys."""

PARAMETERS = pytest.mark.parametrize("table", list(ROWS), ids=lambda table: table.name)


def _refused(books: Engine, statement: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"), books.begin() as db:
        db.execute(statement)


@pytest.fixture
def one_row(books: Engine, table: Table) -> Engine:
    with books.begin() as db:
        db.execute(insert(procedure).values(code="p", name="p", field="f", level="l"))
        db.execute(insert(table).values(**ROWS[table]))
    return books


@PARAMETERS
def test_r70_no_row_is_updated_deleted_or_cut_off(one_row: Engine, table: Table) -> None:
    column = list(table.c)[-1]
    _refused(one_row, update(table).values({column: column}))
    _refused(one_row, delete(table))
    if one_row.dialect.name == "postgresql":
        _refused(one_row, text(f"TRUNCATE {table.name} CASCADE"))
    with one_row.connect() as db:
        assert db.scalar(select(func.count()).select_from(table)) == 1


@PARAMETERS
def test_r70_no_row_is_replaced_by_another_with_its_key(sqlite_books: Engine, table: Table) -> None:
    with sqlite_books.begin() as db:
        db.execute(insert(procedure).values(code="p", name="p", field="f", level="l"))
        db.execute(insert(table).values(**ROWS[table]))
    for row in (ROWS[table], ROWS[table] | OTHER_KEYS[table]):
        _refused(sqlite_books, insert(table).prefix_with("OR REPLACE").values(**row))
