"""Where tokens come together: all of them, or all that can still come."""

from __future__ import annotations

from simulations import layout as at
from simulations.reference.scopes import forward
from simulations.reference.state import ARMS, Case, Node, Run


def join(run: Run, case: Case, node: Node, way: int) -> None:
    """A token comes to a join by a way; the last one that was missing lets one go on."""
    joined = case.joined
    if way >= 0 and node.entries:
        entry = run.way_entries[way]
        joined[entry] = joined.get(entry, 0) + 1
    if node.kind == at.K_OR_JOIN:
        case.joins += 1
        return
    if node.entries > 1 and way >= 0:
        entries = range(node.first_entry, node.first_entry + node.entries)
        for k in entries:
            if not joined.get(k, 0):
                return
        for k in entries:
            joined[k] -= 1
        case.inside[node.scope] -= node.entries - 1
    forward(run, case, node.number)


def release_join(run: Run, case: Case) -> int:
    """The first inclusive join that may go on, because no token can come any more."""
    rows = run.procedures[case.procedure]
    mine = run.nodes[rows[at.P_NODE] : rows[at.P_NODE_END]]
    for node in mine:
        if node.kind != at.K_OR_JOIN:
            continue
        entries = range(node.first_entry, node.first_entry + node.entries)
        here = [k for k in entries if case.joined.get(k, 0)]
        if not here or (len(here) < node.entries and somebody_comes(run, case, node, mine)):
            continue
        for k in here:
            case.joined[k] -= 1
        case.inside[node.scope] -= len(here) - 1
        case.joins -= len(here)
        return node.number
    return -1


def somebody_comes(run: Run, case: Case, join: Node, mine: list[Node]) -> bool:
    """Whether a token could still come to an empty way into a join, and to none that is not."""
    places = []
    for item in case.items:
        armed = item.state in ARMS
        places.append(run.arms[item.node][at.A_NODE] if armed else item.node)
    places.extend(
        node.number
        for node in mine
        if node is not join
        and any(case.joined.get(node.first_entry + k, 0) for k in range(node.entries))
    )
    first = run.procedures[case.procedure][at.P_NODE]
    for place in places:
        if place < 0 or run.nodes[place].scope != join.scope:
            continue
        reached = [k for k in range(join.entries) if run.upstream[join.upstream + k, place - first]]
        if reached and not any(case.joined.get(join.first_entry + k, 0) for k in reached):
            return True
    return False
