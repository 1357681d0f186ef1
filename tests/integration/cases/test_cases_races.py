"""Four clerks on one step: exactly one wins, on both databases (F5, F9)."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.idempotency import KeyReusedError, once
from engine.cases.steps import StepNotOpenError, open_steps
from engine.cases.tables import idempotency, step
from engine.cases.training import clock_of
from engine.database import DatabaseBusyError, reading, transaction
from engine.journal.tables import journal
from engine.journal.verify import verify
from tests.builders import TrainingOffice

CLERKS = 4
RACES = 1000
STEPS_A_CASE = 5  # 2.001610 has five steps before the hand-over


class Clerks:
    """Four people at four desks, each with a connection, who all reach for the same step."""

    def __init__(self, office: TrainingOffice) -> None:
        self.office = office
        self.gate = threading.Barrier(CLERKS)
        self.desks = ThreadPoolExecutor(CLERKS)

    def race(self, number: str) -> list[str]:
        """Each one's outcome on the oldest open step, which all have seen open."""
        with reading(self.office.books) as db:
            step = open_steps(db, read_case(db, clock_of(db), number).id)[0].task_id
        return list(self.desks.map(lambda _: self._try(number, step), range(CLERKS)))

    def _try(self, number: str, step: str) -> str:
        self.gate.wait()
        try:
            self.office.complete(number, step)
        except (StepNotOpenError, DatabaseBusyError) as refusal:
            return refusal.code
        return "won"


def test_f5_a_thousand_races_have_a_thousand_winners(office: TrainingOffice) -> None:
    clerks, outcomes = Clerks(office), Counter[str]()
    with clerks.desks:
        for _ in range(RACES // STEPS_A_CASE):
            number = office.receive("2.001610")
            for _ in range(STEPS_A_CASE):
                results = clerks.race(number)
                assert sorted(results) == ["step_not_open"] * (CLERKS - 1) + ["won"]
                outcomes.update(results)
    assert outcomes == {"won": RACES, "step_not_open": RACES * (CLERKS - 1)}
    with reading(office.books) as db:
        completed = Counter(db.scalars(select(step.c.state)))["completed"]
        journalled = Counter(db.scalars(select(journal.c.type)))["StepCompleted"]
        assert verify(db, None).findings == []
    assert completed == journalled == RACES


def test_f9_the_same_key_from_many_sides_has_one_effect_and_one_answer(
    office: TrainingOffice,
) -> None:
    number = office.receive("2.001610")
    step = office.open(number)[0]
    answers: list[Any] = []

    def send() -> None:
        with transaction(office.books) as db:
            clock = clock_of(db)
            answers.append(
                once(
                    db,
                    clock,
                    key="k1",
                    request={"n": 1},
                    act=lambda: {
                        "done": complete_step(db, clock, number=number, step_id=step).number
                    },
                )
            )

    senders = [threading.Thread(target=send) for _ in range(8)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert answers == [{"done": number}] * 8
    assert office.events(number).count("StepCompleted") == 1


def test_f9_a_key_of_another_request_is_refused(office: TrainingOffice) -> None:
    with transaction(office.books) as db:
        once(db, clock_of(db), key="k", request={"a": 1}, act=dict)
    with pytest.raises(KeyReusedError), transaction(office.books) as db:
        once(db, clock_of(db), key="k", request={"a": 2}, act=dict)


def test_f9_a_refused_request_leaves_no_key_behind(office: TrainingOffice) -> None:
    number = office.receive("2.001610")

    def refused() -> None:
        with transaction(office.books) as db:
            clock = clock_of(db)
            once(
                db,
                clock,
                key="k",
                request={},
                act=lambda: {"x": complete_step(db, clock, number=number, step_id="nope").number},
            )

    with pytest.raises(StepNotOpenError):
        refused()
    with reading(office.books) as db:
        assert db.scalar(select(func.count()).select_from(idempotency)) == 0
