"""Reporting periods: quarters, halves, nine months and years that begin on the 15th; months."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from engine.errors import BadInputError

_TEXT = re.compile(
    r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<nine>M9)|-(?P<month>\d{2}))?",
    re.ASCII,
)
_MONTHS_PER_YEAR = 12
_FIRST_YEAR = 1900
_MIDDLE = 15


@dataclass(frozen=True)
class Period:
    """A reporting period; both bounds are included.

    `text` is what `parse_period` reads; `is_calendar` tells the calendar variant from the
    reporting one.

    Legal: R53
    """

    text: str
    first_on: date
    last_on: date
    is_calendar: bool = False

    def __contains__(self, on: date) -> bool:
        return self.first_on <= on <= self.last_on


def half_month_of(on: date) -> date:
    """The first day of a day's half month: every reporting period is made of these. Legal: R53"""
    return on.replace(day=1 if on.day < _MIDDLE else _MIDDLE)


def quarter(year: int, number: int, *, calendar: bool = False) -> Period:
    """Quarter 1 to 4: quarter 1 of 2026 is 2025-12-15 to 2026-03-14.

    Legal: R53
    """
    if number not in range(1, 5):
        raise BadInputError(f"Expected a quarter from 1 to 4, but got {number}")
    return _months(f"{year:04}Q{number}", year, number * 3 - 2, number * 3, calendar=calendar)


def half(year: int, number: int, *, calendar: bool = False) -> Period:
    """Half 1 or 2: half 1 of 2026 is 2025-12-15 to 2026-06-14.

    Legal: R53
    """
    if number not in {1, 2}:
        raise BadInputError(f"Expected half 1 or 2, but got {number}")
    return _months(f"{year:04}H{number}", year, number * 6 - 5, number * 6, calendar=calendar)


def nine_months(year: int, *, calendar: bool = False) -> Period:
    """The first nine months: of 2026, 2025-12-15 to 2026-09-14.

    Legal: R53
    """
    return _months(f"{year:04}M9", year, 1, 9, calendar=calendar)


def year_of(year: int, *, calendar: bool = False) -> Period:
    """A reporting year: 2026 is 2025-12-15 to 2026-12-14.

    Legal: R53
    """
    return _months(f"{year:04}", year, 1, _MONTHS_PER_YEAR, calendar=calendar)


def month(year: int, number: int) -> Period:
    """A calendar month; it has no other variant.

    Legal: R53
    """
    if number not in range(1, _MONTHS_PER_YEAR + 1):
        raise BadInputError(f"Expected a month from 01 to 12, but got {number:02}")
    return _months(f"{year:04}-{number:02}", year, number, number, calendar=True)


def parse_period(text: str, *, calendar: bool = False) -> Period:
    """Read 2026Q3, 2026H1, 2026M9, 2026 or 2026-10.

    Legal: R53

    Raises:
        BadInputError: it is none of these.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise BadInputError(
            f"Expected a period such as 2026Q3, 2026H1, 2026M9, 2026 or 2026-10, but got {text!r}",
            value=text,
        )
    year = int(found["year"])
    if found["quarter"]:
        return quarter(year, int(found["quarter"]), calendar=calendar)
    if found["half"]:
        return half(year, int(found["half"]), calendar=calendar)
    if found["nine"]:
        return nine_months(year, calendar=calendar)
    if found["month"]:
        return month(year, int(found["month"]))
    return year_of(year, calendar=calendar)


def reporting_year(on: date) -> int:
    """The reporting year a date belongs to: 2026-12-15 belongs to 2027.

    Legal: R53
    """
    return on.year + ((on.month, on.day) >= (12, 15))


def _months(text: str, year: int, first: int, last: int, *, calendar: bool) -> Period:
    if year < _FIRST_YEAR:
        raise BadInputError(f"Expected a year from {_FIRST_YEAR} on, but got {text!r}", value=text)
    if calendar:
        end = date(year, last, monthrange(year, last)[1])
        return Period(text, date(year, first, 1), end, is_calendar=True)
    begins = date(year - 1, 12, 15) if first == 1 else date(year, first - 1, 15)
    return Period(text, begins, date(year, last, 14))
