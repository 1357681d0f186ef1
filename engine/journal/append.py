"""Writing to the journal: rows chained by hash within their stream."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from engine.database import instant_text
from engine.journal.tables import journal
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.events.event import Event

GENESIS = bytes(32)
"""What the first row of every chain points back to."""

OFFICE_STREAM = "office"


@dataclass(frozen=True)
class Head:
    """Where a stream's chain ends: how many rows, and the hash of the last."""

    length: int
    hash: bytes


@dataclass(frozen=True)
class Entry:
    """One row of the journal; `at` is UTC, `data` plain JSON values."""

    sequence: int
    stream: str
    stream_sequence: int
    type: str
    at: datetime
    actor: str
    data: Mapping[str, Any]


_insert = Prepared(insert(journal))
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def append(
    db: Connection,
    *,
    stream: str,
    head: Head,
    at: datetime,
    actor: str,
    events: Sequence[Event],
) -> Head:
    """Add events to the end of a stream and give its new head.

    The caller holds the stream (the case's row is locked); a second writer would break on the
    unique key, not fork the chain. Legal: R70
    """
    if not events:
        return head
    rows = []
    written_at = instant_text(at)
    for event in events:
        data = canonical(event.data())
        link = row_hash(stream, head.length + 1, event.type(), written_at, actor, data, head.hash)
        rows.append(
            {
                "stream": stream,
                "stream_sequence": head.length + 1,
                "type": event.type(),
                "at": at,
                "actor": actor,
                "data": data,
                "previous_hash": head.hash,
                "hash": link,
            }
        )
        head = Head(head.length + 1, link)
    _insert.run_all(db, rows)
    return head


def append_office(db: Connection, *, at: datetime, actor: str, events: Sequence[Event]) -> Head:
    """Add events that concern the office, not one case."""
    return append(
        db,
        stream=OFFICE_STREAM,
        head=head_of(db, OFFICE_STREAM),
        at=at,
        actor=actor,
        events=events,
    )


def head_of(db: Connection, stream: str) -> Head:
    """The end of a stream's chain as the rows themselves say."""
    if db.dialect.name == "postgresql":
        # Cases lock their row; the office's stream has none to lock.
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(stream))))
    row = db.execute(
        select(journal.c.stream_sequence, journal.c.hash)
        .where(journal.c.stream == stream)
        .order_by(journal.c.stream_sequence.desc())
        .limit(1)
    ).first()
    return Head(row.stream_sequence, row.hash) if row else Head(0, GENESIS)


def canonical(data: Mapping[str, Any]) -> str:
    """JSON text with one spelling only: sorted keys, no spaces, letters as they are."""
    return _canonical(data)


def row_hash(
    stream: str,
    stream_sequence: int,
    type_name: str,
    at: str,
    actor: str,
    data: str,
    previous: bytes,
) -> bytes:
    """The hash that binds a row to all rows before it in its stream; `at` is an instant_text."""
    text = f"{stream}\x1f{stream_sequence}\x1f{type_name}\x1f{at}\x1f{actor}\x1f{data}"
    return hashlib.sha256(previous + text.encode()).digest()
