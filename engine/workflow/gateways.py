"""Gateways: which way a token takes, and which tokens wait for each other."""

# ruff: noqa: SLF001, D102 - SpiffWorkflow's hooks and states are underscored, and known there

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.defaults import (
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)

from engine.workflow.evaluator import holds
from engine.workflow.progress import Taken
from engine.workflow.runtime import READY, WAITING
from engine.workflow.token import Exit, Token

if TYPE_CHECKING:
    from engine.workflow.runtime import OfficeTask


def _note(gateway: Token, my_task: OfficeTask, ways: tuple[Exit, ...]) -> tuple[Exit, ...]:
    """Remember the ways a gateway took, if it had a choice."""
    if len(gateway.exits) > 1 and gateway.bpmn_id is not None:
        my_task.workflow.top_workflow.taken.extend(
            Taken(gateway.bpmn_id, way.flow_id) for way in ways if way.flow_id is not None
        )
    return ways


class Choice(Token, ExclusiveGateway):  # type: ignore[misc] # untyped base
    """An exclusive gateway: each token passes by the first way whose condition holds."""

    def chosen(self, my_task: OfficeTask) -> tuple[Exit, ...]:
        names = my_task.visible()
        for way in self.exits:
            if not way.is_default and (way.condition is None or holds(way.condition, names)):
                return _note(self, my_task, (way,))
        for way in self.exits:
            if way.is_default:
                return _note(self, my_task, (way,))
        if not self.exits:
            return ()
        raise self.no_way()


class Join(Token):
    """A gateway at which tokens are told apart by the flow they came by."""

    gathers = True

    def waiting(self, my_task: OfficeTask) -> dict[str | None, OfficeTask]:
        """The first token waiting on each incoming flow."""
        found: dict[str | None, OfficeTask] = {}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task._state == WAITING:
                found.setdefault(task.internal_data.get("flow"), task)
        return found

    def merge(self, tokens: dict[str | None, OfficeTask], last: OfficeTask) -> None:
        """Take one token from each flow; the last one goes on for all."""
        for token in tokens.values():
            if token is not last:
                last.workflow.retire(token)

    def release(self, my_task: OfficeTask) -> bool:  # noqa: ARG002 - some joins look later again
        """Whether a waiting token may go on after all; it is then ready."""
        return False


class Fork(Join, ParallelGateway):  # type: ignore[misc] # untyped base
    """A parallel gateway: one token from every flow in, one token to every flow out.

    Tokens are counted by flow, so a second one on the same flow waits for the next round; this is
    where SpiffWorkflow's own search through ancestors goes wrong in loops.
    """

    def _update_hook(self, my_task: OfficeTask) -> bool:
        if len(self.entries) <= 1:
            return True
        my_task._set_state(WAITING)
        tokens = self.waiting(my_task)
        if len(tokens) < len(self.entries):
            return False
        tokens[my_task.internal_data.get("flow")] = my_task
        self.merge(tokens, my_task)
        return True

    def chosen(self, my_task: OfficeTask) -> tuple[Exit, ...]:  # noqa: ARG002 - all of them
        return self.exits


class Inclusion(Join, InclusiveGateway):  # type: ignore[misc] # untyped base
    """An inclusive gateway: all ways whose conditions hold; waits for all tokens on their way.

    It opens when every token that could still reach an empty incoming flow without passing here
    could as well reach one that has a token (BPMN 2.0.2, 13.4.3).
    """

    upstream: dict[str, frozenset[str]]

    def _update_hook(self, my_task: OfficeTask) -> bool:
        if len(self.entries) <= 1:
            return True
        my_task._set_state(WAITING)
        return False

    def release(self, my_task: OfficeTask) -> bool:
        tokens = self.waiting(my_task)
        empty = [flow for flow in self.entries if flow not in tokens]
        if empty:
            might_come = frozenset[str]().union(*(self.upstream[flow] for flow in empty))
            excused = frozenset[str]().union(
                *(self.upstream[flow] for flow in tokens if flow is not None)
            )
            blocking = might_come - excused
            for task in my_task.workflow.tasks.values():
                if task.task_spec is not self and task.task_spec.name in blocking:
                    return False
        last = next(reversed(tokens.values()))
        self.merge(tokens, last)
        last._ready()
        return True

    def look_upstream(self) -> None:
        """Find, for each incoming flow, the nodes from which it can be reached without us."""
        before: dict[str, set[str]] = {}
        source: dict[str, str] = {}
        for name, spec in self._wf_spec.task_specs.items():
            for way in spec.exits:
                before.setdefault(way.target, set()).add(name)
                if way.flow_id is not None:
                    source[way.flow_id] = name
            for boundary in spec.boundaries:
                before.setdefault(boundary, set()).add(name)
        found: dict[str, frozenset[str]] = {}
        for flow in self.entries:
            seen: set[str] = set()
            waiting = [source[flow]]
            while waiting:
                name = waiting.pop()
                if name in seen or name == self.name:
                    continue
                seen.add(name)
                waiting.extend(before.get(name, ()))
            found[flow] = frozenset(seen)
        self.upstream = found

    def chosen(self, my_task: OfficeTask) -> tuple[Exit, ...]:
        if not self.exits:
            return ()
        return _note(self, my_task, self.matching(my_task))


class Race(Token, EventBasedGateway):  # type: ignore[misc] # untyped base
    """An event-based gateway: the first of the events that follow it decides the way."""

    def _update_hook(self, my_task: OfficeTask) -> bool:
        my_task._set_state(WAITING)
        for way in self.exits:
            runner = my_task.workflow.enter(way.target)
            runner.internal_data["race"] = my_task.id
            runner.internal_data["by"] = way.flow_id
            runner.task_spec._update(runner)
        return False

    def won(self, my_task: OfficeTask, winner: OfficeTask) -> None:
        """One event came: the others are no longer waited for."""
        self._on_cancel(my_task, winner)
        top = my_task.workflow.top_workflow
        top.trail.append(self.bpmn_id)
        _note(self, my_task, (Exit(winner.internal_data["by"], winner.task_spec.name),))
        my_task._set_state(READY)
        my_task.workflow.retire(my_task)

    def _on_cancel(self, my_task: OfficeTask, winner: OfficeTask | None = None) -> None:
        for task in list(my_task.workflow.tasks.values()):
            if task is not winner and task.internal_data.get("race") == my_task.id:
                task.cancel()
