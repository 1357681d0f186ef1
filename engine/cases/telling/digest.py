"""The daily digest (tổng hợp đầu ngày): due today, late, paused too long, to each head of unit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.cases.lateness.escalation import EMAIL, policy_in_force
from engine.cases.lateness.raise_alert import officer_notice
from engine.cases.status import CaseStatus
from engine.cases.steps import OPEN
from engine.cases.tables import case, hold, step
from engine.cases.telling.duty_tables import inbox, notice
from engine.clock import office_date
from engine.staff.heads import present
from engine.staff.queries import office_time_of, roles_of
from engine.staff.tables import officer, unit

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from engine.cases.lateness.escalation import Policy
    from engine.clock import Clock

MOST_NUMBERS = 200
"""So many cases are named in a digest; the rest is a count."""

_units = (
    select(unit.c.code, unit.c.name, unit.c.agency_code, unit.c.head_code)
    .where(unit.c.head_code.is_not(None))
    .order_by(unit.c.code)
)
_work = (
    select(
        case.c.number,
        case.c.agency_code,
        case.c.due_original_at,
        case.c.due_appointed_at,
        step.c.officer_code,
        step.c.role,
    )
    .join(case, case.c.id == step.c.case_id)
    .where(
        step.c.state == OPEN,
        case.c.finished_at.is_(None),
        case.c.due_original_at.is_not(None),
        # A case whose clock stands is not late, unless it was late before.
        case.c.status.in_((int(CaseStatus.RECEIVED), int(CaseStatus.PROCESSING)))
        | case.c.became_late_at.is_not(None),
    )
    .order_by(case.c.due_original_at, case.c.number)
)
_pauses = (
    select(
        case.c.number, case.c.agency_code, hold.c.opened_at, hold.c.opened_by, hold.c.expected_on
    )
    .join(case, case.c.id == hold.c.case_id)
    .where(hold.c.closed_at.is_(None), case.c.finished_at.is_(None))
    .order_by(hold.c.opened_at, case.c.number)
)


def write_digests(db: Connection, clock: Clock) -> int:
    """Put today's digest into the inbox of each head of unit; a unit without news has none."""
    now, policy = clock.now(), policy_in_force(db)
    on = office_date(now)
    work, pauses = db.execute(_work).all(), db.execute(_pauses).all()
    written = 0
    for each in db.execute(_units).all():
        lists = _lists(db, each, now, policy, work, pauses)
        head = present(db, each.head_code, on)
        if head is None or not any(lists.values()):
            continue
        _close_older(db, head.code, each.code, now)
        inbox_id = db.execute(
            insert(inbox)
            .values(
                officer_code=head.code,
                standing_in_for=head.standing_in_for,
                kind="digest",
                level="DIGEST",
                rung=0,
                subject=each.code,
                raised_at=now,
                content=json.dumps(_content(each.name, lists), ensure_ascii=False),
            )
            .returning(inbox.c.id)
        ).scalar_one()
        if EMAIL in policy.digest_how and head.email:
            db.execute(insert(notice), officer_notice(now, inbox_id, head.code, "DIGEST"))
        written += 1
    return written


def _lists(
    db: Connection,
    each: Row[*tuple[Any, ...]],
    now: datetime,
    policy: Policy,
    work: Any,
    pauses: Any,
) -> dict[str, list[str]]:
    on = office_date(now)
    members = set(db.scalars(select(officer.c.code).where(officer.c.unit_code == each.code)))
    roles = {role for code in members for role in roles_of(db, code, on)}
    mine = [
        row
        for row in work
        if row.agency_code == each.agency_code
        and (row.officer_code in members or (row.officer_code is None and row.role in roles))
    ]
    late = _once(row.number for row in mine if row.due_original_at < now)
    due = _once(
        row.number
        for row in mine
        if office_date(row.due_appointed_at) == on and row.due_original_at >= now
    )
    office = office_time_of(db, each.agency_code)
    most = policy.paused_too_long.working_minutes() or 0
    paused = _once(
        row.number
        for row in pauses
        if row.agency_code == each.agency_code
        and row.opened_by in members
        and (
            _is_past(row.expected_on, on)
            or office.working_minutes_between(row.opened_at, now) > most
        )
    )
    return {"due_today": due, "late": late, "paused_too_long": paused}


def _once(numbers: Any) -> list[str]:
    return list(dict.fromkeys(numbers))


def _is_past(expected_on: date | None, on: date) -> bool:
    return expected_on is not None and expected_on < on


def _content(name: str, lists: dict[str, list[str]]) -> dict[str, Any]:
    counts = {key: len(numbers) for key, numbers in lists.items()}
    return {
        "unit": name,
        "counts": counts,
        "summary": f"{name}: đến hạn hôm nay {counts['due_today']}, quá hạn {counts['late']}, "
        f"tạm dừng quá lâu {counts['paused_too_long']}",
        **{key: numbers[:MOST_NUMBERS] for key, numbers in lists.items()},
    }


def _close_older(db: Connection, officer_code: str, unit_code: str, now: datetime) -> None:
    db.execute(
        update(inbox)
        .where(
            inbox.c.officer_code == officer_code,
            inbox.c.kind == "digest",
            inbox.c.subject == unit_code,
            inbox.c.closed_at.is_(None),
        )
        .values(closed_at=now, closed_by="next_digest")
    )
