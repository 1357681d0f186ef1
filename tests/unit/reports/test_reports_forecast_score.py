"""The score of forecasts."""

from __future__ import annotations

import pytest

from engine.reports.forecast_score import scored


def test_somebody_who_always_says_the_base_rate_has_no_skill() -> None:
    found = scored([(0.25, late) for late in (True, False, False, False)])
    assert found["brier"] == pytest.approx(found["brier_of_base_rate"])
    assert found["skill"] == pytest.approx(0.0)


def test_somebody_who_knows_everything_has_all_the_skill() -> None:
    found = scored([(1.0, True), (0.0, False), (0.0, False)])
    assert (found["brier"], found["skill"]) == (0.0, 1.0)


def test_the_plot_s_points_hold_every_case_once_and_say_what_became_of_them() -> None:
    said = [(0.05, False), (0.05, True), (0.95, True), (1.0, True)]
    bins = scored(said)["bins"]
    assert [each["cases"] for each in bins] == [2, 2]
    assert bins[0]["became_late"] == 0.5
    assert bins[1]["said"] == pytest.approx(0.975)


def test_nothing_known_yet_is_no_score() -> None:
    assert scored([])["brier"] is None
