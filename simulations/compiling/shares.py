"""What a scenario says of a diagram's elements: known names, and shares of ways that add up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulations.compiling.tables import DiagramTable, FlatNode, Kind
from simulations.errors import ScenarioError

if TYPE_CHECKING:
    from simulations.inputs.scenario import Procedure

_CLOSE = 1e-9


def check_names(procedure: Procedure, table: DiagramTable) -> None:
    """Everything a scenario names must be in the diagram, under the right kind of element."""
    steps = {node.element for node in table.nodes if node.kind is Kind.TASK}
    waits = {node.element for node in table.nodes if node.kind is Kind.WAIT}
    gates = {node.element for node in table.nodes if node.conditional}
    events = {arm.element for arm in table.arms if arm.timer is None}
    for what, named, known in (
        ("steps", procedure.steps, steps),
        ("waits", procedure.waits, waits),
        ("shares", procedure.shares, gates),
        ("interruptions", procedure.interruptions, events),
    ):
        for element in named:
            if element not in known:
                raise ScenarioError(
                    f"Expected {what} of '{procedure.key}' to name one of"
                    f" {', '.join(sorted(known)) or 'nothing'}, but got '{element}'",
                    key=f"procedures.{procedure.key}.{what}.{element}",
                )


def chances_of(procedure: Procedure, node: FlatNode, classes: int) -> list[list[float]]:
    """[way][class] → cumulated share (exclusive) or own share (inclusive)."""
    key = f"procedures.{procedure.key}.shares.{node.element}"
    given = procedure.shares.get(node.element)
    ways = [way.flow_id for way in node.ways]
    if given is None:
        raise ScenarioError(
            f"Expected shares for the choice '{node.element}' ({node.name}) of"
            f" '{procedure.key}', whose ways are {', '.join(ways)}, but there are none",
            key=key,
        )
    for flow in given:
        if flow not in ways:
            raise ScenarioError(
                f"Expected one of the ways {', '.join(ways)} of '{node.element}', but got '{flow}'",
                key=f"{key}.{flow}",
            )
    names = [each.name for each in procedure.classes]
    lines: list[list[float]] = [[] for _ in ways]
    exclusive = node.kind is Kind.XOR
    for name in names:
        found = [_share(given.get(flow), name, f"{key}.{flow}") for flow in ways]
        if exclusive:
            whole = _whole(found, f"{key} ({name})")
            shares = [math.fsum(whole[: place + 1]) for place in range(len(whole))]
            shares[-1] = 1.0
        else:
            shares = _each(found, node, key)
        for line, share in zip(lines, shares, strict=True):
            line.append(share)
    return [line + [line[-1]] * (classes - len(line)) for line in lines]


def _each(shares: list[float | None], node: FlatNode, key: str) -> list[float]:
    """The shares of an inclusive choice; the default way is taken when no other is."""
    for share, way in zip(shares, node.ways, strict=True):
        if share is None and not way.is_default:
            raise ScenarioError(
                f"Expected a share for the way '{way.flow_id}', but there is none",
                key=f"{key}.{way.flow_id}",
            )
    return [each or 0.0 for each in shares]


def _share(given: Any, of_class: str, key: str) -> float | None:
    if isinstance(given, dict):
        if of_class not in given:
            raise ScenarioError(
                f"Expected a share for the class '{of_class}', but there is none", key=key
            )
        return float(given[of_class])
    return None if given is None else float(given)


def _whole(shares: list[float | None], key: str) -> list[float]:
    known = math.fsum(each for each in shares if each is not None)
    missing = shares.count(None)
    if missing > 1 or (missing == 0 and abs(known - 1.0) > _CLOSE) or known > 1.0 + _CLOSE:
        raise ScenarioError(
            f"Expected shares that add up to 1, with at most one left out, but they add up to"
            f" {known:g} with {missing} left out",
            key=key,
        )
    return [max(1.0 - known, 0.0) if each is None else each for each in shares]
