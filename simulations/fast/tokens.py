"""Tokens move through the diagram until each of them waits for something."""

from __future__ import annotations

from simulations.draws import SALT_DELAY, amount
from simulations.fast.draws import uniform
from simulations.fast.items import disarm_all, new_item, schedule
from simulations.fast.joins import join, release_join
from simulations.fast.scopes import begin, clear, forward, inside, push_token, scope_over
from simulations.fast.state import (
    CLOSING,
    G_FREE,
    G_HEAP,
    G_LAST,
    G_MARGIN,
    G_READY,
    G_STATUS,
    G_TOKENS,
    HOSTING,
    I_GEN,
    I_SERIAL,
    I_STATE,
    I_WAY,
    I_WORK,
    LATER,
    NEVER,
    PAUSE_OVER,
    Q_OFFERED,
    READY,
    S_CASE,
    S_CLASS,
    S_CLOSE,
    S_DUE,
    S_FINISHED,
    S_JOINS,
    S_KEY,
    S_PAUSE,
    S_PROC,
    S_SIZE,
    WAITING,
    inner,
    note,
    part,
    stop,
)
from simulations.fast.timers import arm_all, pause, timer_at
from simulations.layout import (
    C_STARTS,
    C_STARTS_END,
    CHOSEN,
    DELAYED,
    DUE,
    ENDED_AT,
    FINISHED,
    HELD_SINCE,
    K_AND,
    K_OR_JOIN,
    K_OR_SPLIT,
    K_PASS,
    K_RACE,
    K_SUB,
    K_TASK,
    K_TIMER,
    K_WAIT,
    K_XOR,
    LIVE,
    MOST_STEPS,
    MOST_VISITS,
    N_ARMS,
    N_ARMS_END,
    N_DEFAULT,
    N_FINISHES,
    N_HOLD,
    N_INNER,
    N_KIND,
    N_ROLE,
    N_SALT,
    N_SCOPE,
    N_SIGNING,
    N_TIMER,
    N_TIMER_LIMIT,
    N_WAYS,
    N_WAYS_END,
    N_WORK,
    NO_CALENDAR,
    OPENED,
    OUTCOME,
    P_NODE,
    RUNAWAY,
    W_SALT,
    W_TARGET,
)
from simulations.office_arrays import next_open


@part
def move_tokens(given, run, slot, leave, t):
    """Move the tokens of a case, first come first served; `leave` is a node one leaves first."""
    nodes = given.nodes
    g, slots, tokens = run.g, run.slots, run.tokens
    first_node = given.procedures[slots[slot, S_PROC], P_NODE]
    at = 0
    while g[G_STATUS] == 0:
        if leave >= 0:
            forward(given, run, slot, leave)
            leave = -1
        if slots[slot, S_CLOSE] & PAUSE_OVER:
            slots[slot, S_CLOSE] &= ~PAUSE_OVER
            slots[slot, S_PAUSE] = -1
        if at >= g[G_TOKENS]:
            if slots[slot, S_JOINS] > 0 and not slots[slot, S_CLOSE] & CLOSING:
                leave = release_join(given, run, slot)
                if leave >= 0:
                    continue
            break
        node, way = tokens[at, 0], tokens[at, 1]
        if at >= MOST_STEPS or is_crowded(run):
            stop(run, RUNAWAY, node)
            break
        at += 1
        if node < 0:
            continue
        kind = nodes[node, N_KIND]
        if kind == K_PASS:
            leave = node
            continue
        visit = slots[slot, S_SIZE + node - first_node]
        slots[slot, S_SIZE + node - first_node] = visit + 1
        if kind == K_TASK:
            open_step(given, run, slot, node, visit, t)
        elif kind == K_XOR:
            leave = choose(given, run, slot, node, visit, t)
        elif kind == K_AND or kind == K_OR_JOIN:
            if join(given, run, slot, node, way):
                leave = node
        elif kind == K_OR_SPLIT:
            choose_some(given, run, slot, node, visit, t)
        elif kind == K_SUB:
            inner_scope = nodes[node, N_INNER]
            host(given, run, slot, node, HOSTING, visit, t)
            begin(given, run, slot, inner_scope, visit, t)
            scopes = given.scopes
            if scopes[inner_scope, C_STARTS_END] == scopes[inner_scope, C_STARTS]:
                leave = scope_over(given, run, slot, inner_scope)
        elif kind == K_WAIT or kind == K_TIMER or kind == K_RACE:
            wait(given, run, slot, node, visit, way, t)
        else:
            clear(given, run, slot, nodes[node, N_SCOPE], t)
            leave = scope_over(given, run, slot, nodes[node, N_SCOPE])


@inner
def is_crowded(run):
    """Whether one more step might not find room: an event that goes on and on."""
    g, margin = run.g, run.g[G_MARGIN]
    return g[G_FREE] < margin or g[G_HEAP] + margin > len(run.heap_key)


@part
def host(given, run, slot, node, state, visit, t):
    """A new item at a node, with the events on its border armed."""
    nodes = given.nodes
    item = new_item(run, slot, node, state, t)
    if state == READY:
        note(run, t, run.slots[slot, S_CASE], OPENED, node, run.items[item, I_SERIAL], 0)
    first, last = nodes[node, N_ARMS], nodes[node, N_ARMS_END]
    if last > first:
        arm_all(given, run, slot, first, last, item, visit, t)
    return item


@part
def open_step(given, run, slot, node, visit, t):
    """A step is there to be done: at once, or after a delay and at an instant of signing."""
    nodes, office = given.nodes, given.office
    items, slots = run.items, run.slots
    item = host(given, run, slot, node, READY, visit, t)
    if visit >= MOST_VISITS:
        stop(run, RUNAWAY, node)
        return
    if nodes[node, N_FINISHES] and not slots[slot, S_FINISHED]:
        finish(run, slot, nodes[node, N_FINISHES], t)
    key, salt = slots[slot, S_KEY], nodes[node, N_SALT]
    column = N_WORK + 2 * slots[slot, S_CLASS]
    work = amount(given.rows[nodes[node, column]], given.values, uniform(key, salt, visit))
    items[item, I_WORK] = work
    run.queues[nodes[node, N_ROLE], Q_OFFERED] += work
    later = t
    delay = nodes[node, column + 1]
    if delay >= 0:
        u = uniform(key, salt ^ SALT_DELAY, visit)
        later = t + amount(given.rows[delay], given.values, u)
        later = next_open(office, later) if later > t else t
    if nodes[node, N_SIGNING] >= 0 and later >= 0:
        later = signing_from(given, nodes[node, N_SIGNING], later)
    if later < 0:
        stop(run, NO_CALENDAR, 0)
    elif later > t:
        items[item, I_STATE] = LATER
        run.sums[node, DELAYED] += later - t
        schedule(run, item, later, 1)
    else:
        add_ready(run, item)


@inner
def add_ready(run, item):
    """A step will look for somebody when the tokens have moved."""
    k = run.g[G_READY]
    run.ready[k, 0] = item
    run.ready[k, 1] = run.items[item, I_GEN]
    run.g[G_READY] = k + 1


@part
def finish(run, slot, outcome, t):
    """The case has its result; what is left is to hand it over."""
    slots = run.slots
    slots[slot, S_FINISHED] = 1
    row = run.cases[slots[slot, S_CASE]]
    row[ENDED_AT] = t
    row[OUTCOME] = outcome
    row[HELD_SINCE] = -1
    row[DUE] = slots[slot, S_DUE]
    disarm_all(run, slot)
    note(run, t, slots[slot, S_CASE], FINISHED, outcome, slots[slot, S_DUE], 0)


@part
def signing_from(given, signing, at):
    """The first instant of signing at or after an instant, -1 for none."""
    low = given.signing_start[signing]
    last = high = given.signing_start[signing + 1]
    while low < high:
        middle = (low + high) >> 1
        if given.signing_at[middle] < at:
            low = middle + 1
        else:
            high = middle
    return given.signing_at[low] if low < last else -1


@inner
def choose(given, run, slot, node, visit, t):
    """One way out is taken; gives the node itself when there is none."""
    nodes, slots = given.nodes, run.slots
    way, last = nodes[node, N_WAYS], nodes[node, N_WAYS_END]
    if last == way:
        return node
    if last - way > 1:
        u = uniform(slots[slot, S_KEY], nodes[node, N_SALT], visit)
        of_class = slots[slot, S_CLASS]
        while way < last - 1 and u >= given.chance[way, of_class]:
            way += 1
        note(run, t, slots[slot, S_CASE], CHOSEN, node, way, 0)
    push_token(run, given.ways[way, W_TARGET], way)
    return -1


@part
def choose_some(given, run, slot, node, visit, t):
    """Some ways out are taken: each by its own share, the default one when there is no other."""
    nodes, ways, chance, slots = given.nodes, given.ways, given.chance, run.slots
    case, of_class, key = slots[slot, S_CASE], slots[slot, S_CLASS], slots[slot, S_KEY]
    first, last, default = nodes[node, N_WAYS], nodes[node, N_WAYS_END], nodes[node, N_DEFAULT]
    taken = 0
    for k in range(first, last):
        if k != default and uniform(key, ways[k, W_SALT], visit) < chance[k, of_class]:
            taken += 1
            push_token(run, ways[k, W_TARGET], k)
            note(run, t, case, CHOSEN, node, k, 0)
    if taken == 0:
        taken = 1
        k = default
        if k < 0:
            # Somebody must go on: the way that is taken most often.
            k = first
            for other in range(first + 1, last):
                if chance[other, of_class] > chance[k, of_class]:
                    k = other
        push_token(run, ways[k, W_TARGET], k)
        note(run, t, case, CHOSEN, node, k, 0)
    slots[slot, inside(given, run, slot, nodes[node, N_SCOPE])] += taken - 1


@part
def answer_at(given, run, slot, node, visit, t):
    """When somebody outside answers, -1 beyond the calendar."""
    nodes, slots = given.nodes, run.slots
    u = uniform(slots[slot, S_KEY], nodes[node, N_SALT], visit)
    number = nodes[node, N_WORK + 2 * slots[slot, S_CLASS]]
    return next_open(given.office, t + amount(given.rows[number], given.values, u))


@part
def comes_at(given, run, slot, node, visit, t):
    """When a timer fires or an answer comes, -1 beyond the calendar."""
    nodes = given.nodes
    if nodes[node, N_KIND] == K_TIMER:
        return timer_at(given, run, slot, nodes[node, N_TIMER], nodes[node, N_TIMER_LIMIT], t)
    return answer_at(given, run, slot, node, visit, t)


@part
def wait(given, run, slot, node, visit, way, t):
    """A token waits for a timer, for an answer, or for the first of several."""
    nodes = given.nodes
    item = host(given, run, slot, node, WAITING, visit, t)
    if nodes[node, N_KIND] == K_RACE:
        comes = NEVER
        run.items[item, I_WAY] = given.ways[nodes[node, N_WAYS], W_TARGET]
        for k in range(nodes[node, N_WAYS], nodes[node, N_WAYS_END]):
            other = given.ways[k, W_TARGET]
            when = comes_at(given, run, slot, other, visit, t)
            if 0 <= when < comes:
                comes = when
                run.items[item, I_WAY] = other
    else:
        comes = comes_at(given, run, slot, node, visit, t)
    last = run.g[G_LAST]
    if comes < 0:
        # Beyond the calendar: it comes no more within this run.
        comes = last
    if nodes[node, N_HOLD] > 0:
        since = given.live_held[run.slots[slot, S_CASE]] if way == LIVE else -1
        pause(given, run, slot, nodes[node, N_HOLD], node, since if since >= 0 else t)
    schedule(run, item, min(max(comes, t), last), 0)
