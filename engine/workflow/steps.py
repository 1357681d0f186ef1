"""Activities: people's steps, automatic ones, and processes inside processes."""

# ruff: noqa: SLF001, D102 - SpiffWorkflow's hooks and states are underscored, and known there

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    EventSubprocess,
    ManualTask,
    NoneTask,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    SubWorkflowTask,
    TransactionSubprocess,
    UserTask,
)

from engine.workflow.data import plain
from engine.workflow.events import Catcher
from engine.workflow.routing import throw
from engine.workflow.runtime import READY, STARTED
from engine.workflow.token import Token

if TYPE_CHECKING:
    from engine.workflow.event import OfficeEvent
    from engine.workflow.runtime import OfficeTask


class Activity(Token):
    """An activity: it is noted when done, and may have events on its border."""

    def guard(self, my_task: OfficeTask) -> None:
        """Arm the events on its border."""
        for name in self.boundaries:
            border = my_task.workflow.enter(name)
            border.internal_data["host"] = my_task.id
            border.task_spec._update(border)

    def unguard(self, my_task: OfficeTask) -> None:
        """Disarm the events on its border."""
        if not self.boundaries:
            return
        for task in list(my_task.workflow.tasks.values()):
            if task.internal_data.get("host") == my_task.id:
                task.cancel()

    def _on_cancel(self, my_task: OfficeTask) -> None:
        self.unguard(my_task)

    def _on_complete_hook(self, my_task: OfficeTask) -> None:
        self.unguard(my_task)
        super()._on_complete_hook(my_task)
        loop = my_task.internal_data.get("loop")
        if loop is not None:
            whole = my_task.workflow.tasks[loop]
            whole.task_spec.round_done(whole, my_task)

    def note(self, my_task: OfficeTask) -> None:
        super().note(my_task)
        my_task.workflow.top_workflow.completed_activities.append(self.bpmn_id)


class HumanStep(Activity):
    """A step that is open until a person completes it."""

    def _update_hook(self, my_task: OfficeTask) -> bool:
        self.guard(my_task)
        return True

    def _on_ready_hook(self, my_task: OfficeTask) -> None:
        my_task.workflow.top_workflow.opened.append(my_task)


class UserStep(HumanStep, UserTask):  # type: ignore[misc] # untyped base
    """A user task."""


class ManualStep(HumanStep, ManualTask):  # type: ignore[misc] # untyped base
    """A manual task; the office completes it like a user task."""


class PlainStep(Activity, NoneTask):  # type: ignore[misc] # untyped base
    """A task of no kind: done as soon as it is reached."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.manual = False


class ServiceStep(Activity, ServiceTask):  # type: ignore[misc] # untyped base
    """A service or business rule task without an implementation: done as soon as reached."""


class ScriptStep(Activity, ScriptTask):  # type: ignore[misc] # untyped base
    """A script task of lines name = expression."""

    def _run_hook(self, my_task: OfficeTask) -> bool:
        if self.script:
            values = my_task.workflow.script_engine.execute(my_task, self.script)
            my_task.write(plain(values))
        return True


class SendStep(Activity, SendTask):  # type: ignore[misc] # untyped base
    """A send task: its message leaves when it is reached."""

    events: tuple[OfficeEvent, ...] = ()

    def _run_hook(self, my_task: OfficeTask) -> bool:
        for event in self.events:
            throw(my_task, event)
        return True


class ReceiveStep(Activity, Catcher, ReceiveTask):  # type: ignore[misc] # untyped base
    """A receive task: waits for its message."""

    def arm(self, my_task: OfficeTask) -> None:
        self.guard(my_task)
        super().arm(my_task)


class Container(Activity):
    """An activity with a scope of its own; `inner` names its spec."""

    inner: str

    def _update_hook(self, my_task: OfficeTask) -> bool:
        self.guard(my_task)
        return True

    def _run_hook(self, my_task: OfficeTask) -> bool | None:
        if my_task.internal_data.pop("done", False):
            return True
        my_task._set_state(STARTED)
        scope = my_task.workflow.top_workflow.open_scope(self.inner, my_task)
        scope.begin(scope.spec.origins)
        return None

    def _on_cancel(self, my_task: OfficeTask) -> None:
        top = my_task.workflow.top_workflow
        scope = top.subprocesses.get(my_task.id)
        if scope is not None:
            scope.completed = True
            scope.clear()
            top.drop(scope)
        super()._on_cancel(my_task)


class Subprocess(Container, SubWorkflowTask):  # type: ignore[misc] # untyped base
    """An embedded subprocess."""


class Transaction(Container, TransactionSubprocess):  # type: ignore[misc] # untyped base
    """A transaction; nothing is compensated, so only its cancel event sets it apart."""


class Call(Container, CallActivity):  # type: ignore[misc] # untyped base
    """A called process of the same file; it works on the same case's values."""


class Handler(Container, EventSubprocess):  # type: ignore[misc] # untyped base
    """An event subprocess that was started."""

    by_event = True


def opened_now(task: OfficeTask) -> bool:
    """Whether a step stands open."""
    return bool(task._state == READY and task.task_spec.manual)
