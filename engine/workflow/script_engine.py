"""The script engine of every case: expressions go to our evaluator, Python code nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import script_engine
from SpiffWorkflow.bpmn.script_engine import python_engine, python_environment
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.workflow.errors import EngineError
from engine.workflow.evaluator import evaluate, run_script

if TYPE_CHECKING:
    from collections.abc import Mapping


class OfficeEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc] # untyped base
    """Where SpiffWorkflow sends every expression; it knows no Python."""

    def evaluate(
        self,
        expression: str,
        context: Mapping[str, Any],
        external_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value of an expression of the diagram's small language."""
        names = {**(external_context or {}), **context} if external_context else context
        return evaluate(expression, names)

    def execute(
        self,
        script: str,
        context: dict[str, Any],
        external_context: Mapping[str, Any] | None = None,
    ) -> bool:
        """Run lines of the form name = expression."""
        context.update(run_script(script, {**(external_context or {}), **context}))
        return True

    def call_service(self, context: dict[str, Any], **_: Any) -> Any:  # noqa: ARG002 - the base's shape
        """Nothing is ever called from a diagram."""
        raise EngineError("Expected no call of a service, but the diagram has one")


class OfficeScriptEngine(PythonScriptEngine):  # type: ignore[misc] # untyped base
    """SpiffWorkflow's engine on our environment; errors keep our family."""

    def __init__(self) -> None:
        super().__init__(OfficeEnvironment())

    def evaluate(
        self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value of an expression with the data a task sees."""
        return self.environment.evaluate(expression, task.visible(), external_context)

    def execute(
        self, task: Any, script: str, external_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The values that a script's lines give with the data a task sees; nothing is written."""
        return run_script(script, {**(external_context or {}), **task.visible()})

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        """Nothing is ever called from a diagram."""
        return self.environment.call_service(task.data, **kwargs)


def fail_closed() -> None:
    """Take Python away from SpiffWorkflow's own engine: who forgets ours gets ours all the same.

    A workflow made without an engine falls back on TaskDataEnvironment, which is eval and exec.
    """
    safe: Any = OfficeEnvironment
    for module in (script_engine, python_engine, python_environment):
        module.TaskDataEnvironment = safe


fail_closed()
ENGINE = OfficeScriptEngine()
