"""What the clock does: timers, alerts, moved dates, lateness and apologies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class TimerFired(Event):
    """A timer of the diagram went off; `due_at` is the legal instant."""

    element: str
    limit: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class AlertRaised(Event):
    """A warning was given, once per case and level (R30).

    `coalesced`: told to nobody, because a later one of the case was due with it and says more.
    """

    level: str
    due_at: datetime
    to: tuple[str, ...] = ()
    step: str | None = None
    coalesced: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AlertClimbed(Event):
    """Nobody acted on a warning in time: the next rung of the policy was told (R30)."""

    level: str
    rung: int
    to: tuple[str, ...] = ()
    step: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlertTakenUp(Event):
    """An officer took up what a warning asks; it climbs no further (R30)."""

    level: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class DueMoved(Event):
    """An open deadline was counted again, and why."""

    before: datetime
    after: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class DeadlinesRecounted(Event):
    """Every open deadline that a change of the calendar touches was counted again (R41)."""

    change: int
    looked_at: int
    moved: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class CaseBecameLate(Event):
    """The original due date passed with the case still open (R28)."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApologyDrafted(Event):
    """The system drafted an apology from the ledger; only a leader's signature issues it (R72)."""

    cause: str
    new_date: date | None = None
    over_minutes: int


@dataclass(frozen=True, kw_only=True)
class ApologyIssued(Event):
    """A leader apologised by name and gave a new date (R25–R29)."""

    letter: str
    signer: str
    cause: str
    original_due_at: datetime
    new_due_at: datetime | None = None
    apology_late: bool = False
    count: int


@dataclass(frozen=True, kw_only=True)
class OneStopNotified(Event):
    """The one-stop was told of an apology and the date it gives (R29)."""

    letter: str
    to: tuple[str, ...] = ()
