"""A journal with several cases, sealed in several batches, and its anchor."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from engine.clock import FrozenClock
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.events.office import ClockMoved
from engine.journal.append import append_office
from engine.journal.seal import seal_journal
from engine.journal.verify import Verification, verify
from tests.plain_rows import AT, plain_case, write_rows

if TYPE_CHECKING:
    from sqlalchemy import Engine

CASES = tuple(f"H35.12-261120-{n:04}" for n in range(1, 9))


@dataclass(frozen=True)
class History:
    """Books, and the file outside them."""

    books: Engine
    anchor: Path
    clock: FrozenClock

    def write(self, number: str, rows: int = 1) -> None:
        """One command's rows."""
        self.clock.advance(timedelta(seconds=7))
        with transaction(self.books) as db:
            write_rows(db, number, rows, at=self.clock.now())

    def seal(self) -> None:
        """One sealing."""
        seal_journal(self.books, self.anchor, self.clock)

    def verified(self) -> Verification:
        """The whole check."""
        with reading(self.books) as db:
            return verify(db, self.anchor)


@pytest.fixture
def empty_history(books: Engine, tmp_path: Path) -> History:
    """Cases without events."""
    with transaction(books) as db:
        for number in CASES:
            plain_case(db, number)
    return History(books, tmp_path / "outside" / "journal.anchor", FrozenClock(AT))


@pytest.fixture
def history(empty_history: History) -> History:
    """Some eighty rows in six batches, gaps in their sequence as rolled back commands leave."""
    random = Random(70)
    for _ in range(6):
        for _ in range(6):
            empty_history.write(random.choice(CASES), random.randint(1, 4))
        with contextlib.suppress(BadInputError), transaction(empty_history.books) as db:
            write_rows(db, CASES[0], 2)
            raise BadInputError("a command that thinks better of it leaves a gap")
        with transaction(empty_history.books) as db:
            append_office(
                db, at=empty_history.clock.now(), actor="clock", events=[ClockMoved(to=AT)]
            )
        empty_history.seal()
    return empty_history
