"""People: their shifts, the queues before them, and who takes what."""

from __future__ import annotations

from heapq import heappop, heappush

from simulations import layout as at
from simulations.office_arrays import DAY, position
from simulations.reference.items import change, note, schedule
from simulations.reference.state import DUE_FIRST, QUEUED, RUNNING, Item, Run


def on_shift(run: Run, calendar: int, t: int) -> bool:
    """Whether people of a calendar work at an instant; instants asked for never fall."""
    closes, k = run.closes, run.current[calendar]
    if closes[k] <= t:
        while closes[k] <= t:
            k += 1
        run.current[calendar] = k
    return run.opens[k] <= t


def add_shift(run: Run, calendar: int, t: int, seconds: int) -> int:
    """When so many seconds of a person's working time have passed."""
    opens, closes = run.opens, run.closes
    k = run.shift_first[calendar][t // DAY]
    while closes[k] <= t:
        k += 1
    if t < opens[k]:
        t = opens[k]
    while True:
        rest = closes[k] - t
        if seconds <= rest:
            return t + seconds
        seconds -= rest
        k += 1
        t = opens[k]
        if t >= 1 << 59:
            return t


def shift_between(run: Run, calendar: int, start: int, end: int) -> int:
    """Seconds of a person's working time between two instants."""
    if end <= start:
        return 0
    opens, closes = run.opens, run.closes
    k = run.shift_first[calendar][start // DAY]
    if opens[k] <= start and end <= closes[k]:
        return end - start
    total = 0
    while opens[k] < end:
        total += max(min(closes[k], end) - max(opens[k], start), 0)
        k += 1
    return total


def take_best(run: Run, group: int) -> Item | None:
    """The file that goes first among the queues of a group's roles."""
    best: int | None = None
    for role in run.group_roles[group]:
        queue = run.queues[role]
        if not run.waiting[role]:
            continue
        while queue[0][1].state != QUEUED:
            heappop(queue)
        if best is None or queue[0][0] < run.queues[best][0][0]:
            best = role
    if best is None:
        return None
    _, item = heappop(run.queues[best])
    change(run, best, -1)
    run.waits[best] += run.t - item.since
    return item


def start_work(run: Run, item: Item, person: int, group: int) -> None:
    """A person begins to work on a file."""
    t = run.t
    sums = run.sums[item.node]
    sums[at.STARTED] += 1
    waited = t - item.since
    if waited > 0:
        sums[at.WAITED] += waited
        sums[at.WAITED_WORKING] += position(run.office, t) - position(run.office, item.since)
    speed = run.speed[group]
    if speed != 1.0:
        item.work = int(item.work / speed + 0.5)
    item.state = RUNNING
    item.person = person
    item.since = t
    run.person_item[person] = item
    done = add_shift(run, run.calendar_of[group], t, item.work)
    schedule(run, item, done if done < run.last_second else run.last_second, 1)
    if run.trace:
        note(run, item.case, at.BEGUN, item.node, item.serial, person)


def shift_begins(run: Run, calendar: int) -> None:
    """People come to work and take what waits."""
    for group, followed in enumerate(run.calendar_of):
        if followed != calendar:
            continue
        while run.idle[group]:
            item = take_best(run, group)
            if item is None:
                break
            start_work(run, item, run.idle[group].popleft(), group)


def seek_somebody(run: Run, item: Item) -> None:
    """What became ready looks for an idle person, else it queues."""
    node, t = run.nodes[item.node], run.t
    item.since = t
    for group in run.role_groups[node.role]:
        if run.idle[group] and on_shift(run, run.calendar_of[group], t):
            start_work(run, item, run.idle[group].popleft(), group)
            return
    rule, case, role = run.rule, item.case, node.role
    first = case.due if rule in DUE_FIRST else t
    if rule >= at.R_CLASS:
        rank = run.procedures[case.procedure][at.P_RANK + case.of_class]
        first |= rank << 31
    item.state = QUEUED
    heappush(run.queues[role], ((first << 28) | (run.queued & 0xFFFFFFF), item))
    run.queued += 1
    change(run, role, 1)
    if run.waiting[role] > run.most[role]:
        run.most[role] = run.waiting[role]


def seek_something(run: Run, person: int, begun: int) -> None:
    """Who became free looks for a file, else is idle."""
    group, t = run.group_of[person], run.t
    calendar = run.calendar_of[group]
    run.person_item[person] = None
    start = begun if begun > run.measured_from else run.measured_from
    run.busy[person] += shift_between(run, calendar, start, t if t < run.stop_at else run.stop_at)
    item = take_best(run, group) if on_shift(run, calendar, t) else None
    if item is not None:
        start_work(run, item, person, group)
    else:
        run.idle[group].append(person)
