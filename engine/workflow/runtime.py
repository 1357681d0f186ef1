"""A running case on SpiffWorkflow's tasks: tokens that move, scopes that end, nothing predicted.

SpiffWorkflow keeps every task ever done and every task that may come in one tree, and asks the
tree. Here the tree of a scope holds only what is going on now, under one root: a task that is done
is replaced by its successors. So a loop costs nothing, a join counts tokens instead of searching
ancestors, and the state of a case does not grow with its history.
"""

# ruff: noqa: SLF001 - SpiffWorkflow's hooks and states are underscored; this module is their home

from __future__ import annotations

from collections import deque
from os import urandom
from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import EngineError, StepBudgetError
from engine.workflow.evaluator import ExpressionFailedError
from engine.workflow.script_engine import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.workflow.progress import Taken, Thrown

STEP_BUDGET: Final = 10_000
"""Automatic steps one call may take before it counts as a runaway."""
MAX_TASKS: Final = 5_000
"""Tasks that may be going on at once in a case."""
MAX_SCOPES_DEEP: Final = 60
"""How deep subprocesses and called processes may stand in each other."""

FUTURE: Final = TaskState.FUTURE
WAITING: Final = TaskState.WAITING
READY: Final = TaskState.READY
STARTED: Final = TaskState.STARTED
COMPLETED: Final = TaskState.COMPLETED
CANCELLED: Final = TaskState.CANCELLED
FINISHED: Final = TaskState.FINISHED_MASK


class OfficeTask(Task):  # type: ignore[misc] # untyped base
    """A token at a node. `data` are values only this activity sees, such as a list's item.

    `id` is 32 hex digits; SpiffWorkflow asks of an id only that it can be looked up.
    """

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: OfficeTask | None,
        state: int = FUTURE,
        id: str | None = None,  # noqa: A002 - SpiffWorkflow's name for it
    ) -> None:
        # SpiffWorkflow's own constructor reads the wall clock and searches the tree.
        self.id = id or urandom(16).hex()
        self.workflow = workflow
        self.task_spec = task_spec
        self._state = state
        self._children: list[str] = []
        self._parent = None if parent is None else parent.id
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        workflow.tasks[self.id] = self
        top = workflow.top_workflow
        top.register[self.id] = self
        if len(top.register) > MAX_TASKS:
            raise EngineError(
                f"Expected at most {MAX_TASKS} things going on at once, but there are more",
                element_id=task_spec.bpmn_id,
            )

    def _add_child(self, task_spec: Any, state: int = FUTURE) -> OfficeTask:
        child = OfficeTask(self.workflow, task_spec, self, state)
        self._children.append(child.id)
        return child

    def _set_state(self, value: int) -> None:
        # SpiffWorkflow gathers material for its log here, even when nobody logs.
        self._state = value

    def run(self) -> bool | None:
        """Do what the node does; a token that its own act took away goes nowhere."""
        outcome: bool | None = self.task_spec._run_hook(self)
        if outcome and not self._state & FINISHED:
            self.complete()
        return outcome

    def cancel(self) -> None:
        """Take the token away, with all that goes on under it."""
        if self._state & FINISHED:
            return
        was = self._state
        self._set_state(CANCELLED)
        if was == READY and self.task_spec.manual:
            self.workflow.top_workflow.cancelled.append(self.id)
        self.task_spec._on_cancel(self)
        self.workflow.retire(self)

    def visible(self) -> Mapping[str, Any]:
        """The values an expression at this token sees, inner ones first."""
        layers = [layer.data for layer in self._layers() if layer.data]
        top: dict[str, Any] = self.workflow.top_workflow.data
        if not layers:
            return top
        seen = dict(top)
        for layer in reversed(layers):
            seen.update(layer)
        return seen

    def write(self, values: Mapping[str, Any]) -> None:
        """Store values where their names are at home: innermost first, else in the case."""
        if not values:
            return
        layers = [layer.data for layer in self._layers() if layer.data]
        top = self.workflow.top_workflow
        for name, value in values.items():
            home = next((layer for layer in layers if name in layer), top.data)
            home[name] = value
        top.changed = True

    def _layers(self) -> Iterator[OfficeTask]:
        task: OfficeTask | None = self
        while task is not None:
            yield task
            task = task.workflow.host


class _Scope:
    """What the whole case and each subprocess in it have in common."""

    tasks: dict[str, OfficeTask]
    spec: Any
    task_tree: OfficeTask
    top_workflow: Any
    host: OfficeTask | None
    completed: bool

    def plant(self) -> None:
        """The root under which the scope's tokens stand; it is no token itself."""
        self.task_tree = _Origin(self, self.spec.start, None, COMPLETED)

    def enter(self, spec_name: str, state: int = FUTURE) -> OfficeTask:
        """A new token at a node."""
        return OfficeTask(self, self.spec.task_specs[spec_name], self.task_tree, state)

    def begin(self, origins: tuple[str, ...]) -> None:
        """Arm the event subprocesses and put a token at each origin."""
        for name in self.spec.armed:
            task = self.enter(name)
            task.task_spec._update(task)
        for name in origins:
            task = self.enter(name)
            task.task_spec._update(task)
        if not origins:
            self.settle()

    def retire(self, task: OfficeTask) -> None:
        """Forget a token that is done; its successors take its place."""
        for child in task._children:
            successor = self.tasks.get(child)
            if successor is not None:
                successor._parent = task._parent
        self.tasks.pop(task.id, None)
        self.top_workflow.register.pop(task.id, None)

    def going_on(self) -> Iterator[OfficeTask]:
        """The scope's tokens; armed event subprocesses are none."""
        for task in self.tasks.values():
            if not task.task_spec.passive:
                yield task

    def settle(self) -> None:
        """End the scope if no token is left in it."""
        if self.completed or next(self.going_on(), None) is not None:
            return
        self.completed = True
        for task in list(self.tasks.values()):
            if task is not self.task_tree:
                task.cancel()
        self.close()

    def clear(self, keep: OfficeTask | None = None) -> None:
        """Take all tokens away, also what is armed."""
        for task in list(self.tasks.values()):
            if task is not self.task_tree and task is not keep:
                task.cancel()

    def close(self) -> None:
        """Tell the activity around the scope that it is done."""
        if self.host is None:
            return
        top = self.top_workflow
        top.drop(self)
        self.host.internal_data["done"] = True
        self.host._set_state(READY)
        top.queue.append(self.host)

    def _task_completed_notify(self, task: OfficeTask) -> None:
        self.retire(task)
        self.settle()


class _Origin(OfficeTask):
    """The root of a scope's tree; its children are all other tasks of the scope."""

    @property
    def _children(self) -> list[str]:
        return [each for each in self.workflow.tasks if each != self.id]

    @_children.setter
    def _children(self, value: object) -> None:
        """The constructor's empty list is not needed."""


class OfficeScope(_Scope, BpmnSubWorkflow):  # type: ignore[misc] # untyped base
    """A running subprocess, called process or event subprocess inside a case."""

    def __init__(self, spec: Any, host: OfficeTask) -> None:
        self.host = host
        super().__init__(spec, host.id, host.workflow.top_workflow, deserializing=True)
        if self.depth > MAX_SCOPES_DEEP:
            raise EngineError(
                f"Expected at most {MAX_SCOPES_DEEP} processes in each other, but there are more",
                element_id=host.task_spec.bpmn_id,
            )

    def _calculate_depth(self) -> int:
        around: int = self.host.workflow.depth if self.host is not None else 0
        return around + 1


class OfficeCase(_Scope, BpmnWorkflow):  # type: ignore[misc] # untyped base
    """A running case: its scopes, its values, and what happened in this call."""

    def __init__(
        self,
        spec: Any,
        subprocess_specs: Mapping[str, Any],
        *,
        conditional: bool = True,
        gathering: bool = True,
    ) -> None:
        self.host = None
        self.register: dict[str, OfficeTask] = {}
        self.queue: deque[OfficeTask] = deque()
        self.scopes: list[Any] = [self]
        self.changed = False
        self.conditional = conditional
        self.gathering = gathering
        self.completed_activities: list[str] = []
        self.trail: list[str] = []
        self.opened: list[OfficeTask] = []
        self.cancelled: list[str] = []
        self.taken: list[Taken] = []
        self.thrown: list[Thrown] = []
        self.end_events: list[str] = []
        self.steps = 0
        super().__init__(
            spec,
            subprocess_specs=subprocess_specs,
            script_engine=ENGINE,
            deserializing=True,
        )

    def open_scope(self, spec_name: str, host: OfficeTask) -> OfficeScope:
        """A new scope under an activity; nothing runs in it yet."""
        scope = OfficeScope(self.subprocess_specs[spec_name], host)
        scope.plant()
        self.adopt(scope)
        return scope

    def adopt(self, scope: OfficeScope) -> None:
        """Count a scope among the case's."""
        self.subprocesses[scope.parent_task_id] = scope
        self.scopes.append(scope)

    def drop(self, scope: Any) -> None:
        """Forget a scope that ended or was cancelled."""
        self.subprocesses.pop(scope.parent_task_id, None)
        if scope in self.scopes:
            self.scopes.remove(scope)
        self.register.pop(scope.task_tree.id, None)

    def catchers(self) -> Iterator[OfficeTask]:
        """What waits for an event, scope by scope, each in the order it was armed."""
        for scope in list(self.scopes):
            for task in list(scope.tasks.values()):
                if task._state == WAITING and task.task_spec.catching:
                    yield task

    def do_engine_steps(self, budget: int = STEP_BUDGET, *_: object) -> None:
        """Run all automatic steps, first come first served, until only people and events are left.

        Raises:
            StepBudgetError: there is no end to it.
            EngineError: a node cannot go on.
        """
        while True:
            self._check_conditions()
            if not self.queue and not self._release_joins():
                return
            if not self.queue:
                continue
            task = self.queue.popleft()
            if task._state != READY:
                continue
            self.steps += 1
            if self.steps > budget:
                raise StepBudgetError(
                    f"Expected a person's step within {budget} automatic ones, but there is none",
                    element_id=task.task_spec.bpmn_id,
                )
            self.attempt(task)

    def attempt(self, task: OfficeTask) -> None:
        """Run one task; what its expressions cannot do is told with the element's id."""
        try:
            task.run()
        except ExpressionFailedError as failure:
            raise EngineError(failure.message, element_id=task.task_spec.bpmn_id) from failure

    def _check_conditions(self) -> None:
        if not (self.changed and self.conditional):
            return
        self.changed = False
        for task in self.catchers():
            if task._state == WAITING and task.task_spec.conditional:
                task.task_spec.check_condition(task)

    def _release_joins(self) -> bool:
        if not self.gathering:
            return False
        for scope in list(self.scopes):
            for task in list(scope.tasks.values()):
                gathers = task._state == WAITING and task.task_spec.gathers
                if gathers and task.task_spec.release(task):
                    return True
        return False

    def close(self) -> None:
        """The case is over: nothing of it is left."""
        self.queue.clear()

    # What SpiffWorkflow would do on a clock of its own, or by searching, is not done at all.
    def refresh_timers(self) -> None:
        """Timers fire when the office says so."""

    def update_waiting_tasks(self) -> None:
        """Whatever waits is told when its event comes."""
