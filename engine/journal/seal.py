"""Sealing the journal (niêm phong): batches of rows under one root, each bound to the last."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from engine.clock import SystemClock
from engine.database import DatabaseBusyError, instant_text, reading, transaction
from engine.journal.anchor import begin_anchor, extend_anchor
from engine.journal.append import GENESIS
from engine.journal.tables import journal, journal_batch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Row

    from engine.clock import Clock

PAGE_ROWS = 20_000

_last_batch = select(journal_batch).order_by(journal_batch.c.number.desc()).limit(1)
_batches = (
    select(journal_batch)
    .where(journal_batch.c.number > bindparam("b_number"))
    .order_by(journal_batch.c.number)
)
_unsealed = (
    select(journal.c.sequence, journal.c.hash)
    .where(journal.c.sequence > bindparam("b_sealed"))
    .order_by(journal.c.sequence)
    .execution_options(yield_per=PAGE_ROWS)
)


@dataclass(frozen=True)
class Batch:
    """A sealed run of journal rows; `hash` binds it to all batches before it."""

    number: int
    first_sequence: int
    last_sequence: int
    row_count: int
    root: bytes
    previous_hash: bytes
    hash: bytes
    at: datetime

    def expected_hash(self) -> bytes:
        """What `hash` must be by everything else the batch says."""
        text = (
            f"{self.number}\x1f{self.first_sequence}\x1f{self.last_sequence}\x1f{self.row_count}"
            f"\x1f{instant_text(self.at)}"
        )
        return hashlib.sha256(self.previous_hash + self.root + text.encode()).digest()

    def anchor_line(self) -> str:
        """What is kept of it outside the database."""
        return (
            f"{self.number} {instant_text(self.at)} {self.last_sequence} {self.row_count} "
            f"{self.hash.hex()}"
        )


class Root:
    """One hash over rows in order of sequence: each row's place in the journal and its hash."""

    def __init__(self) -> None:
        self.row_count = 0
        self._hash = hashlib.sha256()

    def add(self, sequence: int, row_hash: bytes) -> None:
        """The next row."""
        self.row_count += 1
        self._hash.update(sequence.to_bytes(8, "big", signed=True) + row_hash)

    def digest(self) -> bytes:
        """The root over what was added so far."""
        return self._hash.digest()


def seal_journal(books: Engine, anchor: Path, clock: Clock | None = None) -> Batch | None:
    """Seal what was written since the last time, and anchor it.

    None when nothing was new, or when writers held the books: the next sealing takes those rows
    too. The anchor is written after the commit; what a crash in between leaves out, the next
    sealing adds. Legal: R70

    Raises:
        AnchorUnwritableError: the rows are sealed, but the file outside cannot be written.
    """
    begin_anchor(anchor)
    try:
        with transaction(books, alone=True) as db:
            batch = seal_rows(db, (clock or SystemClock()).now())
    except DatabaseBusyError:
        return None
    with reading(books) as db:
        extend_anchor(
            anchor,
            lambda number: (
                (batch.number, batch.anchor_line()) for batch in batches_after(db, number)
            ),
        )
    return batch


def seal_rows(db: Connection, at: datetime) -> Batch | None:
    """Put every row that no batch holds yet under one root; the caller holds writers back."""
    last = db.execute(_last_batch).first()
    first_sequence = last_sequence = 0
    root = Root()
    for sequence, row_hash in db.execute(
        _unsealed, {"b_sealed": last.last_sequence if last else 0}
    ):
        root.add(sequence, row_hash)
        first_sequence = first_sequence or sequence
        last_sequence = sequence
    if not root.row_count:
        return None
    columns: dict[str, Any] = {
        "number": (last.number if last else 0) + 1,
        "first_sequence": first_sequence,
        "last_sequence": last_sequence,
        "row_count": root.row_count,
        "root": root.digest(),
        "previous_hash": last.hash if last else GENESIS,
        "at": at,
    }
    batch = Batch(**columns, hash=Batch(**columns, hash=b"").expected_hash())
    db.execute(insert(journal_batch).values(**columns, hash=batch.hash))
    return batch


def batches_after(db: Connection, number: int) -> Iterator[Batch]:
    """Sealed batches behind a number, oldest first."""
    return map(_batch, db.execute(_batches, {"b_number": number}))


def _batch(row: Row[*tuple[Any, ...]]) -> Batch:
    return Batch(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)


def last_sealed(db: Connection) -> int:
    """The last row that is sealed; 0 before the first batch. Rows up to it stay as they are."""
    batch = db.execute(_last_batch).one_or_none()
    return 0 if batch is None else int(batch.last_sequence)
