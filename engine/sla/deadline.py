"""The deadline of a case (hạn trả): the original date, the appointed one, and how they are counted.

Also the door most rooms come in by: `due_at`, `ledger` and the instants around a due.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from engine.clock import office_date
from engine.errors import OfficeError
from engine.sla.alerts import apology_due_at, decide_at
from engine.sla.ledger import LedgerLine, ledger
from engine.sla.pauses import ClockStoppedError, Pause, PausePolicy
from engine.sla.reckoning import Reckoning, reckon
from engine.sla.transfer import transfer_due_at
from engine.sla.verdict import Verdict, case_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engine.sla.calendar import WorkingCalendar, YearStatus
    from engine.sla.limit import Limit
    from engine.sla.office_hours import OfficeTime

__all__ = [
    "AppointmentRefusedError",
    "ClockStoppedError",
    "Deadline",
    "LedgerLine",
    "Pause",
    "PausePolicy",
    "ReappointLimitError",
    "apology_due_at",
    "decide_at",
    "due_at",
    "ledger",
    "reckon",
    "transfer_due_at",
]

MOST_REAPPOINTMENTS = 1
"""How often a new date may be given. Legal: R27"""


class ReappointLimitError(OfficeError):
    """Somebody gave a second new date to a case that had one; the head of the agency decides."""

    code: ClassVar[str] = "REAPPOINT_LIMIT"


class AppointmentRefusedError(OfficeError):
    """The proposed new date is not later than the original due, or is a day off."""

    code: ClassVar[str] = "appointment_refused"


@dataclass(frozen=True)
class Deadline:
    """The instant a case must be returned by, and the one its applicant was promised.

    Statistics use `original_at`; receipt and look-up show `appointed_at`. `calendar` is how sure
    each calendar year behind the original is.

    Legal: R27, R28
    """

    original_at: datetime
    appointed_at: datetime
    reappointments: int = 0
    calendar: tuple[tuple[int, YearStatus], ...] = ()

    @classmethod
    def first(cls, reckoning: Reckoning) -> Deadline:
        """The deadline on the receipt: promised as counted."""
        return cls(reckoning.due_at, reckoning.due_at, 0, _statuses(reckoning))

    def recounted(self, reckoning: Reckoning) -> Deadline:
        """The deadline after a pause or restart: a new original, and the same reappointments.

        An appointment already given stays where it is later than the new original.

        Legal: R21, R27, R28
        """
        appointed = reckoning.due_at
        if self.has_been_reappointed:
            appointed = max(self.appointed_at, appointed)
        return replace(
            self,
            original_at=reckoning.due_at,
            appointed_at=appointed,
            calendar=_statuses(reckoning),
        )

    def reappointed(self, new_on: date, office: OfficeTime) -> Deadline:
        """The deadline after an apology: promised for the end of office hours of a new date.

        Legal: R26, R27, R28

        Raises:
            ReappointLimitError: there was a new date already.
            AppointmentRefusedError: the date is not later than the original, or is a day off.
        """
        if self.reappointments >= MOST_REAPPOINTMENTS:
            raise ReappointLimitError(
                "Expected at most one new date, but the case was re-appointed already",
                reappointments=self.reappointments,
            )
        original_on = office_date(self.original_at)
        if new_on <= original_on:
            raise AppointmentRefusedError(
                f"Expected a new date after {original_on}, but got {new_on}"
            )
        if not office.calendar.is_working_day(new_on):
            raise AppointmentRefusedError(
                f"Expected a working day, but {new_on} is off ({office.calendar.why(new_on)})"
            )
        return replace(
            self,
            appointed_at=office.closing(new_on),
            reappointments=self.reappointments + 1,
        )

    @property
    def has_been_reappointed(self) -> bool:
        """Whether an apology has moved the promise."""
        return self.reappointments > 0

    def verdict(self, finished_at: datetime, *, by_moment: bool = False) -> Verdict:
        """Early, on time or late against the original.

        Legal: R28, R33, R47
        """
        return case_verdict(finished_at, self.original_at, by_moment=by_moment)

    def kept_appointment(self, finished_at: datetime) -> bool:
        """Whether the promised date was met.

        Legal: R28
        """
        return case_verdict(finished_at, self.appointed_at) is not Verdict.LATE

    def working_days_late(self, finished_on: date, calendar: WorkingCalendar) -> int:
        """Whole working days past the original date; 0 on or before it.

        Legal: R28
        """
        return calendar.working_days_between(office_date(self.original_at), finished_on)


def due_at(
    limit: Limit,
    received_at: datetime,
    office: OfficeTime,
    pauses: Iterable[Pause] = (),
    *,
    as_of: datetime | None = None,
) -> datetime:
    """The due instant of a limit; see `reckon` for its errors.

    Legal: R16, R21, R22, R42, R43
    """
    return reckon(limit, received_at, office, pauses, as_of=as_of).due_at


def _statuses(reckoning: Reckoning) -> tuple[tuple[int, YearStatus], ...]:
    return tuple((each.year, each.status) for each in reckoning.calendar_years())
