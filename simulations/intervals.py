"""Intervals from replications, never from counting cases as if they were independent.

Late cases come in clumps, so the usual interval of a share is far too narrow. A mean has a
t-interval over replications. A rate has one on the logit scale, centred on all cases together; it
is refused while fewer than a hundred late cases were seen, because then it would not be true.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_REPLICATIONS = 10
FEWEST_RARE = 100
"""Late cases (or on-time ones, if those are rarer) that a rate's interval needs."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; without one, `refused` says why not."""

    value: float
    low: float | None = None
    high: float | None = None
    refused: str | None = None

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@lru_cache(maxsize=256)
def t_quantile(degrees: int, confidence: float) -> float:
    """The two-sided quantile of Student's distribution."""
    from scipy.special import stdtrit  # noqa: PLC0415 (only when an interval is asked for)

    return float(stdtrit(degrees, 0.5 + confidence / 2))


def mean_estimate(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """The mean of one value a replication; replications without a value are left out."""
    known = [each for each in values if not math.isnan(each)]
    if not known:
        return Estimate(math.nan, refused="không có hồ sơ nào")
    count = len(known)
    mean = math.fsum(known) / count
    if count < FEWEST_REPLICATIONS:
        return Estimate(mean, refused=f"mới có {count} lần chạy, cần {FEWEST_REPLICATIONS}")
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in known) / (count - 1) / count)
    half = t_quantile(count - 1, confidence) * spread
    return Estimate(mean, mean - half, mean + half)


def rate_estimate(good: Sequence[int], total: Sequence[int], confidence: float = 0.95) -> Estimate:
    """A share of cases over replications: all cases together, spread between replications."""
    count, whole, hits = len(total), sum(total), sum(good)
    if whole == 0:
        return Estimate(math.nan, refused="không có hồ sơ nào")
    rate = hits / whole
    rare = min(hits, whole - hits)
    if count < FEWEST_REPLICATIONS:
        return Estimate(rate, refused=f"mới có {count} lần chạy, cần {FEWEST_REPLICATIONS}")
    if rare < FEWEST_RARE:
        return Estimate(
            rate,
            refused=f"mới thấy {rare} hồ sơ {'quá hạn' if rare == whole - hits else 'đúng hạn'},"
            f" cần {FEWEST_RARE} để ước lượng trung thực",
        )
    mean = whole / count
    residuals = [g - rate * n for g, n in zip(good, total, strict=True)]
    spread = math.sqrt(math.fsum(r * r for r in residuals) / (count - 1) / count) / mean
    half = t_quantile(count - 1, confidence) * spread / (rate * (1.0 - rate))
    middle = math.log(rate / (1.0 - rate))
    return Estimate(rate, _from_logit(middle - half), _from_logit(middle + half))


def difference(
    before: Sequence[float], after: Sequence[float], confidence: float = 0.95
) -> Estimate:
    """The mean of paired differences, replication by replication with the same random numbers."""
    return mean_estimate([b - a for a, b in zip(before, after, strict=True)], confidence)


def _from_logit(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))
