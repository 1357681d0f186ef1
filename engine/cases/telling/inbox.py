"""Inboxes (hộp việc): what each officer is told, what he has read and taken up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from engine.cases.file import open_case
from engine.cases.tables import case
from engine.cases.telling.duty_tables import inbox
from engine.clock import iso_office
from engine.errors import OfficeError
from engine.events.deadlines import AlertTakenUp
from engine.prepared import Prepared
from engine.staff.queries import officer_by_code

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.clock import Clock

VIETNAMESE = {
    "DUE_SOON": "Sắp đến hạn trả kết quả",
    "STEP_80": "Bước đã dùng 80% thời gian",
    "DECIDE": "Cần quyết định: hoàn thành kịp hay xin lỗi, hẹn lại",
    "APOLOGY_MISSED": "Đã quá thời điểm phải xin lỗi",
    "OVERDUE": "Hồ sơ quá hạn",
    "APPOINTED_MISSED": "Quá ngày hẹn lại",
    "REAPPOINT_LIMIT": "Đã hẹn lại một lần, cần người đứng đầu quyết định",
    "OPINION_OVERDUE": "Cơ quan phối hợp chậm trả lời",
    "REAPPOINTED": "Đã xin lỗi và hẹn lại ngày trả",
    "STUCK": "Hồ sơ nằm lâu bất thường ở một bước",
    "FEEDBACK_IDLE": "Phản ánh, kiến nghị chưa được phân công",
    "FEEDBACK_DUE": "Phản ánh, kiến nghị sắp đến hạn trả lời",
    "FEEDBACK_LATE": "Phản ánh, kiến nghị quá hạn trả lời",
    "DIGEST": "Tổng hợp đầu ngày",
}
"""What each level is called. Legal: R30"""


MOST_COUNTED = 100
"""More than this an inbox is simply full."""


class MessageUnknownError(OfficeError):
    """Somebody named a message that is not in his inbox."""

    code = "message_unknown"


_waiting = Prepared(
    select(func.count().label("messages")).select_from(
        select(inbox.c.id)
        .where(inbox.c.officer_code == bindparam("b_code"), inbox.c.closed_at.is_(None))
        .where(inbox.c.acted_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
)
_one = (
    select(inbox, case.c.number)
    .outerjoin(case, case.c.id == inbox.c.case_id)
    .where(inbox.c.id == bindparam("b_id"))
)


def messages(
    db: Connection, *, officer: str | None = None, closed: bool = False, most: int = 500
) -> list[dict[str, Any]]:
    """What is open in an inbox, or in all of them, newest first; `closed` shows the rest too.

    Raises:
        OfficerUnknownError: nobody by that code.
    """
    rows = (
        select(inbox, case.c.number)
        .outerjoin(case, case.c.id == inbox.c.case_id)
        .order_by(inbox.c.raised_at.desc(), inbox.c.id.desc())
        .limit(most)
    )
    if officer is not None:
        officer_by_code(db, officer)
        rows = rows.where(inbox.c.officer_code == officer)
    if not closed:
        rows = rows.where(inbox.c.closed_at.is_(None))
    return [_plain(row) for row in db.execute(rows)]


def open_count(db: Connection, officer: str) -> int:
    """How many messages of an officer wait for him; counting stops at `MOST_COUNTED`."""
    row = _waiting.first(db, {"b_code": officer})
    return int(row.messages) if row is not None else 0


def open_escalations(db: Connection, case_id: int) -> list[str]:
    """Codes of the named persons a late case waits for. Legal: R30"""
    return list(
        db.scalars(
            select(inbox.c.officer_code).where(
                inbox.c.case_id == case_id,
                inbox.c.level.in_(("APOLOGY_MISSED", "OVERDUE")),
                inbox.c.closed_at.is_(None),
            )
        )
    )


def mark_read(db: Connection, clock: Clock, *, message: int, by: str) -> dict[str, Any]:
    """The officer has seen it; a digest is over with that.

    Raises:
        MessageUnknownError: it is not in his inbox.
    """
    row = _mine(db, message, by)
    values: dict[str, Any] = {"read_at": row.read_at or clock.now()}
    if row.kind == "digest":
        values |= {"closed_at": row.closed_at or clock.now(), "closed_by": "read"}
    db.execute(update(inbox).where(inbox.c.id == message).values(**values))
    return _plain(_mine(db, message, by))


def take_up(db: Connection, clock: Clock, *, message: int, by: str) -> dict[str, Any]:
    """The officer acts on it: it climbs no further, and stays open until the case answers it.

    Raises:
        MessageUnknownError: it is not in his inbox.
    """
    row = _mine(db, message, by)
    if row.acted_at is None and row.closed_at is None:
        if row.number is not None:
            file = open_case(db, clock, row.number)
            file.record(AlertTakenUp(level=row.level, officer=by))
            file.save(actor=by)
        now = clock.now()
        db.execute(
            update(inbox)
            .where(inbox.c.id == message)
            .values(acted_at=now, acted_by=by, read_at=row.read_at or now)
        )
    return _plain(_mine(db, message, by))


def _mine(db: Connection, message: int, officer: str) -> Row[Any]:
    officer_by_code(db, officer)
    row = db.execute(_one, {"b_id": message}).one_or_none()
    if row is None or row.officer_code != officer:
        raise MessageUnknownError(
            f"Expected a message in the inbox of {officer}, but {message} is not there",
            id=message,
            officer=officer,
        )
    return row


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "officer": row.officer_code,
        "standing_in_for": row.standing_in_for,
        "kind": row.kind,
        "level": row.level,
        "title": VIETNAMESE.get(row.level, row.level),
        "rung": row.rung,
        "number": row.number,
        "step": row.step,
        "due_at": _at(row.due_at),
        "raised_at": _at(row.raised_at),
        "content": json.loads(row.content),
        "read_at": _at(row.read_at),
        "acted_at": _at(row.acted_at),
        "acted_by": row.acted_by,
        "closed_at": _at(row.closed_at),
        "closed_by": row.closed_by,
    }


def _at(instant: datetime | None) -> str | None:
    return iso_office(instant) if instant is not None else None
