"""Writes a plan and its drawing as BPMN 2.0 that bpmn.io opens as drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.catalog.extension import BPMN, MOTCUA

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.catalog.table.geometry import Box, Drawing, Line
    from engine.catalog.table.plan import Attributes, Plan, Shape

BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "mc": MOTCUA, "xsi": XSI}
_EXPRESSION: Final = f"{{{XSI}}}type"
_POOL: Final = "be_quy_trinh"


def write(plan: Plan, drawing: Drawing) -> bytes:
    """The file's bytes, UTF-8, the same for the same plan."""
    root = etree.Element(
        _bpmn("definitions"),
        {"id": "so_do", "targetNamespace": MOTCUA, "exporter": "motcua"},
        nsmap=_NAMESPACES,
    )
    for message, name in plan.messages.items():
        etree.SubElement(root, _bpmn("message"), {"id": message, "name": name})
    collaboration = etree.SubElement(root, _bpmn("collaboration"), {"id": "hop_tac"})
    etree.SubElement(
        collaboration,
        _bpmn("participant"),
        {"id": _POOL, "name": plan.name, "processRef": plan.process_id},
    )
    _process(root, plan)
    _diagram(root, plan, drawing)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _process(root: _Element, plan: Plan) -> None:
    process = etree.SubElement(
        root,
        _bpmn("process"),
        {"id": plan.process_id, "name": plan.name, "isExecutable": "true"},
    )
    _extension(
        process,
        (("procedure", plan.head), *(("namedLimit", limit) for limit in plan.limits)),
    )
    lanes = etree.SubElement(process, _bpmn("laneSet"), {"id": "cac_lan"})
    for lane in plan.lanes:
        element = etree.SubElement(lanes, _bpmn("lane"), {"id": lane.id, "name": lane.name})
        _extension(element, (("lane", (("role", lane.role),)),))
        for shape in plan.inside(None):
            if shape.lane == lane.id:
                etree.SubElement(element, _bpmn("flowNodeRef")).text = shape.id
    _scope(process, plan, None)


def _scope(parent: _Element, plan: Plan, scope: str | None) -> None:
    for shape in plan.inside(scope):
        _node(parent, plan, shape)
    for link in plan.links:
        if plan.scope_of(link) != scope:
            continue
        named = {"name": link.name} if link.name else {}
        flow = etree.SubElement(
            parent,
            _bpmn("sequenceFlow"),
            {"id": link.id, **named, "sourceRef": link.source, "targetRef": link.target},
        )
        if link.condition:
            condition = etree.SubElement(
                flow,
                _bpmn("conditionExpression"),
                {_EXPRESSION: "bpmn:tFormalExpression"},
            )
            condition.text = link.condition


def _node(parent: _Element, plan: Plan, shape: Shape) -> None:
    named = {"name": shape.name} if shape.name else {}
    node = etree.SubElement(
        parent, _bpmn(shape.tag), {"id": shape.id, **named, **dict(shape.attributes)}
    )
    _extension(node, shape.extension)
    outgoing = [link for link in plan.links if link.source == shape.id]
    for link in plan.links:
        if link.target == shape.id:
            etree.SubElement(node, _bpmn("incoming")).text = link.id
    for link in outgoing:
        etree.SubElement(node, _bpmn("outgoing")).text = link.id
    if any(link.condition for link in outgoing):
        node.set("default", next(link.id for link in outgoing if not link.condition))
    if shape.event is not None:
        definition = etree.SubElement(
            node, _bpmn(f"{shape.event.kind}EventDefinition"), {"id": f"{shape.id}_nghia"}
        )
        if shape.event.kind == "message":
            definition.set("messageRef", shape.event.value)
        elif shape.event.kind == "timer":
            duration = etree.SubElement(
                definition,
                _bpmn("timeDuration"),
                {_EXPRESSION: "bpmn:tFormalExpression"},
            )
            duration.text = shape.event.value
    if shape.tag == "subProcess":
        _scope(node, plan, shape.id)


def _extension(owner: _Element, elements: tuple[tuple[str, Attributes], ...]) -> None:
    if elements:
        holder = etree.SubElement(owner, _bpmn("extensionElements"))
        for tag, attributes in elements:
            etree.SubElement(holder, f"{{{MOTCUA}}}{tag}", dict(attributes))


def _diagram(root: _Element, plan: Plan, drawing: Drawing) -> None:
    diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "hinh_ve"})
    plane = etree.SubElement(
        diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": "mat_phang", "bpmnElement": "hop_tac"}
    )
    _box(plane, _POOL, drawing.pool, isHorizontal="true")
    for lane in plan.lanes:
        _box(plane, lane.id, drawing.lanes[lane.id], isHorizontal="true")
    for shape in plan.shapes:
        more = {"isExpanded": "true"} if shape.tag == "subProcess" else {}
        if shape.tag == "exclusiveGateway":
            more = {"isMarkerVisible": "true"}
        drawn = _box(plane, shape.id, drawing.shapes[shape.id], **more)
        if shape.id in drawing.labels:
            _label(drawn, drawing.labels[shape.id])
    for link in plan.links:
        _line(plane, link.id, drawing.lines[link.id])


def _box(plane: _Element, of: str, box: Box, **more: str) -> _Element:
    shape = etree.SubElement(
        plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"{of}_di", "bpmnElement": of, **more}
    )
    _bounds(shape, box)
    return shape


def _bounds(owner: _Element, box: Box) -> None:
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(owner, f"{{{DC}}}Bounds", {name: str(value) for name, value in sides.items()})


def _label(owner: _Element, box: Box) -> None:
    _bounds(etree.SubElement(owner, f"{{{BPMNDI}}}BPMNLabel"), box)


def _line(plane: _Element, of: str, line: Line) -> None:
    edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"{of}_di", "bpmnElement": of})
    for point in line.points:
        etree.SubElement(edge, f"{{{DI}}}waypoint", {"x": str(point.x), "y": str(point.y)})
    if line.label is not None:
        _label(edge, line.label)


def _bpmn(name: str) -> str:
    return f"{{{BPMN}}}{name}"
