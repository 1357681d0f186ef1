"""What a case waits for: the heap of what is to come, and the items of each case."""

from __future__ import annotations

from simulations.fast.state import (
    ARMED,
    G_FREE,
    G_FREE_ITEM,
    G_FREED,
    G_HEAP,
    G_SEQ,
    G_SERIAL,
    GONE,
    I_AT,
    I_GEN,
    I_HELD,
    I_HOST,
    I_MADE,
    I_NEXT,
    I_NODE,
    I_PERSON,
    I_PREV,
    I_SERIAL,
    I_SINCE,
    I_SLOT,
    I_STATE,
    LATER,
    Q_AREA,
    Q_LIVE,
    Q_SINCE,
    Q_WAITS,
    QUEUED,
    READY,
    RUNNING,
    S_CASE,
    S_HEAD,
    S_HELD,
    SUSPENDED,
    inner,
    note,
    part,
)
from simulations.layout import A_SCOPE, CANCELLED, N_ROLE


@inner
def heap_push(keys, payload, size, key, item):
    """Put an item among `size` others."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] <= key:
            break
        keys[at] = keys[up]
        payload[at] = payload[up]
        at = up
    keys[at] = key
    payload[at] = item


@inner
def heap_pop(keys, payload, size):
    """Take the first away; the caller has read it. `size` is the size before."""
    last = size - 1
    key = keys[last]
    item = payload[last]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= last:
            break
        if down + 1 < last and keys[down + 1] < keys[down]:
            down += 1
        if keys[down] >= key:
            break
        keys[at] = keys[down]
        payload[at] = payload[down]
        at = down
    keys[at] = key
    payload[at] = item


@part
def schedule(run, item, at, rank):
    """Something happens to an item at an instant; work (rank 1) comes after all else."""
    g, items = run.g, run.items
    seq = g[G_SEQ]
    g[G_SEQ] = seq + 1
    items[item, I_AT] = at
    key = (at << 32) | (rank << 31) | seq
    heap_push(run.heap_key, run.heap_item, g[G_HEAP], key, item | (items[item, I_GEN] << 32))
    g[G_HEAP] += 1


@part
def new_item(run, slot, node, state, t):
    """A free row for a case; the newest stands first in the case's list."""
    g, items, slots = run.g, run.items, run.slots
    item = g[G_FREE_ITEM]
    g[G_FREE_ITEM] = items[item, I_NEXT]
    g[G_FREE] -= 1
    items[item, I_SLOT] = slot
    items[item, I_NODE] = node
    items[item, I_STATE] = state
    items[item, I_PERSON] = -1
    items[item, I_HOST] = -1
    items[item, I_MADE] = t
    items[item, I_HELD] = slots[slot, S_HELD]
    items[item, I_SERIAL] = g[G_SERIAL]
    g[G_SERIAL] += 1
    head = slots[slot, S_HEAD]
    items[item, I_NEXT] = head
    items[item, I_PREV] = -1
    if head >= 0:
        items[head, I_PREV] = item
    slots[slot, S_HEAD] = item
    return item


@inner
def unlink(run, item):
    """Out of its case's list; what points at this use of the row does so in vain."""
    items, slots = run.items, run.slots
    before = items[item, I_PREV]
    after = items[item, I_NEXT]
    if before >= 0:
        items[before, I_NEXT] = after
    else:
        slots[items[item, I_SLOT], S_HEAD] = after
    if after >= 0:
        items[after, I_PREV] = before
    outdate(run, item)


@inner
def outdate(run, item):
    """What stands in the heap for an item does not happen."""
    run.items[item, I_GEN] = (run.items[item, I_GEN] + 1) & 0x7FFFFFFF


@inner
def free_row(run, item):
    """The row may be used for another item."""
    run.items[item, I_NEXT] = run.g[G_FREE_ITEM]
    run.g[G_FREE_ITEM] = item
    run.g[G_FREE] += 1


@part
def drop_item(run, item):
    """The item is done: out of its case, and free for another."""
    unlink(run, item)
    run.items[item, I_STATE] = GONE
    free_row(run, item)


@inner
def change_queue(run, role, t, by):
    """Files come into a queue or leave it."""
    queues = run.queues
    queues[role, Q_AREA] += queues[role, Q_LIVE] * (t - queues[role, Q_SINCE])
    queues[role, Q_SINCE] = t
    queues[role, Q_LIVE] += by


@part
def kill_item(given, run, item, t):
    """Take an item away unfinished; whoever worked on it is free."""
    g, items = run.g, run.items
    state = items[item, I_STATE]
    node = items[item, I_NODE]
    if state == READY or state == QUEUED or state == RUNNING or state == LATER:
        case = run.slots[items[item, I_SLOT], S_CASE]
        note(run, t, case, CANCELLED, node, items[item, I_SERIAL], 0)
    if state == QUEUED:
        role = given.nodes[node, N_ROLE]
        change_queue(run, role, t, -1)
        run.queues[role, Q_WAITS] += t - items[item, I_SINCE]
        # It stays in its queue's heap, so its row may not be used anew before it is met there.
        unlink(run, item)
        items[item, I_STATE] = GONE
        return
    if state == RUNNING:
        at = g[G_FREED]
        run.freed[at, 0] = items[item, I_PERSON]
        run.freed[at, 1] = items[item, I_SINCE]
        g[G_FREED] = at + 1
    drop_item(run, item)


@part
def disarm(run, host):
    """Nothing on the border of an item is waited for any more."""
    items = run.items
    item = run.slots[items[host, I_SLOT], S_HEAD]
    while item >= 0:
        after = items[item, I_NEXT]
        if items[item, I_HOST] == host:
            drop_item(run, item)
        item = after


@part
def disarm_scope(given, run, slot, scope):
    """The starts of a scope's event subprocesses are waited for no more."""
    items = run.items
    item = run.slots[slot, S_HEAD]
    while item >= 0:
        after = items[item, I_NEXT]
        state = items[item, I_STATE]
        if (state == ARMED or state == SUSPENDED) and items[item, I_HOST] < 0:
            if given.arms[items[item, I_NODE], A_SCOPE] == scope:
                drop_item(run, item)
        item = after


@part
def disarm_all(run, slot):
    """The case has its result: no armed event has a say any more."""
    items = run.items
    item = run.slots[slot, S_HEAD]
    while item >= 0:
        after = items[item, I_NEXT]
        state = items[item, I_STATE]
        if state == ARMED or state == SUSPENDED:
            drop_item(run, item)
        item = after
