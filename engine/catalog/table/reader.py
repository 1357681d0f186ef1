"""The way back: the decision's table that a diagram was built from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.diagram import read_diagram
from engine.catalog.extension import BPMN, MOTCUA
from engine.catalog.linter.rule import procedures
from engine.catalog.table.decision_table import DecisionTable, TableKind, TableRow, Total
from engine.catalog.table.durations import read_step_time, read_total
from engine.catalog.table.words import parties
from engine.catalog.xml import read_xml
from engine.errors import BadInputError
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from engine.catalog.diagram import Node, Process

_HEAD: Final = f".//{{{BPMN}}}process/{{{BPMN}}}extensionElements/{{{MOTCUA}}}procedure"


def diagram_to_table(data: bytes) -> DecisionTable:
    """The table of a procedure's diagram: its steps with a row, in the order of the file.

    Parallel tasks of one subprocess are one row again; generated steps are none. Printed texts
    are given back where the diagram keeps them, else the limits are printed.

    Raises:
        DiagramRefusedError: the bytes are no diagram. BadInputError: it has no procedure's head.
    """
    diagram = read_diagram(data)
    headed = procedures(diagram)
    if not headed or headed[0].extension is None:
        raise BadInputError("Expected a diagram with mc:procedure, but it has no procedure's head")
    process, head = headed[0], headed[0].extension
    element = read_xml(data).find(_HEAD)
    kept = {} if element is None else {str(k): str(v) for k, v in element.attrib.items()}
    total_text = kept.get("totalText") or _printed(head.total)
    return DecisionTable(
        name=head.name,
        code=head.code,
        field=head.field,
        level=head.level,
        total_text=total_text,
        total=_total(total_text),
        source=kept.get("source", ""),
        kind=TableKind.RECONSTRUCTION
        if kept.get("kind", "reconstruction" if head.sample else "decision") == "reconstruction"
        else TableKind.DECISION,
        notes=tuple(kept["notes"].split("\n")) if kept.get("notes") else (),
        rows=_rows(process),
    )


def _rows(process: Process) -> tuple[TableRow, ...]:
    groups: dict[tuple[str, str], list[Node]] = {}
    for place, node in enumerate(process.nodes.values()):
        if node.kind == "userTask" and node.rule is not None and not node.rule.generated:
            parallel = node.parent != process.id and node.rule.row is not None
            key = (node.parent, node.rule.row or "") if parallel else (process.id, str(place))
            groups.setdefault(key, []).append(node)
    return tuple(
        _row(process, number, nodes) for number, nodes in enumerate(groups.values(), start=1)
    )


def _row(process: Process, number: int, nodes: list[Node]) -> TableRow:
    first = nodes[0].rule
    if first is None:
        raise BadInputError(f"Expected a step, but '{nodes[0].id}' has no mc:step")
    block = process.nodes.get(nodes[0].parent)
    unit = first.unit or _lane_name(process, nodes[0])
    if len(nodes) > 1:
        # The lane of a parallel block is named by the whole printed unit.
        units = [(each.rule.unit if each.rule else None) or "" for each in nodes]
        printed = _lane_name(process, nodes[0])
        unit = printed if list(parties(printed)) == units else "; ".join(units)
    time = first.text or _printed(first.limit or "")
    return TableRow(
        number=first.row or str(number),
        stage=first.stage or "",
        content=block.name if block is not None and len(nodes) > 1 else nodes[0].name,
        unit=unit,
        time=time,
        result=first.result or "",
        limit=_step_limit(time),
    )


def _lane_name(process: Process, node: Node) -> str:
    lane = process.lane(node)
    return lane.name if lane is not None else ""


def _step_limit(time: str) -> Limit | None:
    try:
        return read_step_time(time)
    except BadInputError:
        return None


def _total(text: str) -> Total:
    try:
        return read_total(text)
    except BadInputError:
        return Total(None)


def _printed(limit: str) -> str:
    """How a table prints a limit: "16 giờ", "10 ngày làm việc"."""
    try:
        known = Limit.parse(limit)
    except BadInputError:
        return limit
    if known.amount == 0 and known.counts_minutes:
        return "0"
    return known.in_vietnamese()
