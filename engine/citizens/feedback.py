"""Feedback (phản ánh, kiến nghị): received, assigned, answered and published in its legal time.

Each piece has its own clock, apart from any case's. What a citizen wrote and who he is stays in its
row; the journal has codes and instants only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.cases.tables import case
from engine.cases.telling.duty_tables import inbox
from engine.citizens.satisfaction import CITIZEN
from engine.citizens.tables import feedback
from engine.clock import office_date
from engine.documents.numbering import next_running_number
from engine.errors import BadInputError, OfficeError
from engine.events.citizens import (
    FeedbackAnswered,
    FeedbackAsked,
    FeedbackAssigned,
    FeedbackPublished,
    FeedbackReceived,
    FeedbackSupplied,
)
from engine.journal.append import append_office
from engine.sla.feedback import Answer, answer_due_on
from engine.staff.queries import agency_by_code, may_act, office_time_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection, Row

    from engine.clock import Clock
    from engine.events.event import Event

CHANNELS = {
    "track": "Trang tra cứu",
    "counter": "Tại bộ phận một cửa",
    "phone": "Điện thoại",
    "letter": "Văn bản, thư",
    "portal": "Cổng phản ánh, kiến nghị",
}
TOPICS = {
    "late": "Chậm giải quyết",
    "attitude": "Thái độ phục vụ",
    "fee": "Phí, lệ phí",
    "procedure": "Quy định, thủ tục",
    "other": "Việc khác",
}
WAITING, ASKED, ANSWERED, CLOSED = "waiting", "asked", "answered", "closed"
"""The office owes an answer; the citizen owes more facts; it is to be published; it is over."""

ANSWERS = (Answer.REFUSED, Answer.HANDLED, Answer.PASSED_ON)
"""Ways to answer for good; asking for more is not one."""
LONGEST_TEXT = 4000
LONGEST_NAME = 200


class FeedbackUnknownError(OfficeError):
    """Somebody named a piece of feedback that is not in the books."""

    code = "feedback_unknown"


class FeedbackRefusedError(OfficeError):
    """A piece of feedback is not where the action needs it, or not this officer's to answer."""

    code = "feedback_refused"


def receive_feedback(
    db: Connection,
    clock: Clock,
    *,
    agency: str,
    channel: str,
    topic: str,
    content: str,
    sender_name: str = "",
    sender_contact: str = "",
    case_number: str | None = None,
    about_officer: str | None = None,
    by: str | None = None,
) -> Row[Any]:
    """Enter a piece of feedback; `by` is None when the citizen wrote it himself. Legal: R59

    Raises:
        BadInputError: empty or too long, or no such channel, topic or case.
    """
    now = clock.now()
    agency_by_code(db, agency)
    _one_of(channel, CHANNELS, "a channel")
    _one_of(topic, TOPICS, "a topic")
    text = _text(content, "what the citizen says")
    for name in (sender_name, sender_contact):
        if len(name) > LONGEST_NAME:
            raise BadInputError(f"Expected at most {LONGEST_NAME} letters, but got {len(name)}")
    case_id = _case_id(db, agency, case_number) if case_number else None
    on = office_date(now)
    if about_officer is not None:
        may_act(db, about_officer, None, agency, on)  # somebody of that code
    if by is not None:
        _allowed(db, by, agency, on)
    row = db.execute(
        insert(feedback)
        .values(
            number=_next_number(db, agency, on),
            agency_code=agency,
            case_id=case_id,
            channel=channel,
            topic=topic,
            content=text,
            sender_name=sender_name.strip(),
            sender_contact=sender_contact.strip(),
            about_officer=about_officer,
            received_at=now,
            received_by=by,
            state=WAITING,
            due_on=_due(db, agency, Answer.HANDLED, on),
            found_false=False,
        )
        .returning(feedback)
    ).one()
    event = FeedbackReceived(
        feedback=row.number,
        agency=agency,
        channel=channel,
        topic=topic,
        case=case_number,
        about_officer=about_officer,
    )
    append_office(db, at=now, actor=by or CITIZEN, events=[event])
    return row


def assign_feedback(db: Connection, clock: Clock, *, key: int, to: str, by: str) -> Row[Any]:
    """Say who answers; never the one it is about.

    Raises:
        FeedbackRefusedError: it is over, or about him. FeedbackUnknownError, OfficerUnknownError.
    """
    row = _in(lock_feedback(db, key), WAITING, ASKED)
    _allowed(db, to, row.agency_code, office_date(clock.now()))
    if to == row.about_officer:
        raise FeedbackRefusedError(
            f"Expected somebody else than {to}, but {row.number} is about him", officer=to
        )
    event = FeedbackAssigned(feedback=row.number, to=to)
    close_alerts(db, row.number, clock, event, level="FEEDBACK_IDLE")
    return _changed(
        db,
        clock,
        row,
        event,
        by=by,
        assigned_to=to,
        assigned_at=clock.now(),
    )


def ask_for_more(db: Connection, clock: Clock, *, key: int, text: str, by: str) -> Row[Any]:
    """Ask the citizen for facts that are missing; nothing is due until he gives them. Legal: R59

    Raises:
        FeedbackRefusedError, FeedbackUnknownError, BadInputError.
    """
    row = _mine(db, clock, lock_feedback(db, key), by, WAITING)
    asked, now = _text(text, "what is missing"), clock.now()
    started = row.supplied_at or row.received_at
    late = office_date(now) > _due(db, row.agency_code, Answer.ASKED, office_date(started))
    event = FeedbackAsked(feedback=row.number, late=late)
    close_alerts(db, row.number, clock, event)
    return _changed(
        db, clock, row, event, by=by, state=ASKED, due_on=None, asked_at=now, asked_text=asked
    )


def supply_facts(
    db: Connection, clock: Clock, *, key: int, text: str, by: str | None = None
) -> Row[Any]:
    """The facts came: the time to handle it begins anew (DESIGN: as after a supplement).

    Raises:
        FeedbackRefusedError, FeedbackUnknownError, BadInputError.
    """
    row = _in(lock_feedback(db, key), ASKED)
    now = clock.now()
    content = f"{row.content}\n\n[{office_date(now):%d/%m/%Y}] {_text(text, 'the facts')}"
    return _changed(
        db,
        clock,
        row,
        FeedbackSupplied(feedback=row.number),
        by=by or CITIZEN,
        state=WAITING,
        content=content,
        supplied_at=now,
        due_on=_due(db, row.agency_code, Answer.HANDLED, office_date(now)),
    )


def answer_feedback(
    db: Connection,
    clock: Clock,
    *,
    key: int,
    answer: str,
    text: str,
    by: str,
    passed_to: str = "",
    found_false: bool = False,
) -> Row[Any]:
    """Refuse, handle, or pass on to the agency that is competent. Legal: R59

    What was handled is then published; the other two end it.

    Raises:
        FeedbackRefusedError, FeedbackUnknownError, BadInputError.
    """
    row = _mine(db, clock, lock_feedback(db, key), by, WAITING, ASKED)
    kind = Answer(_one_of(answer, {str(each): "" for each in ANSWERS}, "an answer"))
    said, now = _text(text, "the answer"), clock.now()
    if kind is Answer.PASSED_ON and not passed_to.strip():
        raise BadInputError("Expected the agency it is passed on to, but none was named")
    if len(passed_to) > LONGEST_NAME:
        raise BadInputError(f"Expected at most {LONGEST_NAME} letters, but got {len(passed_to)}")
    if found_false and (kind is not Answer.HANDLED or row.about_officer is None):
        raise BadInputError("Expected feedback about an officer that was handled, but it is not")
    today = office_date(now)
    late = today > _due(db, row.agency_code, kind, _clock_start(row, kind))
    is_handled = kind is Answer.HANDLED
    event = FeedbackAnswered(
        feedback=row.number, answer=str(kind), late=late, found_false=found_false or None
    )
    done = _changed(
        db,
        clock,
        row,
        event,
        by=by,
        state=ANSWERED if is_handled else CLOSED,
        answer=str(kind),
        answer_text=said,
        answered_at=now,
        answered_by=by,
        passed_to=passed_to.strip() or None,
        found_false=found_false,
        due_on=_due(db, row.agency_code, Answer.PUBLISHED, today) if is_handled else None,
    )
    close_alerts(db, row.number, clock, event)
    return done


def publish_feedback(db: Connection, clock: Clock, *, key: int, by: str) -> Row[Any]:
    """The answer was published. Legal: R59

    Raises:
        FeedbackRefusedError, FeedbackUnknownError.
    """
    row = _in(lock_feedback(db, key), ANSWERED)
    now = clock.now()
    _allowed(db, by, row.agency_code, office_date(now))
    event = FeedbackPublished(feedback=row.number, late=office_date(now) > row.due_on)
    done = _changed(db, clock, row, event, by=by, state=CLOSED, due_on=None, published_at=now)
    close_alerts(db, row.number, clock, event)
    return done


def lock_feedback(db: Connection, key: int) -> Row[Any]:
    """A piece of feedback, kept from others until the transaction ends.

    Raises:
        FeedbackUnknownError: there is none.
    """
    row = db.execute(select(feedback).where(feedback.c.id == key).with_for_update()).one_or_none()
    if row is None:
        raise FeedbackUnknownError(f"Expected a piece of feedback, but {key} is not in the books")
    return row


def close_alerts(
    db: Connection, number: str, clock: Clock, event: Event, *, level: str = "FEEDBACK_%"
) -> None:
    """Nobody is warned of it any more."""
    db.execute(
        update(inbox)
        .where(
            inbox.c.subject == number,
            inbox.c.level.like(level),
            inbox.c.closed_at.is_(None),
        )
        .values(closed_at=clock.now(), closed_by=event.type())
    )


def _clock_start(row: Row[Any], kind: Answer) -> date:
    """Facts that came later start the time for handling anew, not that for refusing."""
    if kind is Answer.HANDLED and row.supplied_at is not None:
        return office_date(row.supplied_at)
    return office_date(row.received_at)


def _due(db: Connection, agency: str, answer: Answer, start_on: date) -> date:
    return answer_due_on(answer, start_on, office_time_of(db, agency).calendar)


def _changed(
    db: Connection, clock: Clock, row: Row[Any], event: Event, *, by: str, **values: Any
) -> Row[Any]:
    done = db.execute(
        update(feedback).where(feedback.c.id == row.id).values(**values).returning(feedback)
    ).one()
    append_office(db, at=clock.now(), actor=by, events=[event])
    return done


def _in(row: Row[Any], *states: str) -> Row[Any]:
    if row.state not in states:
        raise FeedbackRefusedError(
            f"Expected {row.number} to be {' or '.join(states)}, but it is {row.state}",
            number=row.number,
            state=row.state,
        )
    return row


def _mine(db: Connection, clock: Clock, row: Row[Any], by: str, *states: str) -> Row[Any]:
    _in(row, *states)
    on = office_date(clock.now())
    is_leader = may_act(db, by, "lanh_dao", row.agency_code, on) is None
    if by == row.about_officer or not (is_leader or by == row.assigned_to):
        raise FeedbackRefusedError(
            f"Expected the one who was assigned {row.number}, or a leader it is not about, "
            f"but {by} is neither",
            officer=by,
        )
    return row


def _allowed(db: Connection, officer: str, agency: str, on: date) -> None:
    refusal = may_act(db, officer, None, agency, on)
    if refusal is not None:
        raise FeedbackRefusedError(refusal, officer=officer)


def _case_id(db: Connection, agency: str, number: str) -> int:
    found: int | None = db.scalar(
        select(case.c.id).where(case.c.number == number, case.c.agency_code == agency)
    )
    if found is None:
        raise BadInputError(f"Expected a case of this agency, but {number[:64]!r} is none")
    return found


def _next_number(db: Connection, agency: str, on: date) -> str:
    taken = next_running_number(db, agency=agency, year=on.year, kind="PAKN")
    return f"PAKN-{agency}-{on.year}-{taken:04}"


def _one_of(value: str, known: Mapping[str, Any], what: str) -> str:
    if value not in known:
        raise BadInputError(f"Expected {what} of {', '.join(known)}, but got {value[:40]!r}")
    return value


def _text(value: str, what: str) -> str:
    text = value.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadInputError(f"Expected {what} in 1 to {LONGEST_TEXT} letters, but got {len(text)}")
    return text
