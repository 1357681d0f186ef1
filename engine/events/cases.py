"""What happens to a case as a whole, from its receipt to its return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.events.event import Event

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class CaseRegistered(Event):
    """A dossier was handed in but not yet accepted as complete (status 1)."""

    procedure: str
    version: int
    agency: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class CaseReceived(Event):
    """A complete dossier was accepted: the clock runs (R9, R13)."""

    procedure: str
    version: int
    agency: str
    field: str
    level: str
    channel: str
    officer: str
    regime: str
    limit: str
    received_at: datetime
    due_at: datetime
    hour_based: bool = False
    foreign_territory: bool = False
    calendar: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseCorrected(Event):
    """What was taken in wrongly was put right, and the receipt issued anew (needs.md 5.10).

    `fields` names what changed; the letters hold the words before and after. What decides where a
    report counts the case stands here itself, when it changed.
    """

    fields: tuple[str, ...]
    reason: str
    letter: str
    replaces: str
    procedure: str | None = None
    version: int | None = None
    field: str | None = None
    level: str | None = None
    limit: str | None = None
    hour_based: bool | None = None
    channel: str | None = None
    received_at: datetime | None = None
    regime: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseMigrated(Event):
    """A running case went on to another version of its procedure (F13).

    `moved` are live elements that have another id there, `dropped` waiting events that are no
    longer there, `armed` those that are new. `recounted` names limits whose instants were counted
    anew, which only a decision allows.
    """

    before: int
    after: int
    moved: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    armed: tuple[str, ...] = ()
    decision: str | None = None
    recounted: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StatusChanged(Event):
    """The case's national status moved (R40)."""

    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class FileAttached(Event):
    """A file came to the case's papers; its name may be personal and is not written here."""

    file: int
    component: str | None = None
    kind: str
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class FileRemoved(Event):
    """A file that was attached by mistake no longer counts; its content is kept."""

    file: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeeCollected(Event):
    """The fee of the procedure was paid at the desk; it stops no clock."""

    amount_dong: int
    receipt: str | None = None
    officer: str


@dataclass(frozen=True, kw_only=True)
class IdentityShown(Event):
    """An officer had the whole identity number of a case's owner shown, and said why."""

    officer: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CauseRecorded(Event):
    """Why the case is late (R34)."""

    cause: str
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseStopped(Event):
    """Processing was stopped by a decision (R38)."""

    hold: int
    request: str
    stage: str
    decision: str
    letter: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseResumed(Event):
    """A stopped case goes on (R40)."""

    hold: int
    due_before: datetime
    due_after: datetime


@dataclass(frozen=True, kw_only=True)
class CaseFinished(Event):
    """The result is ready: on time or late is settled here, not at pick-up (R36, R47)."""

    outcome: str
    due_at: datetime | None = None
    appointed_at: datetime | None = None
    verdict: str
    working_days_late: int = 0
    apologised: bool = False
    cause: str | None = None


@dataclass(frozen=True, kw_only=True)
class ResultReturned(Event):
    """The result was handed over and signed for (R39)."""

    by_owner: bool
    channel: str
    has_proof: bool | None = None
    originals_returned: bool
    officer: str


@dataclass(frozen=True, kw_only=True)
class CaseRefused(Event):
    """The dossier was refused, at intake (R11) or after examination (R35)."""

    at_intake: bool
    reason: str
    letter: str
    signer: str
    in_time: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CaseWithdrawn(Event):
    """The applicant took the dossier back (R37)."""

    reason: str
    before_due: bool | None = None
