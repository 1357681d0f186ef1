"""What happens to a case: it comes, work is finished, a wait is over, it is closed."""

from __future__ import annotations

from simulations import layout as at
from simulations.office_arrays import DAY, add_work, first_due, first_end, limit_amount, limit_rule
from simulations.reference.items import disarm, drop, kill, newest_first, note
from simulations.reference.scopes import begin, fire, forward, take_up
from simulations.reference.state import (
    LATER,
    READY,
    WAITING,
    WORKING_DAY,
    Case,
    Item,
    Run,
    Stop,
)
from simulations.reference.timers import resume


def arrive(run: Run, number: int) -> Case:
    """A case comes, or is taken up where it stands."""
    t, live = run.t, run.live
    procedure = run.case_procedures[number]
    rows = run.procedures[procedure]
    case = Case(number, procedure, run.case_classes[number], run.case_keys[number], t)
    run.open += 1
    limit = rows[at.P_LIMIT]
    case.due = live.due[number]
    case.end_on = first_end(run.office, limit, t)
    if case.due >= 0:
        # Its last day before days off is not known any more; the due day stands for it.
        case.end_on = case.due // DAY if case.end_on >= 0 else -1
    else:
        case.due = first_due(run.office, limit, t)
        if case.due < 0:
            raise Stop(at.NO_CALENDAR)
    case.reached = case.due
    row = run.found[number]
    row[at.DUE] = row[at.DUE_766] = row[at.FIRST_DUE] = case.due
    row[at.REQUESTS] = row[at.ANSWERED] = row[at.OUTCOME] = 0
    note(run, case, at.ARRIVED, procedure, case.due)
    root = rows[at.P_SCOPE]
    first, last = live.first[number], live.first[number + 1]
    if last > first:
        take_up(run, case, root, live.node[first:last])
    else:
        begin(run, case, root, 0)
    return case


def happen(run: Run, item: Item) -> None:
    """A delay is over, a wait has its end, or an armed event fires."""
    case, t = item.case, run.t
    if item.state == LATER:
        item.state = READY
        run.ready.append(item)
    elif item.state == WAITING:
        node = run.nodes[item.node]
        if node.hold:
            resume(run, case, node.number)
        if node.arms:
            disarm(item)
        leaving = item.race if node.kind == at.K_RACE else item.node
        note(run, case, at.WAIT_OVER, leaving)
        drop(item)
        forward(run, case, leaving)
    else:
        fire(run, item, t)


def finish_step(run: Run, item: Item) -> None:
    """Somebody has done a step."""
    case, t = item.case, run.t
    node = run.nodes[item.node]
    sums = run.sums[item.node]
    sums[at.DONE] += 1
    sums[at.WORKED] += item.work
    row = run.found[case.number]
    if item.made <= case.due < t:
        row[at.HOLDER] = item.node
    if node.step_limit >= 0:
        due = step_due(run, item, node.step_limit)
        if t > due >= 0:
            sums[at.LATE_STEPS] += 1
    if run.trace:
        note(run, case, at.COMPLETED, item.node, item.serial, item.person)
    if node.arms:
        disarm(item)
    if node.apologises and not case.apologised:
        case.apologised = True
        row[at.APOLOGISED_AT] = t
    run.freed.append((item.person, item.since))
    drop(item)
    forward(run, case, item.node)


def step_due(run: Run, item: Item, limit: int) -> int:
    """By when a step must be done, without the time the clock stood. Legal: R45"""
    rule = limit_rule(run.office, limit)
    if rule > 1:
        return first_due(run.office, limit, item.made)
    allowed = limit_amount(run.office, limit) * (WORKING_DAY if rule == 0 else 1)
    return add_work(run.office, item.made, allowed + item.case.held - item.held)


def close(run: Run, case: Case) -> None:
    """The diagram is at its end."""
    row, t = run.found[case.number], run.t
    row[at.CLOSED_AT] = t
    if row[at.ENDED_AT] < 0:
        row[at.ENDED_AT] = t
        row[at.OUTCOME] = at.ENDED
        row[at.HELD_SINCE] = -1
        row[at.DUE] = case.due
        note(run, case, at.FINISHED, at.ENDED, case.due)
    for item in newest_first(case):
        kill(run, item)
    note(run, case, at.CLOSED)
    run.open -= 1
