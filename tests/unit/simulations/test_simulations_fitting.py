"""Fits of amounts of time, chosen on a half they have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from simulations.calibrating.fitting import distance, fit, quantiles_of

RANDOM = np.random.default_rng(7)
SIZE = 2000


@pytest.mark.parametrize(
    ("samples", "families"),
    [
        (np.full(SIZE, 300.0), {"fixed"}),
        (RANDOM.exponential(600, SIZE), {"exponential", "gamma", "quantiles"}),
        (RANDOM.lognormal(6, 0.8, SIZE), {"lognormal", "quantiles"}),
        (
            np.concatenate((RANDOM.normal(100, 5, SIZE // 2), RANDOM.normal(900, 5, SIZE // 2))),
            {"quantiles"},
        ),
    ],
)
def test_the_family_that_made_the_samples_is_found_and_their_mean_kept(
    samples: np.ndarray, families: set[str]
) -> None:
    shuffled = RANDOM.permutation(np.abs(samples))
    found = fit(shuffled)
    assert found.duration.distribution in families
    assert found.duration.mean_seconds == pytest.approx(shuffled.mean(), rel=0.01)
    assert found.distance_seconds <= min(score for _, score in found.families) / 0.98 + 1e-9


def test_drawn_amounts_are_those_of_the_samples() -> None:
    samples = RANDOM.gamma(2.0, 300.0, SIZE)
    drawn = quantiles_of(fit(samples).duration)
    real = np.quantile(samples, (np.arange(len(drawn)) + 0.5) / len(drawn))
    assert distance(drawn, real) < 0.08 * samples.mean()


def test_no_samples_and_negative_ones_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected samples"):
        fit([])
    with pytest.raises(ValueError, match="Expected samples"):
        fit([-1.0, 2.0])


def test_a_few_samples_are_fixed_and_never_trusted() -> None:
    found = fit([60.0, 120.0])
    assert found.duration.distribution == "fixed"
    assert found.distance_seconds == float("inf")
