"""A leader signs the drafted apology (ký thư xin lỗi), changed where he says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.file import read_case
from engine.cases.lateness.draft_apology import draft_apology
from engine.cases.lateness.issue_apology import issue_apology
from engine.errors import BadInputError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.cases.lateness.draft_apology import ApologyDraft
    from engine.clock import Clock


def draft_for(db: Connection, clock: Clock, *, number: str) -> ApologyDraft:
    """What the books would write now; nothing is changed. Legal: R26, R72

    Raises:
        CaseUnknownError. BadInputError: the case has no due date, or a result already.
    """
    file = read_case(db, clock, number)
    if file["due_original_at"] is None or file["finished_at"] is not None:
        raise BadInputError(
            f"Expected a case under way with a due date, but {number} is in status "
            f"{int(file.status)} ({file.status.vietnamese})",
            number=number,
        )
    return draft_apology(file)


def sign_apology(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    reason: str | None = None,
    cause: str | None = None,
    new_date: date | None = None,
    signer: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """A leader signs the draft, with another cause or date where he says so; or his own letter.

    With a reason of his own the letter is his: then cause and new date are his to give as well.
    Legal: R26, R29, R72

    Raises:
        What `issue_apology` raises.
    """
    if reason is None:
        draft = draft_for(db, clock, number=number)
        reason, cause = draft.reason, cause or draft.cause
        new_date = new_date or draft.new_date
    return issue_apology(
        db,
        clock,
        number=number,
        reason=reason,
        cause=cause or "",
        new_date=new_date,
        signer=signer,
        by=by,
    )
