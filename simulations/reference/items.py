"""What a case waits for: the heap of what is to come, and the items of each case."""

from __future__ import annotations

from heapq import heappush

from simulations import layout as at
from simulations.reference.state import ARMS, GONE, QUEUED, RUNNING, STEPS, Case, Item, Run


def note(
    run: Run, case: Case, what: int, a: int = 0, b: int = 0, c: int = 0, t: int | None = None
) -> None:
    """A line in the log, when there is one."""
    if run.trace:
        run.log.append((run.t if t is None else t, case.number, what, a, b, c))


def schedule(run: Run, item: Item, when: int, rank: int) -> None:
    """Something happens to an item at an instant; work (rank 1) comes after all else."""
    key = (when << 32) | (rank << 31) | run.seq
    run.seq += 1
    item.at = key
    heappush(run.heap, (key, item))


def new_item(run: Run, case: Case, node: int, state: int) -> Item:
    """An item of a case, the newest of it."""
    item = Item()
    item.case = case
    item.node = node
    item.state = state
    item.made = run.t
    item.held = case.held
    item.host = None
    item.at = -1
    item.serial = run.serial
    run.serial += 1
    case.items[item] = None
    return item


def drop(item: Item) -> None:
    """The item is done: out of its case."""
    del item.case.items[item]
    item.state = GONE


def kill(run: Run, item: Item) -> None:
    """Take an item away unfinished; whoever worked on it is free."""
    if item.state in STEPS:
        note(run, item.case, at.CANCELLED, item.node, item.serial)
    if item.state == QUEUED:
        role = run.nodes[item.node].role
        change(run, role, -1)
        run.waits[role] += run.t - item.since
    elif item.state == RUNNING:
        run.freed.append((item.person, item.since))
    drop(item)


def disarm(host: Item) -> None:
    """Nothing on the border of an item is waited for any more."""
    for item in newest_first(host.case):
        if item.host is host:
            drop(item)


def disarm_where(run: Run, case: Case, scope: int | None) -> None:
    """Events of a scope are waited for no more; with None, of the whole case."""
    for item in newest_first(case):
        if item.state in ARMS and (
            scope is None or (item.host is None and run.arms[item.node][at.A_SCOPE] == scope)
        ):
            drop(item)


def change(run: Run, role: int, by: int) -> None:
    """Files come into a queue or leave it."""
    run.area[role] += run.waiting[role] * (run.t - run.since[role])
    run.since[role] = run.t
    run.waiting[role] += by


def newest_first(case: Case) -> list[Item]:
    """The items of a case as the fast loop walks them."""
    return list(reversed(case.items))
