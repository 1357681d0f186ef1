"""Kept sums against the journal on random offices: the same digits, whenever they were made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from engine.clock import office_date, office_instant
from engine.database import reading, transaction
from engine.events.cases import CaseCorrected, CaseFinished, CaseReceived, CaseWithdrawn
from engine.events.deadlines import ApologyIssued, DueMoved
from engine.events.event import Event
from engine.events.steps import StepOpened
from engine.events.waiting import (
    PaymentConfirmed,
    PaymentRequested,
    SupplementReceived,
    SupplementRequested,
)
from engine.journal.append import append, head_of
from engine.journal.read import last_sequence, lines_after
from engine.reports.kept_sums import KeptSums
from engine.reports.measures import CELL, MeasureRow, Window, relevant_types, rows_of, tallied
from engine.reports.rollup import block_before, block_of, next_block
from engine.reports.rollup_books import roll_up, sums_behind, write_sums
from engine.sla.periods import parse_period

Entry = tuple[datetime, str, Event]

WINDOWS = [
    Window(period.first_on, period.last_on)
    for period in map(parse_period, ["2026-10", "2026-11", "2026-12", "2026Q4", "2026", "2027Q1"])
] + [Window(date(2026, 10, 1), date(2026, 10, 14)), Window(date(2026, 10, 15), date(2027, 1, 14))]


def _correction(dice: random.Random) -> CaseCorrected:
    """Any correction that puts a case into another cell of the reports."""
    procedure = dice.choice([None, "A", "B"])
    return CaseCorrected(
        fields=("channel",),
        reason="gõ nhầm",
        letter="2",
        replaces="1",
        procedure=procedure,
        field=dice.choice(["Đất đai", "Hộ tịch"]) if procedure else None,
        level=dice.choice(["xã", "tỉnh"]) if procedure else None,
        hour_based=dice.random() < 0.3 if procedure else None,
        channel=dice.choice([None, "counter", "online"]),
    )


def _life(number: str, dice: random.Random) -> Iterator[Entry]:
    """Any life of a case between October and January."""
    at = office_instant("2026-10-01T08:00") + timedelta(minutes=dice.randint(0, 90 * 1440))
    due_at = at + timedelta(days=dice.randint(1, 20), hours=dice.randint(0, 8))
    by_post = dice.random() < 0.2
    received = CaseReceived(
        procedure=dice.choice(["A", "B"]),
        version=1,
        agency=dice.choice(["H35.12", "H35.13"]),
        field=dice.choice(["Đất đai", "Hộ tịch"]),
        level=dice.choice(["xã", "tỉnh"]),
        channel="postal" if by_post else dice.choice(["counter", "online"]),
        officer="cb",
        regime="ND118_309",
        limit="5wd",
        received_at=at,
        due_at=due_at,
        hour_based=dice.random() < 0.3,
    )
    at += timedelta(days=dice.randint(0, 20)) if by_post else timedelta()
    yield at, number, received
    for _ in range(dice.randint(0, 2)):
        later = at + timedelta(minutes=dice.randint(0, 4 * 1440))
        if block_of(office_date(later)) != block_of(office_date(received.received_at)):
            break  # figures of a half month that is over stand
        at = later
        yield at, number, _correction(dice)
    for hold in range(dice.randint(0, 4)):
        at += timedelta(minutes=dice.randint(0, 8 * 1440))
        asked_at = at
        moved = due_at + timedelta(days=dice.randint(0, 10))
        match dice.randint(0, 4):
            case 0:
                asked = SupplementRequested(
                    hold=hold, at_intake=False, components=("A",), reason="mờ", officer="cb"
                )
                yield at, number, asked
                if dice.random() < 0.7:
                    at += timedelta(minutes=dice.randint(0, 20 * 1440))
                    answer = SupplementReceived(
                        hold=hold, requested_at=asked_at, due_before=due_at, due_after=moved
                    )
                    yield at, number, answer
                    due_at = moved
            case 1:
                yield at, number, PaymentRequested(hold=hold)
                if dice.random() < 0.7:
                    at += timedelta(minutes=dice.randint(0, 20 * 1440))
                    paid = PaymentConfirmed(
                        hold=hold, requested_at=asked_at, due_before=due_at, due_after=moved
                    )
                    yield at, number, paid
                    due_at = moved
            case 2:
                letter = ApologyIssued(
                    letter="1",
                    signer="ld",
                    cause="QUA_TAI",
                    original_due_at=due_at,
                    new_due_at=moved,
                    apology_late=dice.random() < 0.5,
                    count=1,
                )
                yield at, number, letter
            case 3:
                yield at, number, DueMoved(before=due_at, after=moved, why="lịch")
                due_at = moved
            case _:
                yield at, number, StepOpened(step="b", task="t")
    at += timedelta(minutes=dice.randint(0, 15 * 1440))
    ending = dice.random()
    if ending < 0.7:
        yield at, number, CaseFinished(outcome="GRANTED", verdict="on_time")
    elif ending < 0.8:
        yield at, number, CaseWithdrawn(reason="đổi ý")


def _write(books: Engine, entries: list[Entry]) -> None:
    with transaction(books) as db:
        for at, number, event in entries:
            append(db, stream=number, head=head_of(db, number), at=at, actor="cb", events=[event])


def _both(books: Engine, window: Window, now: datetime) -> tuple[Any, tuple[MeasureRow, ...]]:
    with reading(books) as db:
        up_to = last_sequence(db)
        sums = KeptSums(db, now=now, up_to=up_to)
        kept = sums.tallies(window)
        lines = list(lines_after(db, up_to=up_to, types=relevant_types()))
        counted = rows_of(tallied(lines, window, now=now, by=CELL), by=CELL)
        if kept is None:
            return None, counted
        for name in ("agency", "field", "channel"):
            coarse = tallied(lines, window, now=now, by=name)
            assert rows_of(sums.tallies(window, [name]) or {}, by=name) == rows_of(coarse, by=name)
        return rows_of(kept, by=CELL), counted


def _summed_in_stretches(books: Engine, now: datetime, dice: random.Random) -> None:
    """As the scheduler does it: count with others at work, then write; sometimes only a part."""
    most_rows = dice.choice([None, 7, 60])
    for _ in range(dice.randint(1, 12)):
        with reading(books) as db:
            summed = sums_behind(db, now, up_to=last_sequence(db), most_rows=most_rows)
        with transaction(books) as db:
            assert write_sums(db, summed)["usable"]


@pytest.mark.parametrize("seed", range(4))
def test_kept_sums_equal_the_journal_whenever_they_are_made(books: Engine, seed: int) -> None:
    dice = random.Random(seed)
    entries = sorted(
        (entry for n in range(60) for entry in _life(f"c{n}", dice)), key=lambda entry: entry[0]
    )
    now, answered = office_instant("2026-10-01T08:00"), 0
    while entries:
        now += timedelta(minutes=dice.randint(1, 15 * 1440))
        chunk = [entry for entry in entries if entry[0] <= now]
        entries = entries[len(chunk) :]
        _write(books, chunk)
        if dice.random() < 0.6:
            _summed_in_stretches(books, now, dice)
        today = office_date(now)
        so_far = [Window(first, today) for first in (date(2026, 10, 1), block_of(today))]
        for window in [*WINDOWS, *so_far]:
            kept, counted = _both(books, window, now)
            if kept is not None:
                answered += 1
                assert kept == counted
    assert answered > 20


@pytest.fixture
def office(books: Engine) -> Engine:
    dice = random.Random(99)
    entries = sorted(
        (entry for n in range(40) for entry in _life(f"c{n}", dice)), key=lambda entry: entry[0]
    )
    _write(books, entries)
    return books


LATER = office_instant("2027-03-01T08:00")
QUARTER = Window(date(2026, 9, 15), date(2026, 12, 14))


def _roll(books: Engine, now: datetime = LATER, **given: Any) -> dict[str, Any]:
    with transaction(books, alone=True) as db:
        return roll_up(db, now, **given)


def test_rolling_up_again_adds_nothing(office: Engine) -> None:
    first = _roll(office)
    second = _roll(office)
    assert (first["anew"], second["anew"], second["rows"]) == (True, False, 0)
    kept, counted = _both(office, QUARTER, LATER)
    assert kept == counted


def test_sums_made_anew_are_the_same_as_those_kept_up(office: Engine) -> None:
    _roll(office, office_instant("2027-02-20T08:00"))
    _roll(office)
    with reading(office) as db:
        kept = db.execute(text("SELECT * FROM rollup_block ORDER BY 1,2,3,4,5,6")).all()
    _roll(office, anew=True)
    with reading(office) as db:
        assert db.execute(text("SELECT * FROM rollup_block ORDER BY 1,2,3,4,5,6")).all() == kept


def test_without_sums_or_for_odd_days_the_journal_is_asked(office: Engine) -> None:
    assert _both(office, QUARTER, LATER)[0] is None
    _roll(office)
    assert _both(office, Window(date(2026, 9, 16), date(2026, 12, 14)), LATER)[0] is None
    assert _both(office, Window(date(2026, 9, 15), date(2026, 12, 15)), LATER)[0] is None


def test_a_moment_before_the_bookmark_is_answered_by_the_journal(office: Engine) -> None:
    _roll(office)
    assert _both(office, QUARTER, office_instant("2026-12-20T08:00"))[0] is None


def test_a_bookmark_of_other_books_makes_the_sums_anew(office: Engine) -> None:
    _roll(office)
    with office.begin() as db:
        db.execute(text("UPDATE rollup_bookmark SET row_hash = :hash"), {"hash": b"x" * 32})
    assert _both(office, QUARTER, LATER)[0] is None
    assert _roll(office)["anew"]
    kept, counted = _both(office, QUARTER, LATER)
    assert kept == counted


def test_an_event_older_than_the_sums_makes_them_anew(office: Engine) -> None:
    received = next(_life("late", random.Random(1)))[2]
    _write(office, [(office_instant("2026-10-02T08:00"), "late", received)])
    _roll(office)
    finished = CaseFinished(outcome="GRANTED", verdict="on_time")
    _write(office, [(office_instant("2026-10-20T08:00"), "late", finished)])
    assert _both(office, QUARTER, LATER)[0] is None
    assert _roll(office)["anew"]
    kept, counted = _both(office, QUARTER, LATER)
    assert kept == counted


def test_a_clock_that_ran_ahead_leaves_the_journal_to_answer(office: Engine) -> None:
    assert not _roll(office, office_instant("2026-11-01T08:00"))["usable"]
    assert _both(office, QUARTER, LATER)[0] is None


def test_sums_that_could_not_be_made_are_made_from_the_beginning_next_time(office: Engine) -> None:
    assert not _roll(office, office_instant("2026-11-01T08:00"))["usable"]
    again = _roll(office)
    assert (again["anew"], again["usable"]) == (True, True)
    kept, counted = _both(office, QUARTER, LATER)
    assert kept == counted


def test_sums_that_somebody_else_wrote_meanwhile_are_not_written_over(office: Engine) -> None:
    with reading(office) as db:
        mine = sums_behind(db, LATER, up_to=last_sequence(db))
    _roll(office)
    with transaction(office) as db:
        assert write_sums(db, mine)["rows"] == 0
    kept, counted = _both(office, QUARTER, LATER)
    assert kept == counted


def test_half_of_the_journal_is_summed_and_the_other_half_folded(office: Engine) -> None:
    with transaction(office) as db:
        half = last_sequence(db) // 2
        write_sums(db, sums_behind(db, LATER, up_to=last_sequence(db), most_rows=half))
        assert KeptSums(db, now=LATER, up_to=last_sequence(db)).rows_behind >= half
    kept, counted = _both(office, QUARTER, LATER)
    assert kept == counted


def test_half_months_follow_each_other() -> None:
    on = date(2026, 1, 1)
    for _ in range(48):
        after = next_block(on)
        assert block_before(after) == on
        assert block_of(after - timedelta(days=1)) == on
        on = after
    assert on == date(2028, 1, 1)
