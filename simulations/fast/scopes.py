"""A process and its subprocesses: how they begin, are cleared and end, and what fires in them."""

from __future__ import annotations

from simulations.fast.items import disarm, disarm_scope, drop_item, kill_item, new_item
from simulations.fast.state import (
    ARMED,
    CLOSING,
    G_INSIDE,
    G_JOINED,
    G_TOKENS,
    HOSTING,
    I_AT,
    I_HOST,
    I_NEXT,
    I_NODE,
    I_SLOT,
    I_STATE,
    PAUSE_OVER,
    S_APOLOGISED,
    S_CASE,
    S_CLOSE,
    S_FINISHED,
    S_HEAD,
    S_PROC,
    SUSPENDED,
    WAITING,
    inner,
    note,
    part,
    stop,
)
from simulations.fast.timers import arm_all, counts_office_time
from simulations.layout import (
    A_INTERRUPTS,
    A_OUTCOME,
    A_SCOPE,
    A_TARGET,
    A_TIMER,
    C_ARMS,
    C_ARMS_END,
    C_AROUND,
    C_HOST,
    C_PARENT,
    C_STARTS,
    C_STARTS_END,
    ENDED_AT,
    FIRED,
    LIVE,
    N_ARMS,
    N_ARMS_END,
    N_ENTRIES,
    N_FIRST_ENTRY,
    N_HOLD,
    N_INNER,
    N_SCOPE,
    N_WAYS,
    N_WAYS_END,
    OUTCOME,
    P_NODE,
    P_NODE_END,
    P_SCOPE,
    P_SCOPE_END,
    TAKEN_UP,
    TWO_TOKENS,
    W_TARGET,
    WITHDRAWN,
    WITHDRAWN_NOW,
)


@inner
def push_token(run, node, way):
    """A token goes to a node by a way, -1 for none."""
    at = run.g[G_TOKENS]
    run.tokens[at, 0] = node
    run.tokens[at, 1] = way
    run.g[G_TOKENS] = at + 1


@inner
def inside(given, run, slot, scope):
    """The column of a slot that counts the tokens in a scope."""
    return run.g[G_INSIDE] + scope - given.procedures[run.slots[slot, S_PROC], P_SCOPE]


@part
def begin(given, run, slot, scope, visit, t):
    """A scope begins: its events are armed, its first tokens put down."""
    slots = run.slots
    column = inside(given, run, slot, scope)
    if slots[slot, column] != 0:
        stop(run, TWO_TOKENS, scope)
        return
    scopes = given.scopes
    arm_all(given, run, slot, scopes[scope, C_ARMS], scopes[scope, C_ARMS_END], -1, visit, t)
    first, last = scopes[scope, C_STARTS], scopes[scope, C_STARTS_END]
    slots[slot, column] = last - first
    for k in range(first, last):
        push_token(run, given.lists[k], -1)


@part
def take_up(given, run, slot, root, first, last, t):
    """Put a case that is under way where it stands: its tokens and the scopes around them."""
    nodes, scopes, slots = given.nodes, given.scopes, run.slots
    arm_all(given, run, slot, scopes[root, C_ARMS], scopes[root, C_ARMS_END], -1, TAKEN_UP, t)
    for k in range(first, last):
        node = given.live_node[k]
        way = LIVE
        if node < 0:
            way = -node - 1
            node = given.ways[way, W_TARGET]
        scope = nodes[node, N_SCOPE]
        while True:
            column = inside(given, run, slot, scope)
            fresh = slots[slot, column] == 0 and scope != root
            slots[slot, column] += 1
            if not fresh:
                break
            arms, arms_end = scopes[scope, C_ARMS], scopes[scope, C_ARMS_END]
            arm_all(given, run, slot, arms, arms_end, -1, TAKEN_UP, t)
            host = scopes[scope, C_HOST]
            if host >= 0:
                item = new_item(run, slot, host, HOSTING, t)
                arms, arms_end = nodes[host, N_ARMS], nodes[host, N_ARMS_END]
                arm_all(given, run, slot, arms, arms_end, item, TAKEN_UP, t)
            scope = scopes[scope, C_PARENT]
        push_token(run, node, way)


@part
def clear(given, run, slot, scope, t):
    """Nothing goes on in a scope and what is inside it any more."""
    nodes, arms, scopes = given.nodes, given.arms, given.scopes
    g, items, slots, tokens = run.g, run.items, run.slots, run.tokens
    procedure = given.procedures[slots[slot, S_PROC]]
    base = procedure[P_SCOPE]
    bit = 1 << (scope - base)
    item = slots[slot, S_HEAD]
    while item >= 0:
        after = items[item, I_NEXT]
        state = items[item, I_STATE]
        if state == ARMED or state == SUSPENDED:
            where = arms[items[item, I_NODE], A_SCOPE]
        else:
            where = nodes[items[item, I_NODE], N_SCOPE]
        if scopes[where, C_AROUND] & bit:
            if state == WAITING and nodes[items[item, I_NODE], N_HOLD] > 0:
                slots[slot, S_CLOSE] |= PAUSE_OVER
            kill_item(given, run, item, t)
        item = after
    for k in range(g[G_TOKENS]):
        node = tokens[k, 0]
        if node >= 0 and scopes[nodes[node, N_SCOPE], C_AROUND] & bit:
            tokens[k, 0] = -1
    for node in range(procedure[P_NODE], procedure[P_NODE_END]):
        if nodes[node, N_ENTRIES] > 0 and scopes[nodes[node, N_SCOPE], C_AROUND] & bit:
            for k in range(nodes[node, N_ENTRIES]):
                slots[slot, g[G_JOINED] + nodes[node, N_FIRST_ENTRY] + k] = 0
    for other in range(base, procedure[P_SCOPE_END]):
        if scopes[other, C_AROUND] & bit:
            slots[slot, g[G_INSIDE] + other - base] = 0


@part
def hosting_item(run, slot, node):
    """The item of a case at a subprocess."""
    items = run.items
    item = run.slots[slot, S_HEAD]
    while item >= 0:
        if items[item, I_STATE] == HOSTING and items[item, I_NODE] == node:
            return item
        item = items[item, I_NEXT]
    return -1


@part
def scope_over(given, run, slot, scope):
    """A scope has no token left; gives the node around it that goes on, or -1."""
    nodes, scopes, slots = given.nodes, given.scopes, run.slots
    while True:
        disarm_scope(given, run, slot, scope)
        parent = scopes[scope, C_PARENT]
        if parent < 0:
            slots[slot, S_CLOSE] |= CLOSING
            return -1
        host = scopes[scope, C_HOST]
        if host >= 0:
            item = hosting_item(run, slot, host)
            if nodes[host, N_ARMS_END] > nodes[host, N_ARMS]:
                disarm(run, item)
            drop_item(run, item)
            return host
        column = inside(given, run, slot, parent)
        slots[slot, column] -= 1
        if slots[slot, column] > 0:
            return -1
        scope = parent


@part
def forward(given, run, slot, node):
    """A token leaves a node by all its ways; without any it ends there."""
    nodes, slots = given.nodes, run.slots
    while node >= 0:
        scope = nodes[node, N_SCOPE]
        column = inside(given, run, slot, scope)
        first, last = nodes[node, N_WAYS], nodes[node, N_WAYS_END]
        if last > first:
            slots[slot, column] += last - first - 1
            for way in range(first, last):
                push_token(run, given.ways[way, W_TARGET], way)
            return
        slots[slot, column] -= 1
        if slots[slot, column] > 0:
            return
        node = scope_over(given, run, slot, scope)


@part
def fire(given, run, item, t):
    """An armed event happens."""
    arms, nodes, items, slots = given.arms, given.nodes, run.items, run.slots
    slot, number, host = items[item, I_SLOT], items[item, I_NODE], items[item, I_HOST]
    case = slots[slot, S_CASE]
    row = run.cases[case]
    if slots[slot, S_APOLOGISED] and counts_office_time(arms[number, A_TIMER]):
        drop_item(run, item)
        return
    note(run, t, case, FIRED, number, items[item, I_AT], 0)
    scope, target = arms[number, A_SCOPE], arms[number, A_TARGET]
    if arms[number, A_OUTCOME] == WITHDRAWN and row[ENDED_AT] < 0:
        row[ENDED_AT] = t
        row[OUTCOME] = WITHDRAWN
        slots[slot, S_FINISHED] = 1
        note(run, t, case, WITHDRAWN_NOW, 0, 0, 0)
    interrupts = arms[number, A_INTERRUPTS] != 0
    if interrupts and host >= 0:
        node = items[host, I_NODE]
        if items[host, I_STATE] == HOSTING:
            clear(given, run, slot, nodes[node, N_INNER], t)
        if items[host, I_STATE] == WAITING and nodes[node, N_HOLD] > 0:
            slots[slot, S_CLOSE] |= PAUSE_OVER
        disarm(run, host)
        kill_item(given, run, host, t)
        push_token(run, target, -1)
        return
    if interrupts:
        clear(given, run, slot, scope, t)
        slots[slot, inside(given, run, slot, scope)] = 1
    else:
        drop_item(run, item)
        slots[slot, inside(given, run, slot, scope)] += 1
    if host >= 0:
        push_token(run, target, -1)
    else:
        begin(given, run, slot, target, 0, t)
