"""Proposals (đề nghị phê duyệt): a draft as it was handed in, on its way to a decision.

draft → proposed → checked (→ rehearsed) → approved, or returned. The content is frozen when it is
handed in: what was checked is what is approved, whatever becomes of the draft meanwhile.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.catalog.diagram import read_diagram
from engine.catalog.linter.rule import procedures
from engine.catalog.tables import procedure_proposal
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.catalog.graph import Process


class ProposalState(StrEnum):
    """Where a proposal is on its way. Legal: R3"""

    PROPOSED = "proposed"
    CHECKED = "checked"
    APPROVED = "approved"
    RETURNED = "returned"


OPEN = (ProposalState.PROPOSED, ProposalState.CHECKED)


class ProposalUnknownError(OfficeError):
    """Somebody named a proposal that does not exist."""

    code = "proposal_unknown"


class ProposalExistsError(OfficeError):
    """The procedure has a proposal under way; it is approved or returned first."""

    code = "proposal_exists"


class ProposalStateError(OfficeError):
    """A proposal is not where this act needs it."""

    code = "proposal_state"


class OwnProposalError(OfficeError):
    """An author may neither check nor approve what he drew (TT 01/2018 Đ.8; R3)."""

    code = "own_proposal"


@dataclass(frozen=True)
class Rehearsal:
    """How a proposal played from its start by the defaults of its forms."""

    steps: tuple[str, ...]
    ended: bool
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A frozen draft and who did what with it; officers are codes, instants UTC."""

    id: int
    procedure_code: str
    bpmn: bytes
    meta: Mapping[str, Any]
    sha256: str
    base_version: int | None
    draft_revision: int
    authors: tuple[str, ...]
    state: ProposalState
    proposed_by: str
    proposed_at: datetime
    checked_by: str | None
    checked_at: datetime | None
    rehearsed_by: str | None
    rehearsed_at: datetime | None
    rehearsal: Rehearsal | None
    closed_by: str | None
    closed_at: datetime | None
    note: str | None
    version: int | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN

    @cached_property
    def process(self) -> Process:
        """The diagram's process."""
        diagram = read_diagram(self.bpmn)
        return next(iter(procedures(diagram) or diagram.processes))

    def require(self, *states: ProposalState) -> None:
        """Refuse an act that this state does not allow.

        Raises:
            ProposalStateError.
        """
        if self.state not in states:
            raise ProposalStateError(
                f"Expected proposal {self.id} to be {' or '.join(states)}, but it is {self.state}",
                proposal=self.id,
                state=self.state.value,
            )

    def require_other(self, officer: str) -> None:
        """Refuse an author's judgement of his own work. Legal: R3

        Raises:
            OwnProposalError.
        """
        if officer in self.authors:
            raise OwnProposalError(
                f"Expected somebody other than the authors of proposal {self.id}, but {officer} "
                "is one",
                proposal=self.id,
            )


def proposal_by_id(db: Connection, number: int) -> Proposal:
    """A proposal.

    Raises:
        ProposalUnknownError: there is none.
    """
    row = db.execute(select(procedure_proposal).where(procedure_proposal.c.id == number)).first()
    if row is None:
        raise ProposalUnknownError(f"Expected a proposal, but there is none with number {number}")
    return _proposal(row)


def proposals_of(db: Connection, code: str) -> list[Proposal]:
    """Every proposal of a procedure, the newest first."""
    rows = db.execute(
        select(procedure_proposal)
        .where(procedure_proposal.c.procedure_code == code)
        .order_by(procedure_proposal.c.id.desc())
    )
    return [_proposal(row) for row in rows]


def open_proposals(db: Connection) -> list[tuple[int, str, ProposalState]]:
    """(number, procedure's code, state) of every proposal under way, the oldest first."""
    rows = db.execute(
        select(
            procedure_proposal.c.id, procedure_proposal.c.procedure_code, procedure_proposal.c.state
        )
        .where(procedure_proposal.c.state.in_(OPEN))
        .order_by(procedure_proposal.c.id)
    )
    return [(row.id, row.procedure_code, ProposalState(row.state)) for row in rows]


def approvers_of(db: Connection, code: str) -> dict[int, str]:
    """Version → the officer who approved it, for versions that came out of a proposal. Legal: R3"""
    rows = db.execute(
        select(procedure_proposal.c.version, procedure_proposal.c.closed_by).where(
            procedure_proposal.c.procedure_code == code,
            procedure_proposal.c.state == ProposalState.APPROVED,
        )
    )
    return {row.version: row.closed_by for row in rows}


def _proposal(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
    played = json.loads(values["rehearsal"]) if values["rehearsal"] else None
    return Proposal(
        **values
        | {
            "bpmn": bytes(row.bpmn),
            "meta": json.loads(row.meta),
            "authors": tuple(json.loads(row.authors)),
            "state": ProposalState(row.state),
            "rehearsal": None
            if played is None
            else Rehearsal(tuple(played["steps"]), played["ended"], tuple(played["findings"])),
        }
    )
