"""Dates, hours and durations in the Vietnamese a clerk would use at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clock import office_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
_MINUTES_PER_HOUR = 60


def weekday_name(on: date) -> str:
    """The day of the week: "thứ bảy"."""
    return _WEEKDAYS[on.weekday()]


def short_date(on: date) -> str:
    """Day and month: "24/11"."""
    return f"{on.day:02}/{on.month:02}"


def long_date(on: date) -> str:
    """Weekday and full date: "thứ ba 24/11/2026"."""
    return f"{weekday_name(on)} {short_date(on)}/{on.year:04}"


def hour(at: datetime) -> str:
    """The hour on the office's wall: "17:00"."""
    return f"{office_time(at):%H:%M}"


def moment(at: datetime) -> str:
    """Hour and full date: "17:00 thứ ba 01/12/2026"."""
    return f"{hour(at)} {long_date(office_time(at).date())}"


def minutes_in_words(minutes: int) -> str:
    """A duration: "6 giờ 30 phút"."""
    hours, rest = divmod(minutes, _MINUTES_PER_HOUR)
    parts = [f"{hours} giờ"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} phút")
    return " ".join(parts)


def date_span(days: Sequence[date]) -> str:
    """First and last of a run of days: "16/02–20/02", or one day alone."""
    if len(days) == 1:
        return short_date(days[0])
    return f"{short_date(days[0])}–{short_date(days[-1])}"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
