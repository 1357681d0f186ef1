"""Pauses of the office's clock (tạm dừng): opened with a ground, closed with a new due date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.cases import agenda
from engine.cases.deadlines import count_again, recount_steps
from engine.cases.status import CaseStatus
from engine.cases.tables import hold
from engine.errors import OfficeError
from engine.events.waiting import PaymentRequested

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Row

    from engine.cases.file import CaseFile

SUPPLEMENT, PAYMENT, STOP = "supplement", "payment", "stop"


class HoldError(OfficeError):
    """There is no such pause to close, or one is open already."""

    code = "hold_refused"


def current_hold(file: CaseFile, kind: str) -> Row[Any] | None:
    """The open pause of a kind."""
    return file.db.execute(
        select(hold).where(
            hold.c.case_id == file.id, hold.c.kind == kind, hold.c.closed_at.is_(None)
        )
    ).first()


def first_pause_at(file: CaseFile) -> datetime | None:
    """When the clock of the case first stood, once it ran; None when it never did."""
    found: datetime | None = file.db.scalar(
        select(hold.c.opened_at)
        .where(hold.c.case_id == file.id, hold.c.at_intake.is_(False))
        .order_by(hold.c.opened_at)
        .limit(1)
    )
    return found


def is_waiting_payment(file: CaseFile) -> bool:
    """True while a payment pause is open."""
    return file.status is CaseStatus.PAYING


def require_hold(file: CaseFile, kind: str, *, to: str) -> Row[Any]:
    """The open pause of a kind.

    Raises:
        HoldError: none is open.
    """
    row = current_hold(file, kind)
    if row is None:
        raise HoldError(
            f"Expected an open {kind} pause of {file.number} to {to}, but there is none",
            number=file.number,
            kind=kind,
        )
    return row


def open_hold(
    file: CaseFile,
    *,
    kind: str,
    ground: str,
    by: str,
    document: str | None = None,
    components: Sequence[str] = (),
    expected_on: date | None = None,
    at_intake: bool = False,
    policy: str | None = None,
) -> int:
    """Stop the clock: write the pause and let the agenda stand. Legal: R21, R22"""
    file.has_holds = True
    hold_id = file.db.execute(
        insert(hold)
        .values(
            case_id=file.id,
            kind=kind,
            at_intake=at_intake,
            ground=ground,
            document=document,
            policy=policy,
            components=json.dumps(list(components), ensure_ascii=False),
            opened_at=file.now,
            opened_by=by,
            expected_on=expected_on,
        )
        .returning(hold.c.id)
    ).scalar_one()
    if not at_intake:
        agenda.suspend(file)
    return int(hold_id)


def close_hold(file: CaseFile, row: Row[Any]) -> tuple[datetime, datetime]:
    """Let the clock go on; gives the due instant before and after. Legal: R21, R22, R28

    The appointed date follows when no apology moved it, and is never left before the original.
    """
    file.db.execute(update(hold).where(hold.c.id == row.id).values(closed_at=file.now))
    before = file["due_original_at"]
    after = count_again(file)
    appointed = file["due_appointed_at"]
    if appointed == before:
        appointed = after
    file.set(due_original_at=after, due_appointed_at=max(appointed, after))
    file.db.execute(
        update(hold).where(hold.c.id == row.id).values(due_before=before, due_after=after)
    )
    agenda.resume(file, recount_steps(file))
    return before, after


def open_payment_hold(
    file: CaseFile,
    *,
    ground: str | None,
    by: str = "diagram",
    amount_dong: int | None = None,
    notice: str | None = None,
) -> int:
    """The applicant owes a financial obligation: status 6, the clock stands. Legal: R22"""
    file.move_to(CaseStatus.PAYING)
    hold_id = open_hold(
        file,
        kind=PAYMENT,
        ground=ground or "Thực hiện nghĩa vụ tài chính",
        by=by,
        document=notice,
        policy="PAUSE_WD",
    )
    file.record(PaymentRequested(hold=hold_id, amount_dong=amount_dong, notice=notice))
    return hold_id
