"""Short words for tests of the legal clock: instants in and out as office time."""

from __future__ import annotations

from datetime import date, datetime

from engine.catalog.years import seed_calendar
from engine.clock import office_instant, office_time
from engine.sla.office_hours import OfficeTime
from engine.sla.pauses import Pause, PausePolicy

CALENDAR = seed_calendar()
OFFICE = OfficeTime(CALENDAR)


def at(text: str) -> datetime:
    """ "2026-11-20 08:00" in the office."""
    return office_instant(text)


def shown(instant: datetime) -> str:
    """The instant as "2026-11-20 17:00", with seconds only where there are some."""
    here = office_time(instant)
    text = here.strftime("%Y-%m-%d %H:%M")
    return text if not (here.second or here.microsecond) else here.isoformat(" ")[:-6]


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)


def pause(
    start: str,
    end: str | None,
    policy: PausePolicy = PausePolicy.PAUSE_WD,
    document: str | None = None,
    ground: str | None = None,
) -> Pause:
    """A pause between two instants."""
    return Pause(at(start), at(end) if end else None, policy, document, ground)
