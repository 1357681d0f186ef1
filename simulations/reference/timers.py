"""Events that wait on a border or in a scope, and the office's clock that stands and goes on."""

from __future__ import annotations

from simulations import layout as at
from simulations.draws import SALT_AFTER, SALT_SHARE, amount, uniform
from simulations.office_arrays import (
    DAY,
    O_POLICY,
    after_pause,
    apology_due,
    before_due,
    first_due,
    next_open,
    position,
)
from simulations.reference.items import new_item, newest_first, note, schedule
from simulations.reference.state import ARMED, SUSPENDED, Case, Item, Run, Stop


def timer_at(run: Run, case: Case, relation: int, limit: int) -> int:
    """When a timer that is set now fires, -1 beyond the calendar."""
    if relation == at.T_AFTER:
        return first_due(run.office, limit, run.t)
    if relation == at.T_DUE:
        return case.due
    if relation == at.T_APOLOGY:
        return apology_due(run.office, case.due, case.at)
    if relation == at.T_BEFORE_DUE:
        return before_due(run.office, limit, case.due, case.at)
    return run.t + limit


def arm(run: Run, case: Case, number: int, host: Item | None, visit: int) -> None:
    """Begin to wait for an event on a border, or for the start of an event subprocess.

    With TAKEN_UP for the visit the case is under way: what was due before has fired before.
    """
    row, t = run.arms[number], run.t
    relation = row[at.A_TIMER]
    taken_up, visit = visit == at.TAKEN_UP, max(visit, 0)
    if relation < 0:
        share, salt = run.arm_share[number], row[at.A_SALT] % (1 << 64)
        if share <= 0.0 or uniform(case.key, salt ^ SALT_SHARE, visit) >= share:
            return
        u = uniform(case.key, salt ^ SALT_AFTER, visit)
        when = next_open(run.office, t + amount(run.rows[row[at.A_AFTER]], run.values, u))
    else:
        when = timer_at(run, case, relation, row[at.A_LIMIT])
    if when < 0:
        raise Stop(at.NO_CALENDAR)
    if taken_up and at.T_DUE <= relation <= at.T_BEFORE_DUE and when <= t:
        return  # it fired before the start
    item = new_item(run, case, number, ARMED)
    item.host = host
    if at.T_DUE <= relation <= at.T_BEFORE_DUE and case.paused_at >= 0:
        item.state = SUSPENDED
    else:
        schedule(run, item, max(when, t), 0)


def pause(run: Run, case: Case, kind: int, node: int, since: int) -> None:
    """The office's clock stands. Legal: R21, R22"""
    if case.paused_at >= 0:
        raise Stop(at.TWO_PAUSES, node)
    case.paused_at = since
    case.kind = kind
    row = run.found[case.number]
    if row[at.HELD_SINCE] < 0:
        row[at.HELD_SINCE] = since
    if kind == at.SUPPLEMENT:
        row[at.REQUESTS] += 1
        if row[at.ASKED_AT] < 0:
            row[at.ASKED_AT] = since
    for item in case.items:
        if item.state == ARMED and counts_office_time(run.arms[item.node]):
            item.state = SUSPENDED
    note(run, case, at.HELD, node, kind, t=since)


def resume(run: Run, case: Case, node: int) -> None:
    """The office's clock goes on; the due instant is counted again. Legal: R21, R22"""
    rows, t = run.procedures[case.procedure], run.t
    policy = 1
    if case.kind == at.SUPPLEMENT:
        policy = rows[at.P_POLICY]
        if policy < 0:
            policy = run.office[run.office[O_POLICY] + case.at // DAY]
    before = case.due
    due, reached, end_on, moved = after_pause(
        run.office, rows[at.P_LIMIT], policy, case.paused_at, t, before, case.reached,
        case.end_on, case.moved,
    )  # fmt: skip
    if due < 0:
        raise Stop(at.NO_CALENDAR)
    case.due, case.reached, case.end_on, case.moved = due, reached, end_on, moved
    case.held += position(run.office, t) - position(run.office, case.paused_at)
    case.paused_at = -1
    row = run.found[case.number]
    if row[at.ENDED_AT] < 0:
        row[at.HELD_SINCE] = -1
        row[at.DUE] = due
        if case.kind == at.SUPPLEMENT:
            row[at.ANSWERED] += t - row[at.ASKED_AT]
            row[at.ASKED_AT] = -1
        else:
            row[at.DUE_766] += due - before
    for item in newest_first(case):
        if item.state == SUSPENDED:
            arm = run.arms[item.node]
            when = timer_at(run, case, arm[at.A_TIMER], arm[at.A_LIMIT])
            if when < 0:
                raise Stop(at.NO_CALENDAR)
            item.state = ARMED
            schedule(run, item, max(when, t), 0)
    note(run, case, at.RESUMED, node, before, due)


def counts_office_time(arm: list[int]) -> bool:
    """Whether a timer is tied to the case's due, and so stands while the clock does."""
    return at.T_DUE <= arm[at.A_TIMER] <= at.T_BEFORE_DUE
