"""Reporting periods from the 15th (R53)."""

from __future__ import annotations

import itertools

import pytest
from clock_words import day

from engine.errors import BadInputError
from engine.sla.periods import half, nine_months, parse_period, quarter, reporting_year, year_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026Q1", "2025-12-15", "2026-03-14"),
        ("2026Q2", "2026-03-15", "2026-06-14"),
        ("2026Q3", "2026-06-15", "2026-09-14"),
        ("2026Q4", "2026-09-15", "2026-12-14"),
        ("2026H1", "2025-12-15", "2026-06-14"),
        ("2026H2", "2026-06-15", "2026-12-14"),
        ("2026", "2025-12-15", "2026-12-14"),
        ("2026M9", "2025-12-15", "2026-09-14"),
        ("2026-10", "2026-10-01", "2026-10-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_r53_reporting_periods(text: str, first: str, last: str) -> None:
    period = parse_period(text)
    assert (period.first_on, period.last_on) == (day(first), day(last))
    assert period.text == text
    assert day(first) in period
    assert day(last) in period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2026H2", "2026-07-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026M9", "2026-01-01", "2026-09-30"),
    ],
)
def test_r53_the_calendar_variant(text: str, first: str, last: str) -> None:
    period = parse_period(text, calendar=True)
    assert (period.first_on, period.last_on) == (day(first), day(last))
    assert period.is_calendar


def test_r53_quarters_follow_one_another_and_make_the_year() -> None:
    quarters = [quarter(2026, number) for number in (1, 2, 3, 4)]
    assert quarters[0].first_on == year_of(2026).first_on == half(2026, 1).first_on
    assert quarters[-1].last_on == year_of(2026).last_on == half(2026, 2).last_on
    assert quarters[2].last_on == nine_months(2026).last_on
    for before, after in itertools.pairwise(quarters):
        assert before.last_on.toordinal() + 1 == after.first_on.toordinal()


@pytest.mark.parametrize(
    ("on", "year"), [("2026-12-14", 2026), ("2026-12-15", 2027), ("2025-12-15", 2026)]
)
def test_r53_a_case_finished_on_the_15th_of_december_belongs_to_the_next_year(
    on: str, year: int
) -> None:
    assert reporting_year(day(on)) == year
    assert day(on) in year_of(year)


@pytest.mark.parametrize(
    "text", ["", "2026Q5", "2026H3", "2026M8", "2026-13", "2026-00", "26Q1", "1800", "２０２６"]
)
def test_r53_other_words_are_no_period(text: str) -> None:
    with pytest.raises(BadInputError, match="Expected"):
        parse_period(text)


@pytest.mark.parametrize(("make", "number"), [(quarter, 0), (quarter, 5), (half, 0), (half, 3)])
def test_r53_there_are_four_quarters_and_two_halves(make: object, number: int) -> None:
    with pytest.raises(BadInputError, match="Expected"):
        make(2026, number)  # type: ignore[operator]
