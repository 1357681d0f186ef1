"""When a message is tried again, and when an endpoint is left in peace (R68)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.post import Answer
from webhooks.retry import (
    BREAKER_FAILURES,
    JITTER,
    LONGEST_BREAK_SECONDS,
    SCHEDULE_SECONDS,
    Breaker,
    next_try,
)

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_r68_the_waits_grow_and_last_about_75_hours() -> None:
    assert list(SCHEDULE_SECONDS) == sorted(SCHEDULE_SECONDS)
    assert 74 * 3600 <= sum(SCHEDULE_SECONDS) <= 77 * 3600
    assert next_try(len(SCHEDULE_SECONDS) + 1, NOW, chance=random.Random(1)) is None


@given(st.integers(1, len(SCHEDULE_SECONDS)), st.floats(0, 90_000), st.integers())
def test_a_wait_has_its_jitter_and_never_undercuts_what_the_partner_asks(
    attempts: int, asked: float, seed: int
) -> None:
    at = next_try(attempts, NOW, asked_seconds=asked, chance=random.Random(seed))
    assert at is not None
    wait = (at - NOW).total_seconds()
    planned = SCHEDULE_SECONDS[attempts - 1]
    assert wait >= asked - 1e-3
    assert planned * (1 - JITTER) - 1e-3 <= wait <= max(asked, planned * (1 + JITTER)) + 1e-3


def test_waits_of_messages_that_failed_together_are_not_the_same() -> None:
    chance = random.Random(3)
    assert len({next_try(2, NOW, chance=chance) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("999999999999", 86_400),  # at most a day
        ("Fri, 20 Nov 2026 02:10:00 GMT", 600),
        ("Fri, 20 Nov 2026 01:00:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("1e9", 0),
        ("", 0),
        (None, 0),
        ("٣", 0),
    ],
)
def test_retry_after_is_read_in_both_its_forms_and_nonsense_is_none(
    text: str | None, seconds: float
) -> None:
    assert Answer(429, retry_after=text).retry_after_seconds(NOW) == seconds


def test_after_five_failures_one_message_at_a_time_is_tried_ever_more_seldom() -> None:
    breaker = Breaker(random.Random(1))
    now = NOW
    for _ in range(BREAKER_FAILURES - 1):
        breaker.failed(now)
        assert breaker.may_send(now, in_flight=3)
    waits = []
    for _ in range(15):
        breaker.failed(now)
        assert not breaker.may_send(now, in_flight=0)
        assert breaker.shut_until is not None
        waits.append((breaker.shut_until - now).total_seconds())
        now = breaker.shut_until
        assert breaker.may_send(now, in_flight=0)
        assert not breaker.may_send(now, in_flight=1)
    assert waits[0] < 10
    assert max(waits) <= LONGEST_BREAK_SECONDS * (1 + JITTER)
    assert waits[-1] >= LONGEST_BREAK_SECONDS * (1 - JITTER)
    breaker.succeeded()
    assert breaker.may_send(now, in_flight=3)


def test_a_partner_that_asks_for_time_gets_it_at_its_first_failure() -> None:
    breaker = Breaker(random.Random(1))
    breaker.failed(NOW, asked_seconds=60)
    assert not breaker.may_send(NOW + timedelta(seconds=59), in_flight=0)
    assert breaker.may_send(NOW + timedelta(seconds=60), in_flight=3)
