"""Whether cases went as their pinned diagram allows: variants, times, and steps out of place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalog.graph import user_tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.catalog.graph import Node, Process


@dataclass(frozen=True)
class Map:
    """Which user tasks may come first, and which may come after each; `always` may come anytime.

    A choice at a gateway is not retraced: every way it offers is allowed. (DESIGN)
    """

    first: frozenset[str]
    follows: Mapping[str, frozenset[str]]
    always: frozenset[str]


@dataclass(frozen=True)
class Deviation:
    """A step that was finished where the diagram does not have it."""

    step: str
    position: int
    unknown: bool
    """The pinned diagram has no such step at all."""


def map_of(process: Process) -> Map:
    """The order a diagram allows its user tasks in."""
    follows = {
        task.id: _reached(process, [*task.outgoing]) | _behind_boundaries(process, task)
        for task in user_tasks(process)
    }
    starts = [
        node
        for node in process.nodes.values()
        if node.kind == "startEvent" and not _in_event_subprocess(process, node)
    ]
    first = frozenset[str]().union(*(_reached(process, [*node.outgoing]) for node in starts))
    always = frozenset[str]().union(
        *(
            _reached(process, [*node.outgoing])
            for node in process.nodes.values()
            if (node.kind == "startEvent" and _in_event_subprocess(process, node))
            or node.kind == "boundaryEvent"
        )
    )
    return Map(first, follows, always)


def deviations(steps: Sequence[str], plan: Map) -> list[Deviation]:
    """Steps out of place; a step may come again only where the diagram leads back to it."""
    enabled = set(plan.first)
    found = []
    for position, step in enumerate(steps):
        if step not in plan.follows:
            found.append(Deviation(step, position, unknown=True))
            continue
        if step in enabled:
            enabled.discard(step)
        elif step not in plan.always:
            found.append(Deviation(step, position, unknown=False))
        enabled |= plan.follows[step]
    return found


def variants(ways: Iterable[Sequence[str]]) -> list[tuple[int, tuple[str, ...]]]:
    """How often each way was gone, the most frequent first."""
    seen = Counter(tuple(way) for way in ways)
    return sorted(
        ((count, way) for way, count in seen.items()), key=lambda each: (-each[0], each[1])
    )


def _reached(process: Process, flows: list[str]) -> frozenset[str]:
    """User tasks reached over these flows without passing another one."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [process.flows[flow].target for flow in flows if flow in process.flows]
    while waiting:
        node_id = waiting.pop()
        if node_id in seen:
            continue
        seen.add(node_id)
        node = process.nodes[node_id]
        if node.kind == "userTask":
            found.add(node_id)
            continue
        waiting += [process.flows[flow].target for flow in node.outgoing if flow in process.flows]
        inner = process.children(node_id)
        waiting += [each.id for each in inner if each.kind == "startEvent"]
        if not node.outgoing and node.parent in process.nodes:
            around = process.nodes[node.parent]
            waiting += [process.flows[f].target for f in around.outgoing if f in process.flows]
    return frozenset(found)


def _behind_boundaries(process: Process, task: Node) -> frozenset[str]:
    return frozenset[str]().union(
        *(_reached(process, [*each.outgoing]) for each in process.boundaries(task.id))
    )


def _in_event_subprocess(process: Process, node: Node) -> bool:
    around = process.nodes.get(node.parent)
    while around is not None:
        if around.is_event_subprocess:
            return True
        around = process.nodes.get(around.parent)
    return False
