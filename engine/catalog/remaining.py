"""The way that is left: which steps a case still has before its result, and their time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalog.extension import StepKind
from engine.catalog.linter.paths import Paths
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.catalog.graph import Node, Process

AFTER_THE_RESULT = (StepKind.RETURN, StepKind.REFUSE, StepKind.SUPPLEMENT, StepKind.APOLOGISE)
"""Steps that do not lead to the result: the hand-over and the side paths."""


@dataclass(frozen=True)
class Remaining:
    """Steps to the result on the longest way, and their working minutes."""

    minutes: int
    steps: tuple[Node, ...]


def remaining_way(
    process: Process, begin: Iterable[str], minutes_of: Callable[[Node], int]
) -> Remaining:
    """The longest way from the open elements to the hand-over; each element counts once.

    Supplement, apology and refusal are not on it: a proposed date supposes the normal course. Of
    parallel branches the longest counts, as in R44.
    """
    paths = Paths(process)
    side = frozenset(
        node.id
        for node in process.nodes.values()
        if (node.rule is not None and node.rule.kind in AFTER_THE_RESULT)
        or node.is_event_subprocess
    )
    best: dict[str, Remaining] = {}
    nothing = Remaining(0, ())

    def longest(at: str) -> Remaining:
        """Without recursion: diagrams may be long chains, and loops count once."""
        work = [(at, False)]
        under_way: set[str] = set()
        while work:
            here, done = work.pop()
            onward = [
                n for n in paths.main.get(here, ()) if n not in side and not _is_timer(process, n)
            ]
            if done:
                under_way.discard(here)
                after = max(
                    (best.get(n, nothing) for n in onward),
                    key=lambda each: each.minutes,
                    default=nothing,
                )
                node = process.nodes.get(here)
                own = minutes_of(node) if node is not None and node.rule is not None else 0
                steps = (node, *after.steps) if node is not None and own else after.steps
                best[here] = Remaining(own + after.minutes, steps)
            elif here not in best and here not in under_way:
                under_way.add(here)
                work.append((here, True))
                work.extend((n, False) for n in onward if n not in best and n not in under_way)
        return best[at]

    ways = [longest(each) for each in begin if each in process.nodes and each not in side]
    return max(ways, key=lambda each: each.minutes, default=nothing)


def limit_minutes(node: Node) -> int:
    """A step's own limit in working minutes; 0 without one."""
    if node.rule is None or node.rule.limit is None:
        return 0
    return Limit.parse(str(node.rule.limit)).working_minutes() or 0


def _is_timer(process: Process, node_id: str) -> bool:
    node = process.nodes.get(node_id)
    return node is not None and node.kind == "boundaryEvent"
