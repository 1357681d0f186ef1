"""Writes a diagram down as flat tables.

The same parsed diagram the engine runs and the linter reads. Called processes are written out in
place, so that one table holds a whole case. What the tables cannot express is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, DiagramRefusedError
from engine.catalog.graph import SUBPROCESSES
from engine.catalog.linter import runnable
from simulations.compiling.node_reading import (
    has_conditions,
    kind_of,
    not_simulated,
    only_event,
    timer_of,
    waits_for,
)
from simulations.compiling.tables import DiagramTable, FlatArm, FlatNode, FlatScope, FlatWay, Kind
from simulations.errors import NotSimulatedError

if TYPE_CHECKING:
    from engine.catalog.graph import Diagram, Node, Process

MOST_SCOPES = 60
"""Scopes of one table; a bit each in a whole number."""


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
    process = diagram.main if process_id is None else diagram.process(process_id)
    if process is None:
        known = ", ".join(each.id for each in diagram.processes)
        raise NotSimulatedError(f"Expected a process of {known}, but got {process_id!r}")
    return process


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
        self.processes = (root, *diagram.processes)
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
            raise not_simulated(
                node, f"the process {node.called_element!r} it calls is not in the file"
            )
        if called.id in self._calling:
            raise not_simulated(node, "it calls itself, and tables have an end")
        self._calling.append(called.id)
        inner = self.scope(called, called.id, scope, at, f"{prefix}{node.id}/", by_event=False)
        self._calling.pop()
        return inner

    def add(self, process: Process, node: Node, scope: int, prefix: str) -> tuple[int, int]:
        """Write a node down; gives where its tokens enter, and where its ways leave from."""
        if node.loop is not None:
            raise not_simulated(node, "repeated activities (vòng lặp, nhiều bản) are not simulated")
        made = FlatNode(
            path=prefix + node.id,
            element=node.id,
            name=node.name or node.id,
            kind=kind_of(node, self.diagram),
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
            made.timer = timer_of(node, only_event(node), self.processes)
        elif made.kind is Kind.WAIT:
            made.message = waits_for(node)
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
                    raise not_simulated(
                        node, f"the way to '{target}' crosses a subprocess's border"
                    )
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
                raise not_simulated(node, f"'{target.element}' after it cannot be raced for")

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
                raise not_simulated(plain[1], "a case begins at one plain start event only")
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
            raise not_simulated(node, "it sits on a step nobody works on")
        self.add_arm(node, host, scope, place[node.id], prefix)
        self.nodes[host].arms.append(len(self.arms) - 1)

    def add_event_subprocess(self, process: Process, node: Node, scope: int, prefix: str) -> None:
        """Arm the start of an event subprocess in its scope."""
        begins = [each for each in process.children(node.id) if each.kind == "startEvent"]
        if len(begins) != 1:
            raise not_simulated(node, "an event subprocess begins at one start event only")
        inner = self.scope(process, node.id, scope, -1, prefix, by_event=True)
        self.add_arm(begins[0], -1, scope, inner, prefix)
        self.scopes[scope].arms.append(len(self.arms) - 1)

    def add_arm(self, node: Node, host: int, scope: int, target: int, prefix: str) -> None:
        """Write down one armed event."""
        event = only_event(node)
        timer = timer_of(node, event, self.processes) if event.kind == "timer" else None
        if timer is None and event.kind not in {"message", "signal", "conditional"}:
            raise not_simulated(node, f"the event '{event.kind}' is not simulated")
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
