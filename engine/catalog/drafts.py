"""Drafts of procedures (bản thảo): one a procedure, saved often, binding nobody until published.

A draft changes no law and no case, so nothing here is journalled; publishing it is
(docs/decisions/0140). Two designers who draw at once never overwrite each other: a save says on
which revision it was drawn, and one that comes too late is refused and can be kept beside it
(`engine.catalog.draft_copies`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sqlalchemy import delete, func, insert, select, update

from engine.catalog.diagram import read_diagram
from engine.catalog.publication import last_values
from engine.catalog.table.skeleton import skeleton
from engine.catalog.tables import procedure_draft
from engine.catalog.versions import version_number
from engine.catalog.xml import reserialised
from engine.clock import office_date
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.clock import Clock
    from engine.sla.limit import Limit

MAX_META_CHARACTERS: Final = 400_000
MAX_DRAFTS: Final = 2_000

CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,63}")


class DraftExistsError(OfficeError):
    """Somebody already drafts this procedure; two drafts of it would drift apart."""

    code: ClassVar[str] = "draft_exists"


class DraftUnknownError(OfficeError):
    """Nobody drafts this procedure, or the draft was discarded or published meanwhile."""

    code: ClassVar[str] = "draft_unknown"


class DraftChangedError(OfficeError):
    """Another saved the draft after this one was opened; nothing was overwritten."""

    code: ClassVar[str] = "draft_changed"


class TooManyDraftsError(OfficeError):
    """No more drafts or copies are kept until some are cleared away."""

    code: ClassVar[str] = "drafts_full"


@dataclass(frozen=True)
class DraftHead:
    """What a list says of a draft; instants are UTC. `base_version` None: from nothing."""

    code: str
    base_version: int | None
    revision: int
    started_by: str
    started_at: datetime
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class Draft(DraftHead):
    """A draft: the diagram's file and procedure.yaml's part with its forms."""

    bpmn: bytes
    meta: Mapping[str, Any]


def start_draft(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    bpmn: bytes,
    by: str,
    meta: Mapping[str, Any] | None = None,
    base_version: int | None = None,
) -> Draft:
    """Begin the draft of a procedure with a diagram that came from somewhere: a file, a table.

    Without `meta` the values of the procedure's last version go with it.

    Raises:
        DraftExistsError: it is drafted already. TooManyDraftsError: see MAX_DRAFTS.
        BadInputError: the code is none, or the values are too large.
        DiagramRefusedError: the file is no safe XML or no BPMN.
    """
    if not CODE.fullmatch(code):
        raise BadInputError(f"Expected a procedure's code such as 2.000908, but got {code!r}")
    file = stored_diagram(bpmn)
    values = stored_values(last_values(db, code) if meta is None else meta)
    if db.scalar(select(procedure_draft.c.code).where(procedure_draft.c.code == code)):
        raise DraftExistsError(f"Expected no draft of {code}, but there is one", procedure=code)
    if (db.scalar(select(func.count()).select_from(procedure_draft)) or 0) >= MAX_DRAFTS:
        raise TooManyDraftsError(f"Expected fewer than {MAX_DRAFTS} drafts, but there are so many")
    now = clock.now()
    db.execute(
        insert(procedure_draft).values(
            code=code,
            bpmn=file,
            meta=values,
            base_version=base_version,
            revision=1,
            started_by=by,
            started_at=now,
            saved_by=by,
            saved_at=now,
        )
    )
    return draft_of(db, code)


def draft_from_version(
    db: Connection, clock: Clock, *, code: str, by: str, number: int | None = None
) -> Draft:
    """Begin with a published version, by default the one in force.

    Raises:
        ProcedureUnknownError, ProcedureAbolishedError: there is no such version.
        DraftExistsError, TooManyDraftsError: see `start_draft`.
    """
    version = version_number(db, code, number, office_date(clock.now()))
    return start_draft(
        db,
        clock,
        code=code,
        bpmn=version.bpmn,
        by=by,
        meta=version.meta,
        base_version=version.number,
    )


def draft_from_nothing(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    name: str,
    field: str,
    level: str,
    limit: Limit,
    by: str,
) -> Draft:
    """Begin with the paths the law wants and no times; see `skeleton`. Legal: R46

    Raises:
        BadInputError: a text is empty. DraftExistsError, TooManyDraftsError: see `start_draft`.
    """
    texts = {"name": name.strip(), "field": field.strip(), "level": level.strip()}
    empty = [key for key, text in texts.items() if not text]
    if empty:
        raise BadInputError(f"Expected a text, but {', '.join(empty)} is empty", fields=empty)
    bpmn = skeleton(code=code, limit=limit, **texts)
    return start_draft(db, clock, code=code, bpmn=bpmn, by=by)


def save_draft(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    revision: int,
    bpmn: bytes,
    by: str,
    meta: Mapping[str, Any] | None = None,
) -> DraftHead:
    """Save a draft that was drawn on a revision; without `meta` its values stay.

    Raises:
        DraftChangedError: another saved since. DraftUnknownError: there is none (any more).
        BadInputError, DiagramRefusedError: see `start_draft`.
    """
    values: dict[str, Any] = {"bpmn": stored_diagram(bpmn)}
    if meta is not None:
        values["meta"] = stored_values(meta)
    saved = db.execute(
        update(procedure_draft)
        .where(procedure_draft.c.code == code, procedure_draft.c.revision == revision)
        .values(revision=revision + 1, saved_by=by, saved_at=clock.now(), **values)
    )
    if saved.rowcount != 1:
        raise _changed(draft_of(db, code), revision)
    return draft_of(db, code)


def discard_draft(db: Connection, *, code: str, revision: int) -> None:
    """Throw a draft away as it was seen; kept copies stay.

    Raises:
        DraftChangedError: another saved since. DraftUnknownError: there is none.
    """
    gone = db.execute(
        delete(procedure_draft).where(
            procedure_draft.c.code == code, procedure_draft.c.revision == revision
        )
    )
    if gone.rowcount != 1:
        raise _changed(draft_of(db, code), revision)


def draft_of(db: Connection, code: str) -> Draft:
    """The draft of a procedure.

    Raises:
        DraftUnknownError: there is none.
    """
    row = db.execute(select(procedure_draft).where(procedure_draft.c.code == code)).first()
    if row is None:
        raise DraftUnknownError(f"Expected a draft of {code!r}, but there is none", procedure=code)
    return Draft(**_head(row), bpmn=row.bpmn, meta=json.loads(row.meta))


def drafts(db: Connection) -> list[DraftHead]:
    """Every draft, the last saved first."""
    rows = db.execute(
        select(*(column for column in procedure_draft.c if column.name not in ("bpmn", "meta")))
        .order_by(procedure_draft.c.saved_at.desc(), procedure_draft.c.code)
    )  # fmt: skip
    return [DraftHead(**_head(row)) for row in rows]


def _head(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DraftHead.__dataclass_fields__}


def stored_diagram(bpmn: bytes) -> bytes:
    """The checked tree written anew: what is stored is never the bytes that came in.

    Raises:
        DiagramRefusedError: it is no safe XML or no BPMN.
    """
    file = reserialised(bpmn)
    read_diagram(file)  # any BPMN may be drafted, faults and all; what is none may not
    return file


def stored_values(meta: Mapping[str, Any]) -> str:
    """Values as they are stored: JSON text of at most MAX_META_CHARACTERS.

    Raises:
        BadInputError: they are larger.
    """
    text = json.dumps(meta, ensure_ascii=False, sort_keys=True, default=str)
    if len(text) > MAX_META_CHARACTERS:
        raise BadInputError(
            f"Expected values of at most {MAX_META_CHARACTERS} characters, but got {len(text)}"
        )
    return text


def _changed(draft: DraftHead, revision: int) -> DraftChangedError:
    return DraftChangedError(
        f"Expected revision {revision} of the draft of {draft.code}, but {draft.saved_by} saved "
        f"revision {draft.revision}",
        procedure=draft.code,
        revision=draft.revision,
        saved_by=draft.saved_by,
        saved_at=draft.saved_at.isoformat(),
    )
