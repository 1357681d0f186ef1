"""What running a diagram gives back: the new state and everything the office must know of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OpenStep:
    """A step (bước) that waits for a person. `task_id` is 32 hex digits."""

    task_id: str
    element_id: str


@dataclass(frozen=True)
class ArmedTimer:
    """A timer that runs; the caller knows when it is due and calls `fire_timer`.

    `limit` is the diagram's text: the name of a limit, or ISO 8601. `kind` is the BPMN element it
    stood in (timeDuration, timeDate or timeCycle). `lap` counts how often a repeated timer has
    fired; each repetition is a new task id, armed at the instant the last one fired.
    """

    task_id: str
    element_id: str
    limit: str
    kind: str = "timeDuration"
    lap: int = 0


@dataclass(frozen=True)
class WaitingMessage:
    """Something that waits for a message; without a message in the diagram the name is empty."""

    task_id: str
    element_id: str
    message: str


@dataclass(frozen=True)
class Listening:
    """Something that waits for a signal or a condition (`kind`), with its name or text."""

    task_id: str
    element_id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Taken:
    """The way a gateway took (GatewayTaken)."""

    gateway_id: str
    flow_id: str


@dataclass(frozen=True)
class Thrown:
    """An event that left the case: message, signal, or an error or escalation nobody caught.

    `name` is the message's or signal's name, or the error's or escalation's code; `targets` are
    the nodes or pools the diagram's message flows lead to.
    """

    kind: str
    name: str
    element_id: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """A case after a call.

    `state` is the blob to store. `completed` are the ids of activities done in this call, in
    order, automatic ones included; `trail` those of all nodes passed. `opened` and `cancelled`
    are steps that appeared and went away without being completed, in this call. `open_steps`,
    `timers`, `waiting` and `listening` are how things stand now.
    """

    state: bytes
    completed: tuple[str, ...]
    opened: tuple[OpenStep, ...]
    cancelled: tuple[str, ...]
    open_steps: tuple[OpenStep, ...]
    timers: tuple[ArmedTimer, ...]
    waiting: tuple[WaitingMessage, ...]
    listening: tuple[Listening, ...]
    gateways: tuple[Taken, ...]
    thrown: tuple[Thrown, ...]
    trail: tuple[str, ...]
    ended: bool
    end_events: tuple[str, ...]
