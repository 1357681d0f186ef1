"""Step times in working minutes, and how a decision's table prints them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from engine.errors import BadInputError
from engine.sla.limit import CountingRule, Limit

MINUTES_A_DAY: Final = 480
"""A printed day of work is 8 hours. Legal: R44"""
_DAYS_A_MONTH: Final = 30
_MINUTES_AN_HOUR: Final = 60
_CALENDAR: Final = {CountingRule.CALENDAR_DAYS: 1, CountingRule.CALENDAR_MONTHS: _DAYS_A_MONTH}


def read_limit(text: str | None) -> Limit | None:
    """The limit a text stands for, or None when it stands for none."""
    if text is None:
        return None
    try:
        return Limit.parse(text)
    except BadInputError:
        return None


def counts_calendar_days(limit: Limit) -> bool:
    """Whether days off count as well."""
    return limit.rule in _CALENDAR


def comparable_minutes(limit: Limit) -> int:
    """The limit in minutes of work, printed days compared as days of 8 hours.

    A calendar day counts as a day of work and a month as 30: the most it can hold.

    Legal: R44
    """
    if limit.rule in _CALENDAR:
        return int(limit.amount * _CALENDAR[limit.rule] * MINUTES_A_DAY)
    return limit.working_minutes() or 0


def printed(minutes: int, *, in_days: bool, comma: str = ",") -> str:
    """A sum as the tables print it: "8,5" days or "7,5" hours, the unit left out."""
    amount = Decimal(minutes) / (MINUTES_A_DAY if in_days else _MINUTES_AN_HOUR)
    text = f"{amount.quantize(Decimal('0.0001')):f}".rstrip("0").rstrip(".")
    return (text or "0").replace(".", comma)
