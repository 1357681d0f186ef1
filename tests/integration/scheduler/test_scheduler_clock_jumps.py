"""F8: the clock jumps; what has fired depends only on the latest instant it ever showed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases.tables import timer
from engine.clock import FrozenClock, office_instant
from engine.database import reading
from engine.scheduler.sweep import sweep
from tests.builders import TrainingOffice

START = office_instant("2026-11-18T16:30")
JUMPS = {
    "none": (),
    "an hour back": (timedelta(hours=-1),),
    "an hour ahead": (timedelta(hours=1),),
    "three days ahead": (timedelta(days=3),),
    "there and back": (timedelta(days=3), timedelta(days=-3), timedelta(hours=-1)),
    "to and fro": (
        timedelta(hours=1),
        timedelta(hours=-1),
        timedelta(hours=1),
        timedelta(hours=-1),
    ),
}


def _fired(office: TrainingOffice) -> set[tuple[str, str, str]]:
    with reading(office.books) as db:
        rows = db.execute(
            select(timer.c.kind, timer.c.name, timer.c.element_id).where(timer.c.state == "fired")
        )
        return {(row.kind, row.name, row.element_id or "") for row in rows if row.kind != "climb"}


def _walk(office: TrainingOffice, jumps: tuple[timedelta, ...]) -> list[int]:
    """Sweep at the start and after each jump; gives how many timers fired each time."""
    clock = FrozenClock(START)
    counts = [sweep(office.books, clock).fired]
    for jump in jumps:
        clock.advance(jump)
        counts.append(sweep(office.books, clock).fired)
    return counts


@pytest.mark.parametrize("name", JUMPS)
def test_f8_what_has_fired_depends_only_on_the_latest_instant(
    office: TrainingOffice, name: str
) -> None:
    office.receive("TINH-07")
    counts = _walk(office, JUMPS[name])
    latest, at = START, START
    for position, jump in enumerate(JUMPS[name], start=1):
        at += jump
        if at <= latest:
            assert counts[position] == 0, "a clock set back fires nothing again"
        latest = max(latest, at)
    fired = _fired(office)
    with reading(office.books) as db:
        due = db.execute(
            select(timer.c.kind, timer.c.name, timer.c.element_id, timer.c.due_at, timer.c.state)
        ).all()
    for row in due:
        if row.kind == "climb":
            continue
        key = (row.kind, row.name, row.element_id or "")
        assert (key in fired) == (row.due_at <= latest and row.state != "dropped")


def test_f8_the_journals_order_is_by_sequence_whatever_the_clock_said(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    _walk(office, JUMPS["there and back"])
    office.work_until(number)
    sequences = [e["sequence"] for e in office.case(number)["journal"]]
    assert sequences == sorted(sequences)
    assert office.events(number).count("CaseBecameLate") == 1
