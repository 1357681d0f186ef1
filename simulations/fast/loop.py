"""The event loop in machine code, step by step that of `simulations.reference.loop`."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from numba import njit

from simulations.fast.events import arrive, close_case, happen, next_item
from simulations.fast.items import change_queue
from simulations.fast.lending import keep, lent
from simulations.fast.people import (
    on_shift,
    seek_somebody,
    seek_something,
    shift_begins,
    worked,
)
from simulations.fast.state import (
    CLOSING,
    G_FREED,
    G_HEAP,
    G_LAST,
    G_LOG,
    G_LONGEST,
    G_OPEN,
    G_READY,
    G_SERIAL,
    G_STATUS,
    G_TOKENS,
    G_WHERE,
    I_NODE,
    I_SINCE,
    I_SLOT,
    I_STATE,
    NEVER,
    Q_AREA,
    Q_LIVE,
    Q_MOST,
    Q_OFFERED,
    Q_SIZE,
    Q_WAITS,
    QUEUED,
    S_CLOSE,
    Given,
    Sizes,
    empty_run,
    is_tight,
    part,
    with_longer_queues,
    with_room,
)
from simulations.fast.tokens import move_tokens
from simulations.layout import M_CALENDAR, N_ROLE, NO_CALENDAR, Outcome

if TYPE_CHECKING:
    from simulations.arrivals import Cases
    from simulations.compiling.model import Model
    from simulations.live import LiveStart


_ABOVE = (
    "arrivals.py",
    "compiling/arrays.py",
    "draws.py",
    "layout.py",
    "live.py",
    "office_arrays.py",
)
"""Sources outside this folder that the machine code is made from."""


def _stamp() -> int:
    """A number that changes with the sources.

    The machine code on disk is kept by it, for numba itself looks at the file of the loop only.
    """
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.py")), *(here.parent / name for name in _ABOVE)]
    return int.from_bytes(sha256(b"".join(p.read_bytes() for p in sources)).digest()[:6], "big")


@part
def tick(given, run, number, t):
    """Count queues and people at work."""
    for role in range(len(run.queues)):
        run.queue_at[number, role] = run.queues[role, Q_LIVE]
    run.open_at[number] = run.g[G_OPEN]
    hour = (t % 86400) // 3600
    for person in range(len(run.person_item)):
        item = run.person_item[person]
        if item >= 0:
            if on_shift(given, run, given.groups[given.group_of[person], M_CALENDAR], t):
                run.busy_at[number, given.nodes[run.items[item, I_NODE], N_ROLE]] += 1
                run.busy_person[person, hour] += 1


@part
def finish_sums(given, run, t):
    """Count what still stands at the end; gives the queues beside which somebody is idle."""
    queues = run.queues
    for person in range(len(run.person_item)):
        item = run.person_item[person]
        if item >= 0:
            worked(given, run, person, run.items[item, I_SINCE], t)
    beside = 0
    for role in range(len(queues)):
        change_queue(run, role, t, 0)
        for k in range(queues[role, Q_SIZE]):
            item = run.queue_item[role, k]
            if run.items[item, I_STATE] == QUEUED:
                queues[role, Q_WAITS] += t - run.items[item, I_SINCE]
        if queues[role, Q_LIVE] > 0:
            for j in range(given.role_groups[role, 0], given.role_groups[role, 1]):
                group = given.people_lists[j]
                if run.idle_count[group] > 0:
                    if on_shift(given, run, given.groups[group, M_CALENDAR], t - 1):
                        beside += 1
    return beside


def _make(stamp: int):
    @njit(nogil=True, cache=True)
    def loop(flow, draws, people, office, times, cases, live, sizes):
        version = stamp
        tables = Given(
            flow.nodes, flow.ways, flow.chance, flow.arms, flow.arm_share, flow.scopes, flow.lists,
            flow.procedures, flow.upstream, draws.rows, draws.values, people.group_of,
            people.groups, people.speed, people.roles, people.lists, people.shift_first,
            people.shifts, people.begins, times.stop_at, times.measured_from, times.run_out,
            times.rule, times.ticks, times.signing_start, times.signing_at, cases.at,
            cases.procedure, cases.group, cases.key, live.due, live.held, live.first, live.node,
            office,
        )  # fmt: skip
        own = empty_run(tables, sizes)
        given, run = lent(tables), lent(own)
        case_at, begins, ticks = given.case_at, given.begins, given.ticks
        stop_at, run_out = given.stop_at, given.run_out
        g = run.g
        next_case = next_begin = next_tick = t = 0
        while True:
            if is_tight(run):
                with_room(own)
            arrival_at = case_at[next_case] if next_case < len(case_at) else NEVER
            begin_at = begins[next_begin, 0] if next_begin < len(begins) else NEVER
            tick_at = ticks[next_tick] if next_tick < len(ticks) else NEVER
            heap_at = run.heap_key[0] >> 32 if g[G_HEAP] > 0 else NEVER
            t = min(min(arrival_at, begin_at), min(tick_at, heap_at))
            if run_out:
                if next_case >= len(case_at) and g[G_OPEN] == 0:
                    break
                if t >= g[G_LAST]:
                    g[G_STATUS] = NO_CALENDAR
                    break
            elif t >= stop_at:
                t = stop_at
                break
            if tick_at == t:
                tick(given, run, next_tick, t)
                next_tick += 1
                continue
            g[G_TOKENS] = 0
            g[G_READY] = 0
            g[G_FREED] = 0
            leave = -1
            if heap_at == t:
                item = next_item(run)
                if item < 0:
                    continue
                slot = run.items[item, I_SLOT]
                leave = happen(given, run, item, t)
            elif begin_at == t:
                shift_begins(given, run, begins[next_begin, 1], t)
                next_begin += 1
                continue
            else:
                slot = arrive(given, run, next_case, t)
                next_case += 1
            move_tokens(given, run, slot, leave, t)
            if g[G_STATUS] != 0:
                break
            if run.slots[slot, S_CLOSE] & CLOSING:
                close_case(given, run, slot, t)
            if g[G_LONGEST] + g[G_READY] >= run.queue_key.shape[1]:
                with_longer_queues(own, g[G_LONGEST] + g[G_READY])
            seek_somebody(given, run, t)
            seek_something(given, run, t)
        beside = finish_sums(given, run, t)
        keep(tables)
        queues = own.queues
        return (
            g[G_STATUS], g[G_WHERE], t, own.cases, own.sums, queues[:, Q_AREA].copy(),
            queues[:, Q_WAITS].copy(), queues[:, Q_MOST].copy(), queues[:, Q_OFFERED].copy(),
            own.busy, own.queue_at, own.busy_at, own.busy_person, own.open_at, g[G_SERIAL],
            own.log[: g[G_LOG]], beside, version,
        )  # fmt: skip

    return loop


_loop = _make(_stamp())


def run_fast(model: Model, cases: Cases, live: LiveStart, *, trace: bool = False) -> Outcome:
    """One run of a compiled scenario on given cases."""
    found = _loop(
        model.flow,
        model.draws,
        model.people,
        model.office,
        model.times,
        cases,
        live,
        Sizes(
            len(model.roles),
            model.calendars,
            model.most_nodes,
            model.most_scopes,
            model.most_entries,
            trace,
        ),
    )
    return Outcome(*found[:17])
