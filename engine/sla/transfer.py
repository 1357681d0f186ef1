"""When the one-stop must have passed a dossier on (chuyển hồ sơ), and how a leg of it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.sla.counting import is_in_time_today
from engine.sla.verdict import leg_result

if TYPE_CHECKING:
    from datetime import datetime

    from engine.sla.office_hours import OfficeTime

__all__ = ["leg_result", "transfer_due_at"]


def transfer_due_at(received_at: datetime, office: OfficeTime) -> datetime:
    """Closing of the same working day; after 15:00 or on a day off, the next opening.

    Lateness here is a step's; it never moves the due date.

    Legal: R15
    """
    on = office_date(received_at)
    if is_in_time_today(received_at, office):
        return office.closing(on)
    return office.opening(office.calendar.next_working_day(on))
