"""What can be rehearsed: scenarios that come with the program, and the office's own procedures.

Read without the kernels: the desk's processes do not load them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

import simulations
from desk.access import ROLE_NAMES
from desk.rehearsal.request import Source
from engine.catalog.diagram import read_diagram
from engine.catalog.drafts import DraftUnknownError, draft_of, drafts
from engine.catalog.proposals import ProposalUnknownError, proposal_by_id
from engine.catalog.versions import procedures_in_force, version_in_force
from engine.errors import OfficeError
from engine.staff.queries import staff_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from engine.catalog.drafts import Draft
    from engine.catalog.graph import Process
    from engine.catalog.proposals import Proposal

LONGEST_NUMBER = 9
SCENARIOS = Path(simulations.__file__).resolve().parent / "scenarios"


@dataclass(frozen=True)
class People:
    """Officers whose number can be changed: a group of a scenario, or a role of the office."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class Choice:
    """Something to rehearse."""

    source: Source
    key: str
    name: str
    about: str = ""


@dataclass(frozen=True)
class Overlay:
    """Changes that come with a scenario."""

    key: str
    name: str
    about: str


class SourceUnknownError(OfficeError):
    """There is nothing of that name to rehearse."""

    code = "rehearsal_source_unknown"


@lru_cache(maxsize=1)
def _files() -> dict[str, dict[str, Any]]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        path.stem: yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 (a safe loader)
        for path in sorted(SCENARIOS.glob("*.yaml"))
    }


def shipped_scenarios() -> list[Choice]:
    """The scenarios that come with the program."""
    return [
        Choice(Source.SCENARIO, key, found["name"], found.get("about", ""))
        for key, found in _files().items()
        if "base" not in found
    ]


def overlays_of(key: str) -> list[Overlay]:
    """The changes that come with a scenario."""
    return [
        Overlay(name, found["name"], found.get("about", ""))
        for name, found in _files().items()
        if found.get("base") == f"{key}.yaml"
    ]


def procedures(db: Connection, on: date) -> list[Choice]:
    """The office's procedures in force."""
    return [
        Choice(Source.PROCEDURE, version.procedure_code, version.name, version.field)
        for version in procedures_in_force(db, on)
    ]


def drafted(db: Connection) -> list[Choice]:
    """Procedures that are being drafted."""
    return [
        Choice(Source.DRAFT, head.code, str(draft_of(db, head.code).meta.get("name") or head.code))
        for head in drafts(db)
    ]


def chosen(db: Connection, source: Source, key: str, on: date) -> Choice:
    """One of them.

    Raises:
        SourceUnknownError: there is none; ProcedureUnknownError, DraftUnknownError.
    """
    if source is Source.AGENCY:
        return Choice(source, "", "Cả cơ quan")
    if source is Source.SCENARIO:
        found = next((each for each in shipped_scenarios() if each.key == key), None)
        if found is None:
            raise SourceUnknownError(f"Expected a scenario of the program, but got {key[:60]!r}")
        return found
    if source is Source.DRAFT:
        named = next((each for each in drafted(db) if each.key == key), None)
        if named is None:
            raise DraftUnknownError(f"Expected a draft of {key[:60]!r}, but there is none")
        return named
    if source is Source.PROPOSAL:
        proposal = _proposal(db, key)
        name = str(proposal.meta.get("name") or proposal.procedure_code)
        return Choice(source, key, f"Đề nghị số {key}: {name}", proposal.procedure_code)
    version = version_in_force(db, key, on)
    return Choice(source, key, version.name, version.field)


def drawn_as(db: Connection, source: Source, key: str) -> Draft | Proposal:
    """A diagram that is not in force, as it was drawn or handed in.

    Raises:
        DraftUnknownError, ProposalUnknownError: there is none.
    """
    return draft_of(db, key) if source is Source.DRAFT else _proposal(db, key)


def _proposal(db: Connection, key: str) -> Proposal:
    if not (key.isascii() and key.isdecimal() and len(key) <= LONGEST_NUMBER):
        raise ProposalUnknownError(f"Expected the number of a proposal, but got {key[:20]!r}")
    return proposal_by_id(db, int(key))


def people_of(db: Connection, choice: Choice, agency: str, on: date) -> list[People]:
    """Whose number can be changed, and how many there are now."""
    if choice.source is Source.SCENARIO:
        return [
            People(each["key"], each.get("name") or each["key"], each["count"])
            for each in _files()[choice.key]["staff"]
        ]
    counted = Counter(
        role for person in staff_of(db, agency, on) for role in dict.fromkeys(person["roles"])
    )
    if choice.source is Source.AGENCY:
        roles: Iterable[str] = sorted(counted)
    else:
        roles = sorted(_roles(_process(db, choice, on)))
    return [
        People(role, ROLE_NAMES.get(role, role), counted[role]) for role in roles if counted[role]
    ]


def _process(db: Connection, choice: Choice, on: date) -> Process:
    if choice.source is Source.PROCEDURE:
        return version_in_force(db, choice.key, on).process
    diagram = read_diagram(drawn_as(db, choice.source, choice.key).bpmn)
    found = next((each for each in diagram.processes if each.is_executable), None)
    if found is None:
        raise SourceUnknownError(
            f"Expected an executable process in {choice.name!r}, but there is none"
        )
    return found


def _roles(process: Process) -> set[str]:
    return {
        node.rule.role
        for node in process.nodes.values()
        if node.rule is not None and node.rule.role
    }
