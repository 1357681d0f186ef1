"""Reads the calendar years (engine/sla/years/*.yaml): days off and worked Saturdays as data."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from engine.errors import BadInputError
from engine.sla.calendar import CalendarYear, DayChange, DayKind, WorkingCalendar, YearStatus

YEARS_FOLDER = Path(__file__).resolve().parent.parent / "sla" / "years"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=4)
def load_years(folder: Path = YEARS_FOLDER) -> tuple[CalendarYear, ...]:
    """Every year of a folder, in order.

    Raises:
        BadInputError: a file is not as it should be; names the file.
    """
    return tuple(read_year(path) for path in sorted(folder.glob("*.yaml")))


@lru_cache(maxsize=1)
def seed_calendar() -> WorkingCalendar:
    """The calendar of the year files alone, without an office's overrides."""
    return WorkingCalendar(load_years())


def read_year(path: Path) -> CalendarYear:
    """One year's file.

    Raises:
        BadInputError: it is not as it should be.
    """
    try:
        content: dict[str, Any] = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 (safe)
        year = CalendarYear(
            year=int(content["year"]),
            status=YearStatus(content["status"]),
            decision=content.get("decision"),
            changes=tuple(_change(row) for row in content["days"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as cause:
        raise BadInputError(
            f"Expected year, status, decision and days in {path.name}, but {cause}"
        ) from cause
    if path.stem != str(year.year):
        raise BadInputError(f"Expected the year {path.stem} in {path.name}, but got {year.year}")
    return year


def _change(row: dict[str, Any]) -> DayChange:
    on = row["date"]
    if not isinstance(on, date):
        raise TypeError(f"'date' is no date: {on!r}")
    return DayChange(on, DayKind(row["kind"]), str(row["name"]), row.get("decision"))
