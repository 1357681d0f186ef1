"""Events that wait on a border or in a scope, and the office's clock that stands and goes on."""

from __future__ import annotations

from simulations.draws import SALT_AFTER, SALT_SHARE, amount
from simulations.fast.draws import uniform
from simulations.fast.items import new_item, outdate, schedule
from simulations.fast.state import (
    ARMED,
    I_HOST,
    I_NEXT,
    I_NODE,
    I_STATE,
    S_AT,
    S_CASE,
    S_DUE,
    S_END,
    S_HEAD,
    S_HELD,
    S_KEY,
    S_KIND,
    S_LIMIT,
    S_MOVED,
    S_PAUSE,
    S_PROC,
    S_REACHED,
    SUSPENDED,
    inner,
    note,
    part,
    stop,
)
from simulations.layout import (
    A_AFTER,
    A_LIMIT,
    A_SALT,
    A_TIMER,
    ANSWERED,
    ASKED_AT,
    DUE,
    DUE_766,
    ENDED_AT,
    HELD,
    HELD_SINCE,
    NO_CALENDAR,
    P_POLICY,
    REQUESTS,
    RESUMED,
    SUPPLEMENT,
    T_AFTER,
    T_APOLOGY,
    T_BEFORE_DUE,
    T_DUE,
    TAKEN_UP,
    TWO_PAUSES,
)
from simulations.office_arrays import (
    O_POLICY,
    after_pause,
    apology_due,
    before_due,
    first_due,
    next_open,
    position,
)


@part
def timer_at(given, run, slot, relation, limit, t):
    """When a timer that is set now fires, -1 beyond the calendar."""
    office, slots = given.office, run.slots
    if relation == T_AFTER:
        return first_due(office, limit, t)
    if relation == T_DUE:
        return slots[slot, S_DUE]
    if relation == T_APOLOGY:
        return apology_due(office, slots[slot, S_DUE], slots[slot, S_AT])
    if relation == T_BEFORE_DUE:
        return before_due(office, limit, slots[slot, S_DUE], slots[slot, S_AT])
    return t + limit


@inner
def counts_office_time(relation):
    """Whether a timer is tied to the case's due, and so stands while the clock does."""
    return T_DUE <= relation <= T_BEFORE_DUE


@part
def arm(given, run, slot, number, host, visit, t):
    """Begin to wait for an event on a border, or for the start of an event subprocess.

    With TAKEN_UP for the visit the case is under way: what was due before has fired before.
    """
    arms, office, slots = given.arms, given.office, run.slots
    relation = arms[number, A_TIMER]
    taken_up = visit == TAKEN_UP
    visit = max(visit, 0)
    if relation < 0:
        share = given.arm_share[number]
        if share <= 0.0:
            return
        key, salt = slots[slot, S_KEY], arms[number, A_SALT]
        if uniform(key, salt ^ SALT_SHARE, visit) >= share:
            return
        u = uniform(key, salt ^ SALT_AFTER, visit)
        at = next_open(office, t + amount(given.rows[arms[number, A_AFTER]], given.values, u))
    else:
        at = timer_at(given, run, slot, relation, arms[number, A_LIMIT], t)
    if at < 0:
        stop(run, NO_CALENDAR, 0)
        return
    by_due = counts_office_time(relation)
    if taken_up and by_due and at <= t:
        return
    item = new_item(run, slot, number, ARMED, t)
    run.items[item, I_HOST] = host
    if by_due and slots[slot, S_PAUSE] >= 0:
        run.items[item, I_STATE] = SUSPENDED
    else:
        schedule(run, item, max(at, t), 0)


@part
def arm_all(given, run, slot, first, last, host, visit, t):
    """Arm the events of a stretch of the lists."""
    for k in range(first, last):
        arm(given, run, slot, given.lists[k], host, visit, t)


@part
def pause(given, run, slot, kind, node, since):
    """The office's clock stands. Legal: R21, R22"""
    items, slots = run.items, run.slots
    if slots[slot, S_PAUSE] >= 0:
        stop(run, TWO_PAUSES, node)
        return
    slots[slot, S_PAUSE] = since
    slots[slot, S_KIND] = kind
    row = run.cases[slots[slot, S_CASE]]
    if row[HELD_SINCE] < 0:
        row[HELD_SINCE] = since
    if kind == SUPPLEMENT:
        row[REQUESTS] += 1
        if row[ASKED_AT] < 0:
            row[ASKED_AT] = since
    item = slots[slot, S_HEAD]
    while item >= 0:
        if items[item, I_STATE] == ARMED:
            if counts_office_time(given.arms[items[item, I_NODE], A_TIMER]):
                items[item, I_STATE] = SUSPENDED
                outdate(run, item)
        item = items[item, I_NEXT]
    note(run, since, slots[slot, S_CASE], HELD, node, kind, 0)


@part
def resume(given, run, slot, node, t):
    """The office's clock goes on; the due instant is counted again. Legal: R21, R22"""
    arms, office, items, slots = given.arms, given.office, run.items, run.slots
    kind = slots[slot, S_KIND]
    start = slots[slot, S_PAUSE]
    policy = 1
    if kind == SUPPLEMENT:
        policy = given.procedures[slots[slot, S_PROC], P_POLICY]
        if policy < 0:
            policy = office[office[O_POLICY] + slots[slot, S_AT] // 86400]
    before = slots[slot, S_DUE]
    due, reached, end_on, moved = after_pause(
        office,
        slots[slot, S_LIMIT],
        policy,
        start,
        t,
        before,
        slots[slot, S_REACHED],
        slots[slot, S_END],
        slots[slot, S_MOVED],
    )
    if due < 0:
        stop(run, NO_CALENDAR, 0)
        return
    slots[slot, S_DUE], slots[slot, S_REACHED] = due, reached
    slots[slot, S_END], slots[slot, S_MOVED] = end_on, moved
    slots[slot, S_HELD] += position(office, t) - position(office, start)
    slots[slot, S_PAUSE] = -1
    row = run.cases[slots[slot, S_CASE]]
    if row[ENDED_AT] < 0:
        row[HELD_SINCE] = -1
        row[DUE] = due
        if kind == SUPPLEMENT:
            row[ANSWERED] += t - row[ASKED_AT]
            row[ASKED_AT] = -1
        else:
            row[DUE_766] += due - before
    item = slots[slot, S_HEAD]
    while item >= 0:
        if items[item, I_STATE] == SUSPENDED:
            number = items[item, I_NODE]
            at = timer_at(given, run, slot, arms[number, A_TIMER], arms[number, A_LIMIT], t)
            if at < 0:
                stop(run, NO_CALENDAR, 0)
                return
            items[item, I_STATE] = ARMED
            schedule(run, item, max(at, t), 0)
        item = items[item, I_NEXT]
    note(run, t, slots[slot, S_CASE], RESUMED, node, before, due)
