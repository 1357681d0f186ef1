"""Dates and numbers as clerks write them."""

from __future__ import annotations

from datetime import datetime

WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


def day_and_hour(text: str) -> str:
    """ISO text of office time as "17:00 01/12/2026"."""
    return datetime.fromisoformat(text).strftime("%H:%M %d/%m/%Y")


def weekday_of(text: str) -> str:
    """The Vietnamese weekday of ISO text."""
    return WEEKDAYS[datetime.fromisoformat(text).weekday()]
