"""Quantiles by nearest rank: always a value that was seen, the same digits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = TypeVar("Value", int, float)

HUNDRED = 100


def quantile(values: Sequence[Value], percentage: int) -> Value:
    """The smallest value that so many percent of the sorted values do not exceed."""
    return values[_rank(len(values), percentage) - 1]


def quantile_of_counts(counts: Mapping[int, int], percentage: int) -> int | None:
    """The same from value → how often; None when nothing was counted."""
    total = sum(counts.values())
    if not total:
        return None
    rank, seen = _rank(total, percentage), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    raise AssertionError  # the counts add up to the total


def _rank(total: int, percentage: int) -> int:
    return max(1, -(-total * percentage // HUNDRED))
