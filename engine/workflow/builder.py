"""Builds SpiffWorkflow's specs from a diagram that was read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.catalog.diagram import SUBPROCESSES
from engine.workflow import events, gateways, repeats, steps
from engine.workflow.event import OfficeEvent, office_event
from engine.workflow.events import spiff_definition
from engine.workflow.token import Exit, OfficeSpec, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.diagram import Diagram, Node, Process

ROUND: Final = "#round"
ARMED: Final = "#armed"
"""Endings of the names of hidden nodes; an id of a diagram has no such sign."""

_PLAIN: Final[Mapping[str, type[Token]]] = {
    "userTask": steps.UserStep,
    "manualTask": steps.ManualStep,
    "task": steps.PlainStep,
    "serviceTask": steps.ServiceStep,
    "businessRuleTask": steps.ServiceStep,
    "exclusiveGateway": gateways.Choice,
    "inclusiveGateway": gateways.Inclusion,
    "parallelGateway": gateways.Fork,
}


def build_specs(diagram: Diagram) -> dict[str, OfficeSpec]:
    """A spec for each process and each subprocess of a diagram, by their ids."""
    found: dict[str, OfficeSpec] = {}
    for process in diagram.processes:
        builder = _Builder(diagram, process)
        found[process.id] = builder.scope(process.id, process.name)
        for node in process.nodes.values():
            if node.kind in SUBPROCESSES:
                found[node.id] = builder.scope(node.id, node.name)
    return found


class _Builder:
    """Makes the specs of one process."""

    def __init__(self, diagram: Diagram, process: Process) -> None:
        self.diagram = diagram
        self.process = process
        self.targets: dict[str, tuple[str, ...]] = {}
        for flow in diagram.message_flows:
            self.targets[flow.source] = (*self.targets.get(flow.source, ()), flow.target)
        self.boundaries: dict[str, tuple[str, ...]] = {}
        for node in process.nodes.values():
            if node.attached_to is not None:
                self.boundaries[node.attached_to] = (
                    *self.boundaries.get(node.attached_to, ()),
                    node.id,
                )

    def scope(self, scope_id: str, name: str) -> OfficeSpec:
        """The spec of the process or of one subprocess, without what is inside its own ones."""
        spec = OfficeSpec(scope_id, name)
        children = self.process.children(scope_id)
        for node in children:
            self.add(spec, node)
        spec.origins = self.origins(children)
        armed: list[str] = []
        for node in children:
            if node.is_event_subprocess:
                armed.extend(self.add_event_starts(spec, node))
        spec.armed = tuple(armed)
        if scope_id == self.process.id:
            spec.births = tuple(
                self.add_birth(spec, node)
                for node in children
                if node.kind == "startEvent" and node.events
            )
        for task_spec in spec.task_specs.values():
            if isinstance(task_spec, gateways.Inclusion):
                task_spec.look_upstream()
        return spec

    def origins(self, children: tuple[Node, ...]) -> tuple[str, ...]:
        """The plain start events; without any start event, whatever no flow leads to."""
        starts = [node for node in children if node.kind == "startEvent"]
        if starts:
            return tuple(node.id for node in starts if not node.events)
        return tuple(
            node.id
            for node in children
            if not node.incoming
            and node.kind != "boundaryEvent"
            and not node.is_event_subprocess
            and not _is_link_catch(node)
        )

    def add(self, spec: OfficeSpec, node: Node) -> None:
        """The spec of a node, and of its rounds when it repeats."""
        made = self.make_repeat(spec, node) if node.loop is not None else None
        if made is None:
            made = self.make(spec, node, node.id)
        made.exits = self.exits(node)
        made.entries = node.incoming
        made.boundaries = self.boundaries.get(node.id, ())

    def make(self, spec: OfficeSpec, node: Node, name: str) -> Token:
        """The spec of a node's behaviour under a name of its own."""
        made = self.bare(spec, node, name)
        made.bpmn_id = node.id
        made.bpmn_name = node.name
        made.lane = node.lane
        made.targets = self.targets.get(node.id, ())
        return made

    def bare(self, spec: OfficeSpec, node: Node, name: str) -> Token:
        kind = node.kind
        plain = _PLAIN.get(kind)
        if plain is not None:
            return plain(spec, name)
        if kind == "scriptTask":
            return steps.ScriptStep(spec, name, script=node.script)
        if kind in SUBPROCESSES:
            container = steps.Handler if node.is_event_subprocess else steps.Subprocess
            if kind == "transaction" and not node.is_event_subprocess:
                container = steps.Transaction
            inside = container(spec, name, subworkflow_spec=node.id)
            inside.inner = node.id
            return inside
        if kind == "callActivity":
            called = steps.Call(spec, name, subworkflow_spec=node.called_element)
            called.inner = node.called_element or ""
            return called
        return self.bare_event(spec, node, name)

    def bare_event(self, spec: OfficeSpec, node: Node, name: str) -> Token:
        kind = node.kind
        wanted = self.events(node)
        definition = spiff_definition(wanted)
        if kind == "startEvent":
            return events.Begin(spec, name, event_definition=spiff_definition(()))
        if kind == "eventBasedGateway":
            return gateways.Race(spec, name, event_definition=definition)
        throwers: dict[str, type[Any]] = {
            "endEvent": events.End,
            "intermediateThrowEvent": events.Throw,
            "sendTask": steps.SendStep,
        }
        if kind in throwers:
            thrower = throwers[kind](spec, name, event_definition=definition)
            thrower.events = wanted
            return self.as_token(thrower)
        made: Any
        if kind == "boundaryEvent":
            made = events.Border(
                spec, name, event_definition=definition, cancel_activity=node.interrupting
            )
        elif kind == "receiveTask":
            made = steps.ReceiveStep(spec, name, event_definition=definition)
        elif _is_link_catch(node):
            return events.Throw(spec, name, event_definition=spiff_definition(()))
        else:
            made = events.Catch(spec, name, event_definition=definition)
        made.listen(wanted, needs_all=node.attributes.get("parallelMultiple") in {"true", "1"})
        return self.as_token(made)

    @staticmethod
    def as_token(made: Any) -> Token:
        token: Token = made
        return token

    def events(self, node: Node) -> tuple[OfficeEvent, ...]:
        """What a node waits for or throws; links are ways, not events."""
        if node.kind in {"sendTask", "receiveTask"}:
            message = OfficeEvent("message", node.message)
            ref = node.attributes.get("messageRef")
            message.aliases = frozenset({ref.rpartition(":")[2]} if ref else ())
            return (message,)
        return tuple(
            office_event(drawn, self.diagram.codes, self.process.limits)
            for drawn in node.events
            if drawn.kind != "link"
        )

    def exits(self, node: Node) -> tuple[Exit, ...]:
        """The ways out of a node; a throwing link's way is its catching one."""
        ways = tuple(
            Exit(
                flow_id=flow_id,
                target=self.process.flows[flow_id].target,
                condition=None
                if flow_id == node.default_flow
                else self.process.flows[flow_id].condition,
                is_default=flow_id == node.default_flow,
            )
            for flow_id in node.outgoing
        )
        if node.kind != "intermediateThrowEvent":
            return ways
        links = {event.name for event in node.events if event.kind == "link"}
        return ways + tuple(
            Exit(None, other.id)
            for other in self.process.children(node.parent)
            if _is_link_catch(other) and other.events[0].name in links
        )

    def make_repeat(self, spec: OfficeSpec, node: Node) -> Token:
        """The spec of an activity that repeats, with the hidden one of its rounds."""
        rule = node.loop
        inner = self.make(spec, node, node.id + ROUND)
        made: repeats.Repeat
        if rule is None or rule.kind == "standard":
            loop = repeats.Loop(spec, node.id)
            loop.condition = rule.condition if rule else None
            loop.maximum = int(rule.maximum) if rule and rule.maximum else None
            loop.test_before = bool(rule and rule.test_before)
            made = loop
        else:
            each = repeats.ForEach(spec, node.id)
            each.sequential = rule.kind == "sequential"
            each.cardinality = rule.cardinality
            each.list_names = self.data_names(rule.data_input)
            each.item = rule.input_item
            results = self.data_names(rule.data_output)
            each.results = results[-1] if results else None
            each.result = rule.output_item
            each.condition = rule.condition
            made = each
        made.round_name = inner.name
        made.bpmn_id = node.id
        made.bpmn_name = node.name
        return made

    def data_names(self, ref: str | None) -> tuple[str, ...]:
        """The names a case's value may have that a data reference stands for."""
        if ref is None:
            return ()
        bare = ref.rpartition(":")[2]
        named = [item.name for item in self.process.data if item.id == bare and item.name]
        return (bare, *named)

    def add_event_starts(self, spec: OfficeSpec, handler: Node) -> list[str]:
        """What waits in a scope for the start of an event subprocess."""
        names: list[str] = []
        for start in self.process.children(handler.id):
            if start.kind != "startEvent":
                continue
            wanted = self.events(start)
            made: Any = events.EventStart(
                spec, start.id + ARMED, event_definition=spiff_definition(wanted)
            )
            made.bpmn_id = start.id
            made.starts = handler.id
            made.begins_at = start.id
            made.interrupting = start.interrupting
            made.listen(wanted, needs_all=start.attributes.get("parallelMultiple") == "true")
            names.append(made.name)
        return names

    def add_birth(self, spec: OfficeSpec, start: Node) -> str:
        """What waits for the event that starts the process."""
        wanted = self.events(start)
        made: Any = events.Birth(spec, start.id + ARMED, event_definition=spiff_definition(wanted))
        made.bpmn_id = start.id
        made.starts = start.id
        made.listen(wanted, needs_all=start.attributes.get("parallelMultiple") == "true")
        name: str = made.name
        return name


def _is_link_catch(node: Node) -> bool:
    return node.kind == "intermediateCatchEvent" and any(
        event.kind == "link" for event in node.events
    )
