"""Copies beside a draft: what met another's save, or what somebody saved over on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from engine.catalog.drafts import (
    DraftHead,
    DraftUnknownError,
    TooManyDraftsError,
    draft_of,
    save_draft,
    stored_diagram,
    stored_values,
)
from engine.catalog.tables import procedure_draft_copy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.clock import Clock

MAX_COPIES: Final = 50
"""Copies kept beside one draft; more are refused until somebody clears them away."""


@dataclass(frozen=True)
class DraftCopy:
    """A save that came too late, kept beside the draft; `revision` is what it was drawn from."""

    id: int
    code: str
    revision: int
    kept_by: str
    kept_at: datetime


def keep_copy(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    revision: int,
    bpmn: bytes,
    by: str,
    meta: Mapping[str, Any] | None = None,
) -> DraftCopy:
    """Keep a diagram that could not be saved; the same person's next one replaces it.

    Raises:
        TooManyDraftsError: MAX_COPIES others are kept. BadInputError, DiagramRefusedError: see
            `start_draft`.
    """
    file, values = stored_diagram(bpmn), stored_values(meta or {})
    same = (
        procedure_draft_copy.c.code == code,
        procedure_draft_copy.c.revision == revision,
        procedure_draft_copy.c.kept_by == by,
    )
    now = clock.now()
    changed = db.execute(
        update(procedure_draft_copy).where(*same).values(bpmn=file, meta=values, kept_at=now)
    )
    if changed.rowcount == 0:
        if len(copies_of(db, code)) >= MAX_COPIES:
            raise TooManyDraftsError(
                f"Expected fewer than {MAX_COPIES} copies of {code}, but there are so many"
            )
        db.execute(
            insert(procedure_draft_copy).values(
                code=code, revision=revision, bpmn=file, meta=values, kept_by=by, kept_at=now
            )
        )
    return _copy(db.execute(select(*_COPY).where(*same)).one())


def replace_draft(
    db: Connection, clock: Clock, *, code: str, revision: int, bpmn: bytes, by: str
) -> DraftHead:
    """Save over a draft on purpose, with another file: what stood there is kept as a copy.

    Raises:
        DraftChangedError, DraftUnknownError, DiagramRefusedError: see `save_draft`.
        TooManyDraftsError: see `keep_copy`.
    """
    before = draft_of(db, code)
    keep_copy(
        db,
        clock,
        code=code,
        revision=before.revision,
        bpmn=before.bpmn,
        by=before.saved_by,
        meta=before.meta,
    )
    return save_draft(db, clock, code=code, revision=revision, bpmn=bpmn, by=by)


def discard_copy(db: Connection, *, code: str, copy: int) -> None:
    """Throw a kept copy away.

    Raises:
        DraftUnknownError: there is none.
    """
    gone = db.execute(
        delete(procedure_draft_copy).where(
            procedure_draft_copy.c.code == code, procedure_draft_copy.c.id == copy
        )
    )
    if gone.rowcount != 1:
        raise _no_copy(code, copy)


def copies_of(db: Connection, code: str) -> list[DraftCopy]:
    """What is kept beside a draft, the newest first."""
    rows = db.execute(
        select(*_COPY)
        .where(procedure_draft_copy.c.code == code)
        .order_by(procedure_draft_copy.c.kept_at.desc(), procedure_draft_copy.c.id.desc())
    )
    return [_copy(row) for row in rows]


def copy_file(db: Connection, *, code: str, copy: int) -> bytes:
    """The diagram of a kept copy.

    Raises:
        DraftUnknownError: there is none.
    """
    found = db.scalar(
        select(procedure_draft_copy.c.bpmn).where(
            procedure_draft_copy.c.code == code, procedure_draft_copy.c.id == copy
        )
    )
    if found is None:
        raise _no_copy(code, copy)
    return bytes(found)


_COPY: Final = tuple(procedure_draft_copy.c[name] for name in DraftCopy.__dataclass_fields__)


def _copy(row: Row[Any]) -> DraftCopy:
    return DraftCopy(row.id, row.code, row.revision, row.kept_by, row.kept_at)


def _no_copy(code: str, copy: int) -> DraftUnknownError:
    return DraftUnknownError(f"Expected copy {copy} of {code!r}, but there is none", copy=copy)
