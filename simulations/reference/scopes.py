"""A process and its subprocesses: how they begin, are cleared and end, and what fires in them."""

from __future__ import annotations

from simulations import layout as at
from simulations.reference.items import (
    disarm,
    disarm_where,
    drop,
    kill,
    new_item,
    newest_first,
    note,
)
from simulations.reference.state import ARMS, HOSTING, WAITING, Case, Item, Run, Stop
from simulations.reference.timers import arm, counts_office_time


def scope_arms(run: Run, scope: int) -> list[int]:
    """The events that wait in a scope."""
    row = run.scopes[scope]
    return run.lists[row[at.C_ARMS] : row[at.C_ARMS_END]]


def begin(run: Run, case: Case, scope: int, visit: int) -> None:
    """A scope begins: its events are armed, its first tokens put down."""
    if case.inside.get(scope, 0):
        raise Stop(at.TWO_TOKENS, scope)
    for number in scope_arms(run, scope):
        arm(run, case, number, None, visit)
    row = run.scopes[scope]
    starts = run.lists[row[at.C_STARTS] : row[at.C_STARTS_END]]
    case.inside[scope] = len(starts)
    run.tokens.extend((node, -1) for node in starts)


def take_up(run: Run, case: Case, root: int, tokens: list[int]) -> None:
    """Put a case that is under way where it stands."""
    for number in scope_arms(run, root):
        arm(run, case, number, None, at.TAKEN_UP)
    for token in tokens:
        way = at.LIVE if token >= 0 else -token - 1
        node = token if token >= 0 else run.way_targets[way]
        scope = run.nodes[node].scope
        while True:
            fresh = case.inside.get(scope, 0) == 0 and scope != root
            case.inside[scope] = case.inside.get(scope, 0) + 1
            if not fresh:
                break
            for number in scope_arms(run, scope):
                arm(run, case, number, None, at.TAKEN_UP)
            host = run.scopes[scope][at.C_HOST]
            if host >= 0:
                item = new_item(run, case, host, HOSTING)
                for number in run.nodes[host].arms:
                    arm(run, case, number, item, at.TAKEN_UP)
            scope = run.scopes[scope][at.C_PARENT]
        run.tokens.append((node, way))


def is_inside(run: Run, scope: int, outer: int) -> bool:
    """Whether a scope is another or lies in it."""
    while scope >= 0:
        if scope == outer:
            return True
        scope = run.scopes[scope][at.C_PARENT]
    return False


def clear(run: Run, case: Case, scope: int) -> None:
    """Nothing goes on in a scope and what is inside it any more."""
    for item in newest_first(case):
        armed = item.state in ARMS
        where = run.arms[item.node][at.A_SCOPE] if armed else run.nodes[item.node].scope
        if is_inside(run, where, scope):
            if item.state == WAITING and run.nodes[item.node].hold:
                case.paused_at = -1
            kill(run, item)
    kept = [token for token in run.tokens if not is_inside(run, run.nodes[token[0]].scope, scope)]
    run.tokens.clear()
    run.tokens.extend(kept)
    rows = run.procedures[case.procedure]
    for node in run.nodes[rows[at.P_NODE] : rows[at.P_NODE_END]]:
        if node.entries and is_inside(run, node.scope, scope):
            for k in range(node.entries):
                case.joined.pop(node.first_entry + k, None)
    for other in list(case.inside):
        if is_inside(run, other, scope):
            case.inside[other] = 0


def scope_over(run: Run, case: Case, scope: int) -> int:
    """A scope has no token left; gives the node around it that goes on, or -1."""
    while True:
        disarm_where(run, case, scope)
        row = run.scopes[scope]
        if row[at.C_PARENT] < 0:
            case.closed = True
            return -1
        host = int(row[at.C_HOST])
        if host >= 0:
            item = next(
                each for each in newest_first(case) if each.state == HOSTING and each.node == host
            )
            disarm(item)
            drop(item)
            return host
        scope = row[at.C_PARENT]
        case.inside[scope] -= 1
        if case.inside[scope] > 0:
            return -1


def forward(run: Run, case: Case, number: int) -> None:
    """A token leaves a node by all its ways; without any it ends there."""
    while number >= 0:
        node = run.nodes[number]
        if node.ways:
            if node.more:
                case.inside[node.scope] += node.more
            run.tokens.extend(node.exits)
            return
        case.inside[node.scope] -= 1
        if case.inside[node.scope] > 0:
            return
        number = scope_over(run, case, node.scope)


def fire(run: Run, item: Item, t: int) -> None:
    """An armed event happens."""
    case, host, number = item.case, item.host, item.node
    row = run.arms[number]
    if case.apologised and counts_office_time(row):
        drop(item)
        return
    note(run, case, at.FIRED, number, item.at >> 32)
    scope, target = row[at.A_SCOPE], row[at.A_TARGET]
    ended = run.found[case.number]
    if row[at.A_OUTCOME] == at.WITHDRAWN and ended[at.ENDED_AT] < 0:
        ended[at.ENDED_AT] = t
        ended[at.OUTCOME] = at.WITHDRAWN
        case.finished = True
        note(run, case, at.WITHDRAWN_NOW)
    if row[at.A_INTERRUPTS]:
        if host is not None:
            node = run.nodes[host.node]
            if host.state == HOSTING:
                clear(run, case, node.inner)
            if host.state == WAITING and node.hold:
                case.paused_at = -1
            disarm(host)
            kill(run, host)
            run.tokens.append((target, -1))
            return
        clear(run, case, scope)
        case.inside[scope] = 1
        begin(run, case, target, 0)
        return
    drop(item)
    case.inside[scope] = case.inside.get(scope, 0) + 1
    if host is not None:
        run.tokens.append((target, -1))
    else:
        begin(run, case, target, 0)
