"""Until when an examined dossier may be sent back to be supplemented (bổ sung)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clock import office_date

if TYPE_CHECKING:
    from datetime import date, datetime

    from engine.sla.calendar import WorkingCalendar

RETURN_WORKING_DAYS = 3
"""Working days after acceptance in which a dossier may be sent back. Legal: R20"""

_REGIMES_WITH_LIMIT = frozenset({"ND61"})


def last_return_day(
    received_at: datetime, calendar: WorkingCalendar, working_days: int = RETURN_WORKING_DAYS
) -> date:
    """The last day to send a dossier back; sector law may give other `working_days`.

    Legal: R20
    """
    return calendar.add_working_days(office_date(received_at), working_days)


def is_late_return(
    received_at: datetime,
    requested_at: datetime,
    calendar: WorkingCalendar,
    *,
    regime: str,
    working_days: int = RETURN_WORKING_DAYS,
) -> bool:
    """Whether a request came after the last day: allowed, but flagged. Only ND61 has the limit.

    Legal: R20
    """
    if regime not in _REGIMES_WITH_LIMIT:
        return False
    return office_date(requested_at) > last_return_day(received_at, calendar, working_days)
