"""Activities that repeat: loops, and one round for each of many."""

# ruff: noqa: SLF001, D102 - SpiffWorkflow's hooks and states are underscored, and known there

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from engine.workflow.data import plain_value
from engine.workflow.errors import EngineError
from engine.workflow.evaluator import NameMissingError, evaluate, holds
from engine.workflow.runtime import READY, STARTED
from engine.workflow.steps import Activity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.workflow.runtime import OfficeTask

MAX_ROUNDS: Final = 1_000
"""Rounds of one repeated activity."""


class Repeat(Activity, LoopTask, ABC):  # type: ignore[misc] # untyped base
    """An activity with rounds; each round is a task of the spec `round_name`."""

    round_name: str

    def _update_hook(self, my_task: OfficeTask) -> bool:
        self.guard(my_task)
        return True

    def _run_hook(self, my_task: OfficeTask) -> bool | None:
        if my_task.internal_data.pop("done", False):
            return True
        my_task._set_state(STARTED)
        return True if self.first_rounds(my_task) == 0 else None

    @abstractmethod
    def first_rounds(self, my_task: OfficeTask) -> int:
        """Begin the first round, or all at once; how many."""

    @abstractmethod
    def round_done(self, my_task: OfficeTask, done: OfficeTask) -> None:
        """One round is over: begin the next, or end them all."""

    def open_round(self, my_task: OfficeTask, number: int, values: Mapping[str, Any]) -> None:
        """Begin a round; `number` counts from 0."""
        if number >= MAX_ROUNDS:
            raise EngineError(
                f"Expected at most {MAX_ROUNDS} rounds of '{self.bpmn_id}', but there are more",
                element_id=self.bpmn_id,
            )
        task = my_task.workflow.enter(self.round_name)
        task.internal_data["loop"] = my_task.id
        task.internal_data["round"] = number
        task.data = {"loopCounter": number, **values}
        task.task_spec._update(task)

    def rounds(self, my_task: OfficeTask) -> list[OfficeTask]:
        """The rounds that are going on."""
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.internal_data.get("loop") == my_task.id
        ]

    def finish(self, my_task: OfficeTask, done: OfficeTask | None = None) -> None:
        """End the activity, with the rounds that are still going on."""
        for task in self.rounds(my_task):
            if task is not done:
                task.cancel()
        my_task.internal_data["done"] = True
        my_task._set_state(READY)
        my_task.workflow.top_workflow.queue.append(my_task)

    def _on_cancel(self, my_task: OfficeTask) -> None:
        for task in self.rounds(my_task):
            task.cancel()
        super()._on_cancel(my_task)

    def note(self, my_task: OfficeTask) -> None:
        """Its rounds were noted."""


class Loop(Repeat):
    """A standard loop: again while the condition holds, at most `maximum` times."""

    condition: str | None = None
    maximum: int | None = None
    test_before = False

    def first_rounds(self, my_task: OfficeTask) -> int:
        my_task.internal_data["rounds"] = 0
        if self.test_before and not self.goes_on(my_task):
            return 0
        self.open_round(my_task, 0, {})
        return 1

    def goes_on(self, my_task: OfficeTask) -> bool:
        done: int = my_task.internal_data["rounds"]
        if self.maximum is not None and done >= self.maximum:
            return False
        if self.condition is None:
            return True
        return holds(self.condition, {**my_task.visible(), "loopCounter": done})

    def round_done(self, my_task: OfficeTask, done: OfficeTask) -> None:
        my_task.internal_data["rounds"] += 1
        if self.goes_on(my_task):
            self.open_round(my_task, my_task.internal_data["rounds"], {})
        else:
            self.finish(my_task, done)


class ForEach(Repeat):
    """Multi-instance: as many rounds as a number or a list says, one by one or all at once."""

    sequential = False
    cardinality: str | None = None
    list_names: tuple[str, ...] = ()
    item: str | None = None
    results: str | None = None
    result: str | None = None
    condition: str | None = None
    """Ends the activity early when it holds after a round."""

    def first_rounds(self, my_task: OfficeTask) -> int:
        items = self.items(my_task)
        many = len(items) if items is not None else self.count(my_task)
        if many > MAX_ROUNDS:
            raise EngineError(
                f"Expected at most {MAX_ROUNDS} rounds of '{self.bpmn_id}', but there are {many}",
                element_id=self.bpmn_id,
            )
        keep = my_task.internal_data
        keep.update(many=many, rounds=0)
        if items is not None and self.sequential:
            keep["items"] = items
        if self.results is not None:
            in_place = items is not None and self.results in self.list_names
            keep["out"] = [[place, each] for place, each in enumerate(items or ())] * in_place
            self.publish(my_task)
        first = min(many, 1) if self.sequential else many
        for number in range(first):
            self.open_item(my_task, number, items)
        return first

    def items(self, my_task: OfficeTask) -> list[Any] | None:
        """The list there is a round for each entry of."""
        if not self.list_names:
            return None
        names = my_task.visible()
        for name in self.list_names:
            if name in names:
                items = names[name]
                if not isinstance(items, list):
                    raise EngineError(
                        f"Expected {name!r} to be a list, but it is {type(items).__name__}",
                        element_id=self.bpmn_id,
                    )
                return list(items)
        raise NameMissingError(f"Expected a list named {self.list_names[0]!r}, but there is none")

    def count(self, my_task: OfficeTask) -> int:
        """The number of rounds."""
        value = evaluate(self.cardinality or "0", my_task.visible())
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise EngineError(
                f"Expected a whole number of rounds, but {self.cardinality!r} is {value!r}",
                element_id=self.bpmn_id,
            )
        return value

    def open_item(self, my_task: OfficeTask, number: int, items: list[Any] | None) -> None:
        values: dict[str, Any] = {}
        if self.result is not None:
            values[self.result] = None
        if self.item is not None and items is not None:
            values[self.item] = items[number]
        self.open_round(my_task, number, values)

    def round_done(self, my_task: OfficeTask, done: OfficeTask) -> None:
        keep = my_task.internal_data
        keep["rounds"] += 1
        if self.results is not None:
            value = done.visible().get(self.result or "")
            number = done.internal_data["round"]
            kept = [pair for pair in keep["out"] if pair[0] != number]
            keep["out"] = sorted([*kept, [number, plain_value(value)]], key=lambda pair: pair[0])
            self.publish(my_task)
        if self.ends_early(my_task, done) or keep["rounds"] == keep["many"]:
            self.finish(my_task, done)
        elif self.sequential:
            self.open_item(my_task, keep["rounds"], keep.get("items"))

    def publish(self, my_task: OfficeTask) -> None:
        """Give the case the results so far, in the order of the rounds."""
        if self.results is not None:
            my_task.write({self.results: [pair[1] for pair in my_task.internal_data["out"]]})

    def ends_early(self, my_task: OfficeTask, done: OfficeTask) -> bool:
        if self.condition is None:
            return False
        rounds, many = my_task.internal_data["rounds"], my_task.internal_data["many"]
        active = 0 if self.sequential else many - rounds
        counters = {
            "nrOfInstances": many,
            "nrOfCompletedInstances": rounds,
            "nrOfActiveInstances": active,
            "numberOfInstances": many,
            "numberOfCompletedInstances": rounds,
            "numberOfActiveInstances": active,
            "numberOfTerminatedInstances": 0,
        }
        return holds(self.condition, {**done.visible(), **counters})
