"""Two programs at once, the same request twice: one effect, and everybody is told (F5, F9)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.cases.tables import case, idempotency
from engine.database import reading
from tests.programs import Program, code_of
from tests.visitors import CLERK, DeskOffice

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

SIDES = 4
ROUNDS = 10
DOSSIER = {"procedure": "1.009994", "owner": {"name": "Nguyễn Văn A"}, "channel": "online"}


def at_once(
    programs: list[Program], path: str, body: dict[str, Any], **headers: str
) -> list[TestResponse]:
    """The same request from everybody in the same moment."""
    answers: list[TestResponse] = []
    gate = threading.Barrier(len(programs))

    def send(program: Program) -> None:
        gate.wait()
        answers.append(program.post(path, body, **headers))

    threads = [threading.Thread(target=send, args=(each,)) for each in programs]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def sides(desk: DeskOffice) -> list[Program]:
    """The same program from several sides: one token, clients of their own."""
    first = Program(desk, CLERK)
    others = [Program(desk, None) for _ in range(SIDES - 1)]
    for other in others:
        other.headers = first.headers
    return [first, *others]


def test_f5_of_changes_for_the_same_etag_exactly_one_wins(desk: DeskOffice) -> None:
    programs = sides(desk)
    for _ in range(ROUNDS):
        number = programs[0].receive()
        step = f"/cases/{number}/steps/b01_tiep_nhan/complete"
        answers = at_once(programs, step, {}, if_match='"1"')
        told = sorted(answer.status_code for answer in answers)
        assert told == [200, 412, 412, 412]
        assert {code_of(a) for a in answers if a.status_code == 412} == {"precondition_failed"}
        assert desk.office.events(number).count("StepCompleted") == 1


def test_f9_the_same_key_from_many_sides_has_one_effect_and_one_answer(desk: DeskOffice) -> None:
    programs = sides(desk)
    for turn in range(ROUNDS):
        answers = at_once(programs, "/cases", DOSSIER, idempotency_key=f"k{turn}")
        assert {a.status_code for a in answers} == {201}
        assert len({a.text for a in answers}) == 1
        assert len({a.headers["ETag"] for a in answers}) == 1
    with reading(desk.books) as db:
        assert db.scalar(select(func.count()).select_from(case)) == ROUNDS
        assert db.scalar(select(func.count()).select_from(idempotency)) == ROUNDS


def test_f9_a_change_sent_again_after_its_answer_was_lost_is_no_conflict(desk: DeskOffice) -> None:
    program = Program(desk, CLERK)
    number = program.receive()
    given: dict[str, Any] = {"if_match": '"1"', "idempotency_key": "once"}
    path = f"/cases/{number}/steps/b01_tiep_nhan/complete"
    first = program.post(path, {}, **given)
    again = program.post(path, {}, **given)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert first.headers["ETag"] == again.headers["ETag"]
    assert desk.office.events(number).count("StepCompleted") == 1


def test_f9_a_key_that_comes_with_another_request_is_refused(desk: DeskOffice) -> None:
    program = Program(desk, CLERK)
    assert program.post("/cases", DOSSIER, idempotency_key="a").status_code == 201
    other = program.post("/cases", DOSSIER | {"channel": "counter"}, idempotency_key="a")
    assert (other.status_code, code_of(other)) == (422, "idempotency_key_reused")
    with reading(desk.books) as db:
        assert db.scalar(select(func.count()).select_from(case)) == 1


def test_f9_a_refused_request_leaves_its_key_free(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, CLERK)
    wrong = DOSSIER | {"procedure": "nothing"}
    refused = program.post("/cases", wrong, idempotency_key="a")
    assert (refused.status_code, code_of(refused)) == (404, "procedure_unknown")
    assert program.post("/cases", DOSSIER, idempotency_key="a").status_code == 201


def test_f9_the_same_key_of_another_program_is_another_key(quick_desk: DeskOffice) -> None:
    first = Program(quick_desk, CLERK).post("/cases", DOSSIER, idempotency_key="a")
    second = Program(quick_desk, CLERK).post("/cases", DOSSIER, idempotency_key="a")
    assert first.json is not None
    assert second.json is not None
    assert first.json["number"] != second.json["number"]


def test_a_change_without_if_match_is_refused_and_changes_nothing(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, CLERK)
    number = program.receive()
    before = quick_desk.office.case(number)
    for action, body in (
        ("steps/b01_tiep_nhan/claim", None),
        ("steps/b01_tiep_nhan/complete", {}),
        ("withdraw", {"reason": "x"}),
        ("return", {}),
    ):
        answer = program.post(f"/cases/{number}/{action}", body)
        assert (answer.status_code, code_of(answer)) == (428, "precondition_required")
    assert quick_desk.office.case(number) == before


def test_an_etag_of_the_past_a_weak_one_and_nonsense_are_refused(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, CLERK)
    number = program.receive()
    for wrong in ('"0"', '"2"', 'W/"1"', "abc", '"1', ""):
        answer = program.post(f"/cases/{number}/withdraw", {"reason": "x"}, if_match=wrong)
        assert (wrong, answer.status_code) == (wrong, 412)
    assert (
        program.post(f"/cases/{number}/withdraw", {"reason": "x"}, if_match='"7", "1"').status_code
        == 200
    ), "one of several is enough"
