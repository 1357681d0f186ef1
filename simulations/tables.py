"""A diagram as flat tables of whole numbers: nodes, ways, scopes and what is armed in them.

The same parsed diagram the engine runs and the linter reads. Called processes are written out in
place, so that one table holds a whole case. What the tables cannot express is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from engine.catalog.extension import Relation
from engine.catalog.finding import Blocks, DiagramRefusedError
from engine.catalog.graph import SUBPROCESSES
from engine.catalog.linter import runnable
from simulations.errors import NotSimulatedError

if TYPE_CHECKING:
    from engine.catalog.extension import HoldRule, StepRule
    from engine.catalog.graph import Diagram, EventDefinition, Node, Process


class Kind(IntEnum):
    """What a token does at a node."""

    PASS = 0
    TASK = 1
    XOR = 2
    AND = 3
    OR_SPLIT = 4
    OR_JOIN = 5
    WAIT = 6
    TIMER = 7
    RACE = 8
    SUB = 9
    TERMINATE = 10


@dataclass(frozen=True)
class TimerRule:
    """When a timer fires: a named limit with its relation, or so many seconds of real time."""

    name: str
    relation: Relation = Relation.AFTER_ARMING
    amount: str | None = None
    real_seconds: int | None = None


@dataclass(frozen=True)
class FlatWay:
    """A way out of a node; `entry` is its place among the ways into a join, else -1."""

    flow_id: str
    target: int
    entry: int
    is_default: bool


@dataclass
class FlatNode:
    """A place a token can be in. `element` is the diagram's id, `path` is unique in the table."""

    path: str
    element: str
    name: str
    kind: Kind
    scope: int
    ways: list[FlatWay] = field(default_factory=list)
    arms: list[int] = field(default_factory=list)
    entries: int = 0
    rule: StepRule | None = None
    role: str | None = None
    hold: HoldRule | None = None
    message: str | None = None
    timer: TimerRule | None = None
    inner: int = -1
    """The scope inside a subprocess or called process."""
    upstream: tuple[frozenset[int], ...] = ()
    """For each entry of an inclusive join, the nodes from which it can be reached without us."""
    conditional: bool = False
    """Whether a choice is made here (a share is needed for each way)."""


@dataclass(frozen=True)
class FlatArm:
    """An event on a border or the start of an event subprocess: armed while its host goes on."""

    element: str
    name: str
    path: str
    host: int
    """The node whose border it sits on; -1 for the start of an event subprocess."""
    scope: int
    """The scope it waits in."""
    target: int
    """The node it leads to, or the scope it begins."""
    interrupting: bool
    message: str | None
    timer: TimerRule | None

    @property
    def begins_scope(self) -> bool:
        """Whether it begins an event subprocess."""
        return self.host < 0


@dataclass
class FlatScope:
    """The whole case, a subprocess, a called process or an event subprocess."""

    path: str
    parent: int
    host: int
    by_event: bool
    starts: list[int] = field(default_factory=list)
    arms: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class DiagramTable:
    """One process, flat. Node 0 need not be a start; scope 0 is the case itself."""

    process_id: str
    name: str
    sha256: str
    code: str | None
    field: str
    level: str
    total: str | None
    nodes: tuple[FlatNode, ...]
    scopes: tuple[FlatScope, ...]
    arms: tuple[FlatArm, ...]
    one_stop_role: str | None

    def node(self, element: str) -> FlatNode | None:
        """The first node of an element."""
        return next((each for each in self.nodes if element in (each.element, each.path)), None)


MOST_SCOPES = 60
"""Scopes of one table; a bit each in a whole number."""

_AUTOMATIC = frozenset(
    {"task", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "startEvent", "endEvent"}
)
_PEOPLE = frozenset({"userTask", "manualTask"})
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)


def tables_of(diagram: Diagram, process_id: str | None = None) -> DiagramTable:
    """The tables of a diagram's process; by default the one a case of it would run.

    Raises:
        DiagramRefusedError: the engine would refuse the diagram too.
        NotSimulatedError: it runs, but holds something that is not simulated; names the element.
    """
    found = [*diagram.findings, *runnable.check(diagram)]
    blocking = [finding for finding in found if finding.blocks is Blocks.RUN]
    if blocking:
        raise DiagramRefusedError(blocking, expected="a diagram that can run")
    process = _chosen(diagram, process_id)
    builder = _Builder(diagram, process)
    builder.begin(process)
    head = process.extension
    return DiagramTable(
        process_id=process.id,
        name=head.name if head else process.name or process.id,
        sha256=diagram.sha256,
        code=head.code if head else None,
        field=head.field if head else "",
        level=head.level if head else "",
        total=head.total or None if head else None,
        nodes=tuple(builder.nodes),
        scopes=tuple(builder.scopes),
        arms=tuple(builder.arms),
        one_stop_role=_first_role(process),
    )


def _chosen(diagram: Diagram, process_id: str | None) -> Process:
    if process_id is not None:
        process = diagram.process(process_id)
        if process is None:
            known = ", ".join(each.id for each in diagram.processes)
            raise NotSimulatedError(f"Expected a process of {known}, but got {process_id!r}")
        return process
    called = {
        node.called_element for process in diagram.processes for node in process.nodes.values()
    }
    return min(
        diagram.processes,
        key=lambda each: (each.extension is None, not each.is_executable, each.id in called),
    )


def _first_role(process: Process) -> str | None:
    for node in process.nodes.values():
        if node.rule is not None and node.rule.kind == "receive" and node.rule.role:
            return node.rule.role
    return None


class _Builder:
    """Writes one process, and what it calls, into lists."""

    def __init__(self, diagram: Diagram, root: Process) -> None:
        self.diagram = diagram
        self.root = root
        self.nodes: list[FlatNode] = []
        self.scopes: list[FlatScope] = []
        self.arms: list[FlatArm] = []
        self._calling: list[str] = []

    def begin(self, process: Process) -> None:
        """Write the process down as scope 0."""
        self._calling.append(process.id)
        self.scope(process, process.id, -1, -1, "", by_event=False)

    def scope(
        self,
        process: Process,
        scope_id: str,
        parent: int,
        host: int,
        prefix: str,
        *,
        by_event: bool,
    ) -> int:
        """Write down everything directly inside a process or subprocess; gives its number."""
        if len(self.scopes) >= MOST_SCOPES:
            raise NotSimulatedError(
                f"Expected at most {MOST_SCOPES} subprocesses, but '{scope_id}' is one more",
                element=scope_id,
            )
        number = len(self.scopes)
        self.scopes.append(FlatScope(prefix + scope_id, parent, host, by_event))
        children = [each for each in process.children(scope_id) if not each.is_event_subprocess]
        place: dict[str, int] = {}
        out_of: dict[str, int] = {}
        for node in children:
            place[node.id], out_of[node.id] = self.add(process, node, number, prefix)
        self.join_up(process, children, place, out_of)
        self.scopes[number].starts = self.starts(process, scope_id, children, place, by_event)
        for node in children:
            if node.kind == "boundaryEvent":
                self.add_boundary(node, number, place, prefix)
        for node in children:
            at = place[node.id]
            if node.kind in SUBPROCESSES:
                self.nodes[at].inner = self.scope(
                    process, node.id, number, at, prefix, by_event=False
                )
            elif node.kind == "callActivity":
                self.nodes[at].inner = self.call(node, number, at, prefix)
        for node in process.children(scope_id):
            if node.is_event_subprocess:
                self.add_event_subprocess(process, node, number, prefix)
        self.look_upstream(number)
        return number

    def call(self, node: Node, scope: int, at: int, prefix: str) -> int:
        """Write a called process out in place."""
        called = self.diagram.process(node.called_element or "")
        if called is None:
            raise _not(node, f"the process {node.called_element!r} it calls is not in the file")
        if called.id in self._calling:
            raise _not(node, "it calls itself, and tables have an end")
        self._calling.append(called.id)
        inner = self.scope(called, called.id, scope, at, f"{prefix}{node.id}/", by_event=False)
        self._calling.pop()
        return inner

    def add(self, process: Process, node: Node, scope: int, prefix: str) -> tuple[int, int]:
        """Write a node down; gives where its tokens enter, and where its ways leave from."""
        if node.loop is not None:
            raise _not(node, "repeated activities (vòng lặp, nhiều bản) are not simulated")
        made = FlatNode(
            path=prefix + node.id,
            element=node.id,
            name=node.name or node.id,
            kind=self.kind(node),
            scope=scope,
            rule=node.rule,
            role=node.rule.role if node.rule and node.rule.role else None,
            hold=node.hold,
        )
        if made.kind is Kind.TASK and made.role is None:
            lane = next(
                (each for each in self.root.lanes if each.id == node.lane),
                None,
            )
            made.role = lane.role if lane is not None and lane.role else None
        if made.kind is Kind.TIMER:
            made.timer = self.timer(node, _only_event(node))
        elif made.kind is Kind.WAIT:
            made.message = _waits_for(node)
        at = len(self.nodes)
        self.nodes.append(made)
        joins = made.kind is Kind.OR_JOIN
        forks = node.kind not in {"exclusiveGateway", "parallelGateway", "eventBasedGateway"}
        if joins and len(node.incoming) <= 1:
            made.kind = Kind.OR_SPLIT if len(node.outgoing) > 1 else Kind.PASS
            made.conditional = len(node.outgoing) > 1
            return at, at
        if made.kind is Kind.XOR:
            made.conditional = len(node.outgoing) > 1
        if forks and len(node.outgoing) > 1 and made.kind is not Kind.PASS:
            return at, self.add_fork(process, node, made, at)
        if made.kind is Kind.PASS and len(node.outgoing) > 1 and has_conditions(process, node):
            made.kind, made.conditional = Kind.OR_SPLIT, True
        return at, at

    def add_fork(self, process: Process, node: Node, made: FlatNode, at: int) -> int:
        """The several ways out of an activity leave from a node of their own."""
        splits = node.kind == "inclusiveGateway" or has_conditions(process, node)
        fork = FlatNode(
            path=made.path + "#ways",
            element=node.id,
            name=made.name,
            kind=Kind.OR_SPLIT if splits else Kind.PASS,
            scope=made.scope,
            conditional=splits,
        )
        self.nodes.append(fork)
        made.ways.append(FlatWay("", at + 1, -1, is_default=False))
        return at + 1

    def kind(self, node: Node) -> Kind:
        """What a token does there."""
        if node.kind in _PEOPLE:
            return Kind.TASK
        if node.kind in SUBPROCESSES:
            if node.kind != "subProcess":
                raise _not(node, f"a {node.kind} is not simulated")
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
            raise _not(node, "only one timer, message, signal or condition is waited for")
        if node.kind in _AUTOMATIC or node.kind == "intermediateThrowEvent":
            if node.kind == "endEvent" and kinds == {"terminate"}:
                return Kind.TERMINATE
            if node.kind != "startEvent":
                self.check_thrown(node)
            return Kind.PASS
        raise _not(node, f"a {node.kind} is not simulated")

    def check_thrown(self, node: Node) -> None:
        """A thrown event must leave the case: nothing inside may wait for it."""
        for event in node.events:
            if event.kind not in {"message", "signal", "link"}:
                raise _not(node, f"the event '{event.kind}' is not simulated")
            inside = any(
                other is not node
                and other.kind not in {"endEvent", "intermediateThrowEvent"}
                and any(e.kind == event.kind and e.name == event.name for e in other.events)
                for process in self.diagram.processes
                for other in process.nodes.values()
            )
            if inside and event.kind != "link":
                raise _not(node, f"the {event.kind} '{event.name}' is caught inside the case")

    def timer(self, node: Node, event: EventDefinition) -> TimerRule:
        """When a timer fires."""
        text = (event.text or "").strip().strip("\"'")
        if event.text_kind == "timeCycle":
            raise _not(node, "a timer that repeats is not simulated")
        for process in (self.root, *self.diagram.processes):
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
        raise _not(node, f"the timer's text {text!r} is neither a named limit nor a duration")

    def join_up(
        self, process: Process, children: list[Node], place: dict[str, int], out_of: dict[str, int]
    ) -> None:
        """Write down the ways between the nodes of a scope."""
        entries: dict[str, dict[str, int]] = {
            node.id: {flow: number for number, flow in enumerate(node.incoming)}
            for node in children
            if self.nodes[place[node.id]].kind in {Kind.AND, Kind.OR_JOIN}
        }
        for node_id, flows in entries.items():
            self.nodes[place[node_id]].entries = len(flows)
        for node in children:
            source = self.nodes[out_of[node.id]]
            for flow_id in node.outgoing:
                target = process.flows[flow_id].target
                if target not in place:
                    raise _not(node, f"the way to '{target}' crosses a subprocess's border")
                source.ways.append(
                    FlatWay(
                        flow_id,
                        place[target],
                        entries.get(target, {}).get(flow_id, -1),
                        is_default=flow_id == node.default_flow,
                    )
                )
            if source.kind is Kind.RACE:
                self.check_race(node, source)
            links = {event.name for event in node.events if event.kind == "link"}
            if node.kind == "intermediateThrowEvent" and links:
                for other in children:
                    if other.kind == "intermediateCatchEvent" and links & {
                        event.name for event in other.events if event.kind == "link"
                    }:
                        source.ways.append(FlatWay("", place[other.id], -1, is_default=False))

    def check_race(self, node: Node, race: FlatNode) -> None:
        """After an event-based gateway only waits without a pause of the clock may follow."""
        for way in race.ways:
            target = self.nodes[way.target]
            if target.kind not in {Kind.WAIT, Kind.TIMER} or target.hold is not None:
                raise _not(node, f"'{target.element}' after it cannot be raced for")

    def starts(
        self,
        process: Process,
        scope_id: str,
        children: list[Node],
        place: dict[str, int],
        by_event: bool,
    ) -> list[int]:
        """Where the first tokens of a scope are put."""
        begins = [node for node in children if node.kind == "startEvent"]
        if by_event:
            return [place[node.id] for node in begins]
        if begins:
            plain = [node for node in begins if not node.events]
            if scope_id == process.id and len(plain) > 1:
                raise _not(plain[1], "a case begins at one plain start event only")
            # A process that only a message starts begins there: arrivals are the message.
            return [place[node.id] for node in plain or begins[:1]]
        return [
            place[node.id]
            for node in children
            if not node.incoming
            and node.kind != "boundaryEvent"
            and not any(event.kind == "link" for event in node.events)
        ]

    def add_boundary(self, node: Node, scope: int, place: dict[str, int], prefix: str) -> None:
        """Arm an event on the border of an activity."""
        host = place[node.attached_to or ""]
        if self.nodes[host].kind not in {Kind.TASK, Kind.SUB, Kind.WAIT}:
            raise _not(node, "it sits on a step nobody works on")
        self.add_arm(node, host, scope, place[node.id], prefix)
        self.nodes[host].arms.append(len(self.arms) - 1)

    def add_event_subprocess(self, process: Process, node: Node, scope: int, prefix: str) -> None:
        """Arm the start of an event subprocess in its scope."""
        begins = [each for each in process.children(node.id) if each.kind == "startEvent"]
        if len(begins) != 1:
            raise _not(node, "an event subprocess begins at one start event only")
        inner = self.scope(process, node.id, scope, -1, prefix, by_event=True)
        self.add_arm(begins[0], -1, scope, inner, prefix)
        self.scopes[scope].arms.append(len(self.arms) - 1)

    def add_arm(self, node: Node, host: int, scope: int, target: int, prefix: str) -> None:
        """Write down one armed event."""
        event = _only_event(node)
        timer = self.timer(node, event) if event.kind == "timer" else None
        if timer is None and event.kind not in {"message", "signal", "conditional"}:
            raise _not(node, f"the event '{event.kind}' is not simulated")
        self.arms.append(
            FlatArm(
                element=node.id,
                name=node.name or node.id,
                path=prefix + node.id,
                host=host,
                scope=scope,
                target=target,
                interrupting=node.interrupting,
                message=None if timer else event.name or node.id,
                timer=timer,
            )
        )

    def look_upstream(self, scope: int) -> None:
        """For each entry of each inclusive join: from where it can still be reached."""
        inside = [at for at, node in enumerate(self.nodes) if node.scope == scope]
        before: dict[int, set[int]] = {at: set() for at in inside}
        for at in inside:
            for way in self.nodes[at].ways:
                before[way.target].add(at)
            for arm in self.nodes[at].arms:
                before[self.arms[arm].target].add(at)
        for at in inside:
            join = self.nodes[at]
            if join.kind is not Kind.OR_JOIN:
                continue
            sources: list[set[int]] = [set() for _ in range(join.entries)]
            for source in inside:
                for way in self.nodes[source].ways:
                    if way.target == at and way.entry >= 0:
                        sources[way.entry].add(source)
            join.upstream = tuple(_reaching(each, before, at) for each in sources)


def has_conditions(process: Process, node: Node) -> bool:
    """Whether any way out of a node is conditional."""
    conditional = (process.flows[each].condition is not None for each in node.outgoing)
    return node.default_flow is not None or any(conditional)


def _reaching(sources: set[int], before: dict[int, set[int]], without: int) -> frozenset[int]:
    seen: set[int] = set()
    waiting = list(sources)
    while waiting:
        at = waiting.pop()
        if at in seen or at == without:
            continue
        seen.add(at)
        waiting.extend(before[at])
    return frozenset(seen)


def _only_event(node: Node) -> EventDefinition:
    if len(node.events) != 1:
        raise _not(node, f"it waits for {len(node.events)} events, and one is simulated")
    return node.events[0]


def _waits_for(node: Node) -> str:
    if node.events:
        return node.events[0].name or node.events[0].text or node.id
    return node.message or node.id


def _not(node: Node, why: str) -> NotSimulatedError:
    return NotSimulatedError(
        f"Expected a diagram that can be simulated, but '{node.id}' ({node.name or node.kind},"
        f" line {node.line}): {why}",
        element=node.id,
    )
