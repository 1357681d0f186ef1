"""Where tokens come together: all of them, or all that can still come."""

from __future__ import annotations

from simulations.fast.scopes import inside
from simulations.fast.state import (
    ARMED,
    G_JOINED,
    I_NEXT,
    I_NODE,
    I_STATE,
    S_HEAD,
    S_JOINS,
    S_PROC,
    SUSPENDED,
    part,
)
from simulations.layout import (
    A_NODE,
    K_OR_JOIN,
    N_ENTRIES,
    N_FIRST_ENTRY,
    N_KIND,
    N_SCOPE,
    N_UPSTREAM,
    P_NODE,
    P_NODE_END,
    W_ENTRY,
)


@part
def join(given, run, slot, node, way):
    """A token comes to a join by a way; whether one goes on now."""
    nodes, slots = given.nodes, run.slots
    joined = run.g[G_JOINED]
    entries = nodes[node, N_ENTRIES]
    if way >= 0 and entries > 0:
        slots[slot, joined + given.ways[way, W_ENTRY]] += 1
    if nodes[node, N_KIND] == K_OR_JOIN:
        slots[slot, S_JOINS] += 1
        return False
    if entries > 1 and way >= 0:
        first = joined + nodes[node, N_FIRST_ENTRY]
        for k in range(entries):
            if slots[slot, first + k] == 0:
                return False
        for k in range(entries):
            slots[slot, first + k] -= 1
        slots[slot, inside(given, run, slot, nodes[node, N_SCOPE])] -= entries - 1
    return True


@part
def release_join(given, run, slot):
    """Let the first inclusive join go on for which no token can come any more; -1 for none."""
    nodes, slots = given.nodes, run.slots
    procedure = given.procedures[slots[slot, S_PROC]]
    for node in range(procedure[P_NODE], procedure[P_NODE_END]):
        if nodes[node, N_KIND] != K_OR_JOIN:
            continue
        first = run.g[G_JOINED] + nodes[node, N_FIRST_ENTRY]
        count = nodes[node, N_ENTRIES]
        here = 0
        for k in range(count):
            if slots[slot, first + k] > 0:
                here += 1
        if here == 0 or (here < count and somebody_comes(given, run, slot, node)):
            continue
        for k in range(count):
            if slots[slot, first + k] > 0:
                slots[slot, first + k] -= 1
        slots[slot, inside(given, run, slot, nodes[node, N_SCOPE])] -= here - 1
        slots[slot, S_JOINS] -= here
        return node
    return -1


@part
def somebody_comes(given, run, slot, join):
    """Whether a token of the case could still come to an empty way into an inclusive join."""
    nodes, items, slots = given.nodes, run.items, run.slots
    procedure = given.procedures[slots[slot, S_PROC]]
    item = slots[slot, S_HEAD]
    while item >= 0:
        state = items[item, I_STATE]
        place = items[item, I_NODE]
        if state == ARMED or state == SUSPENDED:
            place = given.arms[place, A_NODE]
        if place >= 0 and could_come(given, run, slot, join, place):
            return True
        item = items[item, I_NEXT]
    for other in range(procedure[P_NODE], procedure[P_NODE_END]):
        if other == join:
            continue
        first = run.g[G_JOINED] + nodes[other, N_FIRST_ENTRY]
        for k in range(nodes[other, N_ENTRIES]):
            if slots[slot, first + k] > 0:
                if could_come(given, run, slot, join, other):
                    return True
                break
    return False


@part
def could_come(given, run, slot, join, place):
    """Whether a token at a place could reach an empty way into a join, and none that is not."""
    nodes, slots = given.nodes, run.slots
    if nodes[place, N_SCOPE] != nodes[join, N_SCOPE]:
        return False
    place -= given.procedures[slots[slot, S_PROC], P_NODE]
    row = nodes[join, N_UPSTREAM]
    first = run.g[G_JOINED] + nodes[join, N_FIRST_ENTRY]
    comes = False
    for k in range(nodes[join, N_ENTRIES]):
        if given.upstream[row + k, place]:
            if slots[slot, first + k] > 0:
                return False
            comes = True
    return comes
