"""What the office's own elements in a diagram say (urn:motcua:bpmn:1): head, step, pause, limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MOTCUA: Final = "urn:motcua:bpmn:1"


class StepKind(StrEnum):
    """What a step does (loại bước)."""

    RECEIVE = "receive"
    ASSIGN = "assign"
    EXAMINE = "examine"
    CONSULT = "consult"
    DRAFT = "draft"
    SIGN = "sign"
    SEAL = "seal"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    REFUSE = "refuse"
    APOLOGISE = "apologise"
    PAY = "pay"
    OTHER = "other"


class Relation(StrEnum):
    """From where a named limit is counted."""

    AFTER_ARMING = "after-arming"
    """`amount` after the instant the timer is armed."""
    BEFORE_DUE = "before-due"
    """`amount` before the case's original due moment. Legal: R30"""
    APOLOGY_DUE = "apology-due"
    """The latest moment for the apology. Legal: R25"""
    DUE = "due"
    """The case's due moment."""


class HoldKind(StrEnum):
    """Why the applicant's time runs (lý do tạm dừng)."""

    SUPPLEMENT = "supplement"
    PAYMENT = "payment"


class HoldPolicy(StrEnum):
    """How the clock goes on after a pause. Legal: R21, R22."""

    RESTART = "RESTART"
    PAUSE_WD = "PAUSE_WD"
    PAUSE_CALENDAR = "PAUSE_CALENDAR"
    REGIME = "regime"
    """As the regime of the day of receipt has it."""


class SignerRule(StrEnum):
    """Who may complete a step."""

    LEADER = "leader"
    NOT_PREPARER = "not-preparer"


@dataclass(frozen=True)
class ProcedureHead:
    """The head of a procedure's diagram (thông tin thủ tục); an absent text is empty.

    `total` is a limit's text such as "8wd"; `sample` marks a diagram that was made up.
    """

    code: str
    name: str
    field: str
    level: str
    total: str
    basis: str
    regime: str
    sample: bool = False
    decision: str | None = None
    agency: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class NamedLimit:
    """A limit that timers of the diagram call by its name (thời hạn có tên)."""

    name: str
    amount: str | None
    relation: Relation = Relation.AFTER_ARMING
    line: int | None = None


@dataclass(frozen=True)
class StepRule:
    """What the decision's table says of a step (bước): who, how long, with what result.

    `limit` is a limit's text such as "16wh", `text` the table's own words ("02 ngày"), `row` the
    table's number (STT), `stage` its stage ("GĐ1"). A `generated` step has no row in the table.
    """

    kind: StepKind
    role: str | None
    unit: str | None = None
    limit: str | None = None
    text: str | None = None
    stage: str | None = None
    row: str | None = None
    result: str | None = None
    generated: bool = False
    line: int | None = None


@dataclass(frozen=True)
class DocumentRule:
    """A paper the applicant hands in (thành phần hồ sơ); counts of originals and copies."""

    code: str
    name: str
    original: int = 0
    copy: int = 0


@dataclass(frozen=True)
class HoldRule:
    """A pause of the office's clock while the applicant acts (tạm dừng). Legal: R21, R22."""

    kind: HoldKind
    policy: HoldPolicy = HoldPolicy.REGIME
    ground: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Foreign:
    """An extension element of another maker."""

    namespace: str
    name: str
    line: int | None = None


@dataclass(frozen=True)
class Extension:
    """Everything the office's namespace says of one element."""

    step: StepRule | None = None
    form: str | None = None
    documents: tuple[DocumentRule, ...] = ()
    hold: HoldRule | None = None
    silence: str | None = None
    """The named limit after which silence is consent. Legal: R23"""
    signer: SignerRule | None = None
    lane_role: str | None = None
    foreign: tuple[Foreign, ...] = ()


@dataclass(frozen=True)
class ProcessExtension:
    """Everything the office's namespace says of a process."""

    head: ProcedureHead | None
    limits: Mapping[str, NamedLimit]
    documents: tuple[DocumentRule, ...]
    foreign: tuple[Foreign, ...] = ()
