"""What events wait for and throw, as SpiffWorkflow's event definitions; none reads a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.catalog.timer_text import NAME, REPEATED, is_literal_timer, unquoted
from engine.workflow.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.diagram import EventDefinition as DrawnEvent


class OfficeEvent(EventDefinition):  # type: ignore[misc] # untyped base
    """A message, signal, error, escalation, condition, terminate, cancel or timer.

    `name` is what a catcher and a thrower share: the name of a message or signal, the code (or,
    without one, the id) of an error or escalation; None catches any.
    """

    def __init__(self, kind: str, name: str | None, aliases: frozenset[str] = frozenset()) -> None:
        super().__init__(name)
        self.kind = kind
        self.aliases = aliases
        self.expression: str | None = None
        self.coded = True

    def has_fired(self, my_task: Any) -> bool:
        """Only this room fires events; nothing is asked of a clock."""
        return bool(my_task.internal_data.get("fired"))

    def answers(self, kind: str, name: str | None) -> bool:
        """Whether a message or signal of that name is the one waited for."""
        return (
            self.kind == kind and name is not None and (name == self.name or name in self.aliases)
        )

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class OfficeTimer(OfficeEvent):
    """A timer that names a limit (thời hạn); when it is due is the office's to know."""

    def __init__(self, text: str, text_kind: str, limits: Mapping[str, object]) -> None:
        super().__init__("timer", None)
        self.text = unquoted(text)
        self.text_kind = text_kind
        self.literal = is_literal_timer(text, text_kind) or self.text in limits
        repeated = REPEATED.fullmatch(self.text)
        self.repeats = text_kind == "timeCycle"
        self.times = int(repeated[1]) if repeated and repeated[1] else None

    def limit(self, task: Any) -> str:
        """The limit's name or ISO text that holds for a task: a literal, or a value of the case.

        Raises:
            EngineError: the text is an expression and gives no text.
        """
        if self.literal:
            return self.text
        named = NAME.fullmatch(self.text)
        if named is not None and self.text not in task.visible():
            return self.text
        value = task.workflow.script_engine.evaluate(task, self.text)
        if not isinstance(value, str) or not value.strip():
            raise EngineError(
                f"Expected the timer's {self.text!r} to be a text, but it is {value!r}",
                element_id=task.task_spec.bpmn_id,
            )
        return value.strip()


def office_event(
    drawn: DrawnEvent, codes: Mapping[str, str], limits: Mapping[str, object]
) -> OfficeEvent:
    """The definition of what an event of the diagram waits for or throws."""
    if drawn.kind == "timer":
        return OfficeTimer(drawn.text or "", drawn.text_kind or "timeDuration", limits)
    if drawn.kind in {"error", "escalation"}:
        code = codes.get(drawn.ref or "") or None
        made = OfficeEvent(drawn.kind, code or drawn.ref)
        made.coded = code is not None
        return made
    aliases = frozenset({drawn.ref} if drawn.ref else ())
    made = OfficeEvent(drawn.kind, drawn.name, aliases)
    if drawn.kind == "conditional":
        made.expression = drawn.text
    return made
