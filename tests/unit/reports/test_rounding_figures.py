"""Digits of reports: exact, cut or rounded as each report does it (R50, R52, R56)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError
from engine.reports.counts import Rate
from engine.reports.rounding import (
    EVALUATION_INDEX,
    QD_766,
    SEED_STYLE,
    Rounding,
    Rule,
    percent,
    progress_points,
    rounded,
    share,
    vietnamese,
)

TRUNCATED_TO_1 = Rule(1, Rounding.TRUNCATE)
TRUNCATED_TO_0 = Rule(0, Rounding.TRUNCATE)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rule", "shown"),
    [
        (1071, 2025, SEED_STYLE, "52,88"),
        (14173, 28279, SEED_STYLE, "50,11"),
        (4957, 53350, SEED_STYLE, "9,29"),
        (9, 28, SEED_STYLE, "32,14"),
        (764, 1071, TRUNCATED_TO_1, "71,3"),
        (133, 591, TRUNCATED_TO_1, "22,5"),
        (5009, 9799, TRUNCATED_TO_0, "51"),
        (99_999, 100_000, SEED_STYLE, "99,99"),
        (99_999, 100_000, QD_766, "99,99"),
        (1, 1, SEED_STYLE, "100,00"),
        (0, 7, SEED_STYLE, "0,00"),
    ],
)
def test_r52_percentages_as_the_reports_print_them(
    numerator: int, denominator: int, rule: Rule, shown: str
) -> None:
    value = percent(numerator, denominator, rule)
    assert value is not None
    assert vietnamese(value) == shown


@pytest.mark.parametrize(
    ("solved", "late", "half_up", "truncated"),
    [(10_000, 3, "99.97", "99.97"), (3_333, 1, "99.97", "99.96"), (9_799, 3, "99.97", "99.96")],
)
def test_r56_which_rounding_was_used_decides_the_last_digit(
    solved: int, late: int, half_up: str, truncated: str
) -> None:
    assert str(percent(solved - late, solved, QD_766)) == half_up
    assert str(percent(solved - late, solved, SEED_STYLE)) == truncated


def test_r56_the_share_itself_is_exact() -> None:
    assert share(3332, 3333) == Fraction(3332, 3333)


@pytest.mark.parametrize(
    ("in_time", "received", "points"), [(9796, 9799, "19.99"), (18, 20, "18.00"), (5, 5, "20.00")]
)
def test_r50_points_for_progress(in_time: int, received: int, points: str) -> None:
    assert str(progress_points(in_time, received)) == points


def test_r49_r50_nothing_to_divide_by_is_neither_0_nor_100() -> None:
    assert progress_points(0, 0) is None
    assert percent(0, 0, SEED_STYLE) is None
    assert Rate("R_solved", 0, 0, SEED_STYLE).as_json() == {
        "numerator": 0,
        "denominator": 0,
        "percent": None,
    }


@pytest.mark.parametrize(
    ("value", "shown"), [(Fraction(15, 10), "1.5"), (Fraction(145, 100), "1.5"), (2, "2.0")]
)
def test_r52_an_evaluation_index_has_one_digit_half_up(value: Fraction, shown: str) -> None:
    assert str(rounded(value, EVALUATION_INDEX)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1071, "1.071"), (Decimal("52.88"), "52,88"), (7_124_335_344, "7.124.335.344")],
)
def test_r52_vietnamese_output_has_a_decimal_comma(value: int | Decimal, shown: str) -> None:
    assert vietnamese(value) == shown


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 3), (1, -3)])
def test_a_count_below_zero_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(BadInputError, match="counts of zero or more"):
        percent(numerator, denominator, SEED_STYLE)


@given(
    st.integers(1, 10**9),
    st.data(),
    st.integers(0, 4),
    st.sampled_from(Rounding),
)
def test_r52_below_100_never_prints_as_100_and_stays_within_a_digit(
    denominator: int, data: st.DataObject, decimals: int, rounding: Rounding
) -> None:
    numerator = data.draw(st.integers(0, denominator))
    shown = percent(numerator, denominator, Rule(decimals, rounding))
    assert shown is not None
    assert (shown == 100) is (numerator == denominator)
    assert abs(Fraction(shown) - Fraction(100 * numerator, denominator)) < Fraction(1, 10**decimals)
