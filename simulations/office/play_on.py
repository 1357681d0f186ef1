"""Plays an office on from its open cases, once for each seed.

A hold that no waiting event stands for ends at a drawn instant.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulations.arrivals import Cases, cases_of
from simulations.draws import GOLDEN, MASK, SALT_AFTER, amount, mix, uniform
from simulations.layout import DUE, ENDED_AT, HELD_SINCE, N_WORK, P_LIMIT, P_POLICY
from simulations.live import LiveStart
from simulations.office_arrays import CALENDAR_RULE, DAY, after_pause, limit_rule, next_open
from simulations.run import play

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulations.compiling.model import Model
    from simulations.office.start import LiveArrays, Start


@dataclass(frozen=True)
class Played:
    """All replications: a column each."""

    ended: Any
    """[case, replication]: second of the end, or the end of the window."""
    late: Any
    """[case, replication]"""
    open_still: Any
    """[case, replication]: not ended in the window."""
    waits: Any
    """By role: seconds files waited, all replications."""


def play_forecast(
    start: Start,
    seeds: Sequence[int],
    *,
    model: Model | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Played:
    """Play the office on, once for each seed."""
    chosen = model or start.model
    count, size = len(seeds), len(start.cases)
    ended = np.zeros((size, count), np.int32)
    late = np.zeros((size, count), bool)
    open_still = np.zeros((size, count), bool)
    waits = np.zeros(len(chosen.roles), np.int64)
    hour_based = np.array(
        [chosen.clock.limits[n].counts_minutes for n in chosen.flow.procedures[:, P_LIMIT]]
    )[start.arrays.procedure]
    stop = int(chosen.times.stop_at)

    def one(seed: int) -> tuple[Any, Any]:
        cases, live, place = with_new(chosen, start, seed)
        found = play(chosen, cases, live)
        return found.cases[place].astype(np.int64), found.queue_waits

    def take(column: int, rows: Any, waited: Any) -> None:
        end = rows[:, ENDED_AT]
        still = end < 0
        at = np.where(still, stop, end)
        due = rows[:, DUE]
        due_missed = (at // DAY > due // DAY) | (hour_based & (at > due))
        # A clock that stands in the end is not late yet.
        late[:, column] = due_missed & ~(still & (rows[:, HELD_SINCE] >= 0))
        ended[:, column] = at
        open_still[:, column] = still
        waits[:] += waited
        if progress is not None:
            progress(column + 1, count)

    threads = workers or os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Any] = []
        try:
            for column in range(count):
                # Few are under way at once: each holds arrays of all its cases.
                while len(waiting) > threads:
                    done, future = waiting.pop(0)
                    take(done, *future.result())
                waiting.append((column, pool.submit(one, seeds[column])))
            for done, future in waiting:
                take(done, *future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Played(ended, late, open_still, waits)


def with_new(model: Model, start: Start, seed: int) -> tuple[Cases, LiveStart, Any]:
    """The open cases and those that will come, in the order they are looked at."""
    live = start.arrays
    size = len(live.procedure)
    seed_key = np.uint64(mix((seed + 1) * GOLDEN & MASK))
    with np.errstate(over="ignore"):
        keys = live.salts + seed_key
    at = np.full(size, live.now, np.int64)
    due, held = live.due.copy(), live.held.copy()
    for number, node in live.waits_alone:
        at[number], due[number] = _hold_ends(model, live, number, node, int(keys[number]))
        held[number] = -1
    new = cases_of(model.plans, model.scenario.procedures, seed)
    last = (model.clock.day(start.until) + 1) * DAY
    chosen = (new.at > live.now) & (new.at < last)
    times = np.concatenate((at, new.at[chosen]))
    order = np.argsort(times, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    fresh = int(chosen.sum())
    none = np.full(fresh, -1, np.int64)
    lengths = np.concatenate((np.diff(live.token_first), np.zeros(fresh, np.int64)))[order]
    first = np.concatenate(([0], np.cumsum(lengths)))
    begins = np.concatenate((live.token_first[:-1], np.zeros(fresh, np.int64)))[order]
    index = np.repeat(begins - first[:-1], lengths) + np.arange(int(first[-1]))
    nodes = live.tokens[index] if len(index) else np.zeros(1, np.int64)
    cases = Cases(
        at=times[order],
        procedure=np.concatenate((live.procedure, new.procedure[chosen]))[order],
        group=np.concatenate((np.zeros(size, np.int64), new.group[chosen]))[order],
        online=np.concatenate((np.zeros(size, np.int64), new.online[chosen]))[order],
        key=np.concatenate((keys, new.key[chosen]))[order],
    )
    started = LiveStart(
        due=np.concatenate((due, none))[order],
        held=np.concatenate((held, none))[order],
        first=first.astype(np.int64),
        node=nodes.astype(np.int64),
    )
    return cases, started, place[:size]


def _hold_ends(model: Model, live: LiveArrays, number: int, node: int, key: int) -> tuple[int, int]:
    """When a pause ends that no token waits for, and the due instant then. Legal: R21, R22"""
    if node < 0:
        drawn = int(5 * DAY * -math.log1p(-uniform(key, SALT_AFTER, 0)))
    else:
        work = int(model.flow.nodes[node, N_WORK])
        u = uniform(key, SALT_AFTER, 0)
        drawn = amount(model.draws.rows[work], model.draws.values, u)
    office = model.office
    end = int(next_open(office, min(live.now + drawn, int(model.times.stop_at) - 1)))
    if end < 0:
        end = int(model.times.stop_at) - 1
    row = model.flow.procedures[live.procedure[number]]
    due = int(live.due[number])
    policy = max(int(row[P_POLICY]), 0)
    limit = int(row[P_LIMIT])
    end_on = due // DAY if limit_rule(office, limit) == CALENDAR_RULE else -1
    moved, _, _, _ = after_pause(
        office, limit, policy, int(live.held[number]), end, due, due, end_on, 0
    )
    return end, int(moved) if moved >= 0 else due
