"""What happens to a case: it comes, work is finished, a wait is over, it is closed."""

from __future__ import annotations

from simulations.fast.items import disarm, drop_item, heap_pop, kill_item
from simulations.fast.scopes import begin, fire, take_up
from simulations.fast.state import (
    G_FREE_SLOT,
    G_FREED,
    G_HEAP,
    G_OPEN,
    I_GEN,
    I_HELD,
    I_MADE,
    I_NEXT,
    I_NODE,
    I_PERSON,
    I_SERIAL,
    I_SINCE,
    I_SLOT,
    I_STATE,
    I_WAY,
    I_WORK,
    LATER,
    READY,
    RUNNING,
    S_APOLOGISED,
    S_AT,
    S_CASE,
    S_CLASS,
    S_DUE,
    S_END,
    S_HEAD,
    S_HELD,
    S_KEY,
    S_LIMIT,
    S_NEXT,
    S_PAUSE,
    S_PROC,
    S_REACHED,
    WAITING,
    inner,
    note,
    part,
    stop,
)
from simulations.fast.timers import resume
from simulations.fast.tokens import add_ready
from simulations.layout import (
    ANSWERED,
    APOLOGISED_AT,
    ARRIVED,
    CLOSED,
    CLOSED_AT,
    COMPLETED,
    DONE,
    DUE,
    DUE_766,
    ENDED,
    ENDED_AT,
    FINISHED,
    FIRST_DUE,
    HELD_SINCE,
    HOLDER,
    K_RACE,
    LATE_STEPS,
    N_APOLOGISES,
    N_ARMS,
    N_ARMS_END,
    N_HOLD,
    N_KIND,
    N_STEP_LIMIT,
    NO_CALENDAR,
    OUTCOME,
    P_LIMIT,
    P_SCOPE,
    REQUESTS,
    WAIT_OVER,
    WORKED,
)
from simulations.office_arrays import add_work, first_due, first_end, limit_amount, limit_rule


@part
def arrive(given, run, case, t):
    """A case comes, or is taken up where it stands; gives its slot."""
    g, slots = run.g, run.slots
    slot = g[G_FREE_SLOT]
    g[G_FREE_SLOT] = slots[slot, S_NEXT]
    g[G_OPEN] += 1
    slots[slot, :] = 0
    procedure = given.case_procedure[case]
    limit = given.procedures[procedure, P_LIMIT]
    due = given.live_due[case]
    end_on = first_end(given.office, limit, t)
    if due < 0:
        due = first_due(given.office, limit, t)
        if due < 0:
            stop(run, NO_CALENDAR, 0)
            return slot
    elif end_on >= 0:
        # Its last day before days off is not known any more; the due day stands for it.
        end_on = due // 86400
    line = slots[slot]
    line[S_KEY] = given.case_key[case]
    line[S_CASE] = case
    line[S_PROC] = procedure
    line[S_CLASS] = given.case_class[case]
    line[S_LIMIT] = limit
    line[S_DUE] = due
    line[S_END] = end_on
    line[S_REACHED] = due
    line[S_PAUSE] = -1
    line[S_HEAD] = -1
    line[S_AT] = t
    row = run.cases[case]
    row[DUE] = due
    row[DUE_766] = due
    row[FIRST_DUE] = due
    row[REQUESTS] = 0
    row[ANSWERED] = 0
    row[OUTCOME] = 0
    note(run, t, case, ARRIVED, procedure, due, 0)
    root = given.procedures[procedure, P_SCOPE]
    first, last = given.live_first[case], given.live_first[case + 1]
    if last > first:
        take_up(given, run, slot, root, first, last, t)
    else:
        begin(given, run, slot, root, 0, t)
    return slot


@inner
def next_item(run):
    """The item something happens to now, or -1 when it is not meant any more."""
    payload = run.heap_item[0]
    heap_pop(run.heap_key, run.heap_item, run.g[G_HEAP])
    run.g[G_HEAP] -= 1
    item = payload & 0xFFFFFFFF
    return item if run.items[item, I_GEN] == payload >> 32 else -1


@inner
def happen(given, run, item, t):
    """Work is finished, a delay or a wait is over, or an armed event fires; gives the node left."""
    state = run.items[item, I_STATE]
    if state == RUNNING:
        return finish_step(given, run, item, t)
    if state == WAITING:
        return wait_over(given, run, item, t)
    if state == LATER:
        run.items[item, I_STATE] = READY
        add_ready(run, item)
    else:
        fire(given, run, item, t)
    return -1


@inner
def finish_step(given, run, item, t):
    """Somebody has done a step; gives its node."""
    nodes, items, slots = given.nodes, run.items, run.slots
    slot, node, person = items[item, I_SLOT], items[item, I_NODE], items[item, I_PERSON]
    totals = run.sums[node]
    totals[DONE] += 1
    totals[WORKED] += items[item, I_WORK]
    case = slots[slot, S_CASE]
    if items[item, I_MADE] <= slots[slot, S_DUE] < t:
        run.cases[case, HOLDER] = node
    if nodes[node, N_STEP_LIMIT] >= 0 and t > step_due(given, run, item) >= 0:
        totals[LATE_STEPS] += 1
    note(run, t, case, COMPLETED, node, items[item, I_SERIAL], person)
    if nodes[node, N_ARMS_END] > nodes[node, N_ARMS]:
        disarm(run, item)
    if nodes[node, N_APOLOGISES] and not slots[slot, S_APOLOGISED]:
        slots[slot, S_APOLOGISED] = 1
        run.cases[case, APOLOGISED_AT] = t
    run.freed[0, 0] = person
    run.freed[0, 1] = items[item, I_SINCE]
    run.g[G_FREED] = 1
    drop_item(run, item)
    return node


@part
def step_due(given, run, item):
    """By when a step must be done, without the time the clock stood. Legal: R45"""
    office, items = given.office, run.items
    made = items[item, I_MADE]
    limit = given.nodes[items[item, I_NODE], N_STEP_LIMIT]
    rule = limit_rule(office, limit)
    if rule > 1:
        return first_due(office, limit, made)
    allowed = limit_amount(office, limit)
    if rule == 0:
        allowed *= 28800
    held = run.slots[items[item, I_SLOT], S_HELD] - items[item, I_HELD]
    return add_work(office, made, allowed + held)


@part
def wait_over(given, run, item, t):
    """What was waited for is there; gives the node that is left."""
    nodes, items = given.nodes, run.items
    slot, node = items[item, I_SLOT], items[item, I_NODE]
    if nodes[node, N_HOLD] > 0:
        resume(given, run, slot, node, t)
    if nodes[node, N_ARMS_END] > nodes[node, N_ARMS]:
        disarm(run, item)
    if nodes[node, N_KIND] == K_RACE:
        node = items[item, I_WAY]
    note(run, t, run.slots[slot, S_CASE], WAIT_OVER, node, 0, 0)
    drop_item(run, item)
    return node


@part
def close_case(given, run, slot, t):
    """The diagram is at its end: the slot is free for another case."""
    g, items, slots = run.g, run.items, run.slots
    case = slots[slot, S_CASE]
    row = run.cases[case]
    row[CLOSED_AT] = t
    if row[ENDED_AT] < 0:
        row[ENDED_AT] = t
        row[OUTCOME] = ENDED
        row[HELD_SINCE] = -1
        row[DUE] = slots[slot, S_DUE]
        note(run, t, case, FINISHED, ENDED, slots[slot, S_DUE], 0)
    item = slots[slot, S_HEAD]
    while item >= 0:
        after = items[item, I_NEXT]
        kill_item(given, run, item, t)
        item = after
    note(run, t, case, CLOSED, 0, 0, 0)
    slots[slot, S_NEXT] = g[G_FREE_SLOT]
    g[G_FREE_SLOT] = slot
    g[G_OPEN] -= 1
