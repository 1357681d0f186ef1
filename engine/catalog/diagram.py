"""Reads any BPMN 2.0 file into plain values, without judging what is drawn."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.catalog.diagram_codes import (
    CODES,
    MESSAGE_FLOW_REFERENCE,
    NO_PROCESS,
    NOT_BPMN,
    PARTICIPANT_REFERENCE,
)
from engine.catalog.element_reader import Names, content, is_bpmn, local, unprefixed
from engine.catalog.extension import BPMN
from engine.catalog.finding import DiagramRefusedError, Finding
from engine.catalog.graph import (
    ACTIVITIES,
    EVENTS,
    GATEWAYS,
    SUBPROCESSES,
    Association,
    Diagram,
    EventDefinition,
    Flow,
    Item,
    Lane,
    LoopRule,
    MessageFlow,
    Node,
    Participant,
    Process,
    user_tasks,
)
from engine.catalog.process_reader import read_process
from engine.catalog.xml import line_of, read_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "ACTIVITIES",
    "CODES",
    "EVENTS",
    "GATEWAYS",
    "SUBPROCESSES",
    "Association",
    "Diagram",
    "EventDefinition",
    "Flow",
    "Item",
    "Lane",
    "LoopRule",
    "MessageFlow",
    "Node",
    "Participant",
    "Process",
    "read_diagram",
    "user_tasks",
]

_READ_ELSEWHERE: Final = frozenset(
    {"process", "collaboration", "message", "signal", "error", "escalation", "extensionElements"}
)


def read_diagram(data: bytes) -> Diagram:
    """The diagram in the bytes of a BPMN 2.0 file; what is broken in it is in `findings`.

    Raises:
        DiagramRefusedError: the bytes are not XML of our policy, or not BPMN 2.0 at all.
    """
    root = read_xml(data)
    if root.tag != f"{{{BPMN}}}definitions":
        name = etree.QName(root)
        raise DiagramRefusedError(
            [
                NOT_BPMN.found(
                    None,
                    f"Phần tử gốc là {name.localname!r}, không phải definitions của BPMN 2.0.",
                    f"the root element is {name.localname!r}, not definitions of BPMN 2.0",
                    line=line_of(root),
                )
            ]
        )
    findings: list[Finding] = []
    names = Names.of(root, findings.append)
    processes = tuple(
        read_process(element, names, findings.append)
        for element in root.iterchildren(f"{{{BPMN}}}process")
    )
    if not processes:
        findings.append(
            NO_PROCESS.found(None, "Tệp không có quy trình nào.", "The file holds no process.")
        )
    participants, message_flows = _collaborations(root, names, processes, findings)
    other = tuple(
        Item(child.get("id"), local(child), child.get("name") or "", None, line_of(child))
        for child in root.iterchildren("*")
        if is_bpmn(child) and local(child) not in _READ_ELSEWHERE
    )
    return Diagram(
        processes=processes,
        participants=participants,
        message_flows=message_flows,
        messages=names.messages,
        signals=names.signals,
        errors=names.errors,
        escalations=names.escalations,
        codes=names.codes,
        other=other + tuple(names.other),
        findings=tuple(findings),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _collaborations(
    root: _Element, names: Names, processes: tuple[Process, ...], findings: list[Finding]
) -> tuple[tuple[Participant, ...], tuple[MessageFlow, ...]]:
    participants: list[Participant] = []
    flows: list[MessageFlow] = []
    process_ids = {process.id for process in processes}
    for collaboration in root.iterchildren(f"{{{BPMN}}}collaboration"):
        for child in collaboration.iterchildren("*"):
            if not is_bpmn(child):
                continue
            if local(child) == "participant":
                participant = _participant(child, names)
                participants.append(participant)
                if participant.process_id not in {None, *process_ids}:
                    findings.append(
                        PARTICIPANT_REFERENCE.found(
                            participant.id,
                            f"Bể “{participant.name}” dẫn tới quy trình không có trong tệp.",
                            f"The pool '{participant.name}' names a process not in the file.",
                            line=participant.line,
                        )
                    )
            elif local(child) == "messageFlow":
                flows.append(
                    MessageFlow(
                        id=child.get("id") or names.invented(child),
                        name=child.get("name") or "",
                        source=unprefixed(child.get("sourceRef")) or "",
                        target=unprefixed(child.get("targetRef")) or "",
                        line=line_of(child),
                    )
                )
            elif local(child) not in {"documentation", "extensionElements"}:
                names.other.append(
                    Item(
                        child.get("id"),
                        local(child),
                        child.get("name") or content(child) or "",
                        collaboration.get("id"),
                        line_of(child),
                    )
                )
    known = process_ids | {participant.id for participant in participants}
    for process in processes:
        known.update(process.nodes)
    sound: list[MessageFlow] = []
    for flow in flows:
        missing = [end for end in (flow.source, flow.target) if end not in known]
        if missing:
            findings.append(
                MESSAGE_FLOW_REFERENCE.found(
                    flow.id,
                    f"Luồng thông điệp “{flow.name or flow.id}” dẫn tới “{missing[0]}” không có.",
                    f"The message flow '{flow.name or flow.id}' names '{missing[0]}', "
                    "which does not exist.",
                    line=flow.line,
                )
            )
        else:
            sound.append(flow)
    return tuple(participants), tuple(sound)


def _participant(child: _Element, names: Names) -> Participant:
    return Participant(
        id=child.get("id") or names.invented(child),
        name=child.get("name") or "",
        process_id=unprefixed(child.get("processRef")),
        line=line_of(child),
    )
