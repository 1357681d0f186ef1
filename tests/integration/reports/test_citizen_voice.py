"""Figures of feedback and satisfaction, from the office's journal to the sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.cases.return_result import return_result
from engine.cases.training import clock_of
from engine.citizens.feedback import (
    answer_feedback,
    ask_for_more,
    assign_feedback,
    publish_feedback,
    receive_feedback,
)
from engine.citizens.satisfaction import record_satisfaction
from engine.database import reading
from engine.reports.build import build
from engine.reports.period_data import period_data
from engine.reports.self_score import self_score
from engine.sla.periods import parse_period
from tests.builders import TrainingOffice

if TYPE_CHECKING:
    from sqlalchemy import Engine

SPECIALIST, LEADER = "cv.thamdinh1", "ld.chutich"


@pytest.fixture
def office(books: Engine) -> TrainingOffice:
    return TrainingOffice(books)


def rows(office: TrainingOffice, name: str, **given: Any) -> dict[str, tuple[Any, ...]]:
    with reading(office.books) as db:
        now = clock_of(db).now()
        data = period_data(db, parse_period("2026Q4"), now=now, **given)
        if name == "par":
            sheet, _ = self_score(data)
        else:
            sheet = build(data, name).sheet
        return {row.key: row.cells for row in sheet.rows}


def feedback(office: TrainingOffice, **given: Any) -> int:
    key: int = office.do(
        receive_feedback,
        **({"agency": "H35.12", "channel": "track", "topic": "late", "content": "x"} | given),
    ).id
    office.do(assign_feedback, key=key, to=SPECIALIST, by=LEADER)
    return key


def returned(office: TrainingOffice) -> str:
    number = office.receive("2.001610")
    office.work_until(number)
    office.do(return_result, number=number, originals_returned=True)
    return number


def test_books_that_never_held_any_say_so(office: TrainingOffice) -> None:
    assert rows(office, "pakn")["1"][2:] == ("chưa có dữ liệu",) * 3
    assert rows(office, "par")["4"][2] == "chưa có dữ liệu"
    assert rows(office, "qd-766")["6.3"][3] == "chưa có dữ liệu"


def test_r59_feedback_is_counted_by_its_answer_in_time_and_late(office: TrainingOffice) -> None:
    first, second, third, fourth = (feedback(office) for _ in range(4))
    office.do(answer_feedback, key=first, answer="handled", text="x", by=LEADER)
    office.do(publish_feedback, key=first, by=LEADER)
    office.do(ask_for_more, key=second, text="x", by=LEADER)
    office.until("2026-11-20T08:00")
    office.do(answer_feedback, key=third, answer="refused", text="x", by=LEADER)
    office.until("2026-12-14T08:00")
    feedback(office)
    found = rows(office, "pakn")
    assert found["1"][2:] == ("5", "3", "2"), "refused after 2 days, and the fourth not at all"
    assert found["2"][2:] == ("1", "0", "1")
    assert found["3"][2:] == ("1", "1", "0")
    assert found["4"][2:] == ("1", "1", "0")
    assert found["5"][2:] == ("1", "1", "0")
    assert found["6"][2:] == ("0", "0", "0")
    assert rows(office, "pakn", agency_code="H35.99")["1"][2:] == ("0", "0", "0")
    assert fourth


def test_r60_satisfaction_reaches_the_self_score_and_the_index(office: TrainingOffice) -> None:
    answers = ["very_satisfied", "satisfied", "satisfied", "satisfied", "dissatisfied"]
    numbers = [returned(office) for _ in answers]
    for number, answer in zip(numbers, answers, strict=True):
        office.do(record_satisfaction, number=number, answer=answer)
    criterion = rows(office, "par")["4"]
    assert criterion[2:4] == (4, 5)
    assert str(criterion[5]) == "1.00"
    assert rows(office, "qd-766")["6.3"][3:5] == (4, 5)
    office.do(record_satisfaction, number=returned(office), answer="dissatisfied")
    assert str(rows(office, "par")["4"][5]) == "0.00"


def test_r60_a_complaint_counts_against_a_case_unless_it_is_false(office: TrainingOffice) -> None:
    numbers = [returned(office) for _ in range(4)]
    feedback(office, case_number=numbers[0])
    false = feedback(office, case_number=numbers[1], about_officer="cb.tiepnhan1")
    assert rows(office, "qd-766")["6.2"][3:5] == (2, 4)
    office.do(
        answer_feedback, key=false, answer="handled", text="x", found_false=True, by=SPECIALIST
    )
    assert rows(office, "qd-766")["6.2"][3:5] == (1, 4)
    index = rows(office, "qd-766")["6.3"]
    assert (index[3], index[4], str(index[6])) == (3, 4, "5.00"), "75 % × 6 / 90"
