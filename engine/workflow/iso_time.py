"""Instants of ISO 8601 timer texts on a given clock: durations, dates and repetitions."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import MAXYEAR, timedelta
from typing import TYPE_CHECKING

from engine.catalog.timer_text import ISO_DATE, ISO_DURATION, REPEATED, unquoted
from engine.clock import office_instant, office_time
from engine.errors import BadInputError

if TYPE_CHECKING:
    import re
    from datetime import datetime

_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Duration:
    """A duration of ISO 8601: calendar months, and time of a fixed length."""

    months: int
    time: timedelta

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "PT5H", "P1DT12H", "P2W", "P1M" or "P1Y"; quotes around it do no harm.

        Raises:
            BadInputError: the text is none of these, or has part of a month.
        """
        bare = unquoted(text)
        found = ISO_DURATION.fullmatch(bare)
        if found is None:
            raise BadInputError(f"Expected a duration such as PT5H or P2D, but got {text!r}")
        return cls._of(found, bare)

    @classmethod
    def _of(cls, found: re.Match[str], text: str) -> Duration:
        years, months, weeks, days, hours, minutes, seconds = (
            _number(found[place]) for place in (1, 3, 5, 7, 10, 12, 14)
        )
        whole = years * _MONTHS_A_YEAR + months
        if whole != int(whole):
            raise BadInputError(f"Expected whole months, but got {text!r}")
        return cls(
            int(whole),
            timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds),
        )

    def after(self, at: datetime) -> datetime:
        """The instant this much later; a month ends on the last day that it has, in office time.

        Raises:
            BadInputError: it lies beyond the year 9999.
        """
        try:
            return _months_later(office_time(at), self.months) + self.time
        except (OverflowError, ValueError) as cause:
            raise BadInputError("Expected an instant before the year 10000") from cause


def is_iso_timer(text: str) -> bool:
    """Whether a timer's text is ISO 8601 and so needs no office to know its instant."""
    return any(shape.fullmatch(text) for shape in (ISO_DURATION, ISO_DATE, REPEATED))


def iso_due(text: str, armed_at: datetime, lap: int = 0) -> datetime:
    """When a timer of that text is due that was armed at an instant.

    A repetition counts each lap from the last one's instant; with a date of its own, its first lap
    is on that date, or the first lap after `armed_at` when the date is over.

    Raises:
        BadInputError: the text is no ISO 8601, or a repetition that is bound to its end.
    """
    bare = unquoted(text)
    repeated = REPEATED.fullmatch(bare)
    if repeated is not None:
        return _lap_due(repeated[2].split("/"), armed_at, lap, bare)
    if ISO_DATE.fullmatch(bare):
        return office_instant(bare)
    return Duration.parse(bare).after(armed_at)


def _lap_due(parts: list[str], armed_at: datetime, lap: int, text: str) -> datetime:
    first: datetime | None = None
    if len(parts) == 2 and ISO_DATE.fullmatch(parts[0]):  # noqa: PLR2004 - start and period
        first = office_instant(parts[0])
        if ISO_DATE.fullmatch(parts[1]):
            period = Duration(0, office_instant(parts[1]) - first)
        else:
            period = Duration.parse(parts[1])
    elif len(parts) == 1:
        period = Duration.parse(parts[0])
    else:
        raise BadInputError(f"Expected a repetition such as R3/PT1H, but got {text!r}")
    if period.after(armed_at) <= armed_at:
        raise BadInputError(f"Expected a repetition with time between its laps, but got {text!r}")
    if first is None or lap > 0:
        return period.after(armed_at)
    if first < armed_at and not period.months:
        behind = -((first - armed_at) // period.time)
        first += behind * period.time
    while first < armed_at:
        first = period.after(first)
    return first


def _number(text: str | None) -> float:
    return float((text or "0")[:-1].replace(",", ".") or 0)


def _months_later(at: datetime, months: int) -> datetime:
    if not months:
        return at
    year, month = divmod(at.year * _MONTHS_A_YEAR + at.month - 1 + months, _MONTHS_A_YEAR)
    if year > MAXYEAR:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))
