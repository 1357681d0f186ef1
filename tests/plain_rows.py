"""Rows and cases without a story: what a table demands and no more, for tests of the books."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    Table,
    insert,
    select,
    update,
)

from engine.cases.tables import case
from engine.catalog.tables import procedure, procedure_version
from engine.database import UtcInstant
from engine.events.office import ClockMoved
from engine.journal.append import GENESIS, Head, append
from engine.staff.tables import agency

if TYPE_CHECKING:
    from sqlalchemy import Connection

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
CASE = "H35.12-261120-0001"


def plain(table: Table, **given: Any) -> dict[str, Any]:
    """A row with something in every column that must not be null."""
    row = {
        column.name: _something(column)
        for column in table.columns
        if not column.nullable and column.autoincrement is not True and column.default is None
    }
    if "id" not in given and table.autoincrement_column is not None:
        row.pop(table.autoincrement_column.name, None)
    return row | given


def plain_case(db: Connection, number: str) -> None:
    """A case that has a number and a place, and nothing in the journal yet."""
    if db.scalar(select(agency.c.code)) is None:
        db.execute(insert(agency).values(**plain(agency, code="A")))
        db.execute(insert(procedure).values(**plain(procedure, code="P")))
        db.execute(
            insert(procedure_version).values(
                **plain(procedure_version, id=1, procedure_code="P", number=1)
            )
        )
    row = plain(
        case,
        number=number,
        version=1,
        version_id=1,
        agency_code="A",
        journal_length=0,
        journal_hash=GENESIS,
    )
    db.execute(insert(case).values(**row))


def write_rows(db: Connection, number: str, rows: int, *, at: datetime = AT) -> None:
    """Journal some events of a case, as a command would: rows and the case's head together."""
    file = db.execute(
        select(case.c.journal_length, case.c.journal_hash)
        .where(case.c.number == number)
        .with_for_update()
    ).one()
    head = append(
        db,
        stream=number,
        head=Head(file.journal_length, file.journal_hash),
        at=at,
        actor="cb01",
        events=[ClockMoved(to=at + timedelta(seconds=n)) for n in range(rows)],
    )
    db.execute(
        update(case)
        .where(case.c.number == number)
        .values(journal_length=head.length, journal_hash=head.hash, version=case.c.version + 1)
    )


def _something(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, UtcInstant):
        return AT
    if isinstance(kind, Date):
        return date(2026, 11, 20)
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return 0
    if isinstance(kind, LargeBinary):
        return b""
    return "x"
