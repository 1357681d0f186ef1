"""Proving the journal (kiểm tra nhật ký): rows, chains, batches and the anchor outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, inspect, select, text, type_coerce
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import NullType

from engine.database import instant_text
from engine.journal.anchor import anchored_lines, number_of
from engine.journal.append import GENESIS, OFFICE_STREAM, row_hash
from engine.journal.seal import Batch, Root
from engine.journal.tables import journal, journal_batch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row

PAGE_ROWS = 20_000
LOWEST_SEQUENCE = -(2**63)
MOST_FINDINGS = 100
NEEDED_TABLES = ("journal", "journal_batch", "case_file")

# Columns as the database holds them: whoever changed a row may have put anything there.
_rows = (
    select(*(type_coerce(column, NullType()).label(column.name) for column in journal.c))
    .where(journal.c.sequence >= bindparam("b_from"))
    .order_by(journal.c.sequence)
    .limit(PAGE_ROWS)
)
_batches = select(
    *(type_coerce(column, NullType()).label(column.name) for column in journal_batch.c)
).order_by(journal_batch.c.number)
# The journal knows no cases; a case's own note of its head finds a cut that no batch holds yet.
_heads = text("SELECT number, journal_length, journal_hash FROM case_file")


@dataclass(frozen=True)
class Break:
    """Something in the record is not what was written; `where` names the row, stream or batch."""

    where: str
    message: str


@dataclass
class Verification:
    """What a check of the whole journal found.

    `unsealed_rows` wait for the next sealing, `unanchored_batches` for their line outside: what
    of these was changed by somebody who chained it anew cannot be seen.
    """

    rows: int = 0
    streams: int = 0
    batches: int = 0
    unsealed_rows: int = 0
    unanchored_batches: int = 0
    findings: list[Break] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was changed."""
        return not self.findings

    def report(self, where: str, message: str) -> None:
        """Add a finding; past a hundred they are only noise."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Break(where, message))

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "ok": self.ok,
            "rows": self.rows,
            "streams": self.streams,
            "batches": self.batches,
            "unsealed_rows": self.unsealed_rows,
            "unanchored_batches": self.unanchored_batches,
            "findings": [{"where": f.where, "message": f.message} for f in self.findings],
        }


def verify(db: Connection, anchor: Path | None) -> Verification:
    """Redo every hash, follow every chain, and hold the batches against the anchor. Legal: R70

    Reads all rows once, in pages; the office may go on writing. Without an anchor a tail that
    was cut and a history that was chained anew are not found.
    """
    # The file first: what is sealed while we read may be missing in it, never the other way.
    lines = anchored_lines(anchor) if anchor is not None else None
    try:
        return _verified(db, anchor, lines)
    except OperationalError:
        if db.dialect.name != "sqlite":
            raise
        # SQLite lets a text column hold bytes that are no text, and refuses to read them.
        raw: Any = db.connection.driver_connection
        raw.text_factory = _any_text
        try:
            return _verified(db, anchor, lines)
        finally:
            raw.text_factory = str


def _verified(db: Connection, anchor: Path | None, lines: list[str] | None) -> Verification:
    result = Verification()
    if db.dialect.name == "postgresql" and not db.in_transaction():
        db.execution_options(isolation_level="REPEATABLE READ")
    missing = [table for table in NEEDED_TABLES if not inspect(db).has_table(table)]
    if missing:
        result.report(missing[0], f"table {missing[0]} is gone")
        return result
    batches = _checked_batches(db, result)
    heads = _checked_rows(db, batches, result)
    _check_heads(db, heads, result)
    if anchor is not None:
        _check_anchor(anchor, lines, batches, result)
    return result


def _any_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def _checked_batches(db: Connection, result: Verification) -> list[Batch]:
    batches: list[Batch] = []
    previous, last = GENESIS, 0
    for row in db.execute(_batches):
        result.batches += 1
        where = f"batch {row.number}"
        batch = _readable(row)
        if batch is None:
            result.report(where, f"{where} holds something else than a batch")
            continue
        if batch.number != result.batches or batch.first_sequence <= last:
            result.report(where, f"batch {result.batches} is missing, {where} stands in its place")
        elif batch.previous_hash != previous or batch.hash != batch.expected_hash():
            result.report(where, f"{where} was changed, or the one before it")
        previous, last = batch.hash, batch.last_sequence
        batches.append(batch)
    return batches


def _readable(row: Row[*tuple[Any, ...]]) -> Batch | None:
    numbers = (row.number, row.first_sequence, row.last_sequence, row.row_count)
    hashes = (row.root, row.previous_hash, row.hash)
    try:
        at = row.at if isinstance(row.at, datetime) else datetime.fromisoformat(row.at)
    except (TypeError, ValueError):
        return None
    if not all(type(number) is int for number in numbers):
        return None
    if not all(type(each) is bytes for each in hashes) or at.tzinfo is None:
        return None
    return Batch(*numbers, *hashes, at=at)


def _checked_rows(
    db: Connection, batches: list[Batch], result: Verification
) -> dict[str, tuple[int, bytes]]:
    heads: dict[str, tuple[int, bytes]] = {}
    waiting = iter(batches)
    batch = next(waiting, None)
    root = Root()
    for row in _all_rows(db):
        result.rows += 1
        _check_row(row, heads, result)
        sequence, link = row[0], row[-1]
        while batch is not None and sequence > batch.last_sequence:
            _close(batch, root, result)
            batch, root = next(waiting, None), Root()
        if batch is None:
            result.unsealed_rows += 1
        elif type(link) is bytes:
            root.add(sequence, link)
    while batch is not None:
        _close(batch, root, result)
        batch, root = next(waiting, None), Root()
    result.streams = len(heads)
    return heads


def _check_row(
    row: Row[*tuple[Any, ...]], heads: dict[str, tuple[int, bytes]], result: Verification
) -> None:
    sequence, stream, position, type_name, at, actor, data, previous, link = row
    length, head = heads.get(stream, (0, GENESIS))
    heads[stream] = (position if type(position) is int else length + 1, link)
    if position != length + 1 or previous != head:
        where = f"row {sequence} ({stream})"
        result.report(where, f"{where} does not follow the row of {stream} before it")
    redone: bytes | None = None
    try:
        written_at = at if isinstance(at, str) else instant_text(at)
        redone = row_hash(stream, position, type_name, written_at, actor, data, previous)
    except (AttributeError, TypeError, ValueError):
        pass  # a value of another kind than was ever written
    if redone != link:
        where = f"row {sequence} ({stream})"
        result.report(where, f"{where} was changed after it was written")


def _close(batch: Batch, root: Root, result: Verification) -> None:
    where = f"batch {batch.number}"
    span = f"{where} (rows {batch.first_sequence} to {batch.last_sequence})"
    if root.row_count != batch.row_count:
        result.report(where, f"{span} sealed {batch.row_count} rows, not {root.row_count}")
    elif root.digest() != batch.root:
        result.report(where, f"{span} sealed other rows than those that are there")


def _check_heads(db: Connection, heads: dict[str, tuple[int, bytes]], result: Verification) -> None:
    streams = set(heads) - {OFFICE_STREAM}
    for number, length, head in db.execute(_heads):
        streams.discard(number)
        found = heads.get(number, (0, GENESIS))
        if found != (length, head):
            result.report(
                number, f"case {number} knows of {length} rows, the journal ends with {found[0]}"
            )
    for stream in sorted(streams, key=str):
        result.report(stream, f"stream {stream} has rows, but its case is gone")


def _check_anchor(
    anchor: Path, lines: list[str] | None, batches: list[Batch], result: Verification
) -> None:
    if lines is None:
        if batches:
            result.report("anchor", f"anchor {anchor} is gone; {len(batches)} batches are sealed")
        return
    known = {batch.number: batch.anchor_line() for batch in batches}
    anchored: set[int] = set()
    for line in lines:
        number = number_of(line)
        whole = known.get(number) if number is not None else None
        where = f"batch {number}"
        if number is not None and line == whole:
            anchored.add(number)
        elif line.isdigit() or (whole is not None and whole.startswith(line)):
            continue  # torn by a crash, and written again behind it
        elif whole is not None:
            result.report(where, f"{where} is not the one that was anchored")
        else:
            result.report(where, f"{where} was anchored, but is gone from the books")
    last = max(anchored, default=0)
    for lost in sorted(set(range(1, last + 1)) - anchored):
        result.report(f"batch {lost}", f"anchor {anchor} has lost the line of batch {lost}")
    result.unanchored_batches = sum(number > last for number in known)


def _all_rows(db: Connection) -> Iterator[Row[*tuple[Any, ...]]]:
    start = LOWEST_SEQUENCE  # a forged row may stand before the first
    while True:
        page = db.execute(_rows, {"b_from": start}).all()
        yield from page
        if len(page) < PAGE_ROWS:
            return
        start = int(page[-1].sequence) + 1
