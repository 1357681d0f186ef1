"""Intervals that hold what they promise, and none where none can be honest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulations.intervals import difference, mean_estimate, rate_estimate

EXPERIMENTS, REPLICATIONS, CASES = 400, 30, 3000
LOAD = 0.8


def m_m_1_on_time(seed: int) -> np.ndarray:
    """On-time counts of many replications of an M/M/1 queue whose true rate is 97 %.

    Lindley's recursion, all replications side by side, begun in the steady state.
    """
    dice = np.random.default_rng(seed)
    many = EXPERIMENTS * REPLICATIONS
    deadline = math.log(1 / 0.03) / (1 - LOAD)
    wait = np.where(dice.random(many) < LOAD, dice.exponential(1 / (1 - LOAD), many), 0.0)
    good = np.zeros(many, np.int64)
    for _ in range(CASES):
        work = dice.exponential(1.0, many)
        good += wait + work <= deadline
        wait = np.maximum(wait + work - dice.exponential(1 / LOAD, many), 0.0)
    return good.reshape(EXPERIMENTS, REPLICATIONS)


def test_a_95_percent_interval_of_the_on_time_rate_covers_in_93_to_97_percent() -> None:
    counts = m_m_1_on_time(2026)
    covered = shown = 0
    for row in counts:
        found = rate_estimate(row.tolist(), [CASES] * REPLICATIONS)
        if found.low is None:
            continue
        shown += 1
        covered += found.low <= 0.97 <= found.high
    assert shown == EXPERIMENTS
    assert 0.93 <= covered / shown <= 0.97, covered / shown


def test_counting_cases_as_independent_would_cover_far_too_seldom() -> None:
    """Why replications are compared at all."""
    counts = m_m_1_on_time(7)
    rates = counts.sum(axis=1) / (REPLICATIONS * CASES)
    half = 1.96 * np.sqrt(rates * (1 - rates) / (REPLICATIONS * CASES))
    assert np.mean(np.abs(rates - 0.97) <= half) < 0.5


@pytest.mark.parametrize(
    ("good", "total"),
    [
        ([999] * 5, [1000] * 5),  # too few replications
        ([1000] * 30, [1000] * 30),  # nobody late
        ([997] * 30, [1000] * 30),  # ninety late: too few
        ([0] * 30, [0] * 30),  # no case at all
    ],
)
def test_an_interval_that_cannot_be_honest_is_refused_with_its_reason(
    good: list[int], total: list[int]
) -> None:
    found = rate_estimate(good, total)
    assert found.low is None
    assert found.refused


def test_r52_a_rate_below_one_stays_below_one_in_its_interval() -> None:
    found = rate_estimate([990, 995] * 15, [1000] * 30)
    assert 0.98 < found.low < found.value < found.high < 1.0


def test_means_leave_out_replications_without_a_value_and_pairs_are_exact() -> None:
    assert mean_estimate([1.0, math.nan] * 10).value == 1.0
    same = [0.1 * k for k in range(30)]
    gap = difference(same, same)
    assert (gap.value, gap.low, gap.high) == (0.0, 0.0, 0.0)
