"""The event loop in plain words: objects and `heapq`. It decides what is right."""

from __future__ import annotations

from heapq import heappop
from typing import TYPE_CHECKING

import numpy as np

from simulations import layout as at
from simulations.layout import Outcome
from simulations.office_arrays import DAY
from simulations.reference.events import arrive, close, finish_step, happen
from simulations.reference.items import change
from simulations.reference.people import (
    on_shift,
    seek_somebody,
    seek_something,
    shift_begins,
    shift_between,
)
from simulations.reference.state import NEVER, OUT_OF_DATE, QUEUED, READY, RUNNING, Run, Stop
from simulations.reference.tokens import move_tokens

if TYPE_CHECKING:
    from simulations.arrivals import Cases
    from simulations.compiling.model import Model
    from simulations.live import LiveStart


def loop(run: Run) -> None:
    """Let event after event happen until the window or the work is over."""
    arrivals, begins, ticks, heap = run.arrivals, run.begins, run.ticks, run.heap
    ready_now, freed_now, run_out = run.ready, run.freed, run.run_out
    next_case = next_begin = next_tick = 0
    arrival_at, begin_at, tick_at = arrivals[0], begins[0][0], ticks[0]
    planned_at = min(arrival_at, begin_at, tick_at)
    while True:
        heap_at = heap[0][0] >> 32 if heap else NEVER
        run.t = t = heap_at if heap_at < planned_at else planned_at
        if run_out:
            if arrival_at == NEVER and run.open == 0:
                return
            if t >= run.last_second:
                raise Stop(at.NO_CALENDAR)
        elif t >= run.stop_at:
            run.t = run.stop_at
            return
        if tick_at == t:
            tick(run, next_tick)
            next_tick += 1
            tick_at = ticks[next_tick]
            planned_at = min(arrival_at, begin_at, tick_at)
            continue
        if heap_at == t:
            key, item = heappop(heap)
            # An item that was suspended or is gone is not due at this instant any more.
            if item.state in OUT_OF_DATE or item.at != key:
                continue
            case = item.case
            if item.state == RUNNING:
                finish_step(run, item)
            else:
                happen(run, item)
        elif begin_at == t:
            shift_begins(run, begins[next_begin][1])
            next_begin += 1
            begin_at = begins[next_begin][0]
            planned_at = min(arrival_at, begin_at, tick_at)
            continue
        else:
            case = arrive(run, next_case)
            next_case += 1
            arrival_at = arrivals[next_case]
            planned_at = min(arrival_at, begin_at, tick_at)
        move_tokens(run, case)
        if case.closed:
            close(run, case)
        if ready_now:
            for ready in ready_now:
                if ready.state == READY:
                    seek_somebody(run, ready)
            ready_now.clear()
        if freed_now:
            for person, begun in freed_now:
                seek_something(run, person, begun)
            freed_now.clear()


def tick(run: Run, number: int) -> None:
    """Count queues and people at work."""
    run.queue_at[number] = run.waiting
    run.open_at[number] = run.open
    hour = run.t % DAY // 3600
    for person, item in enumerate(run.person_item):
        if item is not None and on_shift(
            run, run.groups[run.group_of[person]][at.M_CALENDAR], run.t
        ):
            run.busy_at[number, run.nodes[item.node].role] += 1
            run.busy_person[person, hour] += 1


def run_reference(model: Model, cases: Cases, live: LiveStart, *, trace: bool = False) -> Outcome:
    """One run of a compiled scenario on given cases."""
    run = Run(model, cases, live, trace=trace)
    status = where = 0
    try:
        loop(run)
    except Stop as stop:
        status, where = stop.status, stop.where
    t = run.t
    start, end = run.measured_from, min(t, run.stop_at)
    for person, item in enumerate(run.person_item):
        if item is not None:
            calendar = run.groups[run.group_of[person]][at.M_CALENDAR]
            run.busy[person] += shift_between(run, calendar, max(item.since, start), end)
    beside = 0
    for role, queue in enumerate(run.queues):
        change(run, role, 0)
        run.waits[role] += sum(t - item.since for _, item in queue if item.state == QUEUED)
        if run.waiting[role] > 0:
            beside += sum(
                1
                for group in run.role_groups[role]
                if run.idle[group] and on_shift(run, run.groups[group][at.M_CALENDAR], t - 1)
            )
    return Outcome(
        status=status,
        where=where,
        stopped_at=t,
        cases=np.array(run.found, np.int32).reshape(len(run.found), at.CASE_COLUMNS),
        nodes=np.array(run.sums, np.int64),
        queue_area=np.array(run.area, np.int64),
        queue_waits=np.array(run.waits, np.int64),
        queue_most=np.array(run.most, np.int64),
        offered=np.array(run.offered, np.int64),
        busy=np.array(run.busy, np.int64),
        queue_at=run.queue_at,
        busy_at=run.busy_at,
        busy_person=run.busy_person,
        open_at=run.open_at,
        steps_done=run.serial,
        log=np.array(run.log, np.int64).reshape(len(run.log), at.LOG_COLUMNS),
        idle_beside_queue=beside,
    )
