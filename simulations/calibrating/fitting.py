"""Fits amounts of time to what was observed: several families, the best on a held-out half."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulations.draws import DrawsBuilder, amount
from simulations.inputs.scenario import Duration

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 30
"""Samples below which a fit is not trusted; the caller pools them with their like."""
QUANTILES = 65
"""Values of an empirical quantile table."""
_POINTS = 400
_MINUTE = 60.0
_WORTH = 0.98
"""A richer family must be at least this much nearer than a plainer one."""


@dataclass(frozen=True)
class Fit:
    """A fitted amount, and how far it is from the half it has not seen."""

    duration: Duration
    samples: int
    distance_seconds: float
    """Wasserstein distance to the held-out half; infinite when there was none."""
    families: tuple[tuple[str, float], ...]
    """Every family tried, with its distance, nearest first."""


def fit(seconds: Sequence[float]) -> Fit:
    """The family that is nearest to the held-out half, fitted again to all samples.

    Every second sample in the order given is held out, so a drift in time is in both halves.

    Raises:
        ValueError: there is no sample, or a negative one.
    """
    values = np.asarray(seconds, np.float64)
    if not len(values) or values.min() < 0:
        raise ValueError("Expected samples of time, none below 0")
    families = _families(values)
    if len(values) <= 3:  # noqa: PLR2004 (no halves to compare)
        return Fit(families["fixed"], len(values), math.inf, (("fixed", math.inf),))
    seen, held = values[::2], values[1::2]
    scores = {
        name: distance(quantiles_of(made), _quantiles(held))
        for name, made in _families(seen).items()
    }
    best, nearest = "fixed", scores["fixed"]
    for name in families:
        if scores.get(name, math.inf) < nearest * _WORTH:
            best, nearest = name, scores[name]
    ranked = tuple(sorted(scores.items(), key=lambda each: each[1]))
    return Fit(families[best], len(values), nearest, ranked)


def _families(values: Any) -> dict[str, Duration]:
    """Each family by its moments, plainer ones first."""
    mean = float(values.mean())
    found = {"fixed": Duration(value_minutes=mean / _MINUTE)}
    if mean <= 0:
        return found
    cv = float(values.std()) / mean
    minutes = mean / _MINUTE
    found["exponential"] = Duration(distribution="exponential", mean_minutes=minutes)
    if cv > 1e-6:  # noqa: PLR2004 (numerically fixed)
        found["gamma"] = Duration(distribution="gamma", mean_minutes=minutes, cv=cv)
        found["lognormal"] = Duration(distribution="lognormal", mean_minutes=minutes, cv=cv)
    positive = values[values > 0]
    if cv > 1e-6 and len(positive) > len(values) * 0.95:  # noqa: PLR2004
        # By the moments of the logarithm: the body is met better, the tail worse.
        logs = np.log(positive)
        spread = float(logs.var())
        if 0 < spread < 25:  # noqa: PLR2004 (a mean that is still a number)
            found["lognormal_by_logs"] = Duration(
                distribution="lognormal",
                mean_minutes=math.exp(float(logs.mean()) + spread / 2) / _MINUTE,
                cv=math.sqrt(math.expm1(spread)),
            )
    if len(values) >= 8:  # noqa: PLR2004 (a table of fewer says nothing)
        found["quantiles"] = table(values)
    return found


def table(values: Any) -> Duration:
    """The empirical quantiles, with the mean of the samples kept."""
    size = min(QUANTILES, max(len(values) // 2, 2))
    levels = np.quantile(values, np.linspace(0.0, 1.0, size))
    area = (levels.sum() - (levels[0] + levels[-1]) / 2) / (size - 1)
    factor = float(values.mean()) / area if area > 0 else 1.0
    return Duration(
        distribution="quantiles",
        quantiles_minutes=tuple(float(each) for each in levels * factor / _MINUTE),
    )


def quantiles_of(duration: Duration) -> Any:
    """Seconds at equally spaced probabilities, as the kernels draw them."""
    draws = DrawsBuilder()
    number = duration.add_to(draws)
    rows, values = draws.arrays()
    levels = (np.arange(_POINTS) + 0.5) / _POINTS
    return np.array([amount(rows[number], values, float(u)) for u in levels], np.float64)


def _quantiles(values: Any) -> Any:
    return np.quantile(values, (np.arange(_POINTS) + 0.5) / _POINTS, method="inverted_cdf")


def distance(first: Any, second: Any) -> float:
    """Wasserstein distance of two quantile functions at the same probabilities."""
    return float(np.abs(np.sort(first) - np.sort(second)).mean())
