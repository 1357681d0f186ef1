"""A courier that is killed loses nothing: each event arrives, a case's events in their order."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from couriers import add, eventually, order_is_kept, order_of, standing, write_events

from tests.databases import address_of
from tests.partners import Came, Reply, partner

if TYPE_CHECKING:
    from sqlalchemy import Engine

CHILD = Path(__file__).with_name("courier_child.py")
PROJECT = Path(__file__).resolve().parents[3]


def _courier(books: Engine) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(CHILD), address_of(books), "1"], cwd=PROJECT)


def test_f11_killed_in_the_middle_each_event_is_delivered_and_the_order_kept(
    books: Engine,
) -> None:
    chance = random.Random(7)
    refused: set[str] = set()

    def answer(came: Came) -> Reply:
        # one in twenty is refused once, so that rows wait while the courier dies
        if chance.random() < 0.05 and came.id not in refused:
            refused.add(came.id)
            return Reply(500)
        return Reply()

    with partner(answer) as there:
        add(books, "p", there.url)
        write_events(books, cases=60, each=10)
        for _ in range(3):
            courier = _courier(books)
            try:
                target = len(there.came) + 100
                eventually(lambda target=target: len(there.came) >= target)
            finally:
                courier.kill()
                courier.wait()
        courier = _courier(books)
        try:
            eventually(lambda: len(set(there.ids)) == 600)
            eventually(lambda: standing(books, "p")["waiting"] == 0)
            eventually(lambda: standing(books, "p")["behind"] == 0)
        finally:
            courier.kill()
            courier.wait()
        assert order_is_kept(there)
        assert all(len(seen) == 10 for seen in order_of(there).values())
