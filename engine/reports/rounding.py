"""Rates as exact fractions, and the one place where they become printed digits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from engine.errors import BadInputError

HUNDRED = 100
PROGRESS_POINTS = 20
"""Full marks of the part "Tiến độ giải quyết" in QĐ 766. Legal: R50"""


class Rounding(StrEnum):
    """How a report drops digits. Legal: R52"""

    HALF_UP = "half-up"
    TRUNCATE = "truncate"


@dataclass(frozen=True)
class Rule:
    """The rounding a report is known for: digits after the point, and which way."""

    decimals: int
    rounding: Rounding


QD_766 = Rule(2, Rounding.HALF_UP)
EVALUATION_INDEX = Rule(1, Rounding.HALF_UP)
SEED_STYLE = Rule(2, Rounding.TRUNCATE)
"""Provincial reports cut digits off: 14.173 of 28.279 is printed as 50,11. Legal: R52, R65"""


def share(numerator: int, denominator: int) -> Fraction | None:
    """The exact share; None when there is nothing to divide by. Legal: R49

    Raises:
        BadInputError: a count below zero.
    """
    if numerator < 0 or denominator < 0:
        raise BadInputError(
            f"Expected counts of zero or more, but got {numerator} of {denominator}"
        )
    return Fraction(numerator, denominator) if denominator else None


def rounded(value: Fraction | int, rule: Rule) -> Decimal:
    """An exact value, zero or more, with the digits its report prints. Legal: R52

    Raises:
        BadInputError: a value below zero, which no figure here can be.
    """
    if value < 0:
        raise BadInputError(f"Expected a figure of zero or more, but got {value}")
    scaled = Fraction(value) * 10**rule.decimals
    digits = scaled.numerator // scaled.denominator
    if rule.rounding is Rounding.HALF_UP and scaled - digits >= Fraction(1, 2):
        digits += 1
    return Decimal(digits).scaleb(-rule.decimals)


def percent(numerator: int, denominator: int, rule: Rule) -> Decimal | None:
    """A share in percent; below 100 it is never printed as 100. None without a denominator.

    Legal: R49, R52, R56
    """
    exact = share(numerator, denominator)
    if exact is None:
        return None
    shown = rounded(exact * HUNDRED, rule)
    if exact < 1 and shown >= HUNDRED:
        return Decimal(HUNDRED) - Decimal(1).scaleb(-rule.decimals)
    return shown


def progress_points(numerator: int, denominator: int) -> Decimal | None:
    """Points of QĐ 766 for progress: 20 × R_766, half-up to 2 digits; None without cases.

    Legal: R50
    """
    exact = share(numerator, denominator)
    return None if exact is None else rounded(exact * PROGRESS_POINTS, QD_766)


def vietnamese(value: Decimal | int) -> str:
    """A figure as it is written in Vietnamese: 1.071 and 52,88. Legal: R52"""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))
