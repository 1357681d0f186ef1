"""The outbox of notices: claimed, given names at the last moment, sent, retried, given up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from engine.cases.tables import case
from engine.cases.telling.duty_tables import inbox, notice
from engine.cases.telling.inbox import VIETNAMESE
from engine.cases.telling.notices import DEAD, NO_ADDRESS, SENT, WAITING
from engine.catalog.tables import procedure
from engine.clock import iso_office, office_time
from engine.documents.notice_text import NoticeText, applicant_notice, officer_notice_text
from engine.errors import OfficeError
from engine.staff.tables import agency, officer

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
"""Waits between tries, about 70 hours in all; then the notice is dead and people are shown it."""

LONGEST_ERROR = 300


class NoticeUnknownError(OfficeError):
    """Somebody named a notice that is not in the outbox."""

    code = "notice_unknown"


@dataclass(frozen=True)
class Outgoing:
    """One notice claimed for delivery; no address: it is told at the counter or by telephone."""

    id: int
    fence: int
    attempts: int
    to: str
    what: NoticeText


def claim_notices(
    db: Connection, wall: datetime, *, lease: timedelta, most: int = 20
) -> list[Outgoing]:
    """Take waiting notices that nobody else is sending; the caller commits, then sends."""
    free = (
        select(notice.c.id)
        .where(
            notice.c.state == WAITING,
            # The first try is at once, whatever a training office's clock said when it was written.
            or_(notice.c.attempts == 0, notice.c.next_try_at <= wall),
            or_(
                notice.c.lease_until.is_(None),
                notice.c.lease_until <= wall,
                notice.c.lease_until > wall + lease,
            ),
        )
        .order_by(notice.c.next_try_at, notice.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = db.scalars(
        update(notice)
        .where(notice.c.id.in_(free.scalar_subquery()))
        .values(fence=notice.c.fence + 1, lease_until=wall + lease)
        .returning(notice.c.id)
    ).all()
    if not taken:
        return []
    rows = db.execute(_whole.where(notice.c.id.in_(taken)).order_by(notice.c.id)).all()
    return [
        Outgoing(row.id, row.fence, row.attempts, _address(row), _text(db, row)) for row in rows
    ]


def note_sent(db: Connection, sent: Outgoing, wall: datetime) -> bool:
    """It left the books; False when another process has it by now."""
    return _settle(db, sent, state=SENT, sent_at=wall, attempts=sent.attempts + 1)


def note_without_address(db: Connection, sent: Outgoing) -> bool:
    """Nobody gave an address: people tell him."""
    return _settle(db, sent, state=NO_ADDRESS)


def note_trouble(
    db: Connection, sent: Outgoing, wall: datetime, error: str, *, for_ever: bool
) -> bool:
    """It was not taken: wait and try again, or give up and show it."""
    attempts = sent.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "last_error": error[:LONGEST_ERROR]}
    if for_ever or attempts > len(PAUSES):
        return _settle(db, sent, state=DEAD, **values)
    return _settle(db, sent, next_try_at=wall + PAUSES[attempts - 1], **values)


def send_again(db: Connection, wall: datetime, *, notice_id: int) -> None:
    """Let a dead notice be tried again.

    Raises:
        NoticeUnknownError: there is no such dead notice.
    """
    done = db.execute(
        update(notice)
        .where(notice.c.id == notice_id, notice.c.state.in_((DEAD, NO_ADDRESS)))
        .values(state=WAITING, attempts=0, next_try_at=wall, lease_until=None)
    )
    if done.rowcount != 1:
        raise NoticeUnknownError(
            f"Expected a notice that was given up, but {notice_id} is not one", notice=notice_id
        )


def notices(
    db: Connection, *, state: str | None = None, number: str | None = None, most: int = 500
) -> list[dict[str, Any]]:
    """The outbox, newest first, without anybody's address."""
    rows = (
        select(notice, case.c.number)
        .outerjoin(inbox, inbox.c.id == notice.c.inbox_id)
        .outerjoin(case, case.c.id == func.coalesce(notice.c.case_id, inbox.c.case_id))
        .order_by(notice.c.id.desc())
        .limit(most)
    )
    if state is not None:
        rows = rows.where(notice.c.state == state)
    if number is not None:
        rows = rows.where(case.c.number == number)
    return [
        {
            "id": row.id,
            "number": row.number,
            "to": row.officer_code or "applicant",
            "what": row.what,
            "state": row.state,
            "written_at": iso_office(row.written_at),
            "sent_at": iso_office(row.sent_at) if row.sent_at else None,
            "attempts": row.attempts,
            "last_error": row.last_error,
        }
        for row in db.execute(rows)
    ]


def counts_by_state(db: Connection) -> dict[str, int]:
    """How many notices stand where."""
    rows = db.execute(select(notice.c.state, func.count().label("count_")).group_by(notice.c.state))
    return {row.state: row.count_ for row in rows}


_whole = (
    select(
        notice,
        case.c.number,
        case.c.owner_name,
        case.c.owner_data,
        procedure.c.name.label("procedure_name"),
        officer.c.email.label("officer_email"),
        inbox.c.standing_in_for,
        inbox.c.due_at.label("inbox_due_at"),
        inbox.c.content.label("inbox_content"),
        inbox.c.case_id.label("inbox_case_id"),
    )
    .select_from(notice)
    .outerjoin(inbox, inbox.c.id == notice.c.inbox_id)
    .outerjoin(case, case.c.id == func.coalesce(notice.c.case_id, inbox.c.case_id))
    .outerjoin(procedure, procedure.c.code == case.c.procedure_code)
    .outerjoin(officer, officer.c.code == notice.c.officer_code)
)


def _settle(db: Connection, sent: Outgoing, **values: Any) -> bool:
    done = db.execute(
        update(notice)
        .where(notice.c.id == sent.id, notice.c.fence == sent.fence, notice.c.state == WAITING)
        .values(lease_until=None, **values)
    )
    return done.rowcount == 1


def _address(row: Row[Any]) -> str:
    if row.officer_code is not None:
        return row.officer_email or ""
    return str(json.loads(row.owner_data).get("email", "")).strip()


def _text(db: Connection, row: Row[Any]) -> NoticeText:
    if row.officer_code is not None:
        content = json.loads(row.inbox_content)
        return officer_notice_text(
            VIETNAMESE.get(row.what, row.what),
            number=row.number or "",
            procedure=row.procedure_name or "",
            due_at=_moment(row.inbox_due_at),
            instead_of=_name(db, row.standing_in_for),
            figures=content.get("summary", ""),
        )
    facts = json.loads(row.content)
    return applicant_notice(
        row.what,
        number=row.number,
        owner=row.owner_name,
        agency=db.scalar(select(agency.c.name).where(agency.c.code == facts["agency"])) or "",
        procedure=row.procedure_name or "",
        receiver=_name(db, facts["receiver"]),
        officer=_name(db, facts["officer"]),
        received_at=_shown(facts["received_at"]),
        due_at=_shown(facts["due_at"]),
    )


def _name(db: Connection, code: str | None) -> str:
    if code is None:
        return ""
    return db.scalar(select(officer.c.name).where(officer.c.code == code)) or ""


def _moment(at: datetime | None) -> str:
    return f"{office_time(at):%H:%M ngày %d/%m/%Y}" if at is not None else ""


def _shown(text: str | None) -> str:
    return _moment(datetime.fromisoformat(text)) if text else ""
