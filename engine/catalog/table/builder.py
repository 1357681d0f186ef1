"""Builds the diagram of a decision's table: lanes, limits, the lawful side paths, the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalog.table.decision_table import TableKind
from engine.catalog.table.layout import draw
from engine.catalog.table.planner import Planner, unique
from engine.catalog.table.writer import write
from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.catalog.finding import Finding
    from engine.catalog.table.decision_table import DecisionTable

DEFAULT_REGIME = "ND118_309"


@dataclass(frozen=True)
class BuiltDiagram:
    """A diagram's file and what of it was assumed, not read."""

    bpmn: bytes
    findings: tuple[Finding, ...]


def build_diagram(
    table: DecisionTable,
    *,
    regime: str = DEFAULT_REGIME,
    basis: str = "",
    decision: str | None = None,
    agency: str | None = None,
    sample: bool | None = None,
) -> bytes:
    """The BPMN file of a table; see `build` for its findings.

    Raises:
        BadInputError: the table has no rows.
    """
    return build(
        table, regime=regime, basis=basis, decision=decision, agency=agency, sample=sample
    ).bpmn


def build(
    table: DecisionTable,
    *,
    regime: str = DEFAULT_REGIME,
    basis: str = "",
    decision: str | None = None,
    agency: str | None = None,
    sample: bool | None = None,
) -> BuiltDiagram:
    """The BPMN file of a table, with the findings of its planning.

    Without `decision`, the one that the table's source names; without `sample`, a table that was
    made up is a sample and a published one is not.

    Legal: R3, R18, R22, R23, R30, R46

    Raises:
        BadInputError: the table has no rows.
    """
    if not table.rows:
        raise BadInputError("Expected a table with at least one row, but it has none")
    planner = Planner(table)
    plan = planner.build()
    is_sample = table.kind is TableKind.RECONSTRUCTION if sample is None else sample
    head = (
        ("code", table.code),
        ("name", table.name),
        ("field", table.field),
        ("level", table.level),
        ("total", str(table.total.limit or "")),
        ("basis", basis),
        ("regime", regime),
        ("sample", "true" if is_sample else ""),
        ("decision", decision or table.decision or ""),
        ("agency", agency or ""),
        ("totalText", table.total_text),
        ("source", table.source),
        ("kind", table.kind.value),
        ("notes", "\n".join(table.notes)),
    )
    plan.head = tuple((name, value) for name, value in head if value)
    return BuiltDiagram(write(plan, draw(plan)), unique(planner.findings))
