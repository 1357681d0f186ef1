"""Batches of tables (nhập hàng loạt): taken in whole, read some at a time, each one a draft."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from engine.catalog.drafts import DraftExistsError, start_draft
from engine.catalog.linter import lint_bytes
from engine.catalog.publication import last_values
from engine.catalog.table.builder import DEFAULT_REGIME, build
from engine.catalog.table.many import archived, code_of, read_ahead
from engine.catalog.table.office_file import OfficeReader, TableRefusedError
from engine.catalog.tables import import_batch, import_item
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.catalog.finding import Finding, Severity
    from engine.catalog.table.decision_table import DecisionTable
    from engine.catalog.table.many import File
    from engine.clock import Clock

MAX_WAITING: Final = 4_000
"""Tables that may wait to be read in all batches together."""

DRAFT, KEPT, REFUSED = "draft", "kept", "refused"
"""It became a draft; there is a draft already, which stays; it could not be read or drawn."""


class BatchUnknownError(OfficeError):
    """Somebody named a batch that does not exist."""

    code = "batch_unknown"


@dataclass(frozen=True)
class Item:
    """A table of a batch; `outcome` None: not read yet."""

    place: int
    file: str
    code: str | None
    rows: int
    outcome: str | None
    message: str | None
    findings: tuple[dict[str, Any], ...]

    def count(self, severity: Severity) -> int:
        """How many of its findings are that grave."""
        return sum(finding["severity"] == severity for finding in self.findings)


@dataclass(frozen=True)
class Batch:
    """A batch and its tables."""

    id: int
    name: str
    started_by: str
    started_at: datetime
    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        """How many tables were read."""
        return sum(item.outcome is not None for item in self.items)


@dataclass(frozen=True)
class Drawn:
    """What became of a table before anything is written."""

    place: int
    code: str | None
    rows: int
    bpmn: bytes | None
    message: str | None
    findings: tuple[Finding, ...]


def start_batch(db: Connection, clock: Clock, *, name: str, archive: bytes, by: str) -> int:
    """Take in a ZIP of tables; nothing in it is read yet. Gives the batch's number.

    Raises:
        TableRefusedError, BadInputError: see `archived`; or it holds no table, or too many wait.
    """
    files = list(archived(archive))
    if not files:
        raise BadInputError("Expected a ZIP with tables in it, but there is none")
    waiting = db.scalar(
        select(func.count()).select_from(import_item).where(import_item.c.outcome.is_(None))
    )
    if (waiting or 0) + len(files) > MAX_WAITING:
        raise BadInputError(f"Expected at most {MAX_WAITING} tables to wait, but {waiting} do")
    number: int = db.execute(
        insert(import_batch)
        .values(name=name[:200], started_by=by, started_at=clock.now())
        .returning(import_batch.c.id)
    ).scalar_one()
    db.execute(
        insert(import_item),
        [
            {
                "batch_id": number,
                "place": place,
                "file": file[-300:],
                "rows": 0,
                "data": data if isinstance(data, bytes) else None,
                "outcome": None if isinstance(data, bytes) else REFUSED,
                "message": None if isinstance(data, bytes) else data,
            }
            for place, (file, data) in enumerate(files, start=1)
        ],
    )
    return number


def unread(db: Connection, batch: int, *, most: int) -> list[tuple[int, str, bytes]]:
    """(place, file, bytes) of tables that wait to be read, in order."""
    rows = db.execute(
        select(import_item.c.place, import_item.c.file, import_item.c.data)
        .where(import_item.c.batch_id == batch, import_item.c.outcome.is_(None))
        .order_by(import_item.c.place)
        .limit(most)
    )
    return [(row.place, row.file, bytes(row.data or b"")) for row in rows]


def drawn(files: Sequence[tuple[int, str, bytes]]) -> Iterator[Drawn]:
    """Read and draw tables, without books: one child reads them one after another."""
    places = {file: place for place, file, _ in files}
    given: Iterable[File] = ((file, data) for _, file, data in files)
    with OfficeReader() as reader:
        for file, table in read_ahead(given, reader):
            yield _drawn(places[file], file, table)


def _drawn(place: int, file: str, table: DecisionTable | OfficeError) -> Drawn:
    if isinstance(table, TableRefusedError):
        return Drawn(place, None, 0, None, table.message, table.findings)
    if isinstance(table, OfficeError):
        return Drawn(place, None, 0, None, table.message, ())
    code = None
    try:
        code = code_of(table, file)
        built = build(table, regime=DEFAULT_REGIME)
    except OfficeError as refused:
        return Drawn(place, code, len(table.rows), None, refused.message, table.findings)
    findings = (*table.findings, *built.findings, *lint_bytes(built.bpmn))
    return Drawn(place, code, len(table.rows), built.bpmn, None, findings)


def keep_drawn(db: Connection, clock: Clock, *, batch: int, table: Drawn, by: str) -> None:
    """Write what became of a table; a drawn one is a draft unless there is one. Never twice."""
    outcome, message = REFUSED, table.message
    if table.bpmn is not None and table.code is not None:
        outcome = DRAFT
    taken = db.execute(
        update(import_item)
        .where(
            import_item.c.batch_id == batch,
            import_item.c.place == table.place,
            import_item.c.outcome.is_(None),
        )
        .values(
            data=None,
            code=table.code,
            rows=table.rows,
            outcome=outcome,
            message=message,
            findings=json.dumps([f.as_json() for f in table.findings], ensure_ascii=False),
        )
    )
    if taken.rowcount != 1 or table.bpmn is None or table.code is None:
        return
    try:
        start_draft(
            db,
            clock,
            code=table.code,
            bpmn=table.bpmn,
            by=by,
            meta=last_values(db, table.code),
        )
    except DraftExistsError as kept:
        _told(db, batch, table.place, KEPT, kept.message)
    except OfficeError as refused:
        _told(db, batch, table.place, REFUSED, refused.message)


def _told(db: Connection, batch: int, place: int, outcome: str, message: str) -> None:
    db.execute(
        update(import_item)
        .where(import_item.c.batch_id == batch, import_item.c.place == place)
        .values(outcome=outcome, message=message)
    )


def batch_by_id(db: Connection, number: int) -> Batch:
    """A batch with all its tables.

    Raises:
        BatchUnknownError: there is none.
    """
    row = db.execute(select(import_batch).where(import_batch.c.id == number)).first()
    if row is None:
        raise BatchUnknownError(f"Expected a batch of tables, but there is none with {number}")
    columns = [c for c in import_item.c if c.name != "data"]
    items = db.execute(
        select(*columns).where(import_item.c.batch_id == number).order_by(import_item.c.place)
    )
    return Batch(
        row.id,
        row.name,
        row.started_by,
        row.started_at,
        tuple(
            Item(
                item.place,
                item.file,
                item.code,
                item.rows,
                item.outcome,
                item.message,
                tuple(json.loads(item.findings or "[]")),
            )
            for item in items
        ),
    )


def batches(db: Connection, *, most: int = 20) -> list[tuple[int, str, str, datetime, int, int]]:
    """(number, name, who, when, tables, of them read), the newest first."""
    rows = db.execute(
        select(
            import_batch.c.id,
            import_batch.c.name,
            import_batch.c.started_by,
            import_batch.c.started_at,
            func.count(import_item.c.id).label("tables"),
            func.count(import_item.c.outcome).label("read"),
        )
        .join(import_item, import_item.c.batch_id == import_batch.c.id)
        .group_by(import_batch.c.id)
        .order_by(import_batch.c.id.desc())
        .limit(most)
    )
    return [(r.id, r.name, r.started_by, r.started_at, r.tables, r.read) for r in rows]
