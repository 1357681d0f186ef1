"""How a procedure's ends came about: handed over, refused, withdrawn, or with no known result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalog.extension import StepKind
from engine.catalog.linter.standing import (
    REFUSAL_MESSAGE,
    WITHDRAWAL_MESSAGE,
    is_refusal,
    is_step,
    kind_of,
    waits_for,
)
from engine.catalog.linter.words import OTHER_RESULT_WORDS, REFUSAL_WORDS, speaks_of

if TYPE_CHECKING:
    from engine.catalog.diagram import Node, Process
    from engine.catalog.linter.paths import Paths


@dataclass(frozen=True)
class Ends:
    """The ends of a procedure by their result, in file order.

    An end may be both refused and handed over, when both ways lead to it.
    """

    handed_over: tuple[Node, ...]
    refused: tuple[Node, ...]
    unknown: tuple[Node, ...]


def ends_of(process: Process, paths: Paths) -> Ends:
    """Sort the ends of a procedure; an end inside an embedded subprocess ends only that."""
    ends = [node for node in process.nodes.values() if _ends_case(node, paths)]
    nodes = process.nodes.values()
    refusals = frozenset(node.id for node in nodes if is_refusal(node))
    off_course = refusals | {node.id for node in nodes if waits_for(node, WITHDRAWAL_MESSAGE)}
    normal = paths.reach([process.id], avoiding=off_course, side=False)
    refused = paths.reach(refusals)
    withdrawn = paths.reach(node.id for node in nodes if waits_for(node, WITHDRAWAL_MESSAGE))
    main = paths.reach([process.id], side=False)
    steps = frozenset(node.id for node in nodes if is_step(node))
    handed: list[Node] = []
    unknown: list[Node] = []
    for end in ends:
        last = {kind_of(process.nodes[each]) for each in paths.last_before(end.id, steps)}
        returns = StepKind.RETURN in last
        if returns and end.id in normal:
            handed.append(end)
        known = (
            returns
            or end.id in refused
            or end.id in withdrawn
            or end.id not in main
            or _names_result(end)
        )
        if not known:
            unknown.append(end)
    return Ends(tuple(handed), tuple(end for end in ends if end.id in refused), tuple(unknown))


def _ends_case(node: Node, paths: Paths) -> bool:
    if node.kind != "endEvent":
        return False
    around = paths.scopes_of(node)[:-1]
    return all(paths.process.nodes[scope].is_event_subprocess for scope in around)


def _names_result(end: Node) -> bool:
    labels = (end.name, *(event.name or "" for event in end.events))
    if any(label in {REFUSAL_MESSAGE, WITHDRAWAL_MESSAGE} for label in labels):
        return True
    return any(speaks_of(label, REFUSAL_WORDS + OTHER_RESULT_WORDS) for label in labels)
