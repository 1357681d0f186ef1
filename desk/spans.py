"""Days and spans of days that stand in an address."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request

from engine.errors import BadInputError

MOST_DAYS = 366


def span_of(first: date, last: date) -> tuple[date, date]:
    """The days `tu` and `den` of the address, both inclusive; these where it names none.

    Raises:
        BadInputError: no dates, the end before the beginning, or more than a year.
    """
    first, last = day_of("tu", first), day_of("den", last)
    if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
        raise BadInputError(
            f"Expected a span of at most {MOST_DAYS} days that ends after it begins, "
            f"but got {first} to {last}"
        )
    return first, last


def day_of(name: str, default: date) -> date:
    """A day of the address; the default where it names none.

    Raises:
        BadInputError: no date.
    """
    text = request.args.get(name)
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise BadInputError(f"Expected a date such as 2026-11-20, but got {text[:20]!r}") from cause
