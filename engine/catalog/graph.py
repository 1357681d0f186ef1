"""A diagram as plain values: processes, nodes and flows in the order of their file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.extension import (
        DocumentRule,
        Extension,
        Foreign,
        HoldRule,
        NamedLimit,
        ProcedureHead,
        StepRule,
    )
    from engine.catalog.finding import Finding

TextKind = Literal["timeDuration", "timeDate", "timeCycle", "condition"]

ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "callActivity",
    }
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)


@dataclass(frozen=True)
class EventDefinition:
    """What an event waits for or does.

    `kind` is the BPMN tag without "EventDefinition": timer, message, signal, error, escalation,
    conditional, link, compensate, terminate, cancel. `ref` is the id it names, `name` the name
    behind that id (for a link its own name). `text` is the timer's or condition's text.
    """

    kind: str
    ref: str | None = None
    name: str | None = None
    text: str | None = None
    text_kind: TextKind | None = None
    id: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class LoopRule:
    """How an activity repeats; texts are as they stand in the file."""

    kind: Literal["standard", "parallel", "sequential"]
    cardinality: str | None = None
    condition: str | None = None
    """The condition to go on (standard) or to stop early (multi-instance)."""
    maximum: str | None = None
    test_before: bool = False
    behavior: str | None = None
    data_input: str | None = None
    data_output: str | None = None
    input_item: str | None = None
    output_item: str | None = None


@dataclass(frozen=True)
class Node:
    """A flow node. `kind` is its BPMN tag, `parent` the enclosing subprocess or process.

    `lane` is the innermost lane; inside a subprocess without lanes, the subprocess's lane.
    `incoming` and `outgoing` are flow ids in the order of the flows in the file.
    `interrupting` is true but for boundary and start events that say otherwise.
    """

    id: str
    kind: str
    name: str
    parent: str
    lane: str | None
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    default_flow: str | None
    attached_to: str | None
    interrupting: bool
    triggered_by_event: bool
    events: tuple[EventDefinition, ...]
    loop: LoopRule | None
    called_element: str | None
    message: str | None
    """The name of the message a send or receive task names."""
    attributes: Mapping[str, str]
    extension: Extension
    script: str | None
    line: int | None

    @property
    def rule(self) -> StepRule | None:
        """What the decision's table says of the step."""
        return self.extension.step

    @property
    def hold(self) -> HoldRule | None:
        """The pause that runs while the node waits."""
        return self.extension.hold

    @property
    def is_event_subprocess(self) -> bool:
        """Whether an event starts it, not a flow."""
        return self.kind in SUBPROCESSES and self.triggered_by_event


@dataclass(frozen=True)
class Flow:
    """A sequence flow; both ends are nodes of the same process."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None
    parent: str
    line: int | None
    language: str | None = None


@dataclass(frozen=True)
class Lane:
    """A lane (làn): who does the work. `parent` is the enclosing lane.

    `node_ids` are the nodes it lists itself. `role` is the lane's own mc:lane role, else the
    one role all its steps share.
    """

    id: str
    name: str
    node_ids: tuple[str, ...]
    parent: str | None
    role: str | None
    declared_role: str | None
    line: int | None


@dataclass(frozen=True)
class Item:
    """An element that takes no part in the flow: data, artifact, or one not known here."""

    id: str | None
    kind: str
    name: str
    parent: str | None
    line: int | None


@dataclass(frozen=True)
class Association:
    """A dotted line, for example from a compensation event to its handler."""

    id: str | None
    source: str | None
    target: str | None
    line: int | None


@dataclass(frozen=True)
class Process:
    """A process; `nodes` and `flows` are in file order, those of subprocesses included."""

    id: str
    name: str
    is_executable: bool
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...]
    extension: ProcedureHead | None
    limits: Mapping[str, NamedLimit]
    documents: tuple[DocumentRule, ...]
    foreign: tuple[Foreign, ...]
    data: tuple[Item, ...]
    associations: tuple[Association, ...]
    line: int | None

    def children(self, scope: str) -> tuple[Node, ...]:
        """The nodes directly inside the process or one of its subprocesses."""
        return tuple(node for node in self.nodes.values() if node.parent == scope)

    def boundaries(self, host: str) -> tuple[Node, ...]:
        """The boundary events attached to an activity."""
        return tuple(node for node in self.nodes.values() if node.attached_to == host)

    def lane(self, node: Node) -> Lane | None:
        """The innermost lane a node lies in."""
        return next((lane for lane in self.lanes if lane.id == node.lane), None)


@dataclass(frozen=True)
class Participant:
    """A pool; without a process it is a black box."""

    id: str
    name: str
    process_id: str | None
    line: int | None


@dataclass(frozen=True)
class MessageFlow:
    """A message between pools; an end is a node, a pool or a process of the diagram."""

    id: str
    name: str
    source: str
    target: str
    line: int | None


@dataclass(frozen=True)
class Diagram:
    """All of one BPMN file that matters here, with what is broken in it as `findings`.

    messages, signals, errors and escalations map an id to a name; `codes` an error's or
    escalation's id to its code. `sha256` is of the file's bytes, in hex.
    """

    processes: tuple[Process, ...]
    participants: tuple[Participant, ...]
    message_flows: tuple[MessageFlow, ...]
    messages: Mapping[str, str]
    signals: Mapping[str, str]
    errors: Mapping[str, str]
    escalations: Mapping[str, str]
    codes: Mapping[str, str]
    other: tuple[Item, ...]
    findings: tuple[Finding, ...]
    sha256: str

    def process(self, process_id: str) -> Process | None:
        """The process of that id."""
        return next((each for each in self.processes if each.id == process_id), None)

    @property
    def main(self) -> Process:
        """The process a case runs: one of the office's own, executable, called by no other."""
        called = {node.called_element for each in self.processes for node in each.nodes.values()}
        return min(
            self.processes,
            key=lambda each: (each.extension is None, not each.is_executable, each.id in called),
        )

    def node(self, node_id: str) -> Node | None:
        """The node of that id, in whichever process."""
        for process in self.processes:
            if node_id in process.nodes:
                return process.nodes[node_id]
        return None


def user_tasks(process: Process) -> tuple[Node, ...]:
    """The user tasks of a process in the order of the file, those of subprocesses included."""
    return tuple(node for node in process.nodes.values() if node.kind == "userTask")
