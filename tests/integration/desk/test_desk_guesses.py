"""Twenty thousand guesses at the look-up page find nothing; wrong and unknown cost the same."""

from __future__ import annotations

import random
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from flask_limiter.errors import RateLimitExceeded
from sqlalchemy import event

from desk.limits import limiter
from desk.transaction import request_books
from tests.visitors import DeskOffice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GUESSES = 20_000
SECONDS_A_DAY = 86_400
A_DAY_FROM_ONE_PLACE = 100
FOUND, NOT_FOUND, TOO_MANY = 200, 422, 429


@pytest.fixture
def hour_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The limiter's clock, moved by hand: a day of guessing takes as long as it takes us."""
    hand = SimpleNamespace(now=1_800_000_000.0)
    clock = SimpleNamespace(time=lambda: hand.now)
    monkeypatch.setattr("limits.storage.memory.time", clock)
    monkeypatch.setattr("limits.strategies.time", clock)
    limiter.reset()
    yield hand
    limiter.reset()


def received(desk: DeskOffice) -> str:
    owner = {"phone": "0987 651 234", "id_number": "014090005678"}
    return desk.office.receive(owner="Trần Thị Tra Cứu", data={"owner": owner})


def guesser(desk: DeskOffice) -> Callable[[str, str, str], int]:
    """The look-up behind its limits, without the form around it: its token is not what is tried."""
    view = desk.app.view_functions["tracking.find"]

    def guess(number: str, digits: str, address: str) -> int:
        with (
            desk.app.test_request_context(
                "/track",
                method="POST",
                data={"number": number, "digits": digits},
                environ_base={"REMOTE_ADDR": address},
            ),
            request_books() as books,
        ):
            try:
                answer: Any = view()
            except RateLimitExceeded:
                return TOO_MANY
            finally:
                books.close(None, keep=False)
            return answer[1] if isinstance(answer, tuple) else FOUND

    return guess


def test_twenty_thousand_guesses_of_a_day_find_nothing(
    quick_desk: DeskOffice, hour_hand: SimpleNamespace
) -> None:
    number, guess = received(quick_desk), guesser(quick_desk)
    assert guess(number, "1234", "10.0.0.1") == FOUND, "the guesses below could hit"
    limiter.reset()
    # Every code there is, twice, from a thousand places: both of the case's secrets are among them.
    codes = [f"{code:04}" for code in range(10_000)] * (GUESSES // 10_000)
    random.Random(2026).shuffle(codes)
    told: Counter[int] = Counter()
    for turn, code in enumerate(codes):
        hour_hand.now += SECONDS_A_DAY / GUESSES
        told[guess(number, code, f"10.1.{turn % 1000 // 250}.{turn % 250}")] += 1
    assert told[FOUND] == 0
    assert told[NOT_FOUND] + told[TOO_MANY] == GUESSES
    assert 10 <= told[NOT_FOUND] <= A_DAY_FROM_ONE_PLACE


def test_one_place_that_walks_through_many_cases_is_stopped_too(
    quick_desk: DeskOffice, hour_hand: SimpleNamespace
) -> None:
    known, guess = received(quick_desk), guesser(quick_desk)
    told: Counter[int] = Counter()
    for turn in range(GUESSES // 10):
        hour_hand.now += SECONDS_A_DAY / (GUESSES // 10)
        number = known if turn % 7 == 0 else f"H35.12-261116-{turn:04}"
        told[guess(number, f"{turn % 1000:04}", "10.9.9.9")] += 1
    assert told[FOUND] == 0
    assert told[NOT_FOUND] <= A_DAY_FROM_ONE_PLACE


def test_an_unknown_case_costs_the_office_as_much_work_as_a_wrong_secret(
    quick_desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_secret = quick_desk.office.receive()
    known = received(quick_desk)
    work: list[str] = []

    def compared(one: bytes, other: bytes) -> bool:
        work.append("compared")
        return one == other

    def read(text: str) -> Any:
        import json

        work.append("read")
        return json.loads(text)

    monkeypatch.setattr("desk.tracking.views.hmac", SimpleNamespace(compare_digest=compared))
    monkeypatch.setattr("desk.tracking.views.json", SimpleNamespace(loads=read))
    event.listen(
        quick_desk.books, "before_cursor_execute", lambda *a: work.append(str(a[2]).split("\n")[0])
    )
    limiter.reset()
    guess = guesser(quick_desk)
    seen = []
    for place, number in enumerate((known, "H35.12-261116-9999", without_secret, "không có")):
        work.clear()
        assert guess(number, "0000", f"10.2.0.{place}") == NOT_FOUND
        seen.append(list(work))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0].count("compared") == 2
