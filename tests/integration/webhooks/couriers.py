"""A courier that works in this process as long as a test wants it, and what it is given."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.events.steps import StepClaimed
from engine.journal.append import GENESIS, Head, append
from webhooks.address import Reach
from webhooks.courier import Courier
from webhooks.endpoints import add_endpoint, listed
from webhooks.route import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Engine

    from engine.clock import Clock
    from tests.partners import Partner

HERE = Reach.parse("127.0.0.0/8")
QUICK = Pace(poll_seconds=0.05, write_seconds=0.05, lease=timedelta(seconds=3))


@contextmanager
def courier_at_work(
    books: Engine, *, clock: Clock | None = None, pace: Pace = QUICK, reach: Reach = HERE
) -> Iterator[Courier]:
    """A courier in threads of this process."""
    stop = threading.Event()
    courier = Courier(books, clock or SystemClock(), reach, pace=pace)
    thread = threading.Thread(target=courier.run, args=(stop,))
    thread.start()
    try:
        yield courier
    finally:
        stop.set()
        thread.join()


def eventually(is_so: Callable[[], bool], *, give_up_after: float = 60.0) -> None:
    """Wait for something that another thread does; a busy machine is given its time."""
    end = time.monotonic() + give_up_after
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


class FastClock:
    """A clock that runs so many times faster than the wall's."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.began_at = SystemClock().now()
        self.began = time.monotonic()

    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=(time.monotonic() - self.began) * self.factor)


def write_events(books: Engine, cases: int, each: int, *, first: int = 0) -> list[str]:
    """Journal rows of made-up cases, turn by turn; gives the cases' numbers."""
    numbers = [f"H35.12-261116-{n:04}" for n in range(first + 1, first + cases + 1)]
    heads = dict.fromkeys(numbers, Head(0, GENESIS))
    at = SystemClock().now()
    with transaction(books) as db:
        for turn in range(each):
            for number in numbers:
                happened = StepClaimed(step=f"b{turn:02}", task=f"t{turn}", officer="cb.a")
                heads[number] = append(
                    db, stream=number, head=heads[number], at=at, actor="cb.a", events=[happened]
                )
    return numbers


def add(books: Engine, code: str, url: str, **given: Any) -> str:
    """Enter an endpoint; gives its secret."""
    with transaction(books) as db:
        return add_endpoint(db, SystemClock(), code=code, url=url, **given)


def standing(books: Engine, code: str) -> dict[str, Any]:
    """How an endpoint fares."""
    with reading(books) as db:
        return next(each for each in listed(db) if each["code"] == code)


def order_of(partner: Partner) -> dict[str, list[int]]:
    """The sequences of every case in the order of their first receipt."""
    order: dict[str, list[int]] = {}
    for came in partner.taken:
        seen = order.setdefault(came.said["subject"], [])
        if came.said["sequence"] not in seen:
            seen.append(came.said["sequence"])
    return order


def order_is_kept(partner: Partner) -> bool:
    """True when no case's event was first received before an earlier one."""
    return all(seen == sorted(seen) for seen in order_of(partner).values())
