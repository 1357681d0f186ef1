"""Why a case waits: for a supplement, a payment or an opinion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class SupplementRequested(Event):
    """The applicant was asked to complete the dossier (R10, R18–R20)."""

    hold: int
    at_intake: bool
    components: tuple[str, ...]
    reason: str
    letter: str | None = None
    officer: str
    requested_by: str | None = None
    late_return: bool = False
    override_ground: str | None = None


@dataclass(frozen=True, kw_only=True)
class SupplementReopened(Event):
    """A faulty answer came: the same request is open again (R19)."""

    hold: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SupplementReceived(Event):
    """The supplement is complete: the clock restarts or resumes (R21)."""

    hold: int
    policy: str | None = None
    requested_at: datetime
    due_before: datetime | None = None
    due_after: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentRequested(Event):
    """The applicant owes a financial obligation: the clock stands (R22)."""

    hold: int
    amount_dong: int | None = None
    notice: str | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentConfirmed(Event):
    """The obligation is met: the clock goes on (R22)."""

    hold: int
    requested_at: datetime
    receipt: str | None = None
    due_before: datetime
    due_after: datetime


@dataclass(frozen=True, kw_only=True)
class OpinionRequested(Event):
    """Another agency was asked for its opinion (R23)."""

    consultation: int
    agency: str
    content: str
    due_at: datetime
    silence_is_consent: bool = False


@dataclass(frozen=True, kw_only=True)
class OpinionRecorded(Event):
    """The consulted agency answered, or its silence counts as consent (R23)."""

    consultation: int
    agency: str
    opinion: str
    silent: bool = False
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class OpinionOverdue(Event):
    """The consulted agency let its date pass: the head of the one-stop is told (R23)."""

    consultation: int
    agency: str
    due_at: datetime
