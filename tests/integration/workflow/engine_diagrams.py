"""Small diagrams written as lines of text, and a player that walks through them."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from engine.workflow import run
from engine.workflow.blueprint import Blueprint, blueprint

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "user": "userTask",
    "manual": "manualTask",
    "task": "task",
    "service": "serviceTask",
    "script": "scriptTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "rule": "businessRuleTask",
    "xor": "exclusiveGateway",
    "or": "inclusiveGateway",
    "and": "parallelGateway",
    "race": "eventBasedGateway",
    "complex": "complexGateway",
    "sub": "subProcess",
    "esp": "subProcess",
    "tx": "transaction",
    "adhoc": "adHocSubProcess",
    "call": "callActivity",
}
TIMERS = {"timer": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
NAMED = ("message", "signal", "error", "escalation")
ATTRIBUTES = {"on": "attachedToRef", "process": "calledElement"}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">'
)


@dataclass
class _Writer:
    body: list[str] = field(default_factory=list)
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    message_flows: list[tuple[str, str]] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def bpmn(text: str) -> bytes:
    """The BPMN file of a few lines.

    `user A` is a node, `A > B > C` are flows, `A > B if x > 1` or `A > B default` one flow,
    `sub S {` … `}` holds what is inside, `process P {` one of several processes,
    `A ~> B` a message flow.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not any(line.startswith("process ") for line in lines):
        lines = ["process P {", *lines, "}"]
    writer = _Writer()
    for line in lines:
        words = shlex.split(line)
        if ">" in words and words[-1] == "default":
            writer.defaults[words[-4]] = f"{words[-4]}_{words[-2]}"
    for line in lines:
        _write(line, writer)
    names = "".join(_named(kind, name) for kind, name in writer.names)
    pools = "".join(f'<participant id="pool_{p}" processRef="{p}"/>' for p in writer.pools)
    messages = "".join(
        f'<messageFlow id="mf_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in writer.message_flows
    )
    collaboration = (
        f'<collaboration id="collab">{pools}{messages}</collaboration>'
        if writer.message_flows
        else ""
    )
    return f"{HEAD}{names}{collaboration}{''.join(writer.body)}</definitions>".encode()


def _named(kind: str, name: str) -> str:
    code = f' {kind}Code="{name}"' if kind in {"error", "escalation"} else ""
    return f'<{kind} id="{kind}_{name}" name="{name}"{code}/>'


def _write(line: str, writer: _Writer) -> None:
    if line == "}":
        writer.body.append(f"</{writer.open.pop()}>")
        return
    words = shlex.split(line)
    if len(words) == 3 and words[1] == "~>":
        writer.message_flows.append((words[0], words[2]))
    elif len(words) > 2 and words[1] == ">":
        _flow(words, writer)
    elif words[0] == "process":
        writer.pools.append(words[1])
        _open(writer, "process", f'<process id="{words[1]}" isExecutable="true">')
    else:
        _node(words, writer)


def _open(writer: _Writer, tag: str, text: str) -> None:
    writer.open.append(tag)
    writer.body.append(text)


def _flow(words: list[str], writer: _Writer) -> None:
    condition = None
    if "if" in words:
        place = words.index("if")
        condition, words = " ".join(words[place + 1 :]), words[:place]
    if words[-1] == "default":
        words = words[:-1]
    nodes = words[::2]
    for source, target in pairwise(nodes):
        flow_id = f"{source}_{target}"
        asked = condition and (source, target) == tuple(nodes[-2:])
        inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if asked else ""
        writer.body.append(
            f'<sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</sequenceFlow>"
        )


def _node(words: list[str], writer: _Writer) -> None:
    kind, node_id, *options = words
    tag = KINDS[kind]
    opens = options and options[-1] == "{"
    if opens:
        options = options[:-1]
    attributes = {"id": node_id}
    if kind == "esp":
        attributes["triggeredByEvent"] = "true"
    if node_id in writer.defaults:
        attributes["default"] = writer.defaults[node_id]
    inner: list[str] = []
    repeat: dict[str, str] = {}
    for option in options:
        key, _, value = option.partition("=")
        if key in TIMERS:
            inner.append(
                f"<timerEventDefinition><{TIMERS[key]}>{escape(value)}</{TIMERS[key]}>"
                "</timerEventDefinition>"
            )
        elif key == "condition":
            inner.append(
                f"<conditionalEventDefinition><condition>{escape(value)}</condition>"
                "</conditionalEventDefinition>"
            )
        elif key in NAMED:
            if value:
                writer.names[key, value] = None
            ref = f' {key}Ref="{key}_{value}"' if value else ""
            if kind in {"send", "receive"}:
                attributes["messageRef"] = f"message_{value}"
            else:
                inner.append(f"<{key}EventDefinition{ref}/>")
        elif key == "link":
            inner.append(f'<linkEventDefinition name="{value}"/>')
        elif option in {"terminate", "cancel", "compensate"}:
            inner.append(f"<{option}EventDefinition/>")
        elif option == "noninterrupting":
            name = "cancelActivity" if kind == "boundary" else "isInterrupting"
            attributes[name] = "false"
        elif key == "code":
            lines = value.replace("; ", "\n")
            inner.append(f"<script>{escape(lines)}</script>")
        elif key in {
            "loop",
            "max",
            "before",
            "each",
            "seq",
            "until",
            "in",
            "item",
            "out",
            "result",
            "behavior",
        }:
            repeat[key] = value
        else:
            attributes[ATTRIBUTES.get(key, key)] = value
    if repeat:
        inner.append(_repeat(repeat))
    shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    if opens:
        _open(writer, tag, f"<{tag}{shown}>{''.join(inner)}")
    else:
        writer.body.append(f"<{tag}{shown}>{''.join(inner)}</{tag}>")


def _repeat(rule: dict[str, str]) -> str:
    if "loop" in rule or "max" in rule:
        attributes = f' loopMaximum="{rule["max"]}"' if "max" in rule else ""
        attributes += ' testBefore="true"' if "before" in rule else ""
        condition = (
            f"<loopCondition>{escape(rule['loop'])}</loopCondition>" if "loop" in rule else ""
        )
        return f"<standardLoopCharacteristics{attributes}>{condition}</standardLoopCharacteristics>"
    parts = ""
    if "each" in rule:
        parts += f"<loopCardinality>{escape(rule['each'])}</loopCardinality>"
    if "in" in rule:
        parts += f"<loopDataInputRef>{rule['in']}</loopDataInputRef>"
    if "out" in rule:
        parts += f"<loopDataOutputRef>{rule['out']}</loopDataOutputRef>"
    if "item" in rule:
        parts += f'<inputDataItem id="{rule["item"]}"/>'
    if "result" in rule:
        parts += f'<outputDataItem id="{rule["result"]}"/>'
    if "until" in rule:
        parts += f"<completionCondition>{escape(rule['until'])}</completionCondition>"
    attributes = ' isSequential="true"' if "seq" in rule else ""
    attributes += f' behavior="{rule["behavior"]}"' if "behavior" in rule else ""
    return (
        f"<multiInstanceLoopCharacteristics{attributes}>{parts}</multiInstanceLoopCharacteristics>"
    )


class Player:
    """Walks through a diagram by moves and keeps the trace of activities.

    Moves: `A` completes the open step A (`A x=1` with data; `A#1` the second open one),
    `timer:B` fires the timer at B, `message:M`, `signal:S`, `error:A:E`, `escalation:A:E`,
    `data: x=1`.
    """

    def __init__(self, text: str | bytes, data: str = "", process: str | None = None) -> None:
        source = text if isinstance(text, bytes) else bpmn(text)
        self.bp: Blueprint = blueprint(source, process)
        self.trace: list[str] = []
        self.trail: list[str] = []
        self.ends: list[str] = []
        self.taken: list[str] = []
        self.thrown: list[str] = []
        self._take(run.start(self.bp, values(data)))

    def _take(self, progress: run.Progress) -> None:
        self.trace += progress.completed
        self.trail += progress.trail
        self.ends += progress.end_events
        self.taken += [taken.flow_id for taken in progress.gateways]
        self.thrown += [f"{each.kind}:{each.name}" for each in progress.thrown]
        self.last = progress
        again = run.look(self.bp, progress.state)
        for name in ("open_steps", "timers", "waiting", "listening", "ended", "state"):
            assert getattr(again, name) == getattr(progress, name), name

    @property
    def open(self) -> list[str]:
        return sorted(step.element_id for step in self.last.open_steps)

    @property
    def ended(self) -> bool:
        return self.last.ended

    @property
    def data(self) -> dict[str, object]:
        return run.variables(self.bp, self.last.state)

    def step(self, element: str) -> str:
        name, _, place = element.partition("#")
        found = [s.task_id for s in self.last.open_steps if s.element_id == name]
        assert found, f"{name} is not open, but {self.open}"
        return found[int(place or 0)]

    def play(self, *moves: str) -> Player:
        for move in moves:
            self._take(self._done(move))
        return self

    def _done(self, move: str) -> run.Progress:
        head, _, tail = move.partition(" ")
        data = values(tail)
        state = self.last.state
        kind, _, name = head.partition(":")
        if kind == "timer":
            timers = [t.task_id for t in self.last.timers if t.element_id == name]
            assert timers, f"no timer at {name}, but {self.last.timers}"
            return run.fire_timer(self.bp, state, timers[0])
        if kind == "message":
            return run.deliver_message(self.bp, state, name, data)
        if kind == "signal":
            return run.deliver_signal(self.bp, state, name, data)
        if kind == "data":
            return run.change_data(self.bp, state, data)
        if kind in {"error", "escalation"}:
            element, _, code = name.partition(":")
            act = run.raise_error if kind == "error" else run.raise_escalation
            return act(self.bp, state, self.step(element), code or None, data)
        return run.complete(self.bp, state, self.step(head), data)


def values(text: str) -> dict[str, object]:
    """The data of `x=1 y="dat"`; values are JSON, or plain words."""
    found: dict[str, object] = {}
    for part in text.split():
        key, _, value = part.partition("=")
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = value
    return found
