"""Sealing: every row in one batch, every batch in the anchor, whatever dies in between (R70)."""

from __future__ import annotations

import threading
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from forgery import put_an_old_backup_in_place, unlock
from sqlalchemy import func, select

from engine.clock import FrozenClock
from engine.database import DatabaseBusyError, open_database, reading, transaction
from engine.journal.anchor import AnchorUnwritableError
from engine.journal.seal import batches_after, seal_journal, seal_rows
from engine.journal.tables import journal, journal_batch
from engine.journal.verify import verify
from tests.crash import dies_at, race
from tests.databases import address_of
from tests.plain_rows import AT, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import History
    from sqlalchemy import Engine

CASE = "H35.12-261120-0001"


def test_r70_sealing_takes_every_row_that_no_batch_holds(empty_history: History) -> None:
    empty_history.write(CASE, 3)
    assert empty_history.verified().unsealed_rows == 3
    batch = seal_journal(empty_history.books, empty_history.anchor, empty_history.clock)
    assert batch is not None
    assert (batch.number, batch.row_count) == (1, 3)
    assert empty_history.verified().unsealed_rows == 0


def test_r70_sealing_an_unchanged_journal_makes_no_batch(history: History) -> None:
    before = history.anchor.read_bytes()
    assert seal_journal(history.books, history.anchor) is None
    assert history.anchor.read_bytes() == before


def test_r70_each_batch_is_bound_to_the_one_before(history: History) -> None:
    with reading(history.books) as db:
        batches = list(batches_after(db, 0))
    assert len(batches) == 6
    for before, after in pairwise(batches):
        assert after.previous_hash == before.hash
        assert after.first_sequence > before.last_sequence


def test_r70_the_anchor_has_a_header_and_one_line_a_batch(history: History) -> None:
    header, *lines = history.anchor.read_text().splitlines()
    assert header.startswith("#")
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4", "5", "6"]
    assert all(len(line.split()) == 5 for line in lines)


def test_r70_a_batch_whose_anchor_line_was_never_written_gets_it_at_the_next_sealing(
    history: History,
) -> None:
    lines = history.anchor.read_text().splitlines(keepends=True)
    history.anchor.write_text("".join(lines[:-2]))
    result = history.verified()
    assert (result.ok, result.unanchored_batches) == (True, 2)
    history.seal()
    assert history.anchor.read_text() == "".join(lines)


def test_r70_a_line_torn_by_a_crash_at_any_letter_is_written_again(history: History) -> None:
    whole = history.anchor.read_bytes()
    start = whole.rindex(b"\n", 0, len(whole) - 1) + 1
    for end in range(start, len(whole)):
        history.anchor.write_bytes(whole[:end])
        assert history.verified().ok, whole[start:end]
        history.seal()
        result = history.verified()
        assert (result.ok, result.unanchored_batches) == (True, 0), whole[start:end]
        assert history.anchor.read_bytes().startswith(whole[:end])


def test_r70_sealing_killed_at_any_statement_is_whole_after_the_next_one(
    empty_history: History,
) -> None:
    url, anchor = address_of(empty_history.books), empty_history.anchor

    def seal(books: Engine) -> None:
        seal_journal(books, anchor, FrozenClock(AT))

    kills = 0
    while True:
        # a fresh anchor and fresh rows for each kill: the batch, its line or neither is there
        empty_history.write(CASE, 2)
        died = dies_at(url, kills + 1, seal)
        result = empty_history.verified()
        assert result.ok
        empty_history.seal()
        result = empty_history.verified()
        assert (result.ok, result.unsealed_rows, result.unanchored_batches) == (True, 0, 0)
        if not died:
            break
        kills += 1
    assert kills >= 4


def test_r70_books_put_back_from_a_backup_stay_reported_until_the_old_anchor_is_put_aside(
    history: History, tmp_path: Path
) -> None:
    with history.books.begin() as db:
        unlock(db)
        put_an_old_backup_in_place(Random(3), db)
    history.write(CASE, 5)
    history.seal()
    assert not history.verified().ok
    history.write(CASE, 1)
    history.seal()
    assert not history.verified().ok
    history.anchor.rename(tmp_path / "old.anchor")
    history.write(CASE, 1)
    history.seal()
    result = history.verified()
    assert (result.ok, result.unanchored_batches) == (True, 0)
    assert len(history.anchor.read_text().splitlines()) == 1 + result.batches


def test_r70_writers_and_sealers_at_once_leave_no_row_out(empty_history: History) -> None:
    books, anchor = empty_history.books, empty_history.anchor
    numbers = [f"H35.12-261120-{n:04}" for n in range(1, 9)]

    def work(racer: int) -> None:
        for _ in range(25):
            if racer < 4:
                with transaction(books) as db:
                    write_rows(db, numbers[racer], 3)
            else:
                seal_journal(books, anchor)

    assert race(6, work).losers == []
    empty_history.seal()
    result = empty_history.verified()
    assert result.findings == []
    assert (result.rows, result.unsealed_rows, result.unanchored_batches) == (300, 0, 0)
    with reading(books) as db:
        assert db.scalar(select(func.sum(journal_batch.c.row_count))) == 300


def test_r70_a_check_beside_writers_and_sealers_sees_one_moment(empty_history: History) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with transaction(empty_history.books) as db:
                write_rows(db, CASE, 2)
            seal_journal(empty_history.books, empty_history.anchor)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(60):
            assert empty_history.verified().findings == []
    finally:
        stop.set()
        writer.join()


def test_r70_sealing_gives_way_to_a_long_write_and_comes_again(
    empty_history: History,
) -> None:
    impatient = open_database(address_of(empty_history.books), lock_wait_seconds=0.1)
    empty_history.write(CASE, 1)
    with transaction(empty_history.books) as db:
        write_rows(db, CASE, 1)
        assert seal_journal(impatient, empty_history.anchor) is None
        with pytest.raises(DatabaseBusyError), transaction(impatient, alone=True) as other:
            seal_rows(other, AT)
    impatient.dispose()
    batch = seal_journal(empty_history.books, empty_history.anchor)
    assert batch is not None
    assert batch.row_count == 2


def test_r70_an_anchor_that_cannot_be_written_is_told_and_made_up_for(
    empty_history: History, tmp_path: Path
) -> None:
    empty_history.write(CASE, 1)
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(AnchorUnwritableError, match="themselves are saved"):
        seal_journal(empty_history.books, in_the_way / "journal.anchor")
    empty_history.seal()
    assert empty_history.verified().ok


def test_r70_the_check_reads_more_rows_than_fit_one_page(
    empty_history: History,
) -> None:
    for _ in range(21):
        empty_history.write(CASE, 1000)
    empty_history.seal()
    with reading(empty_history.books) as db:
        result = verify(db, empty_history.anchor)
        assert db.scalar(select(func.count()).select_from(journal)) == 21_000
    assert (result.rows, result.findings) == (21_000, [])
