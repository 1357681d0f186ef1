"""A block-structured diagram found in an event log, with how often each choice was taken.

The inductive miner (Leemans, Fahland, van der Aalst 2013) with its filter for rare successions:
the directly-follows graph is cut into choice, sequence, concurrency or loop, and the log is parted
along the cut, so every block knows how often it was entered and each of its ways was taken. What
no cut fits becomes a loop over all its activities, and `loose` counts those.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Trace = tuple[str, ...]
RARE = 0.2
"""Successions rarer than this share of the commonest one from the same activity are noise."""


class Block(StrEnum):
    """What a node of the tree does with its parts."""

    ACTIVITY = "activity"
    NOTHING = "nothing"
    SEQUENCE = "sequence"
    CHOICE = "choice"
    TOGETHER = "together"
    LOOP = "loop"
    """The first part, then again and again: another part and the first."""


@dataclass(frozen=True)
class Tree:
    """A block with how often it was entered, and its parts."""

    block: Block
    entered: int
    activity: str = ""
    parts: tuple[Tree, ...] = ()

    def activities(self) -> set[str]:
        """All activities inside."""
        if self.block is Block.ACTIVITY:
            return {self.activity}
        return {each for part in self.parts for each in part.activities()}

    def concurrent(self) -> set[frozenset[str]]:
        """Pairs of activities that may go on at the same time."""
        found = {pair for part in self.parts for pair in part.concurrent()}
        if self.block is Block.TOGETHER:
            sides = [part.activities() for part in self.parts]
            for number, one in enumerate(sides):
                for other in sides[number + 1 :]:
                    found |= {frozenset((a, b)) for a in one for b in other}
        return found


@dataclass
class Discovered:
    """The tree, and how many blocks no cut fitted."""

    tree: Tree
    loose: int = 0


@dataclass
class _Graph:
    follows: Counter[tuple[str, str]] = field(default_factory=Counter)
    starts: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)


def discover(traces: Iterable[Trace]) -> Discovered:
    """The tree of a log of traces."""
    found = Discovered(Tree(Block.NOTHING, 0))
    found.tree = _mine(Counter(traces), found)
    return found


def _mine(log: Counter[Trace], found: Discovered) -> Tree:
    entered = log.total()
    filled = Counter({trace: n for trace, n in log.items() if trace})
    empty = entered - filled.total()
    if not filled:
        return Tree(Block.NOTHING, entered)
    if empty:
        return Tree(Block.CHOICE, entered, parts=(_mine(filled, found), Tree(Block.NOTHING, empty)))
    graph = _graph(filled)
    if len(graph.names) == 1:
        return _single(filled, next(iter(graph.names)))
    for seen in (graph, _filtered(graph)):
        for cut in (_choice, _sequence, _together, _loop):
            made = cut(seen, filled)
            if made is not None:
                block, logs = made
                return Tree(block, entered, parts=tuple(_mine(each, found) for each in logs))
    return _loose(filled, graph, found)


def _single(log: Counter[Trace], name: str) -> Tree:
    entered = log.total()
    done = sum(len(trace) * n for trace, n in log.items())
    leaf = Tree(Block.ACTIVITY, done, name)
    if done == entered:
        return leaf
    return Tree(Block.LOOP, entered, parts=(leaf, Tree(Block.NOTHING, done - entered)))


def _loose(log: Counter[Trace], graph: _Graph, found: Discovered) -> Tree:
    """Whatever comes in any order: one activity after another, each by its share."""
    found.loose += 1
    counts: Counter[str] = Counter()
    for trace, n in log.items():
        for name in trace:
            counts[name] += n
    done, entered = counts.total(), log.total()
    leaves = tuple(Tree(Block.ACTIVITY, counts[name], name) for name in sorted(graph.names))
    choice = Tree(Block.CHOICE, done, parts=leaves)
    return Tree(Block.LOOP, entered, parts=(choice, Tree(Block.NOTHING, done - entered)))


def _graph(log: Counter[Trace]) -> _Graph:
    graph = _Graph()
    for trace, n in log.items():
        graph.names.update(trace)
        graph.starts[trace[0]] += n
        graph.ends[trace[-1]] += n
        for pair in pairwise(trace):
            graph.follows[pair] += n
    return graph


def _filtered(graph: _Graph) -> _Graph:
    most: dict[str, int] = defaultdict(int)
    for (a, _), n in graph.follows.items():
        most[a] = max(most[a], n)
    for a, n in graph.ends.items():
        most[a] = max(most[a], n)
    top_start = max(graph.starts.values())
    return _Graph(
        Counter({(a, b): n for (a, b), n in graph.follows.items() if n >= RARE * most[a]}),
        Counter({a: n for a, n in graph.starts.items() if n >= RARE * top_start}),
        Counter({a: n for a, n in graph.ends.items() if n >= RARE * most[a]}),
        graph.names,
    )


_Made = tuple[Block, list[Counter[Trace]]]


def _choice(graph: _Graph, log: Counter[Trace]) -> _Made | None:
    parts = _components(graph.names, graph.follows)
    if len(parts) < 2:  # noqa: PLR2004 (a cut has two sides)
        return None
    logs: list[Counter[Trace]] = [Counter() for _ in parts]
    for trace, n in log.items():
        inside = [sum(name in part for name in trace) for part in parts]
        best = inside.index(max(inside))
        logs[best][tuple(name for name in trace if name in parts[best])] += n
    return Block.CHOICE, logs


def _sequence(graph: _Graph, log: Counter[Trace]) -> _Made | None:
    reach = _reach(graph)
    # What reaches each other, or does not at all, belongs together.
    same = {
        (a, b): 1
        for a in graph.names
        for b in graph.names
        if a != b and ((b in reach[a]) == (a in reach[b]))
    }
    parts = _components(graph.names, same)
    if len(parts) < 2:  # noqa: PLR2004
        return None
    parts.sort(key=lambda part: (-len(reach[min(part)] - part), min(part)))
    for one, other in pairwise(parts):
        if any(b in reach[a] for a in other for b in one):
            return None
    return Block.SEQUENCE, [_projected(log, part) for part in parts]


def _together(graph: _Graph, log: Counter[Trace]) -> _Made | None:
    apart = {
        (a, b): 1
        for a in graph.names
        for b in graph.names
        if a < b and not ((a, b) in graph.follows and (b, a) in graph.follows)
    }
    parts = _components(graph.names, apart)
    whole = [p for p in parts if p & graph.starts.keys() and p & graph.ends.keys()]
    if len(whole) < 2:  # noqa: PLR2004
        return None
    # Parts that cannot begin or end by themselves go with the largest that can.
    rest = set().union(*(p for p in parts if p not in whole), set())
    whole.sort(key=len)
    whole[-1] = whole[-1] | rest
    whole.sort(key=min)
    return Block.TOGETHER, [_projected(log, part) for part in whole]


def _loop(graph: _Graph, log: Counter[Trace]) -> _Made | None:
    starts, ends = graph.starts.keys(), graph.ends.keys()
    body = set(starts) | set(ends)
    inner = {(a, b): n for (a, b), n in graph.follows.items() if a not in body and b not in body}
    parts = _components(graph.names - body, inner)
    again = []
    for part in parts:
        enters = {a for (a, b) in graph.follows if b in part and a not in part}
        leaves = {b for (a, b) in graph.follows if a in part and b not in part}
        if enters and leaves and enters <= set(ends) and leaves <= set(starts):
            again.append(part)
        else:
            body |= part
    if not again:
        return None
    redo = set().union(*again)
    first: Counter[Trace] = Counter()
    others: Counter[Trace] = Counter()
    for trace, n in log.items():
        run: list[str] = []
        in_redo = False
        for name in trace:
            if (name in redo) != in_redo:
                (others if in_redo else first)[tuple(run)] += n
                run, in_redo = [], not in_redo
            run.append(name)
        (others if in_redo else first)[tuple(run)] += n
        if in_redo:
            first[()] += n
    return Block.LOOP, [first, others]


def _projected(log: Counter[Trace], part: set[str]) -> Counter[Trace]:
    found: Counter[Trace] = Counter()
    for trace, n in log.items():
        found[tuple(name for name in trace if name in part)] += n
    return found


def _components(names: Iterable[str], pairs: Mapping[tuple[str, str], int]) -> list[set[str]]:
    beside: dict[str, set[str]] = {name: set() for name in names}
    for a, b in pairs:
        if a in beside and b in beside:
            beside[a].add(b)
            beside[b].add(a)
    found, seen = [], set()
    for name in sorted(beside):
        if name in seen:
            continue
        part, waiting = set(), [name]
        while waiting:
            at = waiting.pop()
            if at not in part:
                part.add(at)
                waiting.extend(beside[at])
        seen |= part
        found.append(part)
    return found


def _reach(graph: _Graph) -> dict[str, set[str]]:
    after: dict[str, set[str]] = {name: set() for name in graph.names}
    for a, b in graph.follows:
        after[a].add(b)
    found = {}
    for name in graph.names:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for other in after[waiting.pop()]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        found[name] = seen
    return found


def walk(tree: Tree, visit: Callable[[Tree], None]) -> None:
    """Look at every block, outermost first."""
    visit(tree)
    for part in tree.parts:
        walk(part, visit)


def variants(traces: Sequence[Trace]) -> int:
    """How many different traces there are."""
    return len(set(traces))
