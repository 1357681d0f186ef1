"""People: their shifts, the queues before them, and who takes what."""

from __future__ import annotations

from simulations.fast.items import change_queue, free_row, heap_pop, heap_push, schedule
from simulations.fast.state import (
    G_FREED,
    G_LAST,
    G_LONGEST,
    G_READY,
    G_STEPS,
    I_GEN,
    I_NODE,
    I_PERSON,
    I_SERIAL,
    I_SINCE,
    I_SLOT,
    I_STATE,
    I_WORK,
    NEVER,
    Q_LIVE,
    Q_MOST,
    Q_SIZE,
    Q_WAITS,
    QUEUED,
    RUNNING,
    S_CASE,
    S_CLASS,
    S_DUE,
    S_PROC,
    inner,
    note,
    part,
)
from simulations.layout import (
    BEGUN,
    M_CALENDAR,
    M_ROLES,
    M_ROLES_END,
    M_SIZE,
    N_ROLE,
    P_RANK,
    R_CLASS,
    R_CLASS_DUE,
    R_DUE,
    STARTED,
    WAITED,
    WAITED_WORKING,
)
from simulations.office_arrays import position


@inner
def on_shift(given, run, calendar, t):
    """Whether people of a calendar work at an instant; instants asked for never fall."""
    shifts, current = given.shifts, run.current
    k = current[calendar]
    while shifts[k, 1] <= t:
        k += 1
    current[calendar] = k
    return shifts[k, 0] <= t


@inner
def add_shift(given, calendar, t, seconds):
    """When so many seconds of a person's working time have passed."""
    shifts = given.shifts
    k = given.shift_first[calendar, t // 86400]
    while shifts[k, 1] <= t:
        k += 1
    t = max(t, shifts[k, 0])
    while True:
        rest = shifts[k, 1] - t
        if seconds <= rest:
            return t + seconds
        seconds -= rest
        k += 1
        t = shifts[k, 0]
        if t >= NEVER >> 1:
            return t


@inner
def shift_between(given, calendar, start, end):
    """Seconds of a person's working time between two instants."""
    if end <= start:
        return 0
    shifts = given.shifts
    k = given.shift_first[calendar, start // 86400]
    total = 0
    while shifts[k, 0] < end:
        total += max(min(shifts[k, 1], end) - max(shifts[k, 0], start), 0)
        k += 1
    return total


@inner
def take_idle(given, run, group):
    """The person of a group who has waited longest for work."""
    head = run.idle_head[group]
    run.idle_head[group] = (head + 1) % given.groups[group, M_SIZE]
    run.idle_count[group] -= 1
    return run.idle[group, head]


@inner
def add_idle(given, run, group, person):
    """A person has nothing to do."""
    place = run.idle_head[group] + run.idle_count[group]
    run.idle[group, place % given.groups[group, M_SIZE]] = person
    run.idle_count[group] += 1


@inner
def first_of_queue(run, role):
    """The key of the first live file of a queue; what was cancelled is cleared away."""
    queues, queue_item = run.queues, run.queue_item
    while queues[role, Q_SIZE] > 0:
        item = queue_item[role, 0]
        if run.items[item, I_STATE] == QUEUED:
            return run.queue_key[role, 0]
        heap_pop(run.queue_key[role], queue_item[role], queues[role, Q_SIZE])
        queues[role, Q_SIZE] -= 1
        free_row(run, item)
    return -1


@part
def take_best(given, run, group, t):
    """The file that goes first among the queues of a group's roles, or -1."""
    groups, queues = given.groups, run.queues
    best = -1
    chosen = -1
    for k in range(groups[group, M_ROLES], groups[group, M_ROLES_END]):
        role = given.people_lists[k]
        if queues[role, Q_LIVE] == 0:
            continue
        key = first_of_queue(run, role)
        if key >= 0 and (best < 0 or key < best):
            best = key
            chosen = role
    if chosen < 0:
        return -1
    item = run.queue_item[chosen, 0]
    heap_pop(run.queue_key[chosen], run.queue_item[chosen], queues[chosen, Q_SIZE])
    queues[chosen, Q_SIZE] -= 1
    change_queue(run, chosen, t, -1)
    queues[chosen, Q_WAITS] += t - run.items[item, I_SINCE]
    return item


@part
def start_work(given, run, item, person, group, t):
    """A person begins to work on a file."""
    items, office = run.items, given.office
    node = items[item, I_NODE]
    since = items[item, I_SINCE]
    totals = run.sums[node]
    totals[STARTED] += 1
    if t > since:
        totals[WAITED] += t - since
        totals[WAITED_WORKING] += position(office, t) - position(office, since)
    work = items[item, I_WORK]
    speed = given.speed[group]
    if speed != 1.0:
        work = int(work / speed + 0.5)
    items[item, I_STATE] = RUNNING
    items[item, I_PERSON] = person
    items[item, I_SINCE] = t
    items[item, I_WORK] = work
    run.person_item[person] = item
    done = add_shift(given, given.groups[group, M_CALENDAR], t, work)
    schedule(run, item, min(done, run.g[G_LAST]), 1)
    case = run.slots[items[item, I_SLOT], S_CASE]
    note(run, t, case, BEGUN, node, items[item, I_SERIAL], person)


@part
def shift_begins(given, run, calendar, t):
    """People come to work and take what waits."""
    groups = given.groups
    for group in range(len(groups)):
        if groups[group, M_CALENDAR] != calendar:
            continue
        while run.idle_count[group] > 0:
            item = take_best(given, run, group, t)
            if item < 0:
                break
            start_work(given, run, item, take_idle(given, run, group), group, t)


@inner
def queue_key(given, run, item, t):
    """What a file's place in its queue is decided by."""
    slots, rule = run.slots, given.rule
    slot = run.items[item, I_SLOT]
    first = t
    if rule == R_DUE or rule == R_CLASS_DUE:
        first = slots[slot, S_DUE]
    if rule >= R_CLASS:
        column = P_RANK + slots[slot, S_CLASS]
        first |= given.procedures[slots[slot, S_PROC], column] << 31
    return (first << 28) | (run.g[G_STEPS] & 0xFFFFFFF)


@part
def seek_somebody(given, run, t):
    """What became ready looks for an idle person, else it queues."""
    items, queues = run.items, run.queues
    for k in range(run.g[G_READY]):
        item = run.ready[k, 0]
        if items[item, I_GEN] != run.ready[k, 1]:
            continue
        role = given.nodes[items[item, I_NODE], N_ROLE]
        items[item, I_SINCE] = t
        found = -1
        for j in range(given.role_groups[role, 0], given.role_groups[role, 1]):
            group = given.people_lists[j]
            if run.idle_count[group] > 0:
                if on_shift(given, run, given.groups[group, M_CALENDAR], t):
                    found = group
                    break
        if found >= 0:
            start_work(given, run, item, take_idle(given, run, found), found, t)
            continue
        size = queues[role, Q_SIZE]
        items[item, I_STATE] = QUEUED
        key = queue_key(given, run, item, t)
        heap_push(run.queue_key[role], run.queue_item[role], size, key, item)
        run.g[G_STEPS] += 1
        queues[role, Q_SIZE] = size + 1
        run.g[G_LONGEST] = max(run.g[G_LONGEST], size + 1)
        change_queue(run, role, t, 1)
        queues[role, Q_MOST] = max(queues[role, Q_MOST], queues[role, Q_LIVE])


@inner
def worked(given, run, person, since, until):
    """A person's working time on a file counts, as far as it is measured."""
    calendar = given.groups[given.group_of[person], M_CALENDAR]
    start, end = max(since, given.measured_from), min(until, given.stop_at)
    run.busy[person] += shift_between(given, calendar, start, end)


@part
def seek_something(given, run, t):
    """Who became free looks for a file, else is idle."""
    for k in range(run.g[G_FREED]):
        person = run.freed[k, 0]
        group = given.group_of[person]
        run.person_item[person] = -1
        worked(given, run, person, run.freed[k, 1], t)
        item = -1
        if on_shift(given, run, given.groups[group, M_CALENDAR], t):
            item = take_best(given, run, group, t)
        if item >= 0:
            start_work(given, run, item, person, group, t)
        else:
            add_idle(given, run, group, person)
