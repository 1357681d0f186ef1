"""One answer a case to the question how satisfied people are, and the proof of a hand-over."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.cases.file import StatusRefusedError
from engine.cases.return_result import return_result
from engine.cases.tables import case
from engine.citizens.satisfaction import AlreadyAnsweredError, record_satisfaction
from engine.citizens.tables import satisfaction
from engine.database import reading
from engine.errors import BadInputError
from engine.journal.verify import verify
from tests.builders import TrainingOffice


def returned(office: TrainingOffice, **given: Any) -> str:
    number = office.receive("2.001610")
    office.work_until(number)
    office.do(return_result, number=number, originals_returned=True, **given)
    return number


def test_r60_one_answer_a_case(office: TrainingOffice) -> None:
    number = returned(office)
    office.do(
        record_satisfaction,
        number=number,
        answer="dissatisfied",
        themes=["time", "attitude"],
        comment="Ông Nam nói nặng lời",
        channel="track",
    )
    with pytest.raises(AlreadyAnsweredError):
        office.do(record_satisfaction, number=number, answer="satisfied")
    said = office.event(number, "SatisfactionRecorded")
    assert said == {
        "answer": "dissatisfied",
        "themes": ["attitude", "time"],
        "channel": "track",
        "agency": "H35.12",
    }
    with reading(office.books) as db:
        assert db.execute(select(satisfaction)).one().comment == "Ông Nam nói nặng lời"
        assert verify(db, None).findings == []
    assert "Nam" not in str(office.case(number)["journal"])


def test_r60_nobody_is_asked_before_he_has_the_result(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    with pytest.raises(StatusRefusedError):
        office.do(record_satisfaction, number=number, answer="satisfied")


@pytest.mark.parametrize(
    "given",
    [{"answer": "meh"}, {"answer": "satisfied", "themes": ["weather"]}, {"comment": "x" * 1001}],
)
def test_other_answers_are_refused(office: TrainingOffice, given: dict[str, Any]) -> None:
    number = returned(office)
    with pytest.raises(BadInputError):
        office.do(record_satisfaction, number=number, **({"answer": "satisfied"} | given))
    assert "SatisfactionRecorded" not in office.events(number)


def test_r39_a_hand_over_keeps_the_proof_of_its_channel(office: TrainingOffice) -> None:
    number = returned(office, channel="postal", proof=" EA123456789VN ")
    with reading(office.books) as db:
        kept = db.scalar(select(case.c.returned_proof).where(case.c.number == number))
    assert kept == "EA123456789VN"
    assert office.event(number, "ResultReturned")["has_proof"] is True
    assert "EA123456789VN" not in str(office.case(number)["journal"])
    other = office.receive("2.001610")
    office.work_until(other)
    with pytest.raises(BadInputError):
        office.do(return_result, number=other, originals_returned=True, proof="x" * 201)
