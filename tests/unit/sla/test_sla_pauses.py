"""Pauses of the clock by policy, and the time a case and a step used (R17, R21, R22, R45)."""

from __future__ import annotations

from datetime import datetime

import pytest
from clock_words import OFFICE, at, pause, shown

from engine.errors import BadInputError
from engine.sla.deadline import ClockStoppedError, due_at
from engine.sla.limit import Limit
from engine.sla.pauses import Pause, PausePolicy
from engine.sla.reckoning import Effect, reckon
from engine.sla.steps import step_due_at, used_minutes, used_working_days
from engine.sla.verdict import Verdict, leg_result

TEN = Limit.parse("10wd")
RECEIVED = at("2026-11-16 08:00")


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        (PausePolicy.RESTART, "2026-12-11 17:00"),
        (PausePolicy.PAUSE_WD, "2026-12-09 17:00"),
        (PausePolicy.PAUSE_CALENDAR, "2026-12-10 17:00"),
    ],
)
def test_r21_the_clock_after_a_supplement_by_policy(policy: PausePolicy, due: str) -> None:
    assert shown(due_at(TEN, RECEIVED, OFFICE)) == "2026-12-01 17:00"
    asked = pause("2026-11-18 09:00", "2026-11-27 14:00", policy)
    found = reckon(TEN, RECEIVED, OFFICE, [asked])
    assert shown(found.due_at) == due
    assert shown(found.effects[0].due_before) == "2026-12-01 17:00"
    assert found.effects[0].due_after == found.due_at
    assert found.effects[0].pause.policy is policy


def test_r21_an_open_pause_has_no_due_until_an_instant_is_given() -> None:
    standing = pause("2026-11-18 09:00", None)
    with pytest.raises(ClockStoppedError, match="Expected a running clock"):
        due_at(TEN, RECEIVED, OFFICE, [standing])
    found = due_at(TEN, RECEIVED, OFFICE, [standing], as_of=at("2026-11-27 14:00"))
    assert shown(found) == "2026-12-09 17:00"


@pytest.mark.parametrize(
    ("limit", "start", "end", "due"),
    [
        ("24wh", "2026-11-23 09:00", "2026-11-25 09:00", "2026-11-27 09:00"),  # 8 hours stood
        ("24wh", "2026-11-20 11:30", "2026-11-20 13:30", "2026-11-26 09:00"),  # lunch: nothing
        ("24wh", "2026-11-20 17:00", "2026-11-23 07:00", "2026-11-26 09:00"),  # closed: nothing
        ("15d", "2026-11-23 09:00", "2026-11-27 09:00", "2026-12-09 17:00"),  # 4 days stood
        ("same-day", "2026-11-20 10:00", "2026-11-23 10:00", "2026-11-23 17:00"),
        ("same-day", "2026-11-20 10:00", "2026-11-20 16:00", "2026-11-20 17:00"),
    ],
)
def test_r21_a_pause_stops_the_count_in_the_limits_own_unit(
    limit: str, start: str, end: str, due: str
) -> None:
    received = at("2026-11-20 09:00")
    assert shown(due_at(Limit.parse(limit), received, OFFICE, [pause(start, end)])) == due


def test_r21_a_pause_after_due_moves_nothing_but_a_restart_counts_anew() -> None:
    for policy in (PausePolicy.PAUSE_WD, PausePolicy.PAUSE_CALENDAR):
        late = pause("2026-12-01 17:00", "2026-12-04 09:00", policy)
        found = reckon(TEN, RECEIVED, OFFICE, [late])
        assert shown(found.due_at) == "2026-12-01 17:00"
        assert found.effects[0].effect is Effect.NONE
    again = pause("2026-12-02 09:00", "2026-12-04 09:00", PausePolicy.RESTART)
    assert shown(due_at(TEN, RECEIVED, OFFICE, [again])) == "2026-12-18 17:00"


def test_r21_a_due_never_lies_inside_the_pause_that_moved_it() -> None:
    # Asked on the due day, answered on a Saturday: due at the next closing.
    asked = pause("2026-12-01 10:00", "2026-12-05 09:00")
    assert shown(due_at(TEN, RECEIVED, OFFICE, [asked])) == "2026-12-07 17:00"


def test_r21_two_pauses_in_a_row_on_the_due_day_move_it_as_one() -> None:
    split = [
        pause("2026-12-01 10:00", "2026-12-05 09:00"),
        pause("2026-12-05 09:00", "2026-12-09 09:00"),
    ]
    whole = [pause("2026-12-01 10:00", "2026-12-09 09:00")]
    assert shown(due_at(TEN, RECEIVED, OFFICE, whole)) == "2026-12-09 17:00"
    assert due_at(TEN, RECEIVED, OFFICE, split) == due_at(TEN, RECEIVED, OFFICE, whole)


@pytest.mark.parametrize(
    "pauses",
    [
        [pause("2026-11-13 09:00", "2026-11-17 09:00")],
        [
            pause("2026-11-18 09:00", "2026-11-20 09:00"),
            pause("2026-11-19 09:00", "2026-11-23 09:00"),
        ],
        [
            pause("2026-11-19 09:00", "2026-11-20 09:00"),
            pause("2026-11-17 09:00", "2026-11-18 09:00"),
        ],
    ],
    ids=["before the clock", "overlapping", "out of order"],
)
def test_r21_pauses_that_cannot_be_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(BadInputError, match="Expected a pause that starts after"):
        due_at(TEN, RECEIVED, OFFICE, pauses)


def test_r21_a_pause_does_not_end_before_it_starts_and_has_a_zone() -> None:
    with pytest.raises(BadInputError, match="Expected a pause to end after it starts"):
        pause("2026-11-19 09:00", "2026-11-18 09:00")
    with pytest.raises(BadInputError, match="with a zone"):
        Pause(datetime(2026, 11, 19, 9), None, PausePolicy.PAUSE_WD)  # noqa: DTZ001 (on purpose)


def test_r22_a_financial_obligation_stops_the_clock() -> None:
    # P3: 4 days used, 20 days of waiting, 4 days: 8 counted, on time.
    limit, received = Limit.parse("8wd"), at("2026-09-07 08:00")
    waits = pause("2026-09-11 10:00", "2026-10-01 10:00")
    due = due_at(limit, received, OFFICE, [waits])
    finished = at("2026-10-07 16:00")
    assert shown(due) == "2026-10-07 17:00"
    assert used_working_days(received, at("2026-09-11 10:00"), OFFICE) == 4
    assert used_working_days(received, finished, OFFICE, [waits]) == 8
    assert finished <= due


@pytest.mark.parametrize(
    ("used", "result"), [(479, Verdict.EARLY), (480, Verdict.ON_TIME), (481, Verdict.LATE)]
)
def test_r17_a_leg_is_early_on_time_or_late_by_the_minute(used: int, result: Verdict) -> None:
    assert leg_result(480, used) is result


def test_r17_used_minutes_leave_out_closed_time_and_pauses() -> None:
    start, until = at("2026-11-20 16:00"), at("2026-11-25 08:30")
    assert used_minutes(start, until, OFFICE) == 60 + 480 + 90
    stood = pause("2026-11-23 07:00", "2026-11-23 11:30")
    assert used_minutes(start, until, OFFICE, [stood]) == 60 + 210 + 90
    anew = pause("2026-11-23 07:00", "2026-11-23 11:30", PausePolicy.RESTART)
    assert used_minutes(start, until, OFFICE, [anew]) == 210 + 90


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("8wh", "2026-11-23 16:00"),
        ("1wd", "2026-11-23 16:00"),  # a step's day is eight hours, counted by the hour
        ("90wm", "2026-11-23 07:30"),
        ("same-day", "2026-11-23 17:00"),
        ("3d", "2026-11-23 17:00"),
    ],
)
def test_r45_a_step_is_due_its_own_time_after_its_start(limit: str, due: str) -> None:
    assert shown(step_due_at(Limit.parse(limit), at("2026-11-20 16:00"), OFFICE)) == due


def test_r45_a_pause_stops_a_step_whatever_it_does_to_the_case() -> None:
    start = at("2026-11-20 16:00")
    for policy in PausePolicy:
        stood = pause("2026-11-23 07:00", "2026-11-23 11:30", policy)
        assert shown(step_due_at(Limit.parse("8wh"), start, OFFICE, [stood])) == "2026-11-25 10:30"


def test_r45_a_case_may_be_on_time_with_a_late_step_and_late_without_one() -> None:
    case_due = due_at(Limit.parse("2wd"), at("2026-11-18 08:00"), OFFICE)
    step_due = step_due_at(Limit.parse("4wh"), at("2026-11-18 08:00"), OFFICE)
    finished = at("2026-11-19 10:00")
    assert step_due < finished <= case_due
    # The step came to its officer late: the case is late, the step is not.
    handed_on = at("2026-11-20 16:30")
    late_finish = at("2026-11-23 08:00")
    assert case_due < late_finish <= step_due_at(Limit.parse("4wh"), handed_on, OFFICE)
