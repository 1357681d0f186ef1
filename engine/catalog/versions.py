"""Published procedure versions in the books: written once, read by every case pinned to them."""

from __future__ import annotations

import ast
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from engine.catalog.diagram import read_diagram
from engine.catalog.model import Decision
from engine.catalog.tables import procedure, procedure_abolition, procedure_version
from engine.errors import OfficeError
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.catalog.extension import HoldRule, NamedLimit, StepRule
    from engine.catalog.graph import Node, Process


class ProcedureAbolishedError(OfficeError):
    """Somebody named a procedure that a decision has abolished (bãi bỏ)."""

    code = "procedure_abolished"


class ProcedureUnknownError(OfficeError):
    """Somebody named a procedure that has no version in force on that date."""

    code = "procedure_unknown"


_NO_FORM: Mapping[str, Any] = {"fields": []}


@dataclass(frozen=True)
class PublishedVersion:
    """One version of a procedure as a case is pinned to it (R2)."""

    id: int
    procedure_code: str
    number: int
    name: str
    field: str
    level: str
    sha256: str
    bpmn: bytes
    meta: Mapping[str, Any]
    decision: Decision
    sample: bool

    @cached_property
    def process(self) -> Process:
        """The executable process of the diagram."""
        diagram = read_diagram(self.bpmn)
        return next(p for p in diagram.processes if p.is_executable)

    @cached_property
    def limit(self) -> Limit:
        """The time the office promises: the committed limit, else the legal one."""
        return Limit.parse(str(self.meta.get("committed_limit") or self.meta["limit"]))

    @cached_property
    def named_limits(self) -> Mapping[str, NamedLimit]:
        """Limits that the diagram's timers name."""
        return self.process.limits

    def node(self, element_id: str) -> Node:
        """The diagram's element."""
        return self.process.nodes[element_id]

    def rule(self, element_id: str) -> StepRule | None:
        """What the diagram says of a step: kind, role, limit, form."""
        return self.process.nodes[element_id].rule

    @cached_property
    def routing_names(self) -> frozenset[str]:
        """The only values the engine is given: names that conditions ask for."""
        return frozenset(
            name
            for flow in self.process.flows.values()
            if flow.condition
            for name in _names_in(flow.condition)
        )

    def form_of(self, element_id: str) -> Mapping[str, Any]:
        """The field list of a step's form; empty when it has none."""
        ref = self.node(element_id).extension.form
        return self.meta.get("forms", {}).get(ref, _NO_FORM) if ref else _NO_FORM

    def hold_rule(self, element_id: str) -> HoldRule | None:
        """The pause that runs while the token waits at an element."""
        return self.node(element_id).hold

    def silence_limit(self, element_id: str) -> str | None:
        """The named limit after which a consulted agency's silence is consent (R23)."""
        return self.node(element_id).extension.silence


@dataclass(frozen=True)
class StoredVersion:
    """Where a published version stands in the books."""

    id: int
    number: int
    sha256: str
    is_new: bool


_MOST_VERSIONS_KEPT = 512
_cache: OrderedDict[tuple[str, str, int], PublishedVersion] = OrderedDict()


def version_in_force(db: Connection, code: str, on: date) -> PublishedVersion:
    """The version of a procedure for a dossier received on a date. Legal: R2, R3

    Raises:
        ProcedureUnknownError: no version is in force on that date.
        ProcedureAbolishedError: a decision abolished it after its last version.
    """
    row = db.execute(
        select(
            procedure_version.c.sha256,
            procedure_version.c.procedure_code,
            procedure_version.c.number,
            procedure_version.c.id,
            procedure_version.c.effective_on,
        )
        .where(procedure_version.c.procedure_code == code, procedure_version.c.effective_on <= on)
        .order_by(procedure_version.c.effective_on.desc(), procedure_version.c.number.desc())
        .limit(1)
    ).first()
    if row is None:
        known = db.scalars(select(procedure.c.code).order_by(procedure.c.code)).all()
        raise ProcedureUnknownError(
            f"Expected a procedure in force on {on.isoformat()}, but {code!r} has no version then",
            procedure=code,
            known=list(known),
        )
    gone = abolition_on(db, code, on)
    if gone is not None and gone.effective_on >= row.effective_on:
        raise ProcedureAbolishedError(
            f"Expected a procedure in force on {on.isoformat()}, but {code!r} is abolished since "
            f"{gone.effective_on.isoformat()} by {gone.number}",
            procedure=code,
            decision=gone.number,
            since=gone.effective_on.isoformat(),
        )
    return version_by_key(db, (row.sha256, row.procedure_code, row.number), row.id)


def version_by_key(db: Connection, key: tuple[str, str, int], version_id: int) -> PublishedVersion:
    """A version by what identifies its content; read once a process."""
    found = _cache.get(key)
    if found is None or found.id != version_id:
        row = db.execute(
            select(procedure_version, procedure.c.name, procedure.c.field, procedure.c.level)
            .join(procedure, procedure.c.code == procedure_version.c.procedure_code)
            .where(procedure_version.c.id == version_id)
        ).one()
        found = PublishedVersion(
            id=row.id,
            procedure_code=row.procedure_code,
            number=row.number,
            name=row.name,
            field=row.field,
            level=row.level,
            sha256=row.sha256,
            bpmn=row.bpmn,
            meta=json.loads(row.meta),
            decision=Decision(row.decision, row.decided_on, row.authority, row.effective_on),
            sample=row.sample,
        )
        _cache[key] = found
        while len(_cache) > _MOST_VERSIONS_KEPT:
            _cache.popitem(last=False)
    else:
        _cache.move_to_end(key)
    return found


def abolition_on(db: Connection, code: str, on: date) -> Decision | None:
    """The last decision that abolished a procedure by a date; a later version brings it back."""
    row = db.execute(
        select(procedure_abolition)
        .where(
            procedure_abolition.c.procedure_code == code,
            procedure_abolition.c.effective_on <= on,
        )
        .order_by(procedure_abolition.c.effective_on.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Decision(row.decision, row.decided_on, row.authority, row.effective_on)


def effective_dates(db: Connection, code: str) -> list[tuple[int, date]]:
    """(number, first day in force) of every version of a procedure."""
    rows = db.execute(
        select(procedure_version.c.number, procedure_version.c.effective_on)
        .where(procedure_version.c.procedure_code == code)
        .order_by(procedure_version.c.number)
    )
    return [(row.number, row.effective_on) for row in rows]


def versions_of(db: Connection, code: str) -> list[tuple[int, int]]:
    """(number, id) of every version of a procedure, oldest first."""
    rows = db.execute(
        select(procedure_version.c.number, procedure_version.c.id)
        .where(procedure_version.c.procedure_code == code)
        .order_by(procedure_version.c.number)
    )
    return [(row.number, row.id) for row in rows]


def version_number(db: Connection, code: str, number: int | None, on: date) -> PublishedVersion:
    """A named version of a procedure, or the one in force when no number is given."""
    if number is None:
        return version_in_force(db, code, on)
    row = db.execute(
        select(procedure_version.c.sha256, procedure_version.c.id).where(
            procedure_version.c.procedure_code == code, procedure_version.c.number == number
        )
    ).first()
    if row is None:
        raise ProcedureUnknownError(
            f"Expected a published version of {code!r}, but it has no version {number}",
            procedure=code,
            versions=[n for n, _ in versions_of(db, code)],
        )
    return version_by_key(db, (row.sha256, code, number), row.id)


def store_version(
    db: Connection,
    *,
    bpmn: bytes,
    meta: Mapping[str, Any],
    decision: Decision,
    sample: bool,
    published_at: datetime,
) -> StoredVersion:
    """Write a checked version; the same content for the same date is one version."""
    code = str(meta["code"])
    text = json.dumps(meta, ensure_ascii=False, sort_keys=True, default=str)
    sha = hashlib.sha256(bpmn + b"\0" + text.encode()).hexdigest()
    same = db.execute(
        select(procedure_version.c.id, procedure_version.c.number).where(
            procedure_version.c.procedure_code == code,
            procedure_version.c.sha256 == sha,
            procedure_version.c.effective_on == decision.effective_on,
        )
    ).first()
    if same is not None:
        return StoredVersion(same.id, same.number, sha, is_new=False)
    if not db.scalar(select(func.count()).where(procedure.c.code == code)):
        db.execute(
            insert(procedure).values(
                code=code,
                name=str(meta["name"]),
                field=str(meta["field"]),
                level=str(meta["level"]),
            )
        )
    number = (
        db.scalar(
            select(func.max(procedure_version.c.number)).where(
                procedure_version.c.procedure_code == code
            )
        )
        or 0
    ) + 1
    version_id = db.execute(
        insert(procedure_version)
        .values(
            procedure_code=code,
            number=number,
            sha256=sha,
            bpmn=bpmn,
            meta=text,
            decision=decision.number,
            decided_on=decision.decided_on,
            authority=decision.authority,
            effective_on=decision.effective_on,
            sample=sample,
            published_at=published_at,
        )
        .returning(procedure_version.c.id)
    ).scalar_one()
    return StoredVersion(version_id, number, sha, is_new=True)


def _names_in(condition: str) -> set[str]:
    try:
        tree = ast.parse(condition.strip(), mode="eval")
    except SyntaxError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def procedures_in_force(db: Connection, on: date) -> list[PublishedVersion]:
    """The version in force of every procedure on a date, by code."""
    codes = db.scalars(
        select(procedure_version.c.procedure_code)
        .where(procedure_version.c.effective_on <= on)
        .distinct()
        .order_by(procedure_version.c.procedure_code)
    ).all()
    found: list[PublishedVersion] = []
    for code in codes:
        try:
            found.append(version_in_force(db, code, on))
        except ProcedureAbolishedError:
            continue
    return found
