"""Random amounts: every one is the inverse of a distribution at one hashed uniform number.

The uniform number depends on the seed, the case, the diagram's element and the visit only. So the
same dossier draws the same work in two scenarios, however the schedule changes, and no stream has
to be kept (common random numbers).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulations.compiled import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
M1, M2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

MIDDLE, TAIL = 0.5, 0.02425
FIXED, UNIFORM, EXPONENTIAL, LOGNORMAL, TRIANGULAR, TABLE = 0, 1, 2, 3, 4, 5

SALT_SHARE, SALT_DELAY, SALT_AFTER = 0x5851F42D4C957F2D, 0x14057B7EF767814F, 0x2545F4914F6CDD1D
"""Tell apart what one element draws: its work, its delay, whether and when it happens."""


D_KIND, D_A, D_B, D_C, D_SCALE, D_START, D_SIZE = range(7)
"""Columns of a distribution's row; a table's values stand at equally spaced probabilities."""


class Draws(NamedTuple):
    """Distributions by number; values are seconds before the scale."""

    rows: Any
    values: Any
    """Of all tables, one after another."""


def mix(z: int) -> int:
    """The finaliser of splitmix64 on a whole number of 64 bits."""
    z = ((z ^ (z >> 30)) * M1) & MASK
    z = ((z ^ (z >> 27)) * M2) & MASK
    return z ^ (z >> 31)


def mixed(z: Any) -> Any:
    """`mix` on an array of uint64."""
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(M1)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(M2)
        return z ^ (z >> np.uint64(31))


def salt_of(*words: str) -> int:
    """A whole number of 64 bits that stands for words, the same in every process."""
    z = 0xCBF29CE484222325
    for word in words:
        for byte in word.encode():
            z = ((z ^ byte) * 0x100000001B3) & MASK
        z = mix(z + GOLDEN & MASK)
    return z


def uniform(case_key: int, salt: int, visit: int) -> float:
    """A number strictly between 0 and 1."""
    z = (case_key + (salt ^ ((visit + 1) * GOLDEN & MASK))) & MASK
    # `mix`, written out: a call for every number costs the loop in plain words a percent.
    z = ((z ^ (z >> 30)) * M1) & MASK
    z = ((z ^ (z >> 27)) * M2) & MASK
    return (((z ^ (z >> 31)) >> 11) + 0.5) * 1.1102230246251565e-16


def uniforms(case_keys: Any, salt: int, visits: Any) -> Any:
    """`uniform` for arrays of case keys and visits."""
    with np.errstate(over="ignore"):
        steps = (visits.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN)
        z = mixed(case_keys + (np.uint64(salt) ^ steps))
    return ((z >> np.uint64(11)).astype(np.float64) + 0.5) * 1.1102230246251565e-16


@plain
def normal_quantile(u: float) -> float:
    """The standard normal value below which a share `u` lies (P. J. Acklam; 1e-9 relative)."""
    tail = u if u < MIDDLE else 1.0 - u
    if tail < TAIL:
        q = math.sqrt(-2.0 * math.log(tail))
        x = (
            (
                (
                    ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838)
                    * q
                    - 2.549732539343734
                )
                * q
                + 4.374664141464968
            )
            * q
            + 2.938163982698783
        ) / (
            (
                ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
                + 3.754408661907416
            )
            * q
            + 1.0
        )
        return x if u < MIDDLE else -x
    q = u - MIDDLE
    r = q * q
    return (
        (
            (
                (
                    ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02)
                    * r
                    + 1.383577518672690e02
                )
                * r
                - 3.066479806614716e01
            )
            * r
            + 2.506628277459239
        )
        * q
    ) / (
        (
            (
                ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                + 6.680131188771972e01
            )
            * r
            - 1.328068155288572e01
        )
        * r
        + 1.0
    )


@plain
def amount(row: Any, values: Any, u: float) -> int:
    """Whole seconds of a distribution (a row of `Draws`) at a uniform number, rounded."""
    kind = row[D_KIND]
    a = row[D_A]
    if kind == LOGNORMAL:
        value = math.exp(a + row[D_B] * normal_quantile(u))
    elif kind == EXPONENTIAL:
        value = -a * math.log(1.0 - u)
    elif kind == FIXED:
        value = a
    elif kind == UNIFORM:
        value = a + (row[D_B] - a) * u
    elif kind == TRIANGULAR:
        b, c = row[D_B], row[D_C]
        cut = (c - a) / (b - a)
        if u < cut:
            value = a + math.sqrt(u * (b - a) * (c - a))
        else:
            value = b - math.sqrt((1.0 - u) * (b - a) * (b - c))
    else:
        place = u * (row[D_SIZE] - 1.0)
        low = int(place)
        first = int(row[D_START]) + low
        value = values[first] + (place - low) * (values[first + 1] - values[first])
    return int(value * row[D_SCALE] + 0.5)


class DrawsBuilder:
    """Collects distributions and gives each a number; equal ones share it."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, float, float, float, float, int, int]] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._values: list[float] = []
        self.means: list[float] = []
        """The mean of each in seconds, scaled."""

    def add(
        self,
        kind: int,
        a: float,
        b: float = 0.0,
        c: float = 0.0,
        *,
        scale: float = 1.0,
        mean: float,
        values: Sequence[float] = (),
    ) -> int:
        """The number of a distribution."""
        key = (kind, a, b, c, scale, tuple(values))
        if key not in self._known:
            self._known[key] = len(self._rows)
            self._rows.append((kind, a, b, c, scale, len(self._values), len(values)))
            self._values.extend(values)
            self.means.append(mean * scale)
        return self._known[key]

    def arrays(self) -> Draws:
        """All of them."""
        rows = self._rows or [(FIXED, 0.0, 0.0, 0.0, 1.0, 0, 0)]
        return Draws(np.array(rows, np.float64), np.array(self._values or [0.0], np.float64))
