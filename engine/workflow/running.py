"""What stands on the stage of a trial: running cases, what is open in them, post between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.catalog.diagram import EventDefinition, Node
    from engine.workflow.blueprint import Blueprint
    from engine.workflow.progress import ArmedTimer, Listening, Progress, WaitingMessage


@dataclass(frozen=True)
class Opening:
    """Something that stands open: a step, or a catch event; `age` grows with every new one."""

    age: int
    task_id: str
    element_id: str


@dataclass(frozen=True)
class Waits:
    """What an element waits for: a timer, message, signal or condition, with its text."""

    element_id: str
    kind: str
    text: str
    due_at: datetime | None = None


@dataclass(eq=False)
class Running:
    """One case on the stage."""

    bp: Blueprint
    began_at: datetime
    progress: Progress
    begun: bool
    ages: dict[str, int] = field(default_factory=dict)
    dues: dict[str, datetime] = field(default_factory=dict)

    def listens(self, kind: str) -> list[tuple[str, str]]:
        """Element and name of all that waits for messages or signals."""
        if kind == "message":
            return [(each.element_id, each.message) for each in self.progress.waiting]
        return [(e.element_id, e.name) for e in self.progress.listening if e.kind == kind]


@dataclass(frozen=True, eq=False)
class Letter:
    """Something thrown on its way to the other cases; `target` is a node, a process or nobody."""

    kind: str
    name: str
    target: str | None
    sender: Running


def open_ids(case: Running) -> list[tuple[str, str]]:
    """Task and element of the open steps and the intermediate events a case waits for."""
    at = case.progress
    nodes = {
        id_: node for process in case.bp.diagram.processes for id_, node in process.nodes.items()
    }
    found = {step.task_id: step.element_id for step in at.open_steps}
    waiting: list[ArmedTimer | WaitingMessage | Listening]
    waiting = [*at.timers, *at.waiting, *at.listening]
    for waits in waiting:
        if nodes[waits.element_id].kind == "intermediateCatchEvent":
            found[waits.task_id] = waits.element_id
    return list(found.items())


def starts_by(bp: Blueprint, kind: str) -> Iterator[tuple[Node, EventDefinition]]:
    """The start events of a process that one message (or signal) alone sets off."""
    for node in bp.process.children(bp.process_id):
        together = node.attributes.get("parallelMultiple") in {"true", "1"}
        if node.kind == "startEvent" and not (together and len(node.events) > 1):
            for event in node.events:
                if event.kind == kind:
                    yield node, event
