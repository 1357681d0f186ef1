"""What every node does with a token: take it, do its work, pass it on by its flows."""

# ruff: noqa: SLF001 - SpiffWorkflow's hooks and states are underscored
# ruff: noqa: D102 - the hooks' meaning is SpiffWorkflow's

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.workflow.errors import EngineError
from engine.workflow.evaluator import holds

if TYPE_CHECKING:
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.workflow.runtime import OfficeTask

ROOT: Final = "#root"
"""The name of a scope's root; no id of a diagram has such a sign."""


@dataclass(frozen=True)
class Exit:
    """A way out of a node: a sequence flow, or the jump of a link (without a flow)."""

    flow_id: str | None
    target: str
    condition: str | None = None
    is_default: bool = False


class Token(BpmnTaskSpec):  # type: ignore[misc] # untyped base
    """A node of a diagram. `exits` are its ways out, `entries` its incoming flows."""

    by_event = False
    """It is an event subprocess."""
    passive = False
    """It waits, but does not keep its scope alive."""
    starts: str | None = None
    """The event subprocess or start event it is armed for."""
    catching = False
    """Its waiting tasks wait for an event."""
    conditional = False
    gathers = False
    """Its waiting tasks wait for what other tokens do."""
    exits: tuple[Exit, ...] = ()
    entries: tuple[str, ...] = ()
    boundaries: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    """Where the diagram's message flows lead from here."""

    def test(self) -> None:
        """The diagram was checked as a whole before."""

    def _predict(self, my_task: OfficeTask, *_: object, **__: object) -> None:
        """Nothing is predicted: a task is born when its token is."""

    def _update_hook(self, my_task: OfficeTask) -> bool:  # noqa: ARG002 - SpiffWorkflow's shape
        return True

    def _on_ready_hook(self, my_task: OfficeTask) -> None:
        my_task.workflow.top_workflow.queue.append(my_task)

    def _run_hook(self, my_task: OfficeTask) -> bool | None:  # noqa: ARG002 - SpiffWorkflow's shape
        return True

    def _on_cancel(self, my_task: OfficeTask) -> None:
        """Most nodes hold nothing but the token."""

    def _on_complete_hook(self, my_task: OfficeTask) -> None:
        self.note(my_task)
        for way in self.chosen(my_task):
            self.send(my_task, way)

    def note(self, my_task: OfficeTask) -> None:
        """Remember that the node was passed."""
        if self.bpmn_id is not None:
            my_task.workflow.top_workflow.trail.append(self.bpmn_id)

    def chosen(self, my_task: OfficeTask) -> tuple[Exit, ...]:
        """The ways a token takes out of anything but a gateway.

        Every flow without a condition gets a token, every other one if its condition holds; the
        default flow, if no condition does.

        Raises:
            EngineError: there are only conditions, none holds, and there is no default flow.
        """
        if all(way.condition is None and not way.is_default for way in self.exits):
            return self.exits
        return self.matching(my_task)

    def matching(self, my_task: OfficeTask) -> tuple[Exit, ...]:
        """The ways whose conditions hold, else the default way."""
        names = my_task.visible()
        found = tuple(
            way
            for way in self.exits
            if not way.is_default and (way.condition is None or holds(way.condition, names))
        )
        if any(way.condition is not None for way in found):
            return found
        otherwise = tuple(way for way in self.exits if way.is_default)
        if not found and not otherwise:
            raise self.no_way()
        return found + otherwise

    def no_way(self) -> EngineError:
        return EngineError(
            f"Expected a condition of '{self.bpmn_id}' to hold, but none does and there is "
            "no default flow",
            element_id=self.bpmn_id,
        )

    def send(self, my_task: OfficeTask, way: Exit) -> None:
        child = my_task._add_child(my_task.workflow.spec.task_specs[way.target])
        if child.task_spec.gathers:
            child.internal_data["flow"] = way.flow_id


class Root(Token):
    """The root of a scope's tree; it is never run."""

    passive = True

    def __init__(self, wf_spec: Any) -> None:
        super().__init__(wf_spec, ROOT)


class OfficeSpec(BpmnProcessSpec):  # type: ignore[misc] # untyped base
    """A process or subprocess as SpiffWorkflow sees it.

    `origins` are the nodes that get a token when it begins, `armed` what waits for the start of
    its event subprocesses, `births` what waits for the start of the process itself.
    """

    def __init__(self, name: str, description: str) -> None:
        # SpiffWorkflow would reserve the names Start and End, which diagrams may use themselves.
        WorkflowSpec.__init__(self, name=name)
        self.description = description
        self.start = Root(self)
        self.end = None
        self.svg = None
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[TaskSpec] = []
        self.origins: tuple[str, ...] = ()
        self.armed: tuple[str, ...] = ()
        self.births: tuple[str, ...] = ()
