"""Working days and limits counted in days, with every vector of R41, R42 and R16."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clock_words import CALENDAR, OFFICE, at, day, shown

from engine.errors import BadInputError
from engine.sla.calendar import CalendarYearMissingError, WorkingCalendar
from engine.sla.counting import same_day_due_at
from engine.sla.deadline import due_at
from engine.sla.limit import Limit
from engine.sla.office_hours import OfficeTime

R41 = [
    ("2025-04-26", True),
    ("2025-05-02", False),
    ("2026-01-02", False),
    ("2026-01-10", True),
    ("2026-04-27", False),
    ("2026-08-22", True),
    ("2026-08-31", False),
    ("2026-11-24", False),
    ("2025-11-24", True),
]

R42 = [
    ("2025-01-24", 1, "2025-02-03"),
    ("2025-01-24", 3, "2025-02-05"),
    ("2025-04-25", 1, "2025-04-26"),
    ("2025-04-25", 5, "2025-05-06"),
    ("2025-04-29", 1, "2025-05-05"),
    ("2025-12-31", 1, "2026-01-05"),
    ("2025-12-31", 3, "2026-01-07"),
    ("2026-01-09", 1, "2026-01-10"),
    ("2026-02-12", 10, "2026-03-05"),
    ("2026-02-13", 1, "2026-02-23"),
    ("2026-04-24", 1, "2026-04-28"),
    ("2026-04-24", 5, "2026-05-06"),
    ("2026-08-20", 7, "2026-08-28"),
    ("2026-08-21", 1, "2026-08-22"),
    ("2026-08-28", 1, "2026-09-03"),
    ("2026-11-16", 10, "2026-12-01"),
    ("2026-11-20", 1, "2026-11-23"),
    ("2026-11-20", 3, "2026-11-26"),
    ("2026-11-23", 1, "2026-11-25"),
]


@pytest.mark.parametrize(("on", "worked"), R41)
def test_r41_which_days_are_worked(on: str, worked: bool) -> None:
    assert CALENDAR.is_working_day(day(on)) is worked


@pytest.mark.parametrize(("year", "count"), [(2025, 250), (2026, 249)])
def test_r41_the_year_has_so_many_working_days(year: int, count: int) -> None:
    first = day(f"{year}-01-01")
    days = [first + timedelta(days=n) for n in range(365)]
    assert sum(CALENDAR.is_working_day(each) for each in days) == count
    assert CALENDAR.working_days_between(day(f"{year - 1}-12-31"), day(f"{year}-12-31")) == count


@pytest.mark.parametrize("on", ["2016-12-31", "2028-01-01", "1999-06-01"])
def test_r41_a_year_without_data_is_an_error_and_no_guess(on: str) -> None:
    with pytest.raises(CalendarYearMissingError, match=on[:4]):
        CALENDAR.is_working_day(day(on))


@pytest.mark.parametrize(
    ("limit", "received"),
    [("10wd", "2027-12-28"), ("80wh", "2027-12-28"), ("15d", "2027-12-28"), ("1mo", "2027-12-15")],
)
def test_r41_a_due_date_in_a_year_without_data_is_an_error(limit: str, received: str) -> None:
    with pytest.raises(CalendarYearMissingError) as missing:
        due_at(Limit.parse(limit), at(f"{received} 08:00"), OFFICE)
    assert missing.value.year == 2028


def test_r41_a_gap_between_loaded_years_is_an_error() -> None:
    years = [each for each in CALENDAR.years if each.year != 2026]
    office = OfficeTime(WorkingCalendar(years))
    assert shown(due_at(Limit.parse("1wd"), at("2025-12-30 08:00"), office)) == "2025-12-31 17:00"
    for limit in ("5wd", "40wh", "5d"):
        with pytest.raises(CalendarYearMissingError):
            due_at(Limit.parse(limit), at("2025-12-30 08:00"), office)
    with pytest.raises(CalendarYearMissingError):
        office.working_time_between(at("2025-12-30 08:00"), at("2027-01-05 08:00"))


@pytest.mark.parametrize(("received", "days", "due"), R42)
@pytest.mark.parametrize("hour", ["07:00", "11:45", "16:59"])
def test_r42_due_is_closing_of_the_nth_working_day(
    received: str, days: int, due: str, hour: str
) -> None:
    found = due_at(Limit.parse(f"{days}wd"), at(f"{received} {hour}"), OFFICE)
    assert shown(found) == f"{due} 17:00"


@pytest.mark.parametrize("received", ["2026-11-21 09:00", "2026-11-20 20:00"])
def test_r42_received_on_a_day_off_or_after_hours_that_day_is_still_day_zero(
    received: str,
) -> None:
    assert shown(due_at(Limit.parse("1wd"), at(received), OFFICE)) == "2026-11-23 17:00"


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        ("2026-02-02", "15d", "2026-02-23"),
        ("2026-04-16", "10d", "2026-04-28"),
        ("2026-01-31", "1mo", "2026-03-02"),
        ("2024-01-31", "1mo", "2024-02-29"),  # a leap year has that day, a Thursday
        ("2025-11-30", "3mo", "2026-03-02"),  # 28/02/2026 is a Saturday
    ],
)
def test_r42_calendar_days_and_months_roll_to_the_next_working_day(
    received: str, limit: str, due: str
) -> None:
    assert shown(due_at(Limit.parse(limit), at(f"{received} 08:00"), OFFICE)) == f"{due} 17:00"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-20 10:00", "2026-11-20 17:00"),
        ("2026-11-20 15:00", "2026-11-20 17:00"),
        ("2026-11-20 15:00:01", "2026-11-23 17:00"),
        ("2026-11-20 15:01", "2026-11-23 17:00"),
        ("2026-11-23 15:01", "2026-11-25 17:00"),
        ("2026-11-20 06:15", "2026-11-20 17:00"),
        ("2026-11-21 09:00", "2026-11-23 17:00"),
    ],
)
def test_r16_same_day_until_15_00_else_the_next_working_day(received: str, due: str) -> None:
    assert shown(due_at(Limit.parse("same-day"), at(received), OFFICE)) == due
    assert shown(same_day_due_at(at(received), OFFICE)) == due


def test_r16_what_needs_more_days_gets_at_most_two() -> None:
    received = at("2026-11-20 10:00")
    assert shown(same_day_due_at(received, OFFICE, 1)) == "2026-11-23 17:00"
    assert shown(same_day_due_at(received, OFFICE, 2)) == "2026-11-25 17:00"
    for days in (3, -1):
        with pytest.raises(BadInputError, match="Expected 0 to 2 extra"):
            same_day_due_at(received, OFFICE, days)


WHOLE_DAYS_OF_NEEDS = [
    ("2025-11-20 08:00", 1, "2025-11-21"),
    ("2025-11-21 16:45", 1, "2025-11-24"),
    ("2025-11-21 17:30", 1, "2025-11-24"),
    ("2025-11-22 09:00", 1, "2025-11-24"),
    ("2025-11-22 09:00", 3, "2025-11-26"),
    ("2025-08-29 10:00", 3, "2025-09-05"),
]
"""Where three calculators gave three answers, counted as the law has it: whole days."""


@pytest.mark.parametrize(("received", "days", "due"), WHOLE_DAYS_OF_NEEDS)
def test_r42_where_other_calculators_disagree_the_law_counts_whole_days(
    received: str, days: int, due: str
) -> None:
    assert shown(due_at(Limit.parse(f"{days}wd"), at(received), OFFICE)) == f"{due} 17:00"
