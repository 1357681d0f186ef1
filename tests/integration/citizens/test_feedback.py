"""Feedback has a clock of its own: received, assigned, answered, published in its legal time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.cases.telling.inbox import messages
from engine.citizens.feedback import (
    FeedbackRefusedError,
    FeedbackUnknownError,
    answer_feedback,
    ask_for_more,
    assign_feedback,
    publish_feedback,
    receive_feedback,
    supply_facts,
)
from engine.citizens.tables import feedback
from engine.database import reading
from engine.errors import BadInputError
from engine.journal.read import entries_of
from engine.journal.verify import verify
from engine.open_office import TRAINING_AGENCY
from tests.builders import TrainingOffice

CLERK, HEAD, LEADER, SPECIALIST = "cb.tiepnhan1", "tp.chuyenmon", "ld.chutich", "cv.thamdinh1"
SECRET = "Chị Lò Thị X bán đất, điện thoại 0912"


def received(office: TrainingOffice, **given: Any) -> Any:
    values: dict[str, Any] = {
        "agency": TRAINING_AGENCY,
        "channel": "phone",
        "topic": "late",
        "content": SECRET,
        "by": CLERK,
    }
    return office.do(receive_feedback, **(values | given))


def assigned(office: TrainingOffice, **given: Any) -> int:
    key: int = received(office, **given).id
    office.do(assign_feedback, key=key, to=SPECIALIST, by=HEAD)
    return key


def row(office: TrainingOffice, key: int) -> Any:
    with reading(office.books) as db:
        return db.execute(select(feedback).where(feedback.c.id == key)).one()


def told(office: TrainingOffice) -> list[tuple[str, str]]:
    with reading(office.books) as db:
        return sorted(
            (m["level"], m["officer"]) for m in messages(db) if m["level"].startswith("FEEDBACK")
        )


def words(office: TrainingOffice) -> list[str]:
    with reading(office.books) as db:
        return [e.type for e in entries_of(db, "office") if e.type.startswith("Feedback")]


def test_r59_feedback_is_received_assigned_handled_and_published(office: TrainingOffice) -> None:
    piece = received(office)
    assert piece.number == "PAKN-H35.12-2026-0001"
    assert piece.due_on == date(2026, 12, 8), "15 working days; 24/11 is a day off"
    office.do(assign_feedback, key=piece.id, to=SPECIALIST, by=HEAD)
    done = office.do(
        answer_feedback, key=piece.id, answer="handled", text="Đã nhắc nhở", by=SPECIALIST
    )
    assert (done.state, done.due_on) == ("answered", date(2026, 11, 18))
    office.do(publish_feedback, key=piece.id, by=CLERK)
    assert (row(office, piece.id).state, row(office, piece.id).due_on) == ("closed", None)
    assert words(office) == [
        "FeedbackReceived",
        "FeedbackAssigned",
        "FeedbackAnswered",
        "FeedbackPublished",
    ]
    assert received(office).number == "PAKN-H35.12-2026-0002"


def test_the_journal_says_nothing_of_the_citizen_and_stays_whole(office: TrainingOffice) -> None:
    assigned(office, sender_name="Trần Văn Dân", sender_contact="0987651234")
    with reading(office.books) as db:
        said = " ".join(str(entry.data) for entry in entries_of(db, "office"))
        assert verify(db, None).findings == []
    for secret in (SECRET, "Trần Văn Dân", "0987651234"):
        assert secret not in said


@pytest.mark.parametrize(
    ("answer", "until", "late"),
    [
        ("refused", "2026-11-18T16:00", False),
        ("refused", "2026-11-19T08:00", True),
        ("passed_on", "2026-11-23T16:00", False),
        ("passed_on", "2026-11-25T08:00", True),
        ("handled", "2026-12-08T16:59", False),
        ("handled", "2026-12-09T08:00", True),
    ],
)
def test_r59_each_answer_has_its_own_days(
    office: TrainingOffice, answer: str, until: str, late: bool
) -> None:
    key = assigned(office)
    office.until(until)
    office.do(
        answer_feedback, key=key, answer=answer, text="Trả lời", passed_to="Sở Xây dựng", by=LEADER
    )
    with reading(office.books) as db:
        said = [e.data for e in entries_of(db, "office") if e.type == "FeedbackAnswered"]
    assert said[0]["late"] is late


def test_r59_asking_for_more_stops_the_clock_until_the_facts_come(office: TrainingOffice) -> None:
    key = assigned(office)
    asked = office.do(ask_for_more, key=key, text="Xin cho biết ngày nộp", by=SPECIALIST)
    assert (asked.state, asked.due_on) == ("asked", None)
    office.until("2026-12-01T08:00")
    came = office.do(supply_facts, key=key, text="Ngày 02/11")
    assert came.state == "waiting"
    assert came.due_on == date(2026, 12, 22)
    assert "Ngày 02/11" in came.content
    office.until("2026-12-22T10:00")
    done = office.do(answer_feedback, key=key, answer="handled", text="Xong", by=SPECIALIST)
    assert done.state == "answered"
    with reading(office.books) as db:
        said = {e.type: e.data for e in entries_of(db, "office")}
    assert said["FeedbackAsked"]["late"] is False
    assert said["FeedbackAnswered"]["late"] is False


def test_only_the_one_assigned_or_a_leader_answers(office: TrainingOffice) -> None:
    key = assigned(office)
    with pytest.raises(FeedbackRefusedError):
        office.do(answer_feedback, key=key, answer="handled", text="Tôi", by=CLERK)
    office.do(answer_feedback, key=key, answer="handled", text="Tôi", by=LEADER)
    with pytest.raises(FeedbackRefusedError):
        office.do(answer_feedback, key=key, answer="refused", text="Lần nữa", by=LEADER)


def test_nobody_answers_feedback_about_himself(office: TrainingOffice) -> None:
    key = received(office, about_officer=LEADER, topic="attitude").id
    with pytest.raises(FeedbackRefusedError):
        office.do(assign_feedback, key=key, to=LEADER, by=HEAD)
    with pytest.raises(FeedbackRefusedError):
        office.do(answer_feedback, key=key, answer="handled", text="Không sao", by=LEADER)
    office.do(assign_feedback, key=key, to=SPECIALIST, by=HEAD)
    done = office.do(
        answer_feedback, key=key, answer="handled", text="Sai", found_false=True, by=SPECIALIST
    )
    assert done.found_false is True


@pytest.mark.parametrize(
    "given",
    [
        {"content": "  "},
        {"content": "x" * 4001},
        {"channel": "pigeon"},
        {"topic": "weather"},
        {"case_number": "H35.12-261116-9999"},
        {"sender_name": "x" * 201},
    ],
)
def test_what_cannot_be_feedback_is_refused_and_not_written(
    office: TrainingOffice, given: dict[str, Any]
) -> None:
    with pytest.raises(BadInputError):
        received(office, **given)
    assert words(office) == []


def test_found_false_needs_an_officer_and_passing_on_an_agency(office: TrainingOffice) -> None:
    key = assigned(office)
    with pytest.raises(BadInputError):
        office.do(answer_feedback, key=key, answer="handled", text="x", found_false=True, by=LEADER)
    with pytest.raises(BadInputError):
        office.do(answer_feedback, key=key, answer="passed_on", text="x", by=LEADER)
    with pytest.raises(BadInputError):
        office.do(answer_feedback, key=key, answer="asked", text="x", by=LEADER)
    with pytest.raises(FeedbackUnknownError):
        office.do(answer_feedback, key=99, answer="handled", text="x", by=LEADER)


def test_r59_who_is_told_when_nobody_was_assigned_when_it_is_due_and_late(
    office: TrainingOffice,
) -> None:
    key = received(office).id
    office.until("2026-11-17T08:00")
    assert told(office) == [("FEEDBACK_IDLE", CLERK)], "the one-stop's head"
    office.do(assign_feedback, key=key, to=SPECIALIST, by=HEAD)
    assert told(office) == [], "somebody was assigned"
    office.until("2026-12-07T09:00")
    assert ("FEEDBACK_DUE", SPECIALIST) in told(office)
    office.until("2026-12-11T09:00")
    assert [each for each in told(office) if each[0] == "FEEDBACK_LATE"] == [
        ("FEEDBACK_LATE", SPECIALIST),
        ("FEEDBACK_LATE", LEADER),
    ], "once each, however many mornings pass"
    office.do(answer_feedback, key=key, answer="handled", text="Xong", by=SPECIALIST)
    assert told(office) == []
    office.until("2026-12-16T09:00")
    assert ("FEEDBACK_LATE", SPECIALIST) in told(office), "publishing is late too"


def test_the_one_it_is_about_is_not_warned_of_it(office: TrainingOffice) -> None:
    received(office, about_officer=LEADER, topic="attitude")
    office.until("2026-12-20T09:00")
    assert LEADER not in {officer for _, officer in told(office)}
