"""Kill -9 at every statement and at random moments: nothing is lost, nothing is half (F1)."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from books_invariants import check, contents
from sqlalchemy import select

from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.idempotency import once
from engine.cases.intake.receive_case import receive_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.steps import open_steps
from engine.cases.tables import idempotency
from engine.cases.training import clock_of
from engine.cases.waiting.request_supplement import request_supplement
from engine.database import open_database, reading, transaction
from engine.journal.tables import journal
from engine.open_office import TRAINING_AGENCY
from tests.builders import TrainingOffice
from tests.crash import KILLED, MOST_STATEMENTS, dies_at, killed_after
from tests.databases import address_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

RANDOM_KILLS = 110
REQUESTS_A_CASE = 6  # 2.001610: its receipt, and five steps before the hand-over
MOST_WORDS = 5
LONGEST_PAUSE_SECONDS = 0.012


def _do(books: Engine, key: str, command: Callable[..., Any], **given: Any) -> dict[str, Any]:
    with transaction(books) as db:
        clock = clock_of(db)
        return dict(
            once(
                db,
                clock,
                key=key,
                request={"command": command.__name__},
                act=lambda: {"number": command(db, clock, **given).number},
            )
        )


def _receive(office: TrainingOffice) -> Callable[[Engine], object]:
    office.receive()
    return lambda books: _do(
        books,
        "k",
        receive_case,
        procedure="1.009994",
        agency=TRAINING_AGENCY,
        owner="Nguyễn Văn B",
        channel="counter",
    )


def _complete(office: TrainingOffice) -> Callable[[Engine], object]:
    number = office.receive()
    step = office.open(number)[0]
    return lambda books: _do(books, "k", complete_step, number=number, step_id=step)


def _request_supplement(office: TrainingOffice) -> Callable[[Engine], object]:
    number = office.receive()
    office.work_until(number, "examine")
    component = next(iter(office.case(number)["components"]))
    return lambda books: _do(
        books,
        "k",
        request_supplement,
        number=number,
        reason="Bản vẽ thiếu chữ ký",
        components=[component],
    )


def _apologise(office: TrainingOffice) -> Callable[[Engine], object]:
    number = office.receive("TINH-07")  # 3 working days: due 2026-11-19
    office.work_until(number, "examine")
    office.until("2026-11-20T08:00")  # the late path has opened the leader's step
    assert "apologise" in office.kinds(number)
    return lambda books: _do(
        books,
        "k",
        issue_apology,
        number=number,
        reason="Người thẩm định quá tải",
        cause="QUA_TAI",
        new_date=date(2026, 11, 25),
    )


COMMANDS = {
    "receive": (_receive, 25),
    "complete": (_complete, 12),
    "request-supplement": (_request_supplement, 20),
    "apologise": (_apologise, 15),
}
"""How to make each command ready, and how many statements it has at the least."""


@pytest.mark.parametrize("name", COMMANDS)
def test_f1_f9_a_command_killed_at_any_statement_leaves_no_trace_and_after_it_is_done_once(
    office: TrainingOffice, name: str
) -> None:
    prepare, least = COMMANDS[name]
    act = prepare(office)
    check(office.books)
    url, before = address_of(office.books), contents(office.books)
    kills = 0
    while dies_at(url, kills + 1, lambda books: _unanswered(act, books)):
        kills += 1
        now = contents(office.books)
        if now != before:
            break  # the kill met the command after its commit
        assert kills < MOST_STATEMENTS
    assert kills > least, "every statement was killed, and the commit, and the answer"
    assert len(now["journal"]) > len(before["journal"])
    assert len(now["idempotency"]) == len(before["idempotency"]) + 1
    check(office.books)
    assert act(office.books), "asked again, it answers as if for the first time"
    assert contents(office.books) == now


def _unanswered(act: Callable[[Engine], object], books: Engine) -> None:
    act(books)
    os._exit(KILLED)  # committed, but nobody was told


def _work(url: str, first: int, say: Callable[[str], None]) -> None:
    """Do request after request, the first perhaps again; say each one's number when it is kept."""
    books = open_database(url, lock_wait_seconds=30)
    request = first
    while True:
        _request(books, request)
        say(str(request))
        request += 1


def _request(books: Engine, request: int) -> None:
    number_of_case, position = divmod(request, REQUESTS_A_CASE)
    received = _do(
        books,
        f"case-{number_of_case}",
        receive_case,
        procedure="2.001610",
        agency=TRAINING_AGENCY,
        owner="Nguyễn Văn A",
        channel="counter",
    )
    if position:
        _do(
            books,
            f"step-{number_of_case}-{position}",
            _complete_the_oldest,
            number=received["number"],
        )


def _complete_the_oldest(db: Any, clock: Any, *, number: str) -> Any:
    row = open_steps(db, read_case(db, clock, number).id)[0]
    return complete_step(db, clock, number=number, step_id=row.task_id)


def test_f1_f9_a_hundred_random_kills_lose_nothing_and_double_nothing(
    office: TrainingOffice,
) -> None:
    random, url = Random(20261116), address_of(office.books)
    next_request = 2
    for request in range(next_request):
        _request(office.books, request)  # what is prepared here, each child inherits
    for kill in range(1, RANDOM_KILLS + 1):
        said = killed_after(
            random.randrange(MOST_WORDS),
            random.uniform(0, LONGEST_PAUSE_SECONDS),
            lambda say, first=next_request: _work(url, first, say),
        )
        assert said == [str(next_request + n) for n in range(len(said))]
        next_request += len(said)
        kept = _kept_requests(office.books)
        assert kept >= set(range(next_request)), "what was acknowledged is kept"
        assert kept <= set(range(next_request + 1)), "one request at a time was under way"
        if kill % 10 == 0:
            check(office.books)
    assert next_request > RANDOM_KILLS, "the process worked between the kills"
    _request(office.books, next_request)  # the last one may have been cut off: ask again
    check(office.books)
    assert _effects(office.books) == Counter(
        {
            "CaseReceived": 1 + next_request // REQUESTS_A_CASE,
            "StepCompleted": sum(1 for n in range(next_request + 1) if n % REQUESTS_A_CASE),
        }
    )


def _kept_requests(books: Engine) -> set[int]:
    with reading(books) as db:
        keys = db.scalars(select(idempotency.c.key)).all()
    kept = set()
    for key in keys:
        kind, *numbers = key.split("-")
        of_case = int(numbers[0]) * REQUESTS_A_CASE
        kept.add(of_case if kind == "case" else of_case + int(numbers[1]))
    return kept


def _effects(books: Engine) -> Counter[str]:
    with reading(books) as db:
        return Counter(
            db.scalars(
                select(journal.c.type).where(
                    journal.c.type.in_(("CaseReceived", "StepCompleted")),
                    journal.c.stream != "office",
                )
            )
        )
