"""A finished step is taken back while nobody has begun on the next one, and never after."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from books_invariants import check
from sqlalchemy import select

from engine.cases import agenda
from engine.cases.acting import NotAllowedError
from engine.cases.claim_step import claim_step, release_step
from engine.cases.file import read_case
from engine.cases.lateness.pace import recount_pace
from engine.cases.steps import StepNotOpenError, open_steps
from engine.cases.tables import case, case_state, step, timer
from engine.cases.take_back_step import TakeBackRefusedError, step_to_take_back, take_back_step
from engine.cases.training import clock_of
from engine.cases.waiting.request_supplement import request_supplement
from engine.catalog.extension import StepKind
from engine.database import DatabaseBusyError, reading
from engine.errors import BadInputError
from tests.builders import TrainingOffice

WHY = "Bấm nhầm"
PROCEDURES = ("1.009994", "2.001610", "2.000488", "TINH-06")
ENDS = (StepKind.RETURN, StepKind.REFUSE, StepKind.APOLOGISE)


def books_of(office: TrainingOffice, number: str) -> dict[str, Any]:
    """What must be as if the step had not been finished: the token, open steps, live timers."""
    with reading(office.books) as db:
        row = db.execute(select(case).where(case.c.number == number)).one()
        blob = db.scalar(select(case_state.c.blob).where(case_state.c.case_id == row.id))
        steps = [
            (each.task_id, each.due_at, each.created_at, each.data)
            for each in open_steps(db, row.id)
        ]
        timers = db.execute(
            select(timer.c.kind, timer.c.name, timer.c.subject, timer.c.due_at).where(
                timer.c.case_id == row.id, timer.c.state == agenda.ARMED
            )
        ).all()
        dues = (row.due_original_at, row.due_appointed_at)
        return {"blob": blob, "steps": steps, "timers": sorted(map(tuple, timers)), "dues": dues}


def finish_one(office: TrainingOffice, number: str) -> str | None:
    """Finish the oldest step that a person finishes by a form; gives its task."""
    for each in office.case(number)["open_steps"]:
        if each["kind"] not in ENDS:
            office.complete(number, each["task_id"])
            task: str = each["task_id"]
            return task
    return None


def offered_to(office: TrainingOffice, number: str, officer: str) -> str | None:
    with reading(office.books) as db:
        row = step_to_take_back(read_case(db, clock_of(db), number), officer)
        return row.task_id if row is not None else None


def doer_of(office: TrainingOffice, task: str) -> str:
    with reading(office.books) as db:
        return str(db.scalar(select(step.c.officer_code).where(step.c.task_id == task)))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_at_every_place_the_books_are_as_before_and_the_case_comes_to_its_end(
    office: TrainingOffice, procedure: str
) -> None:
    number = office.receive(procedure)
    taken = 0
    while True:
        before = books_of(office, number)
        task = finish_one(office, number)
        if task is None:
            break
        if offered_to(office, number, doer_of(office, task)) is None:
            with pytest.raises(TakeBackRefusedError):
                office.do(take_back_step, number=number, step_id=task, reason=WHY)
            continue
        office.do(take_back_step, number=number, step_id=task, reason=WHY)
        taken += 1
        assert books_of(office, number) == before
        check(office.books)
        assert offered_to(office, number, doer_of(office, task)) is None, "once only"
        with pytest.raises(TakeBackRefusedError):
            office.do(take_back_step, number=number, step_id=task, reason=WHY)
        office.complete(number, task)
    assert taken >= 3
    # A step that led to the result or to a payment is settled with it.
    assert office.kinds(number) == ["return"] or office.case(number)["status"] == 6
    check(office.books)


def test_r40_the_status_of_the_reception_step_stays(office: TrainingOffice) -> None:
    number = office.receive()
    task = finish_one(office, number)
    assert office.case(number)["status"] == 4
    office.do(take_back_step, number=number, step_id=task, reason=WHY)
    assert office.case(number)["status"] == 4
    office.complete(number, str(task))
    assert office.case(number)["status"] == 4


def test_who_claimed_the_next_step_has_opened_it_even_when_he_gives_it_back(
    office: TrainingOffice,
) -> None:
    number = office.receive()
    task = finish_one(office, number)
    following = office.open(number)[0]
    office.do(claim_step, number=number, step_id=following)
    for _ in range(2):
        with pytest.raises(TakeBackRefusedError):
            office.do(take_back_step, number=number, step_id=task, reason=WHY)
        if office.events(number)[-1] == "StepClaimed":
            office.do(release_step, number=number, step_id=following)
    assert "StepTakenBack" not in office.events(number)


def test_what_the_clock_does_meanwhile_is_no_obstacle(office: TrainingOffice) -> None:
    number = office.receive()
    task = finish_one(office, number)
    office.until("2026-11-17T16:00")
    assert "AlertRaised" in office.events(number)
    office.do(take_back_step, number=number, step_id=task, reason=WHY)
    assert [s["task_id"] for s in office.case(number)["open_steps"]] == [task]
    check(office.books)


def test_an_act_of_somebody_is(office: TrainingOffice) -> None:
    number = office.receive()
    office.complete(number, office.open(number)[0])
    task = finish_one(office, number)
    office.do(request_supplement, number=number, reason="Thiếu", components=["ban_ve"])
    with pytest.raises(TakeBackRefusedError):
        office.do(take_back_step, number=number, step_id=task, reason=WHY)


def test_only_the_one_who_finished_it_takes_it_back_and_says_why(office: TrainingOffice) -> None:
    number = office.receive()
    task = finish_one(office, number)
    before = office.case(number)
    with pytest.raises(NotAllowedError):
        office.do(take_back_step, number=number, step_id=task, reason=WHY, by="ld.chutich")
    with pytest.raises(BadInputError):
        office.do(take_back_step, number=number, step_id=task, reason=" ")
    with pytest.raises(TakeBackRefusedError):
        office.do(take_back_step, number=number, step_id="0" * 32, reason=WHY)
    assert office.case(number) == before


def test_r17_the_slip_says_that_the_file_was_called_back(office: TrainingOffice) -> None:
    number = office.receive()
    task = finish_one(office, number)
    assert [leg["result"] for leg in office.case(number)["legs"]] != ["withdrawn"]
    office.do(take_back_step, number=number, step_id=task, reason=WHY)
    office.complete(number, str(task))
    legs = office.case(number)["legs"]
    assert [leg["result"] == "withdrawn" for leg in legs] == [True, False]
    assert legs[1]["confirmed_at"] is None


def test_a_step_that_was_taken_back_is_counted_once(office: TrainingOffice) -> None:
    number = office.receive()
    task = finish_one(office, number)
    office.do(take_back_step, number=number, step_id=task, reason=WHY)
    assert office.do(recount_pace) == 0
    office.complete(number, str(task))
    assert office.do(recount_pace) == 1


def test_take_back_and_claim_at_the_same_moment_have_one_winner(office: TrainingOffice) -> None:
    gate = threading.Barrier(2)

    def attempt(act: Any, **given: Any) -> str:
        gate.wait()
        try:
            office.do(act, **given)
        except (TakeBackRefusedError, StepNotOpenError, DatabaseBusyError) as refusal:
            return refusal.code
        return "won"

    seen = set()
    with ThreadPoolExecutor(2) as hands:
        for _ in range(25):
            number = office.receive("2.001610")
            task = finish_one(office, number)
            following = office.case(number)["open_steps"][0]["task_id"]
            back = hands.submit(attempt, take_back_step, number=number, step_id=task, reason=WHY)
            claim = hands.submit(attempt, claim_step, number=number, step_id=following)
            results = (back.result(), claim.result())
            assert results in {("won", "step_not_open"), ("take_back_refused", "won")}
            seen.add(results)
    assert seen
    check(office.books)
