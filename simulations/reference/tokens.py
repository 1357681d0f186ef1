"""Tokens move through the diagram until each of them waits for something."""

from __future__ import annotations

from bisect import bisect_left

from simulations import layout as at
from simulations.draws import SALT_DELAY, amount, uniform
from simulations.office_arrays import next_open
from simulations.reference.items import disarm_where, new_item, note, schedule
from simulations.reference.joins import join, release_join
from simulations.reference.scopes import begin, clear, forward, scope_over
from simulations.reference.state import (
    HOSTING,
    JOINS,
    LATER,
    NEVER,
    READY,
    WAITING,
    WAITS,
    Case,
    Node,
    Run,
    Stop,
)
from simulations.reference.timers import arm, pause, timer_at


def move_tokens(run: Run, case: Case) -> None:
    """Move the tokens of a case, first come first served."""
    nodes, tokens, visits, moved = run.nodes, run.tokens, case.visits, 0
    while True:
        if not tokens:
            node = release_join(run, case) if case.joins > 0 and not case.closed else -1
            if node < 0:
                return
            forward(run, case, node)
            continue
        number, way = tokens.popleft()
        moved += 1
        if moved > at.MOST_STEPS:
            raise Stop(at.RUNAWAY, number)
        node_row = nodes[number]
        kind = node_row.kind
        if kind == at.K_PASS:
            forward(run, case, number)
            continue
        if kind in JOINS:
            join(run, case, node_row, way)
            continue
        visit = visits.get(number, 0)
        visits[number] = visit + 1
        if kind == at.K_TASK:
            open_step(run, case, node_row, visit)
        elif kind == at.K_XOR:
            choose(run, case, node_row, visit)
        elif kind == at.K_OR_SPLIT:
            choose_some(run, case, node_row, visit)
        elif kind in WAITS:
            wait(run, case, node_row, visit, way)
        elif kind == at.K_SUB:
            item = new_item(run, case, number, HOSTING)
            for event in node_row.arms:
                arm(run, case, event, item, visit)
            begin(run, case, node_row.inner, visit)
            if not case.inside[node_row.inner]:
                forward(run, case, scope_over(run, case, node_row.inner))
        else:
            clear(run, case, node_row.scope)
            forward(run, case, scope_over(run, case, node_row.scope))


def open_step(run: Run, case: Case, node: Node, visit: int) -> None:
    """A step is there to be done: at once, or after a delay and at an instant of signing."""
    t = run.t
    item = new_item(run, case, node.number, READY)
    if run.trace:
        note(run, case, at.OPENED, node.number, item.serial)
    for event in node.arms:
        arm(run, case, event, item, visit)
    if visit >= at.MOST_VISITS:
        raise Stop(at.RUNAWAY, node.number)
    if node.finishes and not case.finished:
        case.finished = True
        row = run.found[case.number]
        row[at.ENDED_AT] = t
        row[at.OUTCOME] = node.finishes
        row[at.HELD_SINCE] = -1
        row[at.DUE] = case.due
        disarm_where(run, case, None)
        note(run, case, at.FINISHED, node.finishes, case.due)
    work = node.works[2 * case.of_class]
    item.work = amount(run.rows[work], run.values, uniform(case.key, node.salt, visit))
    run.offered[node.role] += item.work
    later = t
    delay = node.works[2 * case.of_class + 1]
    if delay >= 0:
        u = uniform(case.key, node.salt ^ SALT_DELAY, visit)
        drawn = amount(run.rows[delay], run.values, u)
        later = next_open(run.office, t + drawn) if drawn > 0 else t
    if node.signing >= 0 and later >= 0:
        instants = run.signing[node.signing]
        place = bisect_left(instants, later)
        later = instants[place] if place < len(instants) else -1
    if later < 0:
        raise Stop(at.NO_CALENDAR)
    if later > t:
        item.state = LATER
        run.sums[node.number][at.DELAYED] += later - t
        schedule(run, item, later, 1)
    else:
        run.ready.append(item)


def choose(run: Run, case: Case, node: Node, visit: int) -> None:
    """One way out is taken; without any the token ends there."""
    if not node.ways:
        forward(run, case, node.number)
        return
    taken = node.exits[-1]
    if node.odds:
        u, of_class = uniform(case.key, node.salt, visit), case.of_class
        for each, chance in node.odds:
            if u < chance[of_class]:
                taken = each
                break
        if run.trace:
            note(run, case, at.CHOSEN, node.number, taken[1])
    run.tokens.append(taken)


def choose_some(run: Run, case: Case, node: Node, visit: int) -> None:
    """Some ways out are taken: each by its own share, the default one when there is no other."""
    taken = [
        way
        for way in node.ways
        if way[0] != node.default
        and uniform(case.key, way[3], visit) < node.chance[way[0]][case.of_class]
    ]
    if not taken:
        taken = [way for way in node.ways if way[0] == node.default] or [
            max(node.ways, key=lambda way: (node.chance[way[0]][case.of_class], -way[0]))
        ]
    for way in taken:
        run.tokens.append((way[1], way[0]))
        note(run, case, at.CHOSEN, node.number, way[0])
    case.inside[node.scope] += len(taken) - 1


def wait(run: Run, case: Case, node: Node, visit: int, way: int) -> None:
    """A token waits for a timer, for an answer, or for the first of several."""
    t = run.t
    item = new_item(run, case, node.number, WAITING)
    for event in node.arms:
        arm(run, case, event, item, visit)
    if node.kind == at.K_RACE:
        comes = NEVER
        for _, target, _, _ in node.ways:
            other = run.nodes[target]
            when = (
                timer_at(run, case, other.timer, other.timer_limit)
                if other.kind == at.K_TIMER
                else answer_at(run, case, other, visit)
            )
            if 0 <= when < comes:
                comes, item.race = when, target
        if comes == NEVER:
            comes, item.race = -1, node.ways[0][1]
    elif node.kind == at.K_TIMER:
        comes = timer_at(run, case, node.timer, node.timer_limit)
    else:
        comes = answer_at(run, case, node, visit)
    if comes < 0:
        comes = run.last_second
    if node.hold:
        held = run.live.held[case.number]
        pause(run, case, node.hold, node.number, held if way == at.LIVE and held >= 0 else t)
    schedule(run, item, min(max(comes, t), run.last_second), 0)


def answer_at(run: Run, case: Case, node: Node, visit: int) -> int:
    """When somebody outside answers, -1 beyond the calendar."""
    u = uniform(case.key, node.salt, visit)
    drawn = amount(run.rows[node.works[2 * case.of_class]], run.values, u)
    return next_open(run.office, run.t + drawn)
