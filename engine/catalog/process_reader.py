"""Reads one process: its nodes, flows and lanes, those of its subprocesses included."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from engine.catalog.diagram_codes import (
    DATA_MAPPING,
    DEFAULT_REFERENCE,
    FLOW_CROSSES,
    FLOW_REFERENCE,
    HOST_REFERENCE,
    ID_MISSING,
    LANE_REFERENCE,
    LANE_TWICE,
)
from engine.catalog.element_reader import (
    Names,
    child,
    content,
    event_definitions,
    is_bpmn,
    is_true,
    local,
    loop_rule,
    missing_reference,
    unprefixed,
)
from engine.catalog.extension import BPMN
from engine.catalog.extension_reader import Report, read_extension, read_process_extension
from engine.catalog.graph import (
    ACTIVITIES,
    EVENTS,
    GATEWAYS,
    SUBPROCESSES,
    Association,
    Flow,
    Item,
    Lane,
    Node,
    Process,
)
from engine.catalog.xml import line_of

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.catalog.extension import Extension
    from engine.catalog.finding import Finding

_NODES: Final = ACTIVITIES | EVENTS | GATEWAYS
_DATA: Final = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
_SILENT: Final = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "ioSpecification",
        "ioBinding",
        "property",
        "auditing",
        "monitoring",
        "supportedInterfaceRef",
        "supports",
        "correlationSubscription",
        "resourceRole",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics",
        "dataInputAssociation",
        "dataOutputAssociation",
        "completionCondition",
    }
)


_ASSOCIATIONS: Final = (f"{{{BPMN}}}dataInputAssociation", f"{{{BPMN}}}dataOutputAssociation")


@dataclass
class _Draft:
    """What is gathered of a process before its nodes know their flows and lanes."""

    elements: list[tuple[_Element, str, str]] = field(default_factory=list)
    """Each node's element, id and enclosing scope."""
    flow_elements: list[tuple[_Element, str, str]] = field(default_factory=list)
    strangers: list[tuple[_Element, str]] = field(default_factory=list)
    lane_sets: list[_Element] = field(default_factory=list)
    data: list[Item] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)


@dataclass
class _Ends:
    """The flows that leave and enter each node, in file order."""

    outgoing: dict[str, list[str]] = field(default_factory=dict)
    incoming: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, flows: dict[str, Flow]) -> _Ends:
        ends = cls()
        for flow in flows.values():
            ends.outgoing.setdefault(flow.source, []).append(flow.id)
            ends.incoming.setdefault(flow.target, []).append(flow.id)
        return ends


def read_process(element: _Element, names: Names, report: Report) -> Process:
    """The process of a BPMN `process` element; what is broken is reported and left out."""
    process_id = element.get("id") or names.invented(element)
    if element.get("id") is None:
        report(_without_id(process_id, element))
    draft = _Draft()
    _gather(element, process_id, draft, names, report)
    _place_strangers(draft, names, report)
    scopes = {node_id: scope for _, node_id, scope in draft.elements}
    flows = _flows(draft, scopes, report)
    extensions = {
        node_id: read_extension(each, node_id, report) for each, node_id, _ in draft.elements
    }
    lanes = _lanes(draft, names, extensions, report)
    lane_of = _lane_of(lanes, scopes, report)
    own = read_process_extension(element, process_id, report)
    ends = _Ends.of(flows)
    nodes: dict[str, Node] = {}
    for each, node_id, scope in draft.elements:
        nodes[node_id] = _node(
            each, node_id, scope, ends, lane_of.get(node_id), extensions[node_id], names, report
        )
    for node in list(nodes.values()):
        if node.kind == "boundaryEvent" and not _stands_on_host(node, nodes):
            report(_without_host(node))
            nodes[node.id] = replace(node, attached_to=None)
    return Process(
        id=process_id,
        name=element.get("name") or "",
        is_executable=is_true(element.get("isExecutable")),
        nodes=nodes,
        flows=flows,
        lanes=lanes,
        extension=own.head,
        limits=own.limits,
        documents=own.documents,
        foreign=own.foreign,
        data=tuple(draft.data),
        associations=tuple(draft.associations),
        line=line_of(element),
    )


def _gather(element: _Element, scope: str, draft: _Draft, names: Names, report: Report) -> None:
    for each in element.iterchildren("*"):
        if not is_bpmn(each):
            continue
        tag = local(each)
        if tag == "laneSet":
            draft.lane_sets.append(each)
        elif tag == "association":
            draft.associations.append(
                Association(
                    each.get("id"),
                    unprefixed(each.get("sourceRef")),
                    unprefixed(each.get("targetRef")),
                    line_of(each),
                )
            )
        elif tag in _SILENT or not names.is_first(each):
            continue
        elif tag == "sequenceFlow":
            draft.flow_elements.append((each, each.get("id") or names.invented(each), scope))
        elif tag in _DATA:
            draft.data.append(
                Item(each.get("id"), tag, each.get("name") or "", scope, line_of(each))
            )
        elif tag in _NODES:
            _add_node(each, scope, draft, names, report)
        else:
            draft.strangers.append((each, scope))


def _add_node(each: _Element, scope: str, draft: _Draft, names: Names, report: Report) -> None:
    node_id = each.get("id")
    if node_id is None:
        node_id = names.invented(each)
        report(_without_id(node_id, each))
    draft.elements.append((each, node_id, scope))
    if local(each) in SUBPROCESSES:
        _gather(each, node_id, draft, names, report)


def _place_strangers(draft: _Draft, names: Names, report: Report) -> None:
    """Elements of unknown tag are nodes when a flow joins them, else mere items."""
    if not draft.strangers:
        return
    joined = {
        unprefixed(each.get(end))
        for each, _, _ in draft.flow_elements
        for end in ("sourceRef", "targetRef")
    }
    added = False
    for each, scope in draft.strangers:
        takes_part = child(each, "incoming") is not None or child(each, "outgoing") is not None
        if takes_part or (each.get("id") is not None and each.get("id") in joined):
            _add_node(each, scope, draft, names, report)
            added = True
        else:
            label = each.get("name") or content(child(each, "text")) or ""
            names.other.append(Item(each.get("id"), local(each), label, scope, line_of(each)))
    if added:
        position = {each: at for at, each in enumerate(draft.elements[0][0].getroottree().iter())}
        draft.elements.sort(key=lambda entry: position[entry[0]])


def _flows(draft: _Draft, scopes: dict[str, str], report: Report) -> dict[str, Flow]:
    flows: dict[str, Flow] = {}
    for each, flow_id, scope in draft.flow_elements:
        source = unprefixed(each.get("sourceRef"))
        target = unprefixed(each.get("targetRef"))
        line = line_of(each)
        missing = [end or "" for end in (source, target) if end is None or end not in scopes]
        if missing or source is None or target is None:
            report(
                FLOW_REFERENCE.found(
                    flow_id,
                    f"Luồng “{flow_id}” nối tới “{missing[0]}” không có trong quy trình.",
                    f"The flow '{flow_id}' joins '{missing[0]}', which is not in the process.",
                    line=line,
                )
            )
            continue
        if scopes[source] != scopes[target]:
            report(
                FLOW_CROSSES.found(
                    flow_id,
                    f"Luồng “{flow_id}” đi từ “{source}” sang “{target}” qua biên quy trình con.",
                    f"The flow '{flow_id}' crosses a subprocess's border from '{source}' "
                    f"to '{target}'.",
                    line=line,
                )
            )
        condition = child(each, "conditionExpression")
        flows[flow_id] = Flow(
            id=flow_id,
            source=source,
            target=target,
            name=each.get("name") or "",
            condition=content(condition),
            parent=scope,
            line=line,
            language=None if condition is None else condition.get("language"),
        )
    return flows


def _lanes(
    draft: _Draft, names: Names, extensions: dict[str, Extension], report: Report
) -> tuple[Lane, ...]:
    lanes: list[Lane] = []

    def add(lane_set: _Element, parent: str | None) -> None:
        for each in lane_set.iterchildren(f"{{{BPMN}}}lane"):
            lane_id = each.get("id") or names.invented(each)
            listed = [
                unprefixed(content(ref)) for ref in each.iterchildren(f"{{{BPMN}}}flowNodeRef")
            ]
            for ref in listed:
                if ref not in extensions:
                    report(
                        LANE_REFERENCE.found(
                            lane_id,
                            f"Làn “{each.get('name') or lane_id}” liệt kê “{ref}” không có.",
                            f"The lane '{each.get('name') or lane_id}' lists '{ref}', "
                            "which does not exist.",
                            line=line_of(each),
                        )
                    )
            node_ids = tuple(ref for ref in listed if ref is not None and ref in extensions)
            declared = read_extension(each, lane_id, report).lane_role
            lanes.append(
                Lane(
                    id=lane_id,
                    name=each.get("name") or "",
                    node_ids=node_ids,
                    parent=parent,
                    role=declared or _shared_role(node_ids, extensions),
                    declared_role=declared,
                    line=line_of(each),
                )
            )
            for inner in each.iterchildren(f"{{{BPMN}}}childLaneSet"):
                add(inner, lane_id)

    for lane_set in draft.lane_sets:
        add(lane_set, None)
    return tuple(lanes)


def _shared_role(node_ids: tuple[str, ...], extensions: dict[str, Extension]) -> str | None:
    roles = {
        rule.role
        for node_id in node_ids
        if (rule := extensions[node_id].step) is not None and rule.role is not None
    }
    return roles.pop() if len(roles) == 1 else None


def _lane_of(lanes: tuple[Lane, ...], scopes: dict[str, str], report: Report) -> dict[str, str]:
    """Each node's innermost lane; inside a subprocess without lanes, the subprocess's."""
    depth: dict[str, int] = {}
    found: dict[str, str] = {}
    for lane in lanes:
        depth[lane.id] = depth.get(lane.parent or "", 0) + 1
        for node_id in lane.node_ids:
            before = found.get(node_id)
            if before is None or depth[before] < depth[lane.id]:
                found[node_id] = lane.id
            elif depth[before] == depth[lane.id] and before != lane.id:
                report(
                    LANE_TWICE.found(
                        node_id,
                        f"“{node_id}” nằm trong cả hai làn “{before}” và “{lane.id}”.",
                        f"'{node_id}' lies in both lanes '{before}' and '{lane.id}'.",
                        line=lane.line,
                    )
                )
    for node_id, scope in scopes.items():
        # Scopes come before what they hold, so an enclosing subprocess already has its lane.
        if node_id not in found and scope in found:
            found[node_id] = found[scope]
    return found


def _node(
    element: _Element,
    node_id: str,
    scope: str,
    ends: _Ends,
    lane: str | None,
    extension: Extension,
    names: Names,
    report: Report,
) -> Node:
    outgoing = tuple(ends.outgoing.get(node_id, ()))
    default = unprefixed(element.get("default"))
    if default is not None and default not in outgoing:
        report(
            DEFAULT_REFERENCE.found(
                node_id,
                f"Luồng mặc định “{default}” không phải luồng ra của “{node_id}”.",
                f"The default flow '{default}' is not an outgoing flow of '{node_id}'.",
                line=line_of(element),
            )
        )
        default = None
    for association in element.iterchildren(*_ASSOCIATIONS):
        if any(child(association, tag) is not None for tag in ("assignment", "transformation")):
            report(_with_mapping(node_id, association))
    message = unprefixed(element.get("messageRef"))
    if message is not None and message not in names.messages:
        report(missing_reference(node_id, message, line_of(element)))
    return Node(
        id=node_id,
        kind=local(element),
        name=(element.get("name") or "").strip(),
        parent=scope,
        lane=lane,
        incoming=tuple(ends.incoming.get(node_id, ())),
        outgoing=outgoing,
        default_flow=default,
        attached_to=unprefixed(element.get("attachedToRef")),
        interrupting=is_true(element.get("cancelActivity"), absent=True)
        and is_true(element.get("isInterrupting"), absent=True),
        triggered_by_event=is_true(element.get("triggeredByEvent")),
        events=event_definitions(element, names, node_id, report),
        loop=loop_rule(element),
        called_element=unprefixed(element.get("calledElement")),
        message=None if message is None else names.messages.get(message, message),
        attributes={str(key): str(value) for key, value in element.attrib.items()},
        extension=extension,
        script=content(child(element, "script")),
        line=line_of(element),
    )


def _stands_on_host(node: Node, nodes: dict[str, Node]) -> bool:
    host = nodes.get(node.attached_to or "")
    return host is not None and host.kind in ACTIVITIES and host.parent == node.parent


def _without_host(node: Node) -> Finding:
    return HOST_REFERENCE.found(
        node.id,
        f"Sự kiện biên “{node.name or node.id}” không gắn với hoạt động nào.",
        f"The boundary event '{node.name or node.id}' is not attached to an activity.",
        line=node.line,
    )


def _without_id(made: str, element: _Element) -> Finding:
    return ID_MISSING.found(
        made,
        f"Phần tử {local(element)} ở dòng {line_of(element)} không có mã.",
        f"The {local(element)} in line {line_of(element)} has no id.",
        line=line_of(element),
    )


def _with_mapping(node_id: str, association: _Element) -> Finding:
    return DATA_MAPPING.found(
        node_id,
        f"“{node_id}” gán hoặc biến đổi dữ liệu, máy không thực hiện.",
        f"'{node_id}' assigns or transforms data, which would not be carried out.",
        line=line_of(association),
    )
