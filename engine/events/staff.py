"""What happens to agencies, units and officers, and how officers sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class AgencyAdded(Event):
    """An agency was entered in the books."""

    agency: str
    level: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnitAdded(Event):
    """A unit was entered in the books."""

    unit: str
    agency: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class OfficerAdded(Event):
    """An officer was entered in the books."""

    officer: str
    unit: str
    since: date


@dataclass(frozen=True, kw_only=True)
class OfficerEmailSet(Event):
    """Where warnings reach an officer was entered; the address itself is not written here."""

    officer: str


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """An officer got a role for a period."""

    officer: str
    role: str
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    """A role ended."""

    officer: str
    role: str
    last_on: date


@dataclass(frozen=True, kw_only=True)
class DeputyNamed(Event):
    """Somebody stands in for an officer while he is absent."""

    officer: str
    deputy: str
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class AbsenceRecorded(Event):
    """An officer is away."""

    officer: str
    first_on: date
    last_on: date


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Event):
    """An officer was given a password for the desk; his open sessions ended."""

    officer: str


@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    """A program was given a token that acts as an officer; without roles in all of his."""

    token: int
    officer: str
    roles: tuple[str, ...] | None = None
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A token is worth nothing from now on."""

    token: int
