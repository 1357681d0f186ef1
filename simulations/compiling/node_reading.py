"""What one node of a diagram means to a token: its kind, its timer, what it waits for.

What cannot be simulated is refused by name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.catalog.graph import SUBPROCESSES
from simulations.compiling.tables import Kind, TimerRule
from simulations.errors import NotSimulatedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.graph import Diagram, EventDefinition, Node, Process

_AUTOMATIC = frozenset(
    {"task", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "startEvent", "endEvent"}
)
_PEOPLE = frozenset({"userTask", "manualTask"})
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)


def kind_of(node: Node, diagram: Diagram) -> Kind:
    """What a token does there."""
    if node.kind in _PEOPLE:
        return Kind.TASK
    if node.kind in SUBPROCESSES:
        if node.kind != "subProcess":
            raise not_simulated(node, f"a {node.kind} is not simulated")
        return Kind.SUB
    plain = {
        "exclusiveGateway": Kind.XOR,
        "parallelGateway": Kind.AND,
        "inclusiveGateway": Kind.OR_JOIN,
        "eventBasedGateway": Kind.RACE,
        "callActivity": Kind.SUB,
        "receiveTask": Kind.WAIT,
        "boundaryEvent": Kind.PASS,
    }
    if node.kind in plain:
        return plain[node.kind]
    kinds = {event.kind for event in node.events}
    if node.kind == "intermediateCatchEvent":
        if kinds == {"link"}:
            return Kind.PASS
        if kinds == {"timer"}:
            return Kind.TIMER
        if len(node.events) == 1 and kinds <= {"message", "signal", "conditional"}:
            return Kind.WAIT
        raise not_simulated(node, "only one timer, message, signal or condition is waited for")
    if node.kind in _AUTOMATIC or node.kind == "intermediateThrowEvent":
        if node.kind == "endEvent" and kinds == {"terminate"}:
            return Kind.TERMINATE
        if node.kind != "startEvent":
            _check_thrown(node, diagram)
        return Kind.PASS
    raise not_simulated(node, f"a {node.kind} is not simulated")


def _check_thrown(node: Node, diagram: Diagram) -> None:
    """A thrown event must leave the case: nothing inside may wait for it."""
    for event in node.events:
        if event.kind not in {"message", "signal", "link"}:
            raise not_simulated(node, f"the event '{event.kind}' is not simulated")
        inside = any(
            other is not node
            and other.kind not in {"endEvent", "intermediateThrowEvent"}
            and any(e.kind == event.kind and e.name == event.name for e in other.events)
            for process in diagram.processes
            for other in process.nodes.values()
        )
        if inside and event.kind != "link":
            raise not_simulated(node, f"the {event.kind} '{event.name}' is caught inside the case")


def timer_of(node: Node, event: EventDefinition, processes: Iterable[Process]) -> TimerRule:
    """When a timer fires; the first of the processes that names its limit says it."""
    text = (event.text or "").strip().strip("\"'")
    if event.text_kind == "timeCycle":
        raise not_simulated(node, "a timer that repeats is not simulated")
    for process in processes:
        limit = process.limits.get(text)
        if limit is not None:
            return TimerRule(text, limit.relation, limit.amount)
    found = _ISO.fullmatch(text)
    if found and any(found.groups()) and event.text_kind == "timeDuration":
        days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
        real = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return TimerRule(text, real_seconds=real)
    if text.isidentifier() and event.text_kind == "timeDuration":
        return TimerRule(text)
    raise not_simulated(node, f"the timer's text {text!r} is neither a named limit nor a duration")


def has_conditions(process: Process, node: Node) -> bool:
    """Whether any way out of a node is conditional."""
    conditional = (process.flows[each].condition is not None for each in node.outgoing)
    return node.default_flow is not None or any(conditional)


def only_event(node: Node) -> EventDefinition:
    """The one event a node waits for."""
    if len(node.events) != 1:
        raise not_simulated(node, f"it waits for {len(node.events)} events, and one is simulated")
    return node.events[0]


def waits_for(node: Node) -> str:
    """The name of what a node waits for."""
    if node.events:
        return node.events[0].name or node.events[0].text or node.id
    return node.message or node.id


def not_simulated(node: Node, why: str) -> NotSimulatedError:
    """The refusal of a diagram that holds this node, with its line."""
    return NotSimulatedError(
        f"Expected a diagram that can be simulated, but '{node.id}' ({node.name or node.kind},"
        f" line {node.line}): {why}",
        element=node.id,
    )
