"""What a run in machine code is given, and what it keeps: arrays by name, and their columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.experimental import structref
from numba.extending import register_jitable

from simulations.compiled import SHARED
from simulations.layout import (
    CASE_COLUMNS,
    LOG_COLUMNS,
    M_PERSON,
    M_SIZE,
    MOST_STEPS,
    NODE_COLUMNS,
    TOO_LONG,
)

_ALONE: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Nothing but the loop calls its parts: ways in from outside would only cost time to compile."""

# Not `njit`: that compiles a function anew for every constant it is called with.
part = register_jitable(**_ALONE)
"""A function of the loop; only the loop itself is kept on disk, with all its parts in it."""
inner = register_jitable(forceinline=True, **_ALONE)
"""A part so short or so often used that a call would cost more than its work."""

for _each in SHARED:
    register_jitable(_each)

# An item: a step, a wait, an armed event, or the token at a subprocess.
(
    I_SLOT, I_NODE, I_STATE, I_PERSON, I_AT, I_GEN, I_NEXT, I_PREV, I_WORK, I_SINCE, I_HOST, I_MADE,
    I_WAY, I_HELD, I_SERIAL,
) = range(15)  # fmt: skip
I_SIZE = 16
"""A whole number of cache lines."""
GONE, READY, QUEUED, RUNNING, WAITING, ARMED, SUSPENDED, HOSTING, LATER = range(9)

# A slot: what is remembered of a case under way. Visits, joins and scopes follow.
(
    S_CASE, S_PROC, S_CLASS, S_DUE, S_END, S_MOVED, S_PAUSE, S_KIND, S_HEAD, S_LIMIT, S_FINISHED,
    S_APOLOGISED, S_NEXT, S_JOINS, S_HELD, S_CLOSE, S_AT, S_KEY, S_REACHED, S_SIZE,
) = range(20)  # fmt: skip
CLOSING, PAUSE_OVER = 1, 2
"""Bits of S_CLOSE: the diagram is at its end; the step that held the clock was taken away."""

Q_SIZE, Q_LIVE, Q_SINCE, Q_AREA, Q_WAITS, Q_MOST, Q_OFFERED = range(7)
Q_COLUMNS = 8

# Counters.
(
    G_SEQ, G_HEAP, G_FREE_ITEM, G_FREE_SLOT, G_TOKENS, G_READY, G_FREED, G_LOG, G_STATUS, G_WHERE,
    G_SERIAL, G_STEPS, G_OPEN, G_FREE, G_JOINED, G_INSIDE, G_MARGIN, G_TRACE, G_LONGEST, G_LAST,
) = range(20)  # fmt: skip
NEVER = 1 << 60


class Sizes(NamedTuple):
    """How large the run's own arrays must be."""

    roles: int
    calendars: int
    most_nodes: int
    most_scopes: int
    most_entries: int
    trace: bool


# Two structures that are handed on as one address each, however many arrays are in them.


@structref.register
class GivenType(types.StructRef):
    """The type of `Given`."""


@structref.register
class RunType(types.StructRef):
    """The type of `Run`."""


class Given(structref.StructRefProxy):
    """What a run is given; nothing changes. `compiling.arrays`, `arrivals`, `live` say more."""


class Run(structref.StructRefProxy):
    """What a run keeps. A row of `items` and `slots` is free when nothing points at it."""


structref.define_proxy(
    Given,
    GivenType,
    [
        *("nodes", "ways", "chance", "arms", "arm_share", "scopes", "lists", "procedures"),
        *("upstream", "rows", "values", "group_of", "groups", "speed", "role_groups"),
        *("people_lists", "shift_first", "shifts", "begins", "stop_at", "measured_from", "run_out"),
        *("rule", "ticks", "signing_start", "signing_at", "case_at", "case_procedure"),
        *("case_class", "case_key", "live_due", "live_held", "live_first", "live_node", "office"),
    ],
)
structref.define_proxy(
    Run,
    RunType,
    [
        "g",  # counters and marks, G_…
        *("items", "slots"),
        "heap_key",  # what is to come: second, whether it is work, and order of entry in one number
        "heap_item",  # the item, and which use of its row is meant
        "queues",  # [role, Q_…]
        *("queue_key", "queue_item"),
        "tokens",  # [place, 2] → node, way: of the case that moves
        "ready",  # [place, 2] → item, which use of its row
        "freed",  # [place, 2] → person, since when at work
        "person_item",  # what a person works on, -1 for nothing
        "current",  # by calendar: the stretch of work looked at last
        "idle",  # [group, place] → person; a ring from `idle_head` on
        *("idle_head", "idle_count"),
        *("busy", "cases", "sums", "log", "queue_at", "busy_at", "busy_person", "open_at"),
    ],
)


@part
def empty_run(given, sizes):
    """The arrays before the first event; they are owned by what this gives."""
    groups = given.groups
    n_groups, n_people, n_ticks = len(groups), len(given.group_of), len(given.ticks)
    margin = 8 * (sizes.most_nodes + sizes.most_scopes) + 64
    item_room, heap_room = 4096, 8192
    while item_room < 4 * margin:
        item_room *= 2
        heap_room *= 2
    most = MOST_STEPS + 4 * margin
    g = np.zeros(24, np.int64)
    g[G_FREE] = item_room
    g[G_JOINED] = S_SIZE + sizes.most_nodes
    g[G_INSIDE] = g[G_JOINED] + sizes.most_entries + 1
    g[G_MARGIN] = margin
    g[G_TRACE] = 1 if sizes.trace else 0
    g[G_LAST] = given.office[0] * 86400
    items = np.zeros((item_room, I_SIZE), np.int64)
    chain(items, 0, I_NEXT)
    slots = np.zeros((1024, g[G_INSIDE] + sizes.most_scopes), np.int64)
    chain(slots, 0, S_NEXT)
    current = np.zeros(sizes.calendars, np.int64)
    for c in range(sizes.calendars):
        current[c] = given.shift_first[c, 0]
    idle = np.zeros((n_groups, max(np.max(groups[:, M_SIZE]), 1)), np.int64)
    for group in range(n_groups):
        for k in range(groups[group, M_SIZE]):
            idle[group, k] = groups[group, M_PERSON] + k
    return Run(
        g,
        items,
        slots,
        np.zeros(heap_room, np.int64),
        np.zeros(heap_room, np.int64),
        np.zeros((sizes.roles, Q_COLUMNS), np.int64),
        np.zeros((sizes.roles, 1024), np.int64),
        np.zeros((sizes.roles, 1024), np.int64),
        np.zeros((most, 2), np.int64),
        np.zeros((most, 2), np.int64),
        np.zeros((most, 2), np.int64),
        np.full(n_people, -1, np.int64),
        current,
        idle,
        np.zeros(n_groups, np.int64),
        groups[:, M_SIZE].copy(),
        np.zeros(n_people, np.int64),
        np.full((len(given.case_at), CASE_COLUMNS), -1, np.int32),
        np.zeros((len(given.nodes), NODE_COLUMNS), np.int64),
        np.zeros((65536 if sizes.trace else 1, LOG_COLUMNS), np.int64),
        np.zeros((n_ticks, sizes.roles), np.int32),
        np.zeros((n_ticks, sizes.roles), np.int32),
        np.zeros((n_people, 24), np.int64),
        np.zeros(n_ticks, np.int32),
    )


@part
def chain(table, first, column):
    """Join the rows from `first` on to a list of free ones."""
    last = len(table) - 1
    for k in range(first, last):
        table[k, column] = k + 1
    table[last, column] = -1


@inner
def is_tight(run):
    """Whether one more event might not find room."""
    g = run.g
    margin = g[G_MARGIN]
    return (
        g[G_FREE] < 2 * margin
        or g[G_HEAP] + 2 * margin > len(run.heap_key)
        or g[G_FREE_SLOT] < 0
        or (g[G_TRACE] != 0 and g[G_LOG] + 8 * margin > len(run.log))
    )


@part
def with_room(run):
    """The same run with larger arrays where room is short."""
    g, margin = run.g, run.g[G_MARGIN]
    items, slots, log = run.items, run.slots, run.log
    heap_key, heap_item = run.heap_key, run.heap_item
    if g[G_FREE] < 2 * margin:
        room = len(items)
        items = grown(items, 2 * room)
        items[room:, :] = 0
        chain(items, room, I_NEXT)
        items[2 * room - 1, I_NEXT] = g[G_FREE_ITEM]
        g[G_FREE_ITEM] = room
        g[G_FREE] += room
    if g[G_HEAP] + 2 * margin > len(heap_key):
        heap_key = grown_line(heap_key, 2 * len(heap_key))
        heap_item = grown_line(heap_item, 2 * len(heap_item))
    if g[G_FREE_SLOT] < 0:
        room = len(slots)
        slots = grown(slots, 2 * room)
        chain(slots, room, S_NEXT)
        g[G_FREE_SLOT] = room
    if g[G_TRACE] != 0 and g[G_LOG] + 8 * margin > len(log):
        log = grown(log, 2 * len(log))
    run.items, run.slots, run.log = items, slots, log
    run.heap_key, run.heap_item = heap_key, heap_item


@part
def with_longer_queues(run, longest):
    """The same run with queues that hold so many files."""
    room = run.queue_key.shape[1]
    while room <= longest:
        room *= 2
    run.queue_key = grown_wide(run.queue_key, room)
    run.queue_item = grown_wide(run.queue_item, room)


@part
def grown(array, rows):
    """A copy with room for more rows."""
    larger = np.empty((rows, array.shape[1]), array.dtype)
    larger[: array.shape[0]] = array
    return larger


@part
def grown_line(array, size):
    """A copy of a line with more places."""
    larger = np.empty(size, array.dtype)
    larger[: array.shape[0]] = array
    return larger


@part
def grown_wide(array, columns):
    """A copy with wider rows."""
    larger = np.empty((array.shape[0], columns), array.dtype)
    larger[:, : array.shape[1]] = array
    return larger


@inner
def stop(run, status, where):
    """The run ends here: why and at which node or scope."""
    run.g[G_STATUS] = status
    run.g[G_WHERE] = where


@inner
def note(run, t, case, what, a, b, c):
    """A line in the log, when there is one."""
    if run.g[G_TRACE] != 0:
        write_line(run, t, case, what, a, b, c)


@part
def write_line(run, t, case, what, a, b, c):
    """The next line of the log."""
    g, log = run.g, run.log
    row = g[G_LOG]
    if row >= len(log):
        g[G_STATUS] = TOO_LONG
        return
    log[row, 0] = t
    log[row, 1] = case
    log[row, 2] = what
    log[row, 3] = a
    log[row, 4] = b
    log[row, 5] = c
    g[G_LOG] = row + 1
