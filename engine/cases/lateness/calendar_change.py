"""A change of the working calendar (lịch làm việc): what it is, and what it does to a due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select

from engine.cases.status import CaseStatus
from engine.cases.tables import case, step
from engine.clock import office_date
from engine.errors import BadInputError
from engine.sla.calendar import DayChange, DayKind
from engine.sla.office_hours import midnight
from engine.sla.wording import short_date
from engine.staff.agency_changes import hours_from, set_hours
from engine.staff.commands import moved_day, override_day
from engine.staff.queries import office_time, office_time_if

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from engine.clock import Clock
    from engine.sla.office_hours import OfficeTime

RUNNING = (CaseStatus.RECEIVED, CaseStatus.PROCESSING)
PAUSED = (CaseStatus.SUPPLEMENT, CaseStatus.PAYING, CaseStatus.STOPPED)
"""A pause that ends counts the case again by itself, by the calendar that is known then."""


class Promises(StrEnum):
    """What a change may do to a date that a receipt promised; the law is silent (decision 135)."""

    KEEP = "keep"
    """It comes earlier, or leaves a day that is now off; else the promise stands."""
    RECOUNT = "recount"
    """It is what the new calendar says, earlier or later."""


@dataclass(frozen=True)
class DayMove:
    """A day is made off or worked by a decision. Legal: R41"""

    on: date
    kind: str
    name: str
    decision: str

    @property
    def touches_from(self) -> date:
        """Deadlines before this day are what they were."""
        return self.on

    @property
    def agency(self) -> None:
        """Days are the same for every agency."""

    @property
    def why(self) -> str:
        """The change in words that a citizen is told."""
        kind = "nghỉ" if self.kind == DayKind.OFF else "làm việc"
        return f"Lịch thay đổi: {short_date(self.on)} {kind}, {self.name} ({self.decision})"

    def check(self, db: Connection, clock: Clock) -> None:  # noqa: ARG002 (changes are alike)
        """Refuse what cannot be, or is past.

        Raises:
            BadInputError, CalendarYearMissingError.
        """
        _not_past(self.on, clock)
        self._moved()

    def apply(self, db: Connection, clock: Clock, *, by: str) -> None:
        """Enter it in the books."""
        override_day(
            db,
            clock,
            on=self.on,
            kind=self.kind,
            name=self.name,
            decision=self.decision,
            by=by,
        )

    def office(self, db: Connection, clock: Clock, hours: str | None) -> OfficeTime:  # noqa: ARG002
        """Calendar and hours of an agency as they would be."""
        return office_time_if(db, hours, self._moved())

    def _moved(self) -> DayChange:
        return moved_day(on=self.on, kind=self.kind, name=self.name, decision=self.decision)


@dataclass(frozen=True)
class HoursMove:
    """An agency keeps other office hours from a date on. Legal: R43"""

    agency: str
    since: date
    hours: tuple[str, ...]
    saturday: tuple[str, ...] = ()

    @property
    def touches_from(self) -> date:
        """Deadlines before this day are what they were."""
        return self.since

    @property
    def why(self) -> str:
        """The change in words that a citizen is told."""
        return f"Giờ làm việc từ {short_date(self.since)}: {', '.join(self.hours)}"

    def check(self, db: Connection, clock: Clock) -> None:
        """Refuse hours that cannot be, or days that are past.

        Raises:
            BadInputError, AgencyUnknownError.
        """
        _not_past(self.since, clock)
        self._stored(db, clock)

    def apply(self, db: Connection, clock: Clock, *, by: str) -> None:
        """Enter it in the books."""
        set_hours(
            db,
            clock,
            agency_code=self.agency,
            since=self.since,
            hours=self.hours,
            saturday=self.saturday,
            by=by,
        )

    def office(self, db: Connection, clock: Clock, hours: str | None) -> OfficeTime:  # noqa: ARG002
        """Calendar and hours of the agency as they would be."""
        return office_time(db, self._stored(db, clock))

    def _stored(self, db: Connection, clock: Clock) -> str:
        return hours_from(
            db,
            clock,
            agency_code=self.agency,
            since=self.since,
            hours=self.hours,
            saturday=self.saturday,
        )


@dataclass(frozen=True)
class YearsRead:
    """The program came with other calendar years: what is open follows them. Legal: R41"""

    since: date

    @property
    def touches_from(self) -> date:
        """Deadlines before this day are what they were."""
        return self.since

    @property
    def agency(self) -> None:
        """Years are the same for every agency."""

    @property
    def why(self) -> str:
        """The change in words that a citizen is told."""
        return "Lịch làm việc của năm được cập nhật"

    def check(self, db: Connection, clock: Clock) -> None:  # noqa: ARG002 (changes are alike)
        """Refuse a day that is past.

        Raises:
            BadInputError.
        """
        _not_past(self.since, clock)

    def apply(self, db: Connection, clock: Clock, *, by: str) -> None:
        """Nothing to enter: the years are files."""

    def office(self, db: Connection, clock: Clock, hours: str | None) -> OfficeTime:  # noqa: ARG002
        """Calendar and hours of an agency as they are."""
        return office_time(db, hours)


Change = DayMove | HoursMove | YearsRead


def as_json(change: Change) -> dict[str, Any]:
    """Plain values to keep; `from_json` reads them."""
    if isinstance(change, DayMove):
        return {
            "on": change.on.isoformat(),
            "kind": change.kind,
            "name": change.name,
            "decision": change.decision,
        }
    if isinstance(change, YearsRead):
        return {"years_since": change.since.isoformat()}
    return {
        "agency": change.agency,
        "since": change.since.isoformat(),
        "hours": list(change.hours),
        "saturday": list(change.saturday),
    }


def from_json(plain: Mapping[str, Any]) -> Change:
    """The change that was kept."""
    if "on" in plain:
        return DayMove(
            date.fromisoformat(plain["on"]), plain["kind"], plain["name"], plain["decision"]
        )
    if "years_since" in plain:
        return YearsRead(date.fromisoformat(plain["years_since"]))
    return HoursMove(
        plain["agency"],
        date.fromisoformat(plain["since"]),
        tuple(plain["hours"]),
        tuple(plain["saturday"]),
    )


def touched(change: Change) -> ColumnElement[bool]:
    """Cases whose clock runs and of which a deadline lies on or after the change's first day."""
    begins = midnight(change.touches_from)
    late_step = exists(
        select(step.c.id).where(
            step.c.case_id == case.c.id, step.c.state == "open", step.c.due_at >= begins
        )
    )
    wanted = and_(
        case.c.status.in_([int(each) for each in RUNNING]),
        case.c.due_original_at.is_not(None),
        or_(case.c.due_original_at >= begins, late_step),
    )
    if change.agency is not None:
        wanted = and_(wanted, case.c.agency_code == change.agency)
    return wanted


def new_due(
    before: datetime,
    counted: datetime,
    *,
    now: datetime,
    office: OfficeTime,
    promises: Promises,
) -> datetime:
    """What becomes of a promised due instant when the new calendar counts another one.

    What has passed is not moved, and nothing is moved into the past: a change makes no case late.
    A promise on a day that is now off ends with the next working day (BLDS Đ.148). Legal: R42
    """
    if before <= now or counted <= now:
        return before
    if counted <= before or promises is Promises.RECOUNT:
        return counted
    on = office_date(before)
    if office.calendar.is_working_day(on):
        return before
    return min(counted, office.closing(office.calendar.on_or_after(on)))


def _not_past(on: date, clock: Clock) -> None:
    today = office_date(clock.now())
    if on < today:
        raise BadInputError(
            f"Expected a day from {today} on, but {on} is past: what was counted with it stands"
        )
