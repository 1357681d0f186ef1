"""What happens to a procedure, from its proposal to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, kw_only=True)
class ProcedureProposed(Event):
    """A draft was handed in for approval as it stood; `sha256` is of its file and values (R3)."""

    procedure: str
    proposal: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ProcedureChecked(Event):
    """Somebody other than its authors checked a proposal (R3)."""

    procedure: str
    proposal: int


@dataclass(frozen=True, kw_only=True)
class ProcedureRehearsed(Event):
    """A proposal was played from its start; `ended` says whether it came to its end."""

    procedure: str
    proposal: int
    ended: bool


@dataclass(frozen=True, kw_only=True)
class ProposalReturned(Event):
    """A proposal went back to its authors."""

    procedure: str
    proposal: int


@dataclass(frozen=True, kw_only=True)
class ProcedurePublished(Event):
    """A procedure version came into force (R3)."""

    procedure: str
    version: int
    sha256: str
    decision: str | None = None
    decided_on: date | None = None
    authority: str | None = None
    effective_on: date
    sample: bool = False
    proposal: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProcedureAbolished(Event):
    """A decision ended a procedure (bãi bỏ); running cases go on."""

    procedure: str
    decision: str
    decided_on: date
    authority: str
    effective_on: date


@dataclass(frozen=True, kw_only=True)
class AgencyTookProcedure(Event):
    """An agency takes dossiers of a procedure from now on."""

    agency: str
    procedure: str
