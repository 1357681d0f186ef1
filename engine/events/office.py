"""What happens to the office as a whole: its books, its calendar, its machines and partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class OfficeOpened(Event):
    """An office began its books."""

    training: bool
    revision: str


@dataclass(frozen=True, kw_only=True)
class ClockMoved(Event):
    """The training clock was moved forward."""

    to: datetime


@dataclass(frozen=True, kw_only=True)
class CalendarOverridden(Event):
    """A day was made off or worked by a decision."""

    on: date
    kind: str
    decision: str


@dataclass(frozen=True, kw_only=True)
class OfficeHoursSet(Event):
    """An agency's office hours change from a date on."""

    agency: str
    since: date
    hours: tuple[str, ...]
    saturday: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EscalationPolicySet(Event):
    """Another policy says who is warned, when and how."""


@dataclass(frozen=True, kw_only=True)
class PeriodClosed(Event):
    """A report of a period was closed: its figures stand, later data corrects them in the open."""

    report: str
    period: str
    first_on: date
    last_on: date
    definition: str
    journal_sequence: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class BackupTaken(Event):
    """A copy of the books was made and proved; `taken_at` is the wall's time (P12)."""

    file: str
    taken_at: datetime
    journal_rows: int


@dataclass(frozen=True, kw_only=True)
class PartnerChanged(Event):
    """An administrator changed how the office speaks with a partner system; secrets are not told.

    `change` is a word such as added, disabled, enabled, rotated, resent, retried, closed.
    """

    partner: str
    change: str


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(Event):
    """The case could not go on by itself; people were told (P10)."""

    what: str
    error: str


@dataclass(frozen=True, kw_only=True)
class IncidentAcknowledged(Event):
    """Somebody has seen what could not go on and looks into it; nothing is tried yet (P10)."""

    count: int


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(Event):
    """People looked at what could not go on; it is tried again (P10)."""

    count: int
