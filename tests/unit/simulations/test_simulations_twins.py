"""The two event loops are one: 50 random diagrams, 10 seeds each, every second the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from simulation_builders import prepared, random_drawing, scenario_of

from simulations.arrivals import cases_of
from simulations.layout import ENDED_AT
from simulations.run import play


@pytest.mark.parametrize("first", range(0, 50, 10))
def test_both_kernels_finish_every_case_of_ten_random_diagrams_in_the_same_second(
    first: int, tmp_path: Path
) -> None:
    finished = 0
    for number in range(first, first + 10):
        scenario = scenario_of(random_drawing(number), tmp_path, seed=number, per_working_day=2.5)
        model, _ = prepared(scenario, 0)
        for seed in range(10):
            cases = cases_of(model.plans, scenario.procedures, seed)
            fast = play(model, cases, trace=True)
            plain = play(model, cases, trace=True, reference=True)
            for field in fast._fields:
                assert np.array_equal(getattr(fast, field), getattr(plain, field)), (number, field)
            finished += int((fast.cases[:, ENDED_AT] >= 0).sum())
    assert finished > 2000


def test_a_run_says_the_same_with_and_without_its_log(tmp_path: Path) -> None:
    model, cases = prepared(scenario_of(random_drawing(7), tmp_path, seed=7), 1)
    assert np.array_equal(play(model, cases).cases, play(model, cases, trace=True).cases)


def test_one_machine_code_serves_every_scenario_with_and_without_a_log(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    from simulations.fast.loop import _loop

    for number in (3, 11):
        model, cases = prepared(scenario_of(random_drawing(number), tmp_path, seed=number), 1)
        play(model, cases)
        play(model, cases, trace=True)
    assert len(_loop.signatures) == 1


def test_queues_items_and_cases_beyond_the_first_room_change_nothing(tmp_path: Path) -> None:
    scenario = scenario_of(random_drawing(7), tmp_path, seed=7, per_working_day=300)
    model, cases = prepared(scenario, 1)
    fast, plain = play(model, cases), play(model, cases, reference=True)
    assert int(fast.queue_most.max()) > 1024
    assert int(fast.open_at.max()) > 1024
    for field in fast._fields:
        assert np.array_equal(getattr(fast, field), getattr(plain, field)), field
