"""The scheduler keeps the sums of reports up: with what is sealed, beside people at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cases.training import clock_of
from engine.cases.watch.health import health
from engine.clock import SystemClock, office_date, office_instant
from engine.config import Settings
from engine.database import reading, transaction
from engine.journal.read import last_sequence, lines_after
from engine.reports.kept_sums import KeptSums
from engine.reports.measures import CELL, Window, relevant_types, rows_of, tallied
from engine.reports.rollup_books import bookmark
from engine.scheduler import tasks
from engine.scheduler.sweep import Worker
from engine.scheduler.tasks import Duty, keep_sums, seal
from engine.sla.periods import parse_period
from tests.builders import TrainingOffice

QUARTER = parse_period("2026Q4")


@pytest.fixture
def duty(office: TrainingOffice, tmp_path: Path) -> Duty:
    return Duty(office.books, Settings(anchor_file=tmp_path / "anchor"), Worker())


def at_work(office: TrainingOffice) -> str:
    done = office.receive("2.000908")
    office.work_until(done)
    late = office.receive("TINH-07")
    office.until("2026-11-27T10:00")
    return late


def equal_figures(office: TrainingOffice) -> int:
    """Compare the sums with the journal; gives how many rows are folded beside the sums."""
    with reading(office.books) as db:
        now, up_to = clock_of(db).now(), last_sequence(db)
        sums = KeptSums(db, now=now, up_to=up_to)
        for window in (
            Window(QUARTER.first_on, QUARTER.last_on),
            Window(office_date(now).replace(day=1), office_date(now)),
        ):
            kept = sums.tallies(window)
            assert kept is not None
            lines = lines_after(db, up_to=up_to, types=relevant_types())
            assert rows_of(kept, by=CELL) == rows_of(
                tallied(lines, window, now=now, by=CELL), by=CELL
            )
        return sums.rows_behind


def test_sums_follow_the_sealed_journal_and_what_is_not_sealed_is_folded(
    office: TrainingOffice, duty: Duty
) -> None:
    at_work(office)
    keep_sums(duty)
    with reading(office.books) as db:
        mark = bookmark(db)
        assert mark is None or mark.sequence == 0  # nothing is sealed yet
    seal(duty)
    keep_sums(duty)
    assert equal_figures(office) == 0
    office.receive("2.000908")
    keep_sums(duty)
    assert equal_figures(office) > 0
    seal(duty)
    keep_sums(duty)
    assert equal_figures(office) == 0
    office.until("2026-12-18T10:00")
    seal(duty)
    keep_sums(duty)
    assert equal_figures(office) == 0


def test_a_long_journal_is_caught_up_with_tick_by_tick(
    office: TrainingOffice, duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work(office)
    seal(duty)
    monkeypatch.setattr(tasks, "STRETCH_ROWS", 10)
    behind = []
    for _ in range(30):
        keep_sums(duty)
        behind.append(equal_figures(office))
        if not behind[-1]:
            break
    assert behind[-1] == 0
    assert behind == sorted(behind, reverse=True)
    assert len(behind) > 3


def test_two_schedulers_add_nothing_twice(office: TrainingOffice, duty: Duty) -> None:
    at_work(office)
    seal(duty)
    other = Duty(office.books, duty.settings, Worker())
    for each in (duty, other, duty, other):
        keep_sums(each)
        assert equal_figures(office) == 0


def test_a_journal_of_a_time_to_come_is_left_alone_and_the_office_stays_well(
    office: TrainingOffice, duty: Duty
) -> None:
    at_work(office)
    seal(duty)
    with transaction(office.books) as db:
        # Somebody set the training clock back by hand.
        db.exec_driver_sql(
            "UPDATE office SET clock_at = '2026-11-10T01:00:00.000000Z'"
            if db.dialect.name == "sqlite"
            else "UPDATE office SET clock_at = '2026-11-10 01:00+00'"
        )
    keep_sums(duty)
    with reading(office.books) as db:
        mark = bookmark(db)
        assert mark is not None
        assert not mark.usable
        assert KeptSums(db, now=office_instant("2027-01-01"), up_to=10**9).rows_behind == 10**9
    before = mark.rolled_at
    keep_sums(duty)
    with reading(office.books) as db:
        again = bookmark(db)
        assert again is not None
        assert again.rolled_at == before  # not read anew every minute
        assert health(db, clock_of(db), SystemClock())["ok"]
