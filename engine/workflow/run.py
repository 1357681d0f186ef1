"""What the office does with a diagram: start a case, complete a step, fire a timer, tell it news.

Every call takes the stored state and gives a new one; nothing is kept in between, and when a call
raises, the old state is still true. No call reads a clock.
"""

# ruff: noqa: SLF001 - SpiffWorkflow's states are underscored

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.workflow.data import plain
from engine.workflow.errors import EngineError, NotWaitingError, StepNotOpenError
from engine.workflow.evaluator import ExpressionFailedError
from engine.workflow.event import OfficeTimer
from engine.workflow.progress import (
    ArmedTimer,
    Listening,
    OpenStep,
    Progress,
    Taken,
    Thrown,
    WaitingMessage,
)
from engine.workflow.routing import broadcast, deliver, raise_up
from engine.workflow.runtime import STEP_BUDGET, WAITING, OfficeCase, OfficeTask
from engine.workflow.snapshot import load, save
from engine.workflow.steps import opened_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.workflow.blueprint import Blueprint

__all__ = [
    "ArmedTimer",
    "Listening",
    "OpenStep",
    "Progress",
    "Taken",
    "Thrown",
    "WaitingMessage",
    "change_data",
    "complete",
    "deliver_message",
    "deliver_signal",
    "fire_timer",
    "look",
    "raise_error",
    "raise_escalation",
    "start",
    "variables",
]


def start(
    bp: Blueprint,
    data: Mapping[str, Any] | None = None,
    *,
    at: str | None = None,
    budget: int = STEP_BUDGET,
) -> Progress:
    """A new case of a process.

    It begins at the plain start event, or at the start event `at` whatever it waits for. A process
    whose start events all wait for something gives a case that waits for the first of them.

    Raises:
        NotWaitingError: there are several plain start events and `at` does not choose, or `at` is
            no start event.
        EngineError: the diagram cannot go on.
        DataRefusedError: the data are not plain JSON values.
    """
    case = OfficeCase(bp.spec, bp.scopes, conditional=bp.conditional, gathering=bp.gathering)
    case.data = plain(data)
    case.changed = True
    case.plant()
    origins = bp.spec.origins
    starts = [node.id for node in bp.process.children(bp.process_id) if node.kind == "startEvent"]
    if at is not None:
        if at not in starts:
            raise NotWaitingError(f"Expected a start event of {bp.process_id}, but got {at!r}")
        origins = (at,)
    elif len(starts) > 1 and len(origins) > 1:
        raise NotWaitingError(
            f"Expected one plain start event, but there are {', '.join(origins)}; name one"
        )
    if origins:
        _guarded(lambda: case.begin(origins))
    else:
        for name in bp.spec.births:
            task = case.enter(name)
            task.task_spec._update(task)
    return _told(bp, case, budget)


def complete(
    bp: Blueprint,
    state: bytes,
    task_id: str,
    data: Mapping[str, Any] | None = None,
    *,
    budget: int = STEP_BUDGET,
) -> Progress:
    """Complete an open step with what its form gave.

    Raises:
        StepNotOpenError: no open step has that id.
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
        DataRefusedError: the data are not plain JSON values.
    """
    case = load(bp, state)
    task = _open_step(case, task_id)
    task.write(plain(data))
    case.attempt(task)
    return _told(bp, case, budget)


def fire_timer(bp: Blueprint, state: bytes, task_id: str, *, budget: int = STEP_BUDGET) -> Progress:
    """Let an armed timer fire, now.

    Raises:
        NotWaitingError: no timer with that id is armed any more.
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
    """
    case = load(bp, state)
    task = case.register.get(task_id)
    timer = None
    if task is not None and task._state == WAITING and task.task_spec.catching:
        timer = next((e for e in task.task_spec.events if isinstance(e, OfficeTimer)), None)
    if task is None or timer is None:
        raise NotWaitingError(f"Expected an armed timer with id {task_id}, but there is none")
    _guarded(lambda: task.task_spec.catch(task, timer))
    return _told(bp, case, budget)


def deliver_message(
    bp: Blueprint,
    state: bytes,
    name: str,
    data: Mapping[str, Any] | None = None,
    *,
    budget: int = STEP_BUDGET,
) -> Progress:
    """Give a message to the one that waits for it; its data become values of the case.

    `name` is the message's name or id, or the id of the element that waits.

    Raises:
        NotWaitingError: nothing waits for it.
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
        DataRefusedError: the data are not plain JSON values.
    """
    case = load(bp, state)
    values = plain(data)

    def act() -> None:
        if not deliver(case, name, values):
            raise NotWaitingError(
                f"Expected something to wait for the message {name!r}, but nothing does"
            )

    _guarded(act)
    return _told(bp, case, budget)


def deliver_signal(
    bp: Blueprint,
    state: bytes,
    name: str,
    data: Mapping[str, Any] | None = None,
    *,
    budget: int = STEP_BUDGET,
) -> Progress:
    """Give a signal to everything that waits for it, be it nothing.

    Raises:
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
        DataRefusedError: the data are not plain JSON values.
    """
    case = load(bp, state)
    values = plain(data)
    _guarded(lambda: broadcast(case, name, values))
    return _told(bp, case, budget)


def raise_error(
    bp: Blueprint,
    state: bytes,
    task_id: str,
    code: str | None = None,
    data: Mapping[str, Any] | None = None,
    *,
    budget: int = STEP_BUDGET,
) -> Progress:
    """Let an open step fail with an error that the diagram catches, at the step or around it.

    Raises:
        StepNotOpenError: no open step has that id.
        NotWaitingError: nothing catches the error.
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
    """
    return _raised(bp, state, task_id, "error", code, data, budget)


def raise_escalation(
    bp: Blueprint,
    state: bytes,
    task_id: str,
    code: str | None = None,
    data: Mapping[str, Any] | None = None,
    *,
    budget: int = STEP_BUDGET,
) -> Progress:
    """Let an open step escalate to whatever catches it, at the step or around it.

    Raises:
        StepNotOpenError: no open step has that id.
        NotWaitingError: nothing catches the escalation.
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
    """
    return _raised(bp, state, task_id, "escalation", code, data, budget)


def change_data(
    bp: Blueprint, state: bytes, data: Mapping[str, Any], *, budget: int = STEP_BUDGET
) -> Progress:
    """Change values of a case from outside; conditions that become true by it have their effect.

    Raises:
        EngineError: the diagram cannot go on.
        SnapshotCorruptError: the state is damaged or another diagram's.
        DataRefusedError: the data are not plain JSON values.
    """
    case = load(bp, state)
    case.data.update(plain(data))
    case.changed = True
    return _told(bp, case, budget)


def look(bp: Blueprint, state: bytes) -> Progress:
    """How a case stands; nothing happens.

    Raises:
        SnapshotCorruptError: the state is damaged or another diagram's.
    """
    return _report(load(bp, state), state)


def variables(bp: Blueprint, state: bytes) -> dict[str, Any]:
    """The values of a case.

    Raises:
        SnapshotCorruptError: the state is damaged or another diagram's.
    """
    values: dict[str, Any] = load(bp, state).data
    return values


def _raised(
    bp: Blueprint,
    state: bytes,
    task_id: str,
    kind: str,
    code: str | None,
    data: Mapping[str, Any] | None,
    budget: int,
) -> Progress:
    case = load(bp, state)
    task = _open_step(case, task_id)
    task.write(plain(data))

    def act() -> None:
        if not raise_up(task, kind, code, own=True):
            raise NotWaitingError(f"Expected the {kind} {code!r} to be caught, but nothing does")

    _guarded(act)
    return _told(bp, case, budget)


def _open_step(case: OfficeCase, task_id: str) -> OfficeTask:
    task = case.register.get(task_id)
    if task is None or not opened_now(task):
        raise StepNotOpenError(task_id)
    return task


def _guarded(act: Callable[[], object]) -> None:
    try:
        act()
    except ExpressionFailedError as failure:
        raise EngineError(failure.message) from failure


def _told(bp: Blueprint, case: OfficeCase, budget: int) -> Progress:
    _guarded(lambda: case.do_engine_steps(budget))
    return _report(case, save(bp, case))


def _report(case: OfficeCase, state: bytes) -> Progress:
    open_steps: list[OpenStep] = []
    timers: list[ArmedTimer] = []
    waiting: list[WaitingMessage] = []
    listening: list[Listening] = []
    for scope in case.scopes:
        for task in scope.tasks.values():
            if opened_now(task):
                open_steps.append(OpenStep(task.id, task.task_spec.bpmn_id))
            elif task._state == WAITING and task.task_spec.catching:
                _sort(task, timers, waiting, listening)
    fresh = {task.id for task in case.opened}
    return Progress(
        state=state,
        completed=tuple(case.completed_activities),
        opened=tuple(step for step in open_steps if step.task_id in fresh),
        cancelled=tuple(gone for gone in case.cancelled if gone not in fresh),
        open_steps=tuple(open_steps),
        timers=tuple(timers),
        waiting=tuple(waiting),
        listening=tuple(listening),
        gateways=tuple(case.taken),
        thrown=tuple(case.thrown),
        trail=tuple(case.trail),
        ended=case.completed,
        end_events=tuple(case.end_events),
    )


def _sort(
    task: OfficeTask,
    timers: list[ArmedTimer],
    waiting: list[WaitingMessage],
    listening: list[Listening],
) -> None:
    spec = task.task_spec
    task_id, element_id = task.id, spec.bpmn_id
    for place, event in enumerate(spec.events):
        if place in task.internal_data.get("seen", ()):
            continue
        if isinstance(event, OfficeTimer):
            limit = task.internal_data["limit"]
            lap = task.internal_data.get("lap", 0)
            timers.append(ArmedTimer(task_id, element_id, limit, event.text_kind, lap))
        elif event.kind == "message":
            waiting.append(WaitingMessage(task_id, element_id, event.name or ""))
        elif event.kind in {"signal", "conditional"}:
            name = event.expression if event.kind == "conditional" else event.name
            listening.append(Listening(task_id, element_id, event.kind, name or ""))
