"""Brings events to what waits for them: signals to all, messages to one, errors upwards."""

# ruff: noqa: SLF001 - SpiffWorkflow's states are underscored

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.workflow.errors import EngineError
from engine.workflow.progress import Thrown
from engine.workflow.runtime import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.workflow.event import OfficeEvent
    from engine.workflow.runtime import OfficeCase, OfficeTask


def broadcast(case: OfficeCase, name: str, values: Mapping[str, Any]) -> int:
    """Give a signal to everything that waits for it now; how many did."""
    reached = 0
    waiting = [
        (task, event)
        for task in case.catchers()
        for event in task.task_spec.events
        if event.answers("signal", name)
    ]
    for task, event in waiting:
        if task._state == WAITING:
            task.write(values)
            task.task_spec.catch(task, event)
            reached += 1
    return reached


def deliver(case: OfficeCase, name: str, values: Mapping[str, Any]) -> bool:
    """Give a message to the first that waits for it; False when nothing does.

    What waits for a message without a name is found by its element's id.
    """
    for task in case.catchers():
        for event in task.task_spec.events:
            by_id = event.kind == "message" and task.task_spec.bpmn_id == name
            if by_id or event.answers("message", name):
                task.write(values)
                task.task_spec.catch(task, event)
                return True
    return False


def throw(task: OfficeTask, event: OfficeEvent) -> None:
    """Let a node's event happen: it reaches whatever waits for it inside the case, or leaves it."""
    case = task.workflow.top_workflow
    spec = task.task_spec
    if event.kind == "signal":
        case.thrown.append(Thrown("signal", event.name or "", spec.bpmn_id))
        broadcast(case, event.name or "", {})
    elif event.kind == "message":
        inside = not spec.targets and event.name is not None and deliver(case, event.name, {})
        if not inside:
            case.thrown.append(Thrown("message", event.name or "", spec.bpmn_id, spec.targets))
    elif event.kind == "escalation":
        if not raise_up(task, "escalation", event.name):
            case.thrown.append(Thrown("escalation", event.name or "", spec.bpmn_id))
    elif event.kind == "error":
        if not raise_up(task, "error", event.name):
            _end_unhandled(task, event.name or "")
    elif event.kind == "cancel":
        raise_up(task, "cancel", None)
    elif event.kind == "terminate":
        task.workflow.clear(keep=task)


def _end_unhandled(task: OfficeTask, name: str) -> None:
    """An error nobody catches ends the process it happened in, if that is the whole case.

    What becomes of the activities around it BPMN leaves open, so there it is refused.
    """
    case = task.workflow.top_workflow
    scope = task.workflow
    while scope.host is not None:
        if not scope.host.task_spec.by_event:
            raise EngineError(
                f"Expected the error {name!r} to be caught, but nothing around it does",
                element_id=task.task_spec.bpmn_id,
            )
        scope = scope.host.workflow
    case.thrown.append(Thrown("error", name, task.task_spec.bpmn_id))
    case.clear()
    case.settle()


def raise_up(task: OfficeTask, kind: str, name: str | None, *, own: bool = False) -> bool:
    """Give an error, escalation or cancellation to the nearest that catches it, outwards.

    In each scope the event subprocesses come first, then what sits on the activity around it;
    with `own`, what sits on the task's own border comes before all. False when nobody catches it.
    """
    if own and _on_border(task, kind, name):
        return True
    scope = task.workflow
    inner: str | None = None
    while True:
        # What happens inside an event subprocess never starts that same one again.
        armed = [
            each
            for each in scope.tasks.values()
            if each.task_spec.passive and each.task_spec.starts != inner
        ]
        if _caught(armed, kind, name):
            return True
        host = scope.host
        if host is None:
            return False
        if _on_border(host, kind, name):
            return True
        inner = host.task_spec.name
        scope = host.workflow


def _on_border(host: OfficeTask, kind: str, name: str | None) -> bool:
    # A repeated activity's border belongs to all its rounds together.
    owner = host.internal_data.get("loop", host.id)
    border = [
        each for each in host.workflow.tasks.values() if each.internal_data.get("host") == owner
    ]
    return _caught(border, kind, name)


def _caught(candidates: list[OfficeTask], kind: str, name: str | None) -> bool:
    waiting = [
        (task, event)
        for task in candidates
        if task._state == WAITING
        for event in task.task_spec.events
        if event.kind == kind
    ]
    exact = [pair for pair in waiting if name is not None and pair[1].name == name]
    any_of_them = [pair for pair in waiting if pair[1].name is None]
    # "No errorCode" catches every error, also when the catcher names an error without a code.
    codeless = [pair for pair in waiting if not pair[1].coded]
    for task, event in (exact or any_of_them or codeless)[:1]:
        task.task_spec.catch(task, event)
        return True
    return False
