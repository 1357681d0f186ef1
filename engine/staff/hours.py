"""Office hours of an agency as plain values, read into the clock's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from engine.errors import BadInputError
from engine.sla.office_hours import HoursSchedule, OfficeHours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_hours(plain: Sequence[Mapping[str, Any]]) -> OfficeHours:
    """Read `[{from: 2026-01-01, hours: ["07:30-11:30", "13:30-17:30"], saturday: [...]}]`.

    Legal: R43

    Raises:
        BadInputError: hours overlap, run backwards, or cannot be read.
    """
    if not isinstance(plain, list | tuple):
        raise BadInputError(f"Expected a list of office hours, but got {plain!r}")
    schedules = [_schedule(row) for row in plain]
    return OfficeHours(tuple(sorted(schedules, key=lambda s: s.valid_from)))


def _schedule(row: Mapping[str, Any]) -> HoursSchedule:
    unknown = sorted(set(row) - {"from", "hours", *WEEKDAYS}) if isinstance(row, Mapping) else row
    if unknown or not isinstance(row, Mapping):
        raise BadInputError(f"Expected from, hours or a weekday, but got {unknown!r}")
    return HoursSchedule(
        valid_from=_date(row.get("from")),
        intervals=_intervals(row.get("hours", ())),
        weekdays=tuple(
            (index, _intervals(row[name])) for index, name in enumerate(WEEKDAYS) if name in row
        ),
    )


def _date(value: object) -> date:
    if value is None:
        return date.min
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as cause:
        raise BadInputError(f"Expected a date such as 2026-01-01, but got {value!r}") from cause


def _intervals(texts: Sequence[Any]) -> tuple[tuple[time, time], ...]:
    if not isinstance(texts, list | tuple):
        raise BadInputError(f"Expected hours such as ['07:00-11:30'], but got {texts!r}")
    return tuple(_interval(str(text)) for text in texts)


def _interval(text: str) -> tuple[time, time]:
    opens, dash, closes = text.partition("-")
    try:
        if dash:
            return time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    except ValueError as cause:
        raise BadInputError(f"Expected hours such as 07:00-11:30, but got {text!r}") from cause
    raise BadInputError(f"Expected hours such as 07:00-11:30, but got {text!r}")
