"""The new date of an apology: after the original, on a working day, once."""

from __future__ import annotations

from datetime import date

import pytest

from engine.catalog.years import seed_calendar
from engine.clock import office_instant
from engine.sla.deadline import AppointmentRefusedError, Deadline, ReappointLimitError
from engine.sla.office_hours import OfficeTime

OFFICE = OfficeTime(seed_calendar())


def promised(on: str, reappointments: int = 0) -> Deadline:
    at = office_instant(f"{on}T17:00")
    return Deadline(at, at, reappointments)


@pytest.mark.parametrize("new_on", [date(2026, 11, 26), date(2026, 11, 25), date(2026, 1, 2)])
def test_r26_a_new_date_on_or_before_the_original_is_refused(new_on: date) -> None:
    with pytest.raises(AppointmentRefusedError, match="after 2026-11-26"):
        promised("2026-11-26").reappointed(new_on, OFFICE)


@pytest.mark.parametrize("new_on", [date(2026, 11, 28), date(2026, 11, 29), date(2027, 1, 1)])
def test_r26_a_new_date_on_a_day_off_is_refused(new_on: date) -> None:
    with pytest.raises(AppointmentRefusedError, match="is off"):
        promised("2026-11-26").reappointed(new_on, OFFICE)


def test_r26_a_new_date_on_a_worked_saturday_is_taken() -> None:
    moved = promised("2026-08-21").reappointed(date(2026, 8, 22), OFFICE)
    assert moved.appointed_at == office_instant("2026-08-22T17:00")
    assert moved.original_at == office_instant("2026-08-21T17:00")


def test_r27_a_second_new_date_is_refused() -> None:
    with pytest.raises(ReappointLimitError):
        promised("2026-11-26", reappointments=1).reappointed(date(2026, 12, 1), OFFICE)
