"""A procedure and its version as plain values, as `bpmn/` holds them and cases are pinned to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from engine.catalog.extension import StepKind
    from engine.sla.limit import Limit


@dataclass(frozen=True)
class Procedure:
    """An administrative procedure (thủ tục hành chính)."""

    code: str
    name: str
    field: str
    level: str
    agency: str | None = None


@dataclass(frozen=True)
class Component:
    """A paper of the dossier (thành phần hồ sơ): how many originals, certified copies, copies.

    `give_back`: an original that belongs to the applicant and is returned (R39). `sample`: named
    for practice, not found in a source of law.
    """

    code: str
    name: str
    original: int = 0
    certified: int = 0
    copy: int = 0
    required: bool = True
    give_back: bool = False
    sample: bool = False


@dataclass(frozen=True)
class Fee:
    """A fee or charge (phí, lệ phí) in đồng; None is "by the schedule in force"."""

    name: str
    amount: int | None = None
    note: str = ""
    sample: bool = False


@dataclass(frozen=True)
class Decision:
    """The decision that approved a version. Legal: R3"""

    number: str | None
    decided_on: date | None
    authority: str | None
    effective_on: date


@dataclass(frozen=True)
class Verification:
    """Time when something must be verified (xác minh): the whole limit then, or what is added."""

    limit: Limit | None = None
    extra: Limit | None = None


@dataclass(frozen=True)
class Step:
    """A step as the diagram has it (bước)."""

    element_id: str
    name: str
    kind: StepKind
    role: str | None
    unit: str | None
    limit: Limit | None
    form: str | None
    row: str | None
    generated: bool


@dataclass(frozen=True)
class ProcedureVersion:
    """One version of a procedure: times, papers, fees, ground, steps. Legal: R2, R3

    `limit` is the legal time, `committed_limit` the promised one when it is shorter;
    `hard_area_limit` holds in hard areas (vùng khó khăn).
    """

    procedure: Procedure
    limit: Limit
    committed_limit: Limit | None
    hard_area_limit: Limit | None
    verification: Verification | None
    regime: str
    immediate_result: bool
    """Whether the result may be given while the applicant waits, without a receipt (R12)."""
    pause_policy: str | None
    components: tuple[Component, ...]
    fees: tuple[Fee, ...]
    legal_basis: tuple[str, ...]
    decision: Decision
    sample: bool
    """Whether a real office refuses it (R3)."""
    steps: tuple[Step, ...]
