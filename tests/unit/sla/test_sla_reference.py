"""The legal clock against a naive one that walks day by day and minute by minute.

The naive clock is written from the rules alone: it asks the calendar of one day at a time and
never uses ranks, sums or the room's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from clock_words import CALENDAR, OFFICE
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clocks import instants, limits, pauses_after

from engine.clock import OFFICE_ZONE
from engine.sla.deadline import due_at
from engine.sla.limit import Limit
from engine.sla.pauses import Pause, PausePolicy

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MORNING, AFTERNOON = (time(7), time(11, 30)), (time(13, 30), time(17))
Stretch = tuple[datetime, datetime]


def _is_off(on: date) -> bool:
    change = next((c for c in CALENDAR.year(on.year).changes if c.on == on), None)
    return on.weekday() > 4 if change is None else change.kind == "off"


def _works(at: datetime) -> bool:
    """Whether the minute that begins here is worked."""
    here = at.astimezone(OFFICE_ZONE)
    return not _is_off(here.date()) and any(a <= here.time() < b for a, b in (MORNING, AFTERNOON))


def _closing(on: date) -> datetime:
    return datetime.combine(on, time(17), OFFICE_ZONE)


def _day(at: datetime) -> date:
    return at.astimezone(OFFICE_ZONE).date()


def _first_closing_from(at: datetime) -> datetime:
    on = _day(at)
    while _is_off(on) or _closing(on) < at:
        on += DAY
    return _closing(on)


def _roll(on: date) -> date:
    while _is_off(on):
        on += DAY
    return on


def naive_working_days(start: datetime, count: int, stood: Sequence[Stretch]) -> datetime:
    """Walk the days after the first; days after a pause began, up to its last, do not count."""
    on, left = _day(start), count
    while left:
        on += DAY
        paused = any(_day(a) < on <= _day(b) for a, b in stood)
        if not _is_off(on) and not paused:
            left -= 1
    return _wait_for_pauses(_closing(on), stood)


def naive_calendar_days(start: datetime, end_on: date, stood: Sequence[Stretch]) -> datetime:
    """Walk every day after the first, but for those of pauses; then onto a working day."""
    on, left = _day(start), (end_on - _day(start)).days
    while left:
        on += DAY
        left -= not any(_day(a) < on <= _day(b) for a, b in stood)
    return _wait_for_pauses(_closing(_roll(on)), stood)


def _wait_for_pauses(due: datetime, stood: Sequence[Stretch]) -> datetime:
    """All units are used: what is due waits for the end of a pause that began before it."""
    for start, end in stood:
        if start < due < end:
            due = _first_closing_from(end)
    return due


def naive_minutes(start: datetime, count: int, stood: Sequence[Stretch]) -> datetime:
    """Walk the minutes; those that are worked and not paused count."""
    at, left = start, count
    while left:
        if _works(at) and not any(a <= at < b for a, b in stood):
            left -= 1
        at += MINUTE
    return at


def naive_month_end(start: date, months: int) -> date:
    """The same day so many months on, or the month's last."""
    year, month, on = start.year, start.month, start.day
    for _ in range(months):
        month += 1
        if month > 12:
            year, month = year + 1, 1
    while True:
        try:
            return date(year, month, on)
        except ValueError:
            on -= 1


def naive_due(limit: Limit, received: datetime, pauses: Sequence[Pause]) -> datetime:
    """The due instant by walking; pauses are RESTART or PAUSE_WD."""
    start = received
    stood: list[Stretch] = []
    for each in pauses:
        assert each.end is not None
        if each.policy is PausePolicy.RESTART:
            start, stood = each.end, []
        elif each.start < _count(limit, start, stood):
            stood.append((each.start, each.end))
    return _count(limit, start, stood)


def _count(limit: Limit, start: datetime, stood: Sequence[Stretch]) -> datetime:
    match str(limit.rule):
        case "wd":
            return naive_working_days(start, limit.units, stood)
        case "wh" | "wm":
            return naive_minutes(start, limit.working_minutes() or 0, stood)
        case "d":
            return naive_calendar_days(start, _day(start) + limit.units * DAY, stood)
        case "mo":
            return naive_calendar_days(start, naive_month_end(_day(start), limit.units), stood)
        case _:
            here = start.astimezone(OFFICE_ZONE)
            if _is_off(here.date()) or here.time() > time(15):
                return naive_working_days(start, 1, stood)
            return _wait_for_pauses(_closing(here.date()), stood)


COUNTING = st.sampled_from([PausePolicy.PAUSE_WD, PausePolicy.PAUSE_WD, PausePolicy.RESTART])


@settings(max_examples=600, deadline=None)
@given(st.data(), limits(st.sampled_from(["wd", "d", "mo"])), instants())
def test_r42_days_are_counted_as_a_clerk_counts_them_on_a_wall_calendar(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    pauses = data.draw(pauses_after(received, COUNTING))
    assert due_at(limit, received, OFFICE, pauses) == naive_due(limit, received, pauses)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 1_500), instants())
def test_r43_minutes_are_counted_as_they_pass(
    data: st.DataObject, minutes: int, received: datetime
) -> None:
    limit = Limit.of_minutes(minutes)
    pauses = data.draw(pauses_after(received, COUNTING, most=2))
    assert due_at(limit, received, OFFICE, pauses) == naive_due(limit, received, pauses)


@settings(max_examples=300, deadline=None)
@given(instants(), st.data())
def test_r16_same_day_is_counted_as_the_rule_reads(received: datetime, data: st.DataObject) -> None:
    limit = Limit.parse("same-day")
    assert due_at(limit, received, OFFICE) == naive_due(limit, received, [])
    pauses = data.draw(pauses_after(received, COUNTING))
    assert due_at(limit, received, OFFICE, pauses) == naive_due(limit, received, pauses)


@settings(max_examples=300, deadline=None)
@given(instants(), st.integers(0, 30 * 24 * 60))
def test_r43_working_time_between_two_instants_is_the_sum_of_worked_minutes(
    start: datetime, length: int
) -> None:
    length %= 4_000
    end = start + length * MINUTE
    walked = sum(_works(start + n * MINUTE) for n in range(length))
    assert OFFICE.working_minutes_between(start, end) == walked
