"""What happened in an office, observed in any log: the material that scenarios are fitted to."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StepSample:
    """One step that was done. Without `started_at` work and waiting cannot be told apart."""

    case: str
    procedure: str
    step: str
    role: str
    officer: str
    enabled_at: datetime
    started_at: datetime | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class CaseSample:
    """One case that came; `ended_at` is None while it is under way."""

    name: str
    procedure: str
    arrived_at: datetime
    ended_at: datetime | None
    online: bool = False


@dataclass
class History:
    """Everything observed between two instants."""

    since: datetime
    until: datetime
    cases: list[CaseSample] = field(default_factory=list)
    steps: list[StepSample] = field(default_factory=list)
    ways: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """(procedure, gateway) → flow → how often it was taken."""
    waits: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """(procedure, kind of wait) → real seconds the applicant took."""
    interruptions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(procedure, message) → how often it ended a case."""
    interrupted_after: dict[tuple[str, str], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """(procedure, message) → real seconds from receipt to the message."""
