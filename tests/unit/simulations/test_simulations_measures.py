"""Counted from arrays or folded from events by the office's ruler: the same columns and rates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from simulation_builders import prepared, random_drawing, scenario_of

from engine.reports.measures import Window, measure
from simulations.findings.figures import figures_of
from simulations.findings.happenings import happenings
from simulations.run import play


@pytest.mark.parametrize("number", range(0, 24, 2))
def test_r47_r48_r49_r51_the_counts_of_a_run_are_those_of_the_offices_measures(
    number: int, tmp_path: Path
) -> None:
    scenario = scenario_of(random_drawing(number), tmp_path, seed=number)
    model, cases = prepared(scenario, number)
    found = play(model, cases, trace=True, reference=True)
    figures = figures_of(model, cases, found, number)
    window = Window(scenario.window.first_on, scenario.window.last_on)
    (row,) = measure(happenings(model, cases, found), window, now=window.end_at)
    assert figures.cases.counts() == row.counts
    assert figures.cases.rates() == row.rates
    assert row.counts.received > 50


def test_the_counts_see_late_withdrawn_open_and_held_cases(tmp_path: Path) -> None:
    """The comparison above is worth little unless all kinds of cases are in it."""
    late = carried = still_open = requests = 0
    for number in range(0, 24, 2):
        scenario = scenario_of(random_drawing(number), tmp_path, seed=number)
        model, cases = prepared(scenario, number)
        found = play(model, cases, reference=True)
        figures = figures_of(model, cases, found, number)
        counts = figures.cases.counts()
        late += counts.late
        carried += counts.carried
        still_open += counts.still_open
        requests += figures.requests
    assert min(late, carried, still_open, requests) > 10


def test_littles_law_holds_to_the_second_on_every_run(tmp_path: Path) -> None:
    for number in range(10):
        scenario = scenario_of(
            random_drawing(number), tmp_path, seed=number, last_on=date(2026, 3, 10)
        )
        model, cases = prepared(scenario, number)
        found = play(model, cases, reference=True)
        assert found.queue_area.tolist() == found.queue_waits.tolist()
        assert found.queue_area.sum() > 0
