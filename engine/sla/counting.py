"""The named counting rules: from a start and a limit to a due instant, without pauses."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from engine.clock import office_date, office_time
from engine.errors import BadInputError
from engine.sla.limit import CountingRule, Limit

if TYPE_CHECKING:
    from engine.sla.office_hours import OfficeTime

CUT_OFF = time(15, 0)
"""Handed in later than 15:00 counts for the next working day; 15:00:00 itself is in time.

Legal: R15, R16
"""

MOST_EXTRA_DAYS = 2
"""Working days a same-day procedure may take longer for many pages. Legal: R16"""

_MONTHS_PER_YEAR = 12


def counted_due(limit: Limit, started_at: datetime, office: OfficeTime) -> datetime:
    """The due instant of a limit whose clock is never stopped.

    Days end with the office hours of the last day; the day of the start is not counted.

    Legal: R16, R42, R43
    """
    match limit.rule:
        case CountingRule.WORKING_DAYS:
            on = office.calendar.add_working_days(office_date(started_at), limit.units)
            return office.closing(on)
        case CountingRule.WORKING_HOURS | CountingRule.WORKING_MINUTES:
            return office.add_working_minutes(started_at, limit.working_minutes() or 0)
        case CountingRule.SAME_DAY:
            return same_day_due_at(started_at, office)
        case CountingRule.CALENDAR_DAYS | CountingRule.CALENDAR_MONTHS:
            end = calendar_end(limit, office_date(started_at))
            return office.closing(office.calendar.on_or_after(end))


def calendar_end(limit: Limit, start_on: date) -> date:
    """The last day of a limit in calendar days or months, before it moves off a day off.

    A month without that day ends on its last day.

    Legal: R42 (BLDS Đ.147–148)
    """
    if limit.rule is CountingRule.CALENDAR_DAYS:
        return start_on + timedelta(days=limit.units)
    years, month = divmod(start_on.month - 1 + limit.units, _MONTHS_PER_YEAR)
    year = start_on.year + years
    return date(year, month + 1, min(start_on.day, monthrange(year, month + 1)[1]))


def same_day_due_at(
    received_at: datetime, office: OfficeTime, extra_working_days: int = 0
) -> datetime:
    """The due instant of a same-day procedure: closing of that day, or of the next working day.

    The next working day is meant for what comes after 15:00, after closing, or on a day off.
    `extra_working_days` (0 to 2) is for what cannot be done in a day, such as many pages.

    Legal: R16

    Raises:
        BadInputError: more than two extra days.
    """
    if not 0 <= extra_working_days <= MOST_EXTRA_DAYS:
        raise BadInputError(
            f"Expected 0 to {MOST_EXTRA_DAYS} extra working days, but got {extra_working_days}"
        )
    on = office_date(received_at)
    if not is_in_time_today(received_at, office):
        on = office.calendar.next_working_day(on)
    return office.closing(office.calendar.add_working_days(on, extra_working_days))


def is_in_time_today(received_at: datetime, office: OfficeTime) -> bool:
    """Whether a dossier came on a working day, by 15:00 and by the end of office hours.

    Legal: R15, R16
    """
    here = office_time(received_at)
    on = here.date()
    return (
        office.calendar.is_working_day(on)
        and here.time() <= CUT_OFF
        and received_at <= office.closing(on)
    )
