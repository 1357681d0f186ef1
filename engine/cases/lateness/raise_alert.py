"""Raise a warning (cảnh báo): journal, inboxes and e-mails of one rung, in one write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select

from engine.cases import agenda
from engine.cases.file import open_case
from engine.cases.lateness.addressees import Addressee, addressees
from engine.cases.lateness.escalation import EMAIL, NAMED_PERSON, policy_in_force
from engine.cases.telling.duty_tables import inbox, notice
from engine.cases.telling.notices import WAITING
from engine.events.deadlines import AlertClimbed, AlertRaised, OneStopNotified
from engine.prepared import Prepared
from engine.sla.alerts import AlertTo

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.clock import Clock

REAPPOINT_LIMIT = "REAPPOINT_LIMIT"
CLOCK = "clock"

_open_rows = Prepared(
    select(inbox.c.subject, inbox.c.acted_at).where(
        inbox.c.case_id == bindparam("b_case"),
        inbox.c.level == bindparam("b_level"),
        inbox.c.closed_at.is_(None),
    )
)
_insert_inbox = insert(inbox).returning(inbox.c.id)
_insert_notice = Prepared(insert(notice))


def raise_alert(
    file: CaseFile,
    level: str,
    *,
    due_at: datetime,
    element_id: str | None = None,
    subject: str = "",
    rung: int = 0,
    coalesced: bool = False,
) -> None:
    """Tell the people of a rung, and wait for the next one if nobody acts. Legal: R30

    A coalesced warning is written down and told to nobody: a later one of the same case is due
    at the same time and says more.
    """
    policy = policy_in_force(file.db)
    step = policy.rung(level, rung)
    people = addressees(file, step.to, subject=subject) if step and not coalesced else ()
    told = tuple(each.code for each in people)
    file.record(
        AlertClimbed(level=level, rung=rung, to=told, step=element_id)
        if rung
        else AlertRaised(
            level=level, due_at=due_at, to=told, step=element_id, coalesced=coalesced or None
        )
    )
    for each in people:
        # Who is told because of a step is done with it when the step is; a late case stays with
        # the one named until an apology or the end.
        of_step = subject or ("" if level in NAMED_PERSON else each.subject)
        inbox_id = _put(
            file,
            each,
            level=level,
            rung=rung,
            step=element_id or each.step,
            subject=of_step,
            due_at=due_at,
        )
        if step is not None and EMAIL in step.how and each.email:
            _insert_notice.run(file.db, officer_notice(file.now, inbox_id, each.code, level))
    above = policy.rung(level, rung + 1)
    if people and above is not None and above.after is not None:
        minutes = above.after.working_minutes() or 0
        at = file.office.add_working_minutes(file.now, minutes)
        agenda.arm_climb(file, level, subject, rung + 1, at, element_id)


def climb(file: CaseFile, level: str, subject: str, rung: int, element_id: str | None) -> bool:
    """Nobody acted in time: tell the next rung. False when somebody did, or it is over."""
    found = _open_rows.all(file.db, {"b_case": file.id, "b_level": level})
    rows = [row for row in found if subject in ("", row.subject)]
    if not rows or any(row.acted_at is not None for row in rows):
        return False
    raise_alert(file, level, due_at=file.now, element_id=element_id, subject=subject, rung=rung)
    return True


def escalate(db: Connection, clock: Clock, *, number: str, level: str) -> bool:
    """Raise a warning from outside the agenda: a second re-appointment was refused. Legal: R27

    Once per case and level: False when somebody was told already.
    """
    file = open_case(db, clock, number)
    if _open_rows.first(db, {"b_case": file.id, "b_level": level}) is not None:
        return False
    raise_alert(file, level, due_at=file["due_appointed_at"] or file.now)
    file.save(actor=CLOCK)
    return True


def tell_one_stop(file: CaseFile, letter: str, due_at: datetime) -> None:
    """The one-stop is told of an apology and the date it gives. Legal: R29"""
    people = addressees(file, (AlertTo.ONE_STOP_HEAD,))
    for each in people:
        _put(file, each, level="REAPPOINTED", rung=0, step=None, subject="", due_at=due_at)
    file.record(OneStopNotified(letter=letter, to=tuple(each.code for each in people)))


def _put(
    file: CaseFile,
    to: Addressee,
    *,
    level: str,
    rung: int,
    step: str | None,
    subject: str,
    due_at: datetime,
) -> int:
    inbox_id: int = file.db.execute(
        _insert_inbox,
        {
            "officer_code": to.code,
            "standing_in_for": to.standing_in_for,
            "kind": "alert",
            "level": level,
            "rung": rung,
            "case_id": file.id,
            "step": step,
            "subject": subject,
            "due_at": due_at,
            "raised_at": file.now,
            "content": "{}",
        },
    ).scalar_one()
    return inbox_id


def officer_notice(at: datetime, inbox_id: int, officer: str, what: str) -> dict[str, object]:
    """An e-mail to an officer that repeats what is in his inbox."""
    return {
        "inbox_id": inbox_id,
        "officer_code": officer,
        "what": what,
        "content": "{}",
        "state": WAITING,
        "written_at": at,
        "next_try_at": at,
        "attempts": 0,
        "fence": 0,
    }
