"""The only reader of wall time; everybody else is given a Clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.errors import BadInputError

OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Office time (giờ hành chính): UTC+7 since 1975, no daylight saving."""

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years an instant may be read from; the ends of Python's calendar cannot be moved in."""

_FIXED_OFFICE_ZONE = timezone(timedelta(hours=7))


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present instant, UTC and aware."""
        ...


class SystemClock:
    """The wall clock of a real office."""

    def now(self) -> datetime:
        """The wall's instant, UTC and aware."""
        return datetime.now(UTC)


@dataclass
class FrozenClock:
    """A clock that stands until it is set: tests, training, rehearsal."""

    at: datetime

    def __post_init__(self) -> None:
        self.at = in_utc(self.at)

    def now(self) -> datetime:
        """The instant it was last set to, UTC and aware."""
        return self.at

    def set(self, at: datetime) -> None:
        """Move the hands, forwards or backwards."""
        self.at = in_utc(at)

    def advance(self, step: timedelta) -> None:
        """Move the hands by a step of real time."""
        self.at += step


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC; a naive one is refused, its zone cannot be guessed.

    Raises:
        BadInputError: the instant carries no zone.
    """
    if at.tzinfo is None:
        raise BadInputError(f"Expected an instant with a zone, but {at.isoformat()} has none")
    return at.astimezone(UTC)


def office_time(at: datetime) -> datetime:
    """The same instant as the clock on the office's wall shows it (+07:00)."""
    return in_utc(at).astimezone(_FIXED_OFFICE_ZONE)


def office_date(at: datetime) -> date:
    """The calendar date of an instant in the office."""
    return office_time(at).date()


def office_instant(text: str) -> datetime:
    """Read ISO 8601 text; without a zone it is office time. The answer is UTC.

    Raises:
        BadInputError: the text is not an ISO 8601 date-time, or of a year no office keeps.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as cause:
        raise BadInputError(
            f"Expected a time such as 2026-11-20T08:00, but got {text!r}", value=text
        ) from cause
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadInputError(
            f"Expected a time from {FIRST_YEAR} to {LAST_YEAR}, but got {text!r}", value=text
        )
    return in_utc(at if at.tzinfo else at.replace(tzinfo=_FIXED_OFFICE_ZONE))


def iso_office(at: datetime) -> str:
    """ISO 8601 text with +07:00, seconds precision unless there is more."""
    return office_time(at).isoformat()
