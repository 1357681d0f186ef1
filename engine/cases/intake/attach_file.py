"""Put a file to a case (đính kèm tệp), or take one away that was put there by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.cases.acting import acting_officer
from engine.cases.file import open_case
from engine.cases.intake.attachment_tables import attachment
from engine.cases.tables import case
from engine.documents.file_kind import KINDS, name_for
from engine.errors import BadInputError, OfficeError
from engine.events.cases import FileAttached, FileRemoved

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row

    from engine.cases.file import CaseFile
    from engine.clock import Clock
    from engine.documents.file_store import StoredFile

RESULT, HAND_OVER = "_result", "_hand_over"
"""Places beside the checklist: the result itself, and the proof that it was handed over."""
MOST_FILES = 200
LONGEST_REASON = 500


class FileUnknownError(OfficeError):
    """Somebody asked for a file that is not among a case's papers."""

    code = "file_unknown"


def attach_file(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    stored: StoredFile,
    name: str,
    component: str | None = None,
    by: str | None = None,
) -> int:
    """Note that a stored content is a paper of the case; gives the file's key.

    The same content at the same place is there already: nothing is written twice.

    Raises:
        BadInputError: no such place, or the case has too many files. CaseUnknownError.
        NotAllowedError.
    """
    file = open_case(db, clock, number)
    officer = acting_officer(file, None, by)
    check_place(places_of(file), component)
    there = select(attachment.c.id).where(
        attachment.c.case_id == file.id,
        attachment.c.sha256 == stored.sha256,
        attachment.c.component == component,
        attachment.c.removed_at.is_(None),
    )
    known: int | None = db.scalar(there)
    if known is not None:
        return known
    count = db.scalar(select(func.count()).where(attachment.c.case_id == file.id)) or 0
    if count >= MOST_FILES:
        raise BadInputError(f"Expected at most {MOST_FILES} files of {number}, but it has them")
    key: int = db.execute(
        insert(attachment)
        .values(
            case_id=file.id,
            component=component,
            name=name_for(name, stored.kind),
            kind=stored.kind.name,
            sha256=stored.sha256,
            bytes=stored.bytes,
            attached_at=file.now,
            attached_by=officer,
        )
        .returning(attachment.c.id)
    ).scalar_one()
    file.record(
        FileAttached(
            file=key,
            component=component,
            kind=stored.kind.name,
            sha256=stored.sha256,
            bytes=stored.bytes,
        )
    )
    file.save(actor=officer)
    return key


def remove_file(
    db: Connection, clock: Clock, *, number: str, key: int, reason: str, by: str | None = None
) -> None:
    """Take a file off the case; its row and its content stay as evidence of what was there.

    Raises:
        FileUnknownError: it is not there. BadInputError: no reason. NotAllowedError.
    """
    file = open_case(db, clock, number)
    officer = acting_officer(file, None, by)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInputError(
            f"Expected why the file is removed in at most {LONGEST_REASON} letters, "
            f"but got {len(reason.strip())}"
        )
    row = file_of(db, number, key)
    db.execute(
        update(attachment)
        .where(attachment.c.id == row.id)
        .values(removed_at=file.now, removed_by=officer, removed_reason=reason.strip())
    )
    file.record(FileRemoved(file=key, reason=reason.strip()))
    file.save(actor=officer)


def file_of(db: Connection, number: str, key: int) -> Row[Any]:
    """A file of this case that is not removed.

    Raises:
        FileUnknownError: another case's, removed, or none.
    """
    row = db.execute(
        select(attachment)
        .join(case, case.c.id == attachment.c.case_id)
        .where(attachment.c.id == key, case.c.number == number, attachment.c.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise FileUnknownError(f"Expected a file of {number}, but {key} is not among its papers")
    return row


def files_of(db: Connection, case_id: int) -> list[Row[Any]]:
    """The files of a case in the order in which they came."""
    return list(
        db.execute(
            select(attachment)
            .where(attachment.c.case_id == case_id, attachment.c.removed_at.is_(None))
            .order_by(attachment.c.id)
        )
    )


def places_of(file: CaseFile) -> list[str]:
    """Where a file of this case may be put: its procedure's components and two more."""
    return [str(c["code"]) for c in file.version.meta.get("components", [])] + [RESULT, HAND_OVER]


def check_place(places: Collection[str], component: str | None) -> None:
    """Refuse a place that is none of these.

    Raises:
        BadInputError: naming them.
    """
    if component is not None and component not in places:
        raise BadInputError(f"Expected a place of {', '.join(places)}, but got {component[:80]!r}")


def contents_in_use(db: Connection) -> list[str]:
    """The hash of every content that some row names, removed files too."""
    return list(db.scalars(select(attachment.c.sha256).distinct().order_by(attachment.c.sha256)))


def media_type_of(row: Row[Any]) -> str:
    """What a file is served as."""
    return KINDS[row.kind].media_type
