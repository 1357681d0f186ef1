"""The rehearsal's arrays count the same due instants as the office's legal clock, to the second."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from simulation_builders import prepared, random_drawing, scenario_of

from engine.catalog.years import seed_calendar
from engine.sla import alerts
from engine.sla.counting import counted_due
from engine.sla.deadline import due_at
from engine.sla.limit import Limit
from engine.sla.office_hours import OfficeHours, OfficeTime
from engine.sla.pauses import Pause, PausePolicy
from simulations import layout as at
from simulations.office_arrays import (
    DAY,
    POLICY_NUMBER,
    after_pause,
    apology_due,
    before_due,
    first_due,
    first_end,
    office_clock,
)
from simulations.run import play

LIMITS = [Limit.parse(t) for t in ("3wd", "1wd", "10wd", "4wh", "20wh", "90wm", "15d", "1mo",
                                   "2mo", "same-day")]  # fmt: skip
HOURS = (None, ["08:00-12:00", "13:30-17:30"], ["07:30-11:00"])


@pytest.mark.parametrize("hours", HOURS)
def test_r42_r43_r16_a_limit_without_pauses_is_due_in_the_same_second(
    hours: list[str] | None,
) -> None:
    office = OfficeTime(seed_calendar(), OfficeHours.from_plain(hours))
    clock = office_clock(office, date(2026, 1, 1), date(2026, 12, 31), LIMITS)
    dice = random.Random(1)
    for _ in range(2000):
        second = dice.randrange(0, 250 * DAY)
        number = dice.randrange(len(LIMITS))
        found = first_due(clock.arrays, number, second)
        wanted = counted_due(LIMITS[number], clock.instant(second), office)
        assert found == clock.seconds(wanted), (LIMITS[number], clock.instant(second))


@pytest.mark.parametrize("hours", HOURS)
@pytest.mark.parametrize("policy", list(PausePolicy))
def test_r21_r22_a_chain_of_pauses_moves_the_due_to_the_same_second(
    policy: PausePolicy, hours: list[str] | None
) -> None:
    office = OfficeTime(seed_calendar(), OfficeHours.from_plain(hours))
    clock = office_clock(office, date(2026, 1, 1), date(2027, 12, 31), LIMITS)
    dice = random.Random(str(policy))
    for _ in range(700):
        start = dice.randrange(0, 200 * DAY)
        number = dice.randrange(len(LIMITS))
        due, end_on, moved = (
            first_due(clock.arrays, number, start),
            first_end(clock.arrays, number, start),
            0,
        )
        at_second, reached, pauses = start, due, []
        for _ in range(dice.randint(1, 3)):
            begin = at_second + dice.randrange(0, 6 * DAY)
            end = begin + dice.randrange(0, 12 * DAY)
            own = dice.choice([policy, policy, PausePolicy.PAUSE_WD])
            pauses.append(Pause(clock.instant(begin), clock.instant(end), own))
            due, reached, end_on, moved = after_pause(
                clock.arrays, number, POLICY_NUMBER[own], begin, end, due, reached, end_on, moved
            )
            at_second = end
        wanted = due_at(LIMITS[number], clock.instant(start), office, pauses)
        assert due == clock.seconds(wanted), (LIMITS[number], clock.instant(start), pauses)


def test_r25_r30_r31_apology_and_warning_instants_are_the_offices() -> None:
    office = OfficeTime(seed_calendar())
    clock = office_clock(office, date(2026, 1, 1), date(2026, 12, 31), LIMITS)
    dice = random.Random(3)
    for _ in range(1500):
        start = dice.randrange(20 * DAY, 250 * DAY)
        number = dice.randrange(len(LIMITS))
        due = first_due(clock.arrays, number, start)
        received, due_instant = clock.instant(start), clock.instant(due)
        wanted = alerts.apology_due_at(due_instant, received, office)
        # The office keeps parts of a second; the rehearsal keeps whole ones.
        assert apology_due(clock.arrays, due, start) == clock.seconds(wanted)
        for before in (0, 1, 3, 4):
            wanted = alerts.before_due(LIMITS[before], due_instant, received, office)
            assert before_due(clock.arrays, before, due, start) == clock.seconds(wanted)


def test_a_day_beyond_the_calendars_has_no_instant_instead_of_a_wrong_one() -> None:
    office = OfficeTime(seed_calendar())
    clock = office_clock(office, date(2027, 12, 1), date(2027, 12, 31), LIMITS)
    assert first_due(clock.arrays, 2, 25 * DAY) == -1
    assert first_due(clock.arrays, 4, 30 * DAY + 9 * 3600) == -1


def test_due_instants_of_whole_runs_are_those_of_the_legal_clock(tmp_path: Path) -> None:
    checked = 0
    for number in range(40, 52):
        scenario = scenario_of(random_drawing(number), tmp_path, seed=number)
        model, cases = prepared(scenario, number)
        found = play(model, cases, trace=True, reference=True)
        limit = model.clock.limits[int(model.flow.procedures[0, at.P_LIMIT])]
        held: dict[int, int] = {}
        for t, case, what, _, before, after in found.log.tolist():
            if what == at.ARRIVED:
                wanted = counted_due(limit, model.clock.instant(t), model.clock.office)
                assert before == model.clock.seconds(wanted)
                checked += 1
            elif what == at.HELD:
                held[case] = t
            elif what == at.RESUMED and case in held:
                start = model.clock.instant(int(cases.at[case]))
                policy = scenario.procedures[0].pause_policy
                own = PausePolicy(policy) if policy else PausePolicy.PAUSE_WD
                pause = Pause(model.clock.instant(held[case]), model.clock.instant(t), own)
                if found.cases[case, at.REQUESTS] == 1:
                    wanted = due_at(limit, start, model.clock.office, [pause])
                    assert after == model.clock.seconds(wanted)
                    checked += 1
    assert checked > 1000


def test_days_of_a_clock_are_office_days() -> None:
    clock = office_clock(
        OfficeTime(seed_calendar()), date(2026, 1, 1), date(2026, 3, 1), LIMITS[:1]
    )
    assert clock.date(DAY - 1) == date(2026, 1, 1)
    assert clock.instant(0) + timedelta(hours=7) == clock.instant(7 * 3600)
