"""How the token moves: steps, gateways and what other agencies confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class StepOpened(Event):
    """A step waits for its officer."""

    step: str
    task: str
    role: str | None = None
    unit: str | None = None
    kind: str | None = None
    limit: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StepClaimed(Event):
    """An officer took a step."""

    step: str
    task: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class StepStarted(Event):
    """An officer began to work on a step."""

    step: str
    task: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class StepReleased(Event):
    """An officer gave a step back to its role."""

    step: str
    task: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class StepHandedOver(Event):
    """An officer gave a step he had to somebody else who may do it."""

    step: str
    task: str
    officer: str
    to: str


@dataclass(frozen=True, kw_only=True)
class StepCompleted(Event):
    """A step was finished; minutes are working minutes (R17, R45)."""

    step: str
    task: str
    officer: str
    role: str | None = None
    unit: str | None = None
    kind: str | None = None
    created_at: datetime
    claimed_at: datetime | None = None
    started_at: datetime | None = None
    allotted_minutes: int | None = None
    used_minutes: int | None = None
    result: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepTakenBack(Event):
    """A finished step is open again: nobody had begun on what came after it.

    It annuls the `StepCompleted` of the same task, whose minutes it repeats.
    """

    step: str
    task: str
    officer: str
    reason: str
    completed_at: datetime
    role: str | None = None
    unit: str | None = None
    kind: str | None = None
    allotted_minutes: int | None = None
    used_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class StepCancelled(Event):
    """A step went away unfinished: a timer or an event overtook it."""

    step: str
    task: str
    why: str


@dataclass(frozen=True, kw_only=True)
class GatewayTaken(Event):
    """The token left a gateway by one flow."""

    gateway: str
    flow: str


@dataclass(frozen=True, kw_only=True)
class LegSent(Event):
    """The file left one unit for another; the sender answers until it is confirmed (R17, R24)."""

    leg: int
    sender: str
    receiver: str
    allotted_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class LegConfirmed(Event):
    """The receiving unit confirmed the file (R17)."""

    leg: int
    used_minutes: int
    result: str | None = None
