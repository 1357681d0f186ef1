"""Where a token can go: reach, loops and leaving edges of a process, subprocesses opened up."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from engine.catalog.diagram import SUBPROCESSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.catalog.diagram import Node, Process


def leaving(subprocess: str) -> str:
    """The name of the point where a token leaves a subprocess; never an element's id."""
    return f"{subprocess}#end"


class Paths:
    """The edges a token can take in one process.

    The process's own id stands for its beginning. `side` edges lead to what runs beside the
    work without stopping it (non-interrupting events); `main` has the others.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.main: dict[str, list[str]] = {}
        self.side: dict[str, list[str]] = {}
        self._inside: dict[str, list[Node]] = {}
        self._attached: dict[str, list[Node]] = {}
        for node in process.nodes.values():
            self._inside.setdefault(node.parent, []).append(node)
            if node.attached_to is not None:
                self._attached.setdefault(node.attached_to, []).append(node)
        # A link has one target; of several catching events of one name the first counts.
        self._link_catches: dict[tuple[str, str], str] = {}
        for node in process.nodes.values():
            for name in _link_names(node) if _is_link_catch(node) else ():
                self._link_catches.setdefault((node.parent, name), node.id)
        self._helpers = {association.target for association in process.associations}
        self._open(process.id)
        for node in process.nodes.values():
            if node.kind in SUBPROCESSES:
                self._open(node.id)
            self._step_out(node)
        for association in process.associations:
            if association.source in process.nodes and association.target in process.nodes:
                self._edge(self.side, str(association.source), str(association.target))

    def inside(self, scope: str) -> tuple[Node, ...]:
        """The nodes directly in a scope."""
        return tuple(self._inside.get(scope, ()))

    def attached(self, host: str) -> tuple[Node, ...]:
        """The boundary events of an activity."""
        return tuple(self._attached.get(host, ()))

    def starts(self, scope: str) -> tuple[Node, ...]:
        """Where a token begins in a scope: start events, else whatever nothing leads to."""
        events = [node for node in self.inside(scope) if node.kind == "startEvent"]
        return tuple(events) or tuple(
            node
            for node in self.inside(scope)
            if not node.incoming
            and node.kind != "boundaryEvent"
            and not node.is_event_subprocess
            and not _is_link_catch(node)
            and node.id not in self._helpers
            and node.attributes.get("isForCompensation") != "true"
        )

    def scopes_of(self, node: Node) -> tuple[str, ...]:
        """The subprocesses around a node and at last the process, innermost first."""
        scopes = [node.parent]
        while scopes[-1] in self.process.nodes:
            scopes.append(self.process.nodes[scopes[-1]].parent)
        return tuple(scopes)

    def event_subprocesses(self, scope: str) -> tuple[Node, ...]:
        """The event subprocesses that listen while a scope is open."""
        return tuple(node for node in self.inside(scope) if node.is_event_subprocess)

    def interrupts(self, event_subprocess: Node) -> bool:
        """Whether an event subprocess ends the work around it."""
        return any(start.interrupting for start in self.starts(event_subprocess.id))

    def reach(
        self, begin: Iterable[str], *, avoiding: frozenset[str] = frozenset(), side: bool = True
    ) -> frozenset[str]:
        """Everything a token can come to from there, the beginnings included.

        It does not pass through what is avoided, and takes side edges only when asked to.
        """
        edges = (self.main, self.side) if side else (self.main,)
        return _closure(begin, edges, avoiding)

    def reach_back(
        self, end: Iterable[str], *, avoiding: frozenset[str] = frozenset()
    ) -> frozenset[str]:
        """Everything from which a token can come there, the ends included.

        Ways through what is avoided do not count.
        """
        return _closure(end, (self._back,), avoiding)

    def after(self, node_id: str) -> tuple[str, ...]:
        """Where a token can go next from a node."""
        return (*self.main.get(node_id, ()), *self.side.get(node_id, ()))

    def last_before(self, end: str, stops: frozenset[str]) -> frozenset[str]:
        """The nearest of `stops` on each way back from `end`."""
        back = self._back
        found: set[str] = set()
        seen = {end}
        waiting = [end]
        while waiting:
            for before in back.get(waiting.pop(), ()):
                if before in stops:
                    found.add(before)
                elif before not in seen:
                    seen.add(before)
                    waiting.append(before)
        return frozenset(found)

    def loops(self) -> tuple[frozenset[str], ...]:
        """The sets of nodes that lead back to themselves along main edges."""
        return tuple(
            part
            for part in _strong_parts(self.main)
            if len(part) > 1 or any(each in self.main.get(each, ()) for each in part)
        )

    @cached_property
    def _back(self) -> dict[str, list[str]]:
        """All edges the other way round."""
        back: dict[str, list[str]] = {}
        for edges in (self.main, self.side):
            for source, targets in edges.items():
                for target in targets:
                    back.setdefault(target, []).append(source)
        return back

    def _edge(self, edges: dict[str, list[str]], source: str, target: str) -> None:
        edges.setdefault(source, []).append(target)

    def _open(self, scope: str) -> None:
        starts = self.starts(scope)
        for start in starts:
            self._edge(self.main, scope, start.id)
        if not starts and scope != self.process.id:
            self._edge(self.main, scope, leaving(scope))
        for inner in self.event_subprocesses(scope):
            interrupts = self.interrupts(inner)
            self._edge(self.main if interrupts else self.side, scope, inner.id)
            if interrupts and scope != self.process.id:
                self._edge(self.main, leaving(inner.id), leaving(scope))

    def _step_out(self, node: Node) -> None:
        source = leaving(node.id) if node.kind in SUBPROCESSES else node.id
        for flow_id in node.outgoing:
            self._edge(self.main, source, self.process.flows[flow_id].target)
        thrown = _link_names(node) if node.kind == "intermediateThrowEvent" else frozenset()
        catches = [
            self._link_catches[node.parent, name]
            for name in thrown
            if (node.parent, name) in self._link_catches
        ]
        for each in catches:
            self._edge(self.main, source, each)
        stops = not node.outgoing and not catches and not node.is_event_subprocess
        if stops and node.parent in self.process.nodes:
            self._edge(self.main, source, leaving(node.parent))
        if node.attached_to is not None:
            self._edge(self.main if node.interrupting else self.side, node.attached_to, node.id)


def _link_names(node: Node) -> frozenset[str]:
    return frozenset(event.name or "" for event in node.events if event.kind == "link")


def _is_link_catch(node: Node) -> bool:
    return node.kind == "intermediateCatchEvent" and bool(_link_names(node))


def _closure(
    begin: Iterable[str], edges: Iterable[Mapping[str, list[str]]], avoiding: frozenset[str]
) -> frozenset[str]:
    several = tuple(edges)
    waiting = [each for each in begin if each not in avoiding]
    seen = set(waiting)
    while waiting:
        at = waiting.pop()
        for one in several:
            for target in one.get(at, ()):
                if target not in seen and target not in avoiding:
                    seen.add(target)
                    waiting.append(target)
    return frozenset(seen)


def _strong_parts(edges: Mapping[str, list[str]]) -> list[frozenset[str]]:
    """Tarjan's strongly connected parts, without recursion: diagrams may be long chains."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    parts: list[frozenset[str]] = []
    for root in edges:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(edges.get(root, ())))]
        while work:
            at, targets = work[-1]
            for target in targets:
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges.get(target, ()))))
                    break
                if target in on_stack:
                    low[at] = min(low[at], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == number[at]:
                    part: set[str] = set()
                    while at not in part:
                        top = stack.pop()
                        on_stack.discard(top)
                        part.add(top)
                    parts.append(frozenset(part))
    return parts
