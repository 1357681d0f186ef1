"""What can happen, in the past tense: the words of the journal, the reports and the courier.

Events carry codes, numbers and instants, never a person's name or identity number (R70).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

EVENT_TYPES: dict[str, type[Event]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; `data` is its JSON form."""

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        EVENT_TYPES[cls.__name__] = cls

    @classmethod
    def type(cls) -> str:
        """The event's word, as the journal stores it."""
        return cls.__name__

    def data(self) -> dict[str, Any]:
        """Plain JSON values; instants as UTC ISO text, what is absent is left out."""
        return {name: _plain(value) for name, value in vars(self).items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@dataclass(frozen=True, kw_only=True)
class OfficeOpened(Event):
    """An office began its books."""

    training: bool
    revision: str


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
class ProcedureAbolished(Event):
    """A decision ended a procedure (bãi bỏ); running cases go on."""

    procedure: str
    decision: str
    decided_on: date
    authority: str
    effective_on: date


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


@dataclass(frozen=True, kw_only=True)
class ClockMoved(Event):
    """The training clock was moved forward."""

    to: datetime


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
class GatewayTaken(Event):
    """The token left a gateway by one flow."""

    gateway: str
    flow: str


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
class StatusChanged(Event):
    """The case's national status moved (R40)."""

    before: int
    after: int


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
class DueMoved(Event):
    """An open deadline was counted again, and why."""

    before: datetime
    after: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class CaseBecameLate(Event):
    """The original due date passed with the case still open (R28)."""

    due_at: datetime


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
class ApplicantNotified(Event):
    """The applicant was told something; sent is not yet delivered (R36, R71)."""

    what: str
    channel: str


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
class CaseWithdrawn(Event):
    """The applicant took the dossier back (R37)."""

    reason: str
    before_due: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SatisfactionRecorded(Event):
    """Whoever got the result said how satisfied he is; his words are not written here (R60)."""

    answer: str
    themes: tuple[str, ...] = ()
    channel: str
    agency: str


@dataclass(frozen=True, kw_only=True)
class FeedbackReceived(Event):
    """A citizen's feedback came in; what he wrote and who he is are not written here (R59)."""

    feedback: str
    agency: str
    channel: str
    topic: str
    case: str | None = None
    about_officer: str | None = None


@dataclass(frozen=True, kw_only=True)
class FeedbackAssigned(Event):
    """Somebody is to answer the feedback."""

    feedback: str
    to: str


@dataclass(frozen=True, kw_only=True)
class FeedbackAsked(Event):
    """The citizen was asked for facts that are missing (R59)."""

    feedback: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class FeedbackSupplied(Event):
    """The citizen gave the facts."""

    feedback: str


@dataclass(frozen=True, kw_only=True)
class FeedbackAnswered(Event):
    """The feedback was refused, handled or passed on; found false, it counts for nobody (R59)."""

    feedback: str
    answer: str
    late: bool
    found_false: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FeedbackPublished(Event):
    """The answer was published (R59)."""

    feedback: str
    late: bool


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
class CauseRecorded(Event):
    """Why the case is late (R34)."""

    cause: str
    text: str | None = None


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


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(Event):
    """The case could not go on by itself; people were told (P10)."""

    what: str
    error: str


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(Event):
    """People looked at what could not go on; it is tried again (P10)."""

    count: int


@dataclass(frozen=True, kw_only=True)
class IncidentAcknowledged(Event):
    """Somebody has seen what could not go on and looks into it; nothing is tried yet (P10)."""

    count: int


@dataclass(frozen=True, kw_only=True)
class AlertTakenUp(Event):
    """An officer took up what a warning asks; it climbs no further (R30)."""

    level: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class ApologyDrafted(Event):
    """The system drafted an apology from the ledger; only a leader's signature issues it (R72)."""

    cause: str
    new_date: date | None = None
    over_minutes: int


@dataclass(frozen=True, kw_only=True)
class OneStopNotified(Event):
    """The one-stop was told of an apology and the date it gives (R29)."""

    letter: str
    to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EscalationPolicySet(Event):
    """Another policy says who is warned, when and how."""


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
class DeadlinesRecounted(Event):
    """Every open deadline that a change of the calendar touches was counted again (R41)."""

    change: int
    looked_at: int
    moved: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class AgencyTookProcedure(Event):
    """An agency takes dossiers of a procedure from now on."""

    agency: str
    procedure: str


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
class PeriodClosed(Event):
    """A report of a period was closed: its figures stand, later data corrects them in the open."""

    report: str
    period: str
    first_on: date
    last_on: date
    definition: str
    journal_sequence: int
    sha256: str
