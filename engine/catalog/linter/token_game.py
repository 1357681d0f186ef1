"""The token game of one scope: every way its tokens can go, searched with a bound.

A scope is a process or a subprocess; subprocesses inside it are single activities, for each is
searched on its own. Of all tokens that can move, the one nearest the start moves first and only
its choices are followed: tokens of a diagram move without hindering each other, so no deadlock is
missed, and two tokens that can meet do meet.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from engine.catalog.graph import ACTIVITIES, SUBPROCESSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.catalog.graph import Node, Process

MOST_STATES: Final = 4_000
_MOST_SUBSETS: Final = 6
"""Above so many ways out of an inclusive gateway, only one, two and all of them are followed."""

Place = tuple[str, str | None]
"""A node, and for a gateway that gathers tokens the flow by which the token came."""
Marking = frozenset[Place]


@dataclass(frozen=True)
class Stuck:
    """What can go wrong: the way there, and the places of the tokens then."""

    path: tuple[str, ...]
    marking: Marking

    @property
    def places(self) -> tuple[str, ...]:
        """The nodes that hold tokens."""
        return tuple(sorted({node for node, _ in self.marking}))


@dataclass(frozen=True)
class Outcome:
    """What a search found; `complete` is false when its bound ended it."""

    deadlock: Stuck | None
    doubled: Stuck | None
    cut_off: Stuck | None
    """Other tokens are under way when an end event terminates everything."""
    endless: Stuck | None
    """A marking from which the scope cannot end."""
    complete: bool
    states: int

    @property
    def always_ends(self) -> bool:
        """Whether it is proven that from every marking the scope can still end."""
        return self.complete and self.deadlock is None and self.endless is None


class Game:
    """The token game of a scope of a process."""

    def __init__(self, process: Process, scope: str) -> None:
        self.process = process
        self.nodes = {node.id: node for node in process.children(scope)}
        self.ways = {node_id: tuple(self._ways(node)) for node_id, node in self.nodes.items()}
        self.depth = self._depths()
        self._upstream: dict[str, dict[str, frozenset[str]]] = {}

    def starts(self) -> tuple[Marking, ...]:
        """The markings a scope can begin with: each of its start events, else what is first."""
        starts = [node.id for node in self.nodes.values() if node.kind == "startEvent"]
        if starts:
            return tuple(frozenset({(start, None)}) for start in starts)
        first = frozenset(
            (node.id, None)
            for node in self.nodes.values()
            if not node.incoming
            and node.kind != "boundaryEvent"
            and not node.is_event_subprocess
            and not _catches_link(node)
            and node.attributes.get("isForCompensation") != "true"
        )
        return (first,) if first else ()

    def search(self, begin: Iterable[Marking], most: int = MOST_STATES) -> Outcome:
        """Follow all ways from these markings."""
        before: dict[Marking, tuple[Marking | None, str]] = {}
        queue: deque[Marking] = deque()
        for marking in begin:
            if marking not in before:
                before[marking] = (None, "")
                queue.append(marking)
        after: dict[Marking, set[Marking]] = {}
        deadlock = doubled = cut_off = None
        complete = True
        while queue:
            marking = queue.popleft()
            moved = self._mover(marking)
            if moved is None:
                if marking and deadlock is None:
                    deadlock = Stuck(_path(before, marking), marking)
                continue
            others = marking - moved
            if cut_off is None and others and self._terminates(moved):
                cut_off = Stuck(_path(before, marking), marking)
            for made in self._outcomes(moved):
                if made is None:
                    onward: Marking = frozenset()
                else:
                    onward = others | made
                    twice = frozenset(p for p in others & made if self.ways[p[0]])
                    if doubled is None and twice:
                        way = (*_path(before, marking), *sorted(n for n, _ in moved))
                        doubled = Stuck(way, twice)
                after.setdefault(marking, set()).add(onward)
                if onward in before:
                    continue
                if len(before) >= most:
                    complete = False
                    continue
                before[onward] = (marking, next(iter(sorted(n for n, _ in moved))))
                queue.append(onward)
        endless = None
        if complete and deadlock is None:
            endless = self._endless(before, after)
        return Outcome(deadlock, doubled, cut_off, endless, complete, len(before))

    def _endless(
        self, before: dict[Marking, tuple[Marking | None, str]], after: dict[Marking, set[Marking]]
    ) -> Stuck | None:
        back: dict[Marking, list[Marking]] = {}
        for marking, onward in after.items():
            for each in onward:
                back.setdefault(each, []).append(marking)
        good: set[Marking] = {frozenset()}
        waiting: list[Marking] = [frozenset()]
        while waiting:
            for each in back.get(waiting.pop(), ()):
                if each not in good:
                    good.add(each)
                    waiting.append(each)
        for marking in before:
            if marking not in good:
                return Stuck(_path(before, marking), marking)
        return None

    def _mover(self, marking: Marking) -> Marking | None:
        """The tokens that move next: those nearest the start; None when nothing can."""
        for place in sorted(marking, key=lambda each: (self.depth.get(each[0], 0), each)):
            node = self.nodes[place[0]]
            if place[1] is None:
                return frozenset({place})
            here = frozenset(each for each in marking if each[0] == node.id)
            flows = {flow for _, flow in here}
            if node.kind == "parallelGateway":
                if flows >= set(node.incoming):
                    return here
            elif self._inclusive_opens(node, flows, marking):
                return here
        return None

    def _inclusive_opens(self, node: Node, flows: set[str | None], marking: Marking) -> bool:
        """As the engine does it (BPMN 2.0.2, 13.4.3)."""
        empty = [flow for flow in node.incoming if flow not in flows]
        if not empty:
            return True
        upstream = self._upstream.get(node.id)
        if upstream is None:
            upstream = self._upstream[node.id] = self._look_upstream(node)
        none: frozenset[str] = frozenset()
        might_come = none.union(*(upstream[flow] for flow in empty))
        excused = none.union(*(upstream[flow] for flow in flows if flow in upstream))
        blocking = might_come - excused
        return not any(at in blocking for at, _ in marking if at != node.id)

    def _look_upstream(self, node: Node) -> dict[str, frozenset[str]]:
        before: dict[str, set[str]] = {}
        for source, ways in self.ways.items():
            for target, _ in ways:
                before.setdefault(target, set()).add(source)
        for each in self.nodes.values():
            if each.attached_to is not None:
                before.setdefault(each.id, set()).add(each.attached_to)
        found: dict[str, frozenset[str]] = {}
        for flow in node.incoming:
            seen: set[str] = set()
            waiting = [self.process.flows[flow].source]
            while waiting:
                at = waiting.pop()
                if at in seen or at == node.id:
                    continue
                seen.add(at)
                waiting.extend(before.get(at, ()))
            found[flow] = frozenset(seen)
        return found

    def _terminates(self, moved: Marking) -> bool:
        (first, *_) = moved
        node = self.nodes[first[0]]
        return node.kind == "endEvent" and any(each.kind == "terminate" for each in node.events)

    def _outcomes(self, moved: Marking) -> Iterator[Marking | None]:
        """Where the moved tokens can be next; None when everything ends."""
        node = self.nodes[next(iter(moved))[0]]
        if node.kind == "endEvent":
            ends_all = any(each.kind in {"terminate", "error", "cancel"} for each in node.events)
            yield None if ends_all else frozenset()
            return
        plain = list(self._passed(node))
        yield from plain
        for boundary in self.process.boundaries(node.id) if node.kind in ACTIVITIES else ():
            if any(each.kind == "compensate" for each in boundary.events):
                continue
            beside = frozenset({(boundary.id, None)})
            if boundary.interrupting:
                yield beside
            else:
                for each in plain:
                    yield each | beside

    def _passed(self, node: Node) -> Iterator[Marking]:
        ways = self.ways[node.id]
        places = [self._place(target, flow) for target, flow in ways]
        if node.kind in {"exclusiveGateway", "eventBasedGateway"} and places:
            for place in places:
                yield frozenset({place})
            return
        conditional = {flow for _, flow in ways if flow is not None and self._is_conditional(flow)}
        if node.kind not in {"inclusiveGateway", "complexGateway"} and not conditional:
            yield frozenset(places)
            return
        if node.kind == "parallelGateway":
            yield frozenset(places)
            return
        free = [place for (_, flow), place in zip(ways, places, strict=True) if flow in conditional]
        sure = [
            place for (_, flow), place in zip(ways, places, strict=True) if flow not in conditional
        ]
        if node.kind in {"inclusiveGateway", "complexGateway"} and not conditional:
            free, sure = sure, []
        default = node.default_flow
        always = [
            place
            for (_, flow), place in zip(ways, places, strict=True)
            if place in sure and flow != default
        ]
        otherwise = [place for place in sure if place not in always]
        for chosen in _subsets(free):
            made = [*always, *chosen] if chosen else [*always, *otherwise]
            if made:
                yield frozenset(made)

    def _is_conditional(self, flow_id: str) -> bool:
        flow = self.process.flows[flow_id]
        return flow.condition is not None

    def _place(self, target: str, flow: str | None) -> Place:
        node = self.nodes[target]
        gathers = node.kind in {"parallelGateway", "inclusiveGateway"} and len(node.incoming) > 1
        return (target, flow if gathers else None)

    def _ways(self, node: Node) -> Iterator[tuple[str, str | None]]:
        for flow_id in node.outgoing:
            target = self.process.flows[flow_id].target
            if target in self.nodes:
                yield target, flow_id
        if node.kind == "intermediateThrowEvent":
            links = {each.name for each in node.events if each.kind == "link"}
            for other in self.nodes.values():
                if _catches_link(other) and other.events[0].name in links:
                    yield other.id, None

    def _depths(self) -> dict[str, int]:
        """How far each node is from the start, by the longest way without going round."""
        edges: dict[str, list[str]] = {key: [t for t, _ in ways] for key, ways in self.ways.items()}
        for node in self.nodes.values():
            if node.attached_to in edges:
                edges[node.attached_to].append(node.id)
        order: list[str] = []
        state: dict[str, int] = {}
        forward: dict[str, list[str]] = {key: [] for key in edges}
        roots = sorted(edges, key=lambda key: bool(self.nodes[key].incoming))
        for root in roots:
            if root in state:
                continue
            state[root] = 1
            work = [(root, iter(edges[root]))]
            while work:
                at, targets = work[-1]
                for target in targets:
                    if state.get(target) == 1:
                        continue  # a flow that leads back
                    forward[at].append(target)
                    if target not in state:
                        state[target] = 1
                        work.append((target, iter(edges[target])))
                        break
                else:
                    work.pop()
                    state[at] = 2
                    order.append(at)
        depth = dict.fromkeys(edges, 0)
        for at in reversed(order):
            for target in forward[at]:
                depth[target] = max(depth[target], depth[at] + 1)
        return depth


def scopes_of(process: Process) -> tuple[str, ...]:
    """The process and each of its subprocesses, event subprocesses included."""
    return (process.id, *(node.id for node in process.nodes.values() if node.kind in SUBPROCESSES))


def _subsets(places: list[Place]) -> Iterator[tuple[Place, ...]]:
    sizes: Iterable[int] = range(len(places) + 1)
    if len(places) > _MOST_SUBSETS:
        sizes = (0, 1, 2, len(places))
    for size in sizes:
        yield from combinations(places, size)


def _catches_link(node: Node) -> bool:
    return node.kind == "intermediateCatchEvent" and any(e.kind == "link" for e in node.events)


def _path(before: dict[Marking, tuple[Marking | None, str]], marking: Marking) -> tuple[str, ...]:
    path: list[str] = []
    at: Marking | None = marking
    while at is not None:
        earlier, fired = before[at]
        if fired:
            path.append(fired)
        at = earlier
    return tuple(reversed(path))
