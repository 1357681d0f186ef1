"""Events: what a token waits for, and what it makes happen."""

# ruff: noqa: SLF001, D102 - SpiffWorkflow's hooks and states are underscored, and known there

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition

from engine.workflow.evaluator import NameMissingError, holds
from engine.workflow.event import OfficeTimer
from engine.workflow.routing import throw
from engine.workflow.runtime import READY, STARTED, WAITING
from engine.workflow.token import Token

if TYPE_CHECKING:
    from engine.workflow.event import OfficeEvent
    from engine.workflow.runtime import OfficeTask


def spiff_definition(events: tuple[OfficeEvent, ...], *, parallel: bool = False) -> Any:
    """The one definition SpiffWorkflow wants of an event."""
    if not events:
        return NoneEventDefinition()
    if len(events) == 1:
        return events[0]
    return MultipleEventDefinition(list(events), parallel)


class Catcher(Token):
    """Something that waits for one of its events, or for all of them (`needs_all`)."""

    catching = True
    events: tuple[OfficeEvent, ...] = ()
    needs_all = False

    def listen(self, events: tuple[OfficeEvent, ...], *, needs_all: bool) -> None:
        """Set what it waits for."""
        self.events = events
        self.needs_all = needs_all and len(events) > 1
        self.event_definition = spiff_definition(events, parallel=self.needs_all)
        self.conditional = any(event.kind == "conditional" for event in events)

    def _update_hook(self, my_task: OfficeTask) -> bool:
        if my_task.internal_data.get("fired"):
            return True
        self.arm(my_task)
        return False

    def arm(self, my_task: OfficeTask) -> None:
        """Begin to wait."""
        my_task._set_state(WAITING)
        for event in self.events:
            if isinstance(event, OfficeTimer):
                my_task.internal_data["limit"] = event.limit(my_task)
        if self.conditional:
            my_task.workflow.top_workflow.changed = True

    def check_condition(self, my_task: OfficeTask) -> None:
        """Fire if a condition has become true that was not so before."""
        held: list[int] = my_task.internal_data.setdefault("held", [])
        for place, event in enumerate(self.events):
            if event.expression is None or my_task._state != WAITING:
                continue
            try:
                true = holds(event.expression, my_task.visible())
            except NameMissingError:
                true = False  # A value nobody has given yet makes no condition true.
            if true and place not in held:
                held.append(place)
                self.catch(my_task, event)
            elif not true and place in held:
                held.remove(place)

    def catch(self, my_task: OfficeTask, event: OfficeEvent) -> None:
        """One of its events came."""
        if self.needs_all:
            seen: list[int] = my_task.internal_data.setdefault("seen", [])
            place = self.events.index(event)
            if place not in seen:
                seen.append(place)
            if len(seen) < len(self.events):
                return
            my_task.internal_data.pop("seen")
        self.fire(my_task, event)

    def fire(self, my_task: OfficeTask, event: OfficeEvent) -> None:  # noqa: ARG002 - some ask which
        """All it waited for has come."""
        my_task.internal_data["fired"] = True
        race = my_task.internal_data.pop("race", None)
        if race is not None:
            gateway = my_task.workflow.tasks[race]
            gateway.task_spec.won(gateway, my_task)
        self._update(my_task)

    def again(self, my_task: OfficeTask, event: OfficeEvent) -> None:
        """Keep listening after an event that interrupts nothing; a timer only if it repeats."""
        if not isinstance(event, OfficeTimer):
            return
        laps = my_task.internal_data.get("lap", 0) + 1
        if event.repeats and (event.times is None or laps < event.times):
            next_one = my_task.workflow.enter(self.name)
            next_one.internal_data.update(my_task.internal_data)
            next_one.internal_data["lap"] = laps
            next_one._set_state(WAITING)
        my_task._set_state(READY)
        my_task.workflow.retire(my_task)


class Catch(Catcher, IntermediateCatchEvent):  # type: ignore[misc] # untyped base
    """An intermediate catching event."""


class Border(Catcher, BoundaryEvent):  # type: ignore[misc] # untyped base
    """An event on an activity's border; `cancel_activity` says whether it ends the activity."""

    def fire(self, my_task: OfficeTask, event: OfficeEvent) -> None:
        if not self.cancel_activity:
            child = my_task.workflow.enter(self.name)
            child.internal_data["fired"] = True
            self._update(child)
            self.again(my_task, event)
            return
        host = my_task.workflow.tasks[my_task.internal_data.pop("host")]
        host.cancel()
        my_task.internal_data["fired"] = True
        self._update(my_task)


class Begin(Token, StartEvent):  # type: ignore[misc] # untyped base
    """A start event that has happened."""


class Birth(Catcher, StartEvent):  # type: ignore[misc] # untyped base
    """Waits for the first event that starts the process; `starts` is the start event."""

    def fire(self, my_task: OfficeTask, event: OfficeEvent) -> None:  # noqa: ARG002 - any of them
        scope = my_task.workflow
        scope.clear()
        scope.begin((self.starts,))

    def note(self, my_task: OfficeTask) -> None:
        """The start event itself is noted."""


class EventStart(Catcher, StartEvent):  # type: ignore[misc] # untyped base
    """Waits in a scope for the event that starts one of its event subprocesses, `starts`."""

    passive = True
    begins_at: str
    interrupting = True

    def fire(self, my_task: OfficeTask, event: OfficeEvent) -> None:
        scope = my_task.workflow
        if self.interrupting:
            scope.clear()
        handler = scope.enter(self.starts)
        handler._set_state(STARTED)
        inner = scope.top_workflow.open_scope(self.starts, handler)
        inner.begin((self.begins_at,))
        if not self.interrupting:
            self.again(my_task, event)

    def note(self, my_task: OfficeTask) -> None:
        """The start event inside the event subprocess is noted."""


class Thrower(Token):
    """Something that makes its events happen, in the order they are drawn."""

    events: tuple[OfficeEvent, ...] = ()

    def _run_hook(self, my_task: OfficeTask) -> bool:
        # Noted before it happens: what it causes may take the token away.
        super().note(my_task)
        for event in self.events:
            if my_task._state != READY:
                break
            throw(my_task, event)
        return True

    def note(self, my_task: OfficeTask) -> None:
        """Already noted."""


class Throw(Thrower, IntermediateThrowEvent):  # type: ignore[misc] # untyped base
    """An intermediate throwing event, with or without something to throw."""


class End(Thrower, EndEvent):  # type: ignore[misc] # untyped base
    """An end event."""

    def _run_hook(self, my_task: OfficeTask) -> bool:
        my_task.workflow.top_workflow.end_events.append(self.bpmn_id)
        return super()._run_hook(my_task)
