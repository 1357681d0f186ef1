"""Say why a case is late (nguyên nhân chậm): needed before it can close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.acting import acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.lateness.causes import check_cause
from engine.events.cases import CauseRecorded

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock


def record_cause(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    cause: str,
    text: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Record or correct the cause; the journal keeps every one. Legal: R34

    Raises:
        BadInputError: an unknown cause, or KHAC without a text.
    """
    file = open_case(db, clock, number)
    check_cause(cause, text)
    officer = acting_officer(file, None, by)
    file.set(late_cause=cause, late_cause_text=text)
    file.record(CauseRecorded(cause=cause, text=text))
    file.save(actor=officer)
    return file
