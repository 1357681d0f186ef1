"""Reading the journal: one stream, or everything in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, not_, or_, select, tuple_

from engine.journal.append import Entry
from engine.journal.tables import journal
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

PAGE_ROWS = 5000


class Line(NamedTuple):
    """What a report reads of a row: quick to make, because reports read millions."""

    stream: str
    type: str
    at: datetime
    data: Mapping[str, Any]


entry_columns = (
    journal.c.sequence,
    journal.c.stream,
    journal.c.stream_sequence,
    journal.c.type,
    journal.c.at,
    journal.c.actor,
    journal.c.data,
)
_stream = (
    select(*entry_columns)
    .where(journal.c.stream == bindparam("b_stream"))
    .order_by(journal.c.stream_sequence)
)
_of_type = Prepared(
    select(journal.c.data)
    .where(journal.c.stream == bindparam("b_stream"), journal.c.type == bindparam("b_type"))
    .order_by(journal.c.stream_sequence)
)
_page = (
    select(*entry_columns)
    .where(journal.c.sequence > bindparam("b_after"))
    .order_by(journal.c.sequence)
    .limit(PAGE_ROWS)
)


def entries_of(db: Connection, stream: str) -> list[Entry]:
    """One stream's entries in order."""
    return [entry_of_row(row) for row in db.execute(_stream, {"b_stream": stream})]


def data_of(db: Connection, stream: str, kind: str) -> list[dict[str, Any]]:
    """What a stream's entries of one type hold, in order."""
    rows = _of_type.all(db, {"b_stream": stream, "b_type": kind})
    return [json.loads(row.data) for row in rows]


def entries_after(db: Connection, sequence: int = 0) -> Iterator[Entry]:
    """All entries behind a sequence, in order, read a page at a time."""
    while True:
        rows = db.execute(_page, {"b_after": sequence}).all()
        yield from (entry_of_row(row) for row in rows)
        if len(rows) < PAGE_ROWS:
            return
        sequence = rows[-1].sequence


def last_sequence(db: Connection) -> int:
    """The highest sequence that is visible now; 0 in an empty journal."""
    return db.scalar(select(func.max(journal.c.sequence))) or 0


def lines_after(
    db: Connection,
    sequence: int = 0,
    *,
    up_to: int,
    types: Sequence[str],
    share: tuple[int, int] | None = None,
) -> Iterator[Line]:
    """Rows of some types from behind a sequence up to one, in order, read a page at a time.

    `share` (k, n) keeps the k-th of n shares of the streams, so that n processes read all of
    them once: streams go by their last digit, and those without one belong to the first share.
    """
    chosen = _lines(types).where(journal.c.sequence <= up_to)
    if share is not None:
        number, shares = share
        ends = [journal.c.stream.like(f"%{digit}") for digit in range(10)]
        mine = or_(*ends[number::shares])
        chosen = chosen.where(mine if number else or_(mine, not_(or_(*ends))))
    page = (
        chosen.add_columns(journal.c.sequence)
        .where(journal.c.sequence > bindparam("b_after"))
        .order_by(journal.c.sequence)
        .limit(PAGE_ROWS)
    )
    while True:
        rows = db.execute(page, {"b_after": sequence}).all()
        for stream, type_name, at, data, _sequence in rows:
            yield Line(stream, type_name, at, json.loads(data))
        if len(rows) < PAGE_ROWS:
            return
        sequence = rows[-1][-1]


def lines_by_stream(db: Connection, *, up_to: int, types: Sequence[str]) -> Iterator[Line]:
    """Rows of some types up to a sequence, stream by stream, each in its order."""
    place = tuple_(journal.c.stream, journal.c.stream_sequence)
    page = (
        _lines(types)
        .add_columns(journal.c.stream_sequence)
        .where(
            journal.c.sequence <= up_to,
            place > tuple_(bindparam("b_stream"), bindparam("b_position")),
        )
        .order_by(journal.c.stream, journal.c.stream_sequence)
        .limit(PAGE_ROWS)
    )
    stream, position = "", 0
    while True:
        rows = db.execute(page, {"b_stream": stream, "b_position": position}).all()
        for of, type_name, at, data, _position in rows:
            yield Line(of, type_name, at, json.loads(data))
        if len(rows) < PAGE_ROWS:
            return
        stream, position = rows[-1][0], rows[-1][-1]


def rare_lines(db: Connection, *, up_to: int, types: Sequence[str]) -> list[Line]:
    """Rows of types of which there are few, in order, found by their type."""
    rows = db.execute(
        select(journal.c.stream, journal.c.type, journal.c.at, journal.c.data)
        .where(journal.c.type.in_(list(types)), journal.c.sequence <= up_to)
        .order_by(journal.c.sequence)
    )
    return [Line(of, type_name, at, json.loads(data)) for of, type_name, at, data in rows]


def lines_of(
    db: Connection, streams: Sequence[str], *, up_to: int, types: Sequence[str]
) -> Iterator[Line]:
    """Rows of some types of a few streams up to a sequence, stream by stream, each in its order."""
    rows = db.execute(
        _lines(types)
        .where(journal.c.sequence <= up_to, journal.c.stream.in_(streams))
        .order_by(journal.c.stream, journal.c.stream_sequence)
    )
    for of, type_name, at, data in rows:
        yield Line(of, type_name, at, json.loads(data))


def _lines(types: Sequence[str]) -> Select[tuple[Any, ...]]:
    # The empty text keeps the planner off the index on types: rows are wanted in another order.
    plain = journal.c.type.op("||")("")
    return select(journal.c.stream, journal.c.type, journal.c.at, journal.c.data).where(
        plain.in_(list(types))
    )


def entry_of_row(row: Row[*tuple[Any, ...]]) -> Entry:
    """A row with `entry_columns` as an entry."""
    return Entry(
        sequence=row.sequence,
        stream=row.stream,
        stream_sequence=row.stream_sequence,
        type=row.type,
        at=row.at,
        actor=row.actor,
        data=json.loads(row.data),
    )
