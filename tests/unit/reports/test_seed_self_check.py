"""The sources' own figures, counted again: what adds up, and what is known not to (R65).

Figures of the provincial reports S2, S3 and S4 as law.md lists them. Nobody "repairs" a
contradiction here: it is in the source.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from engine.reports.rounding import QD_766, SEED_STYLE, Rounding, Rule, percent, vietnamese

TO_0 = Rule(0, Rounding.TRUNCATE)
TO_1 = Rule(1, Rounding.TRUNCATE)
TO_3_HALF_UP = Rule(3, Rounding.HALF_UP)


@pytest.mark.parametrize(
    ("what", "parts", "total"),
    [
        ("internal procedures issued in 2021", (77, 600, 13), 690),
        ("TTHC published in 2021", (675, 203, 184), 1062),
        ("'5 tại chỗ' by sở", (75, 2, 1, 12, 2), 92),
        ("online services by level", (957, 436, 637), 2030),
        ("feedback by way", (4, 4), 8),
        ("inspected units by kind", (6, 3), 9),
        ("Bảo Lâm: ratings of xã", (1, 9, 3), 13),
    ],
)
def test_r65_sums_of_the_sources_add_up(what: str, parts: tuple[int, ...], total: int) -> None:
    assert sum(parts) == total, what


@pytest.mark.parametrize(
    ("what", "numerator", "denominator", "rule", "shown"),
    [
        ("online services", 1071, 2025, SEED_STYLE, "52,88"),
        ("online dossiers, level 3", 4957, 53350, SEED_STYLE, "9,29"),
        ("online dossiers, level 4", 14173, 28279, SEED_STYLE, "50,11"),
        ("on the national portal", 764, 1071, TO_1, "71,3"),
        ("decentralisation review", 133, 591, TO_1, "22,5"),
        ("'5 tại chỗ' dossiers", 5009, 9799, TO_0, "51"),
        ("unannounced inspections", 6, 16, TO_1, "37,5"),
        ("inspected units", 9, 28, SEED_STYLE, "32,14"),
        ("activities of the plan", 44, 44, TO_0, "100"),
        ("communication", 6, 6, TO_0, "100"),
        ("ISO of xã", 106, 106, TO_0, "100"),
    ],
)
def test_r65_percentages_of_the_sources_are_cut_off(
    what: str, numerator: int, denominator: int, rule: Rule, shown: str
) -> None:
    value = percent(numerator, denominator, rule)
    assert value is not None
    assert vietnamese(value) == shown, what


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded_up"),
    [(1071, 2025, "52.89"), (14173, 28279, "50.12")],
)
def test_r65_rounding_half_up_would_not_give_the_printed_figures(
    numerator: int, denominator: int, rounded_up: str
) -> None:
    assert str(percent(numerator, denominator, QD_766)) == rounded_up


def test_r65_known_contradiction_levels_3_and_4_are_1073_and_not_1071() -> None:
    assert 436 + 637 == 1073
    assert 436 + 637 != 1071


def test_r65_known_contradiction_2025_services_in_one_paragraph_2030_in_another() -> None:
    assert 957 + 436 + 637 != 2025


def test_r65_share_solved_on_the_spot_to_three_digits() -> None:
    assert percent(5009, 9799, TO_3_HALF_UP) == Decimal("51.117")
    assert percent(92, 148, SEED_STYLE) == Decimal("62.16")


def test_r65_derived_base_cost_if_the_saving_were_an_aggregate() -> None:
    saving, share = 7_124_335_344, Fraction(438, 1000)
    base = Fraction(saving) / share
    assert round(base) == 16_265_605_808
    assert round(base) - saving == 9_141_270_464


def test_r65_working_days_of_the_seeds_calendar() -> None:
    from datetime import date

    from engine.catalog.years import seed_calendar

    calendar = seed_calendar()
    assert calendar.working_days_between(date(2024, 12, 31), date(2025, 12, 31)) == 250
    assert calendar.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 249


@pytest.mark.parametrize(
    ("procedure", "steps", "announced"),
    [
        ("P1 (h)", (2, 3, 2, 1), 8),
        ("P3", (0.5, 1.5, 0.5, 1, 0.5, 0.5, 2, 0.5, 0.5, 0.5, 0), 8),
        ("P5", (0.5, 1.5, 0.5, 0.5, 0), 3),
        ("P6", (0.5, 4.5, 1.5, 1, 0.5, 0), 8),
        ("P11", (1, 12, 1, 1, 0.5, 2.5, 5, 0), 23),
    ],
)
def test_r65_step_times_of_the_tables_that_add_up(
    procedure: str, steps: tuple[float, ...], announced: int
) -> None:
    assert sum(steps) == announced, procedure


@pytest.mark.parametrize(
    ("procedure", "steps", "total", "announced"),
    [
        ("P4", (1, 4, 1, 1, 1, 0.5, 2, 0.5, 0.5, 0.5, 0), 12, 17),
        ("P7", (0.25, 0.5, 0.5, 1.5, 0.5, 0.5, 0.5, 3, 0.5, 1, 2), 10.75, 15),
        ("P8", (0.5, 1, 0.5, 0.5, 2, 0.5, 2, 1, 0.5, 0), 8.5, 7),
        ("P9, one file", (0.5, 9, 2, 0.5, 0), 12, 10),
        ("P9, the other file", (0.5, 1.5, 0.5, 1, 0.5), 4, 10),
        ("P12", (0.25, 1.5, 0.5, 0.5, 0.5, 1.5, 0.5, 1, 0), 6.25, 20),
    ],
)
def test_r44_r65_step_times_of_the_tables_that_do_not(
    procedure: str, steps: tuple[float, ...], total: float, announced: int
) -> None:
    assert sum(steps) == total, procedure
    assert total != announced
