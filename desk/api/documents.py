"""What the API answers: the same documents as the command line's --json, described."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from desk.api.values import Body, ShownDay, ShownInstant


class OpenStep(Body):
    """A step that waits for somebody; `officer` has claimed it."""

    step_id: str
    task_id: str
    name: str
    kind: str | None
    role: str | None
    unit: str | None
    officer: str | None
    created_at: ShownInstant
    due_at: ShownInstant | None


class CaseSummary(Body):
    """A case in short; `etag` is what If-Match wants for the next change."""

    number: str
    status: int = Field(ge=1, le=10)
    status_name: str
    outcome: str | None
    procedure: str
    procedure_name: str
    version: int
    agency: str
    channel: str
    received_at: ShownInstant | None
    due_at: ShownInstant | None
    appointed_at: ShownInstant | None
    open_steps: list[OpenStep]
    etag: str


class Hold(Body):
    """A pause of the clock."""

    id: int
    kind: str
    at_intake: bool
    ground: str
    document: str | None
    policy: str | None
    components: list[str]
    opened_at: ShownInstant
    opened_by: str
    expected_on: ShownDay | None
    closed_at: ShownInstant | None
    due_before: ShownInstant | None
    due_after: ShownInstant | None


class Consultation(Body):
    """An opinion asked of another agency."""

    id: int
    agency: str
    content: str
    mode: str
    asked_at: ShownInstant | None
    due_at: ShownInstant | None
    answered_at: ShownInstant | None
    opinion: str | None
    silent: bool
    silence_is_consent: bool


class Letter(Body):
    """A letter as it was issued."""

    id: int
    meaning: str
    form: str
    number: str
    issued_at: ShownInstant
    signer: str
    prepared_by: str | None
    content: dict[str, Any]


class Leg(Body):
    """The file's way from unit to unit."""

    number: int
    sender: str
    receiver: str
    sent_at: ShownInstant
    confirmed_at: ShownInstant | None
    allotted_minutes: int | None
    used_minutes: int | None
    result: str | None


class FeePaid(Body):
    """Money taken at the desk."""

    amount_dong: int
    receipt: str | None
    collected_at: ShownInstant
    collected_by: str


class JournalEntry(Body):
    """Something that happened to a case; `case` is left out where only one is meant."""

    sequence: int
    type: str
    at: ShownInstant
    actor: str
    data: dict[str, Any]


class Case(CaseSummary):
    """Everything the books say of a case."""

    owner: str
    regime: str
    limit: str
    pause_policy: str
    components: dict[str, str]
    registered_at: ShownInstant
    due_original_at: ShownInstant | None
    due_appointed_at: ShownInstant | None
    finished_at: ShownInstant | None
    returned_at: ShownInstant | None
    verdict: str | None
    became_late_at: ShownInstant | None
    late_cause: str | None
    late_cause_text: str | None
    reappointments: int
    supplement_requests: int
    multi_supplement: bool
    late_return: bool
    ledger: list[dict[str, Any]]
    holds: list[Hold]
    consultations: list[Consultation]
    documents: list[Letter]
    legs: list[Leg]
    fees: list[FeePaid]
    journal: list[JournalEntry]


class ListedCase(Body):
    """A case in a list: no applicant's data but the name."""

    number: str
    status: int
    status_name: str
    outcome: str | None
    procedure: str
    version: int
    channel: str
    owner: str
    registered_at: ShownInstant
    received_at: ShownInstant | None
    due_at: ShownInstant | None
    appointed_at: ShownInstant | None
    finished_at: ShownInstant | None
    returned_at: ShownInstant | None
    verdict: str | None
    etag: str


class CaseList(Body):
    """A page of cases; `next` is the cursor of the page behind it, null on the last."""

    items: list[ListedCase]
    next: str | None


class Work(Body):
    """An open step with its case."""

    number: str
    procedure: str
    status: int
    step_id: str
    name: str
    kind: str | None
    role: str | None
    unit: str | None
    officer: str | None
    due_at: ShownInstant | None
    case_due_at: ShownInstant
    overdue: bool


class WorkList(Body):
    """A page of open steps, what is due first on top."""

    items: list[Work]
    next: str | None


class ProcedureHead(Body):
    """A version of a procedure in short; `sample` ones are for training only."""

    code: str
    name: str
    field: str
    level: str
    limit: str
    version: int
    decision: str | None
    decided_on: ShownDay | None
    authority: str | None
    effective_on: ShownDay
    sample: bool


class ProcedureList(Body):
    """A page of procedures in force, by code."""

    items: list[ProcedureHead]
    next: str | None


class ProcedureStep(Body):
    """A step of a procedure's diagram."""

    step_id: str
    name: str | None
    kind: str
    role: str | None
    unit: str | None
    limit: str | None
    form: str | None


class Procedure(ProcedureHead):
    """A version of a procedure: what it asks for and its steps."""

    versions: list[int]
    components: list[dict[str, Any]]
    fees: list[dict[str, Any]]
    legal_basis: list[str] | None
    sha256: str
    steps: list[ProcedureStep]


class VersionList(Body):
    """Every version of a procedure, oldest first."""

    items: list[ProcedureHead]
    next: str | None


class Received(Body):
    """What came in: online, directly or by post, and open from before."""

    total: int
    online: int
    direct_post: int
    carried: int


class Solved(Body):
    """What was finished, by its original due date."""

    total: int
    early: int
    on_time: int
    late: int


class StillOpen(Body):
    """What was not finished at the end."""

    total: int
    in_time: int
    late: int


class Rate(Body):
    """A named rate; `percent` is a decimal text, null when the denominator is 0."""

    numerator: int
    denominator: int
    percent: str | None


class MeasureRow(Body):
    """Counts of biểu 06 and the named rates of one row."""

    key: str
    name: str
    received: Received
    solved: Solved
    open: StillOpen
    rates: dict[str, Rate]


class Coverage(Body):
    """How many units have data in the window, of those that should, and which have none."""

    reporting: int
    expected: int
    silent: list[str]


class Measures(Body):
    """Figures of a window, with what they mean and the moment they were counted."""

    first: ShownDay = Field(alias="from")
    last: ShownDay = Field(alias="to")
    by: str | None
    definition: str
    closed_at: ShownInstant
    rounding: dict[str, str]
    coverage: Coverage
    items: list[MeasureRow]


class FollowedEntry(JournalEntry):
    """An entry of the journal with the number of its case."""

    case: str


class Journal(Body):
    """Entries behind a sequence; ask again with `after` set to this `after`."""

    items: list[FollowedEntry]
    after: int


class CaseJournal(Body):
    """A case's entries, oldest first."""

    items: list[JournalEntry]
    next: str | None


class Problem(Body):
    """An error as RFC 9457 has it; `type` and `code` never change, `title` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[dict[str, str]] | None = None
    details: dict[str, Any] | None = None
    incident: str | None = None
