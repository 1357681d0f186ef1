"""Draws a diagram as SVG from its own layout: lanes, steps, events, gateways, flows, labels."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.catalog.diagram import read_diagram
from engine.catalog.graph import ACTIVITIES, EVENTS, GATEWAYS, SUBPROCESSES
from engine.catalog.linter.limits import read_limit
from engine.catalog.xml import read_xml
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

    from engine.catalog.graph import Diagram, Node

SVG: Final = "http://www.w3.org/2000/svg"
FONT: Final = "Noto Sans, DejaVu Sans, Arial, sans-serif"
_DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
_WAY: Final = "http://www.omg.org/spec/DD/20100524/DI"
_SIZE: Final = 11.0
"""Height of letters, in the drawing's units."""
_WIDTH: Final = 0.56
"""Mean width of a letter against its height."""
_LEADING: Final = 1.25
_MARGIN: Final = 20.0
_LARGEST: Final = 100_000.0
_FLOWS: Final = 50
"""The layer of the flows: pools, lanes, subprocesses lie under them, what they join over them."""
_INK: Final = "#1f2933"
_PAPER: Final = "#ffffff"
_STEP: Final = "#f3f7fb"
_MARK: Final = "#c0392b"


@dataclass(frozen=True)
class _Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


def draw_svg(
    bpmn: bytes,
    *,
    marked: Iterable[str] = (),
    tinted: Mapping[str, str] | None = None,
    noted: Mapping[str, str] | None = None,
) -> bytes:
    """The picture of a diagram; `marked` elements (nodes, flows) stand out in red.

    `tinted` steps are filled with a colour, `noted` ones bear a short text on their upper edge.

    Raises:
        DiagramRefusedError: the bytes are no diagram. BadInputError: it has no layout.
    """
    drawing = _Drawing(bpmn, frozenset(marked))
    drawing.tinted, drawing.noted = tinted or {}, noted or {}
    return drawing.svg()


def places_of(
    bpmn: bytes,
) -> tuple[dict[str, tuple[float, float, float, float]], dict[str, list[tuple[float, float]]]]:
    """Where the picture has its shapes (x, y, width, height) and its flows, by element.

    Raises:
        DiagramRefusedError: the bytes are no diagram. BadInputError: it has no layout.
    """
    drawing = _Drawing(bpmn, frozenset())
    boxes = {key: (b.x, b.y, b.width, b.height) for key, b in drawing.boxes.items()}
    return boxes, drawing.lines


class _Drawing:
    """One drawing under way."""

    def __init__(self, bpmn: bytes, marked: frozenset[str]) -> None:
        self.diagram: Diagram = read_diagram(bpmn)
        self.marked = marked
        self.tinted: Mapping[str, str] = {}
        self.noted: Mapping[str, str] = {}
        self.nodes: Mapping[str, Node] = {
            key: node for process in self.diagram.processes for key, node in process.nodes.items()
        }
        self.names: dict[str, str] = {key: node.name for key, node in self.nodes.items()}
        self.lanes: set[str] = set()
        for process in self.diagram.processes:
            self.lanes.update(lane.id for lane in process.lanes)
            self.names.update({lane.id: lane.name for lane in process.lanes})
            self.names.update({flow.id: flow.name for flow in process.flows.values()})
        self.pools = {pool.id for pool in self.diagram.participants}
        self.names.update({pool.id: pool.name for pool in self.diagram.participants})
        self.messages = {flow.id for flow in self.diagram.message_flows}
        self.names.update({flow.id: flow.name for flow in self.diagram.message_flows})
        self.boxes: dict[str, _Box] = {}
        self.labels: dict[str, _Box] = {}
        self.lines: dict[str, list[tuple[float, float]]] = {}
        self._read(bpmn)

    def _read(self, bpmn: bytes) -> None:
        root = read_xml(bpmn)
        for shape in root.iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge"):
            of = shape.get("bpmnElement", "").rpartition(":")[2]
            label = shape.find(f"{{{_DI}}}BPMNLabel/{{{_DC}}}Bounds")
            if label is not None:
                self.labels[of] = _box(label)
            bounds = shape.find(f"{{{_DC}}}Bounds")
            if bounds is not None:
                self.boxes[of] = _box(bounds)
            points = [_point(each) for each in shape.findall(f"{{{_WAY}}}waypoint")]
            if len(points) > 1:
                self.lines[of] = points
        if not self.boxes:
            raise BadInputError("Expected a diagram with a layout (BPMNDI), but it has none")

    def svg(self) -> bytes:
        corners = [(b.x, b.y) for b in self.boxes.values()]
        corners += [(b.x + b.width, b.y + b.height) for b in self.boxes.values()]
        corners += [(b.x + b.width, b.y + b.height) for b in self.labels.values()]
        corners += [(b.x, b.y) for b in self.labels.values()]
        corners += [point for line in self.lines.values() for point in line]
        left = min(x for x, _ in corners) - _MARGIN
        top = min(y for _, y in corners) - _MARGIN
        width = max(x for x, _ in corners) + _MARGIN - left
        height = max(y for _, y in corners) + _MARGIN - top
        root = etree.Element(
            f"{{{SVG}}}svg",
            {
                "viewBox": f"{left:g} {top:g} {width:g} {height:g}",
                "width": f"{width:g}",
                "height": f"{height:g}",
                "font-family": FONT,
                "font-size": f"{_SIZE:g}",
            },
            nsmap={None: SVG},  # type: ignore[dict-item] # lxml-stubs know no default namespace
        )
        _put(root, "title").text = self.names.get(next(iter(self.pools), ""), "") or "BPMN"
        _arrows(root)
        _put(root, "rect", x=left, y=top, width=width, height=height, fill=_PAPER)
        order = sorted(self.boxes, key=self._layer)
        for key in order:
            if self._layer(key) < _FLOWS:
                self._shape(root, key)
        for key, points in self.lines.items():
            self._line(root, key, points)
        for key in order:
            if self._layer(key) >= _FLOWS:
                self._shape(root, key)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def _layer(self, key: str) -> int:
        if key in self.pools:
            return 0
        if key in self.lanes:
            return 1
        node = self.nodes.get(key)
        if node is None:
            return 2
        if node.kind in SUBPROCESSES:
            return 3 + self._depth(node)
        return _FLOWS + 1 if node.kind == "boundaryEvent" else _FLOWS

    def _depth(self, node: Node) -> int:
        depth = 0
        while node.parent in self.nodes and depth < 40:  # noqa: PLR2004 - deeper than any drawing
            node, depth = self.nodes[node.parent], depth + 1
        return depth

    def _shape(self, root: _Element, key: str) -> None:
        box, node = self.boxes[key], self.nodes.get(key)
        ink = _MARK if key in self.marked else _INK
        if key in self.pools or key in self.lanes:
            self._band(root, key, box)
        elif node is None:
            self._other(root, key, box)
        elif node.kind in ACTIVITIES:
            self._activity(root, node, box, ink)
        elif node.kind in GATEWAYS:
            _gateway(root, node, box, ink)
            self._outside(root, key, box)
        elif node.kind in EVENTS:
            _event(root, node, box, ink)
            self._outside(root, key, box)

    def _band(self, root: _Element, key: str, box: _Box) -> None:
        is_pool = key in self.pools
        _put(
            root, "rect", x=box.x, y=box.y, width=box.width, height=box.height,
            fill=_PAPER if is_pool else "none", stroke=_INK, stroke_width=1.5 if is_pool else 0.8,
        )  # fmt: skip
        is_black_box = is_pool and not any(
            pool.id == key and pool.process_id for pool in self.diagram.participants
        )
        if is_black_box or (box.height < 60 and box.width > box.height * 3):  # noqa: PLR2004 - too flat for turned letters
            _text(root, self.names.get(key, ""), *box.middle, width=box.width - 20, bold=is_pool)
            return
        if is_pool:
            _put(
                root, "path", d=f"M{box.x + 30:g},{box.y:g} V{box.y + box.height:g}",
                stroke=_INK, stroke_width=1, fill="none",
            )  # fmt: skip
        x, y = box.x + 15, box.y + box.height / 2
        turned = _put(root, "g", transform=f"rotate(-90 {x:g} {y:g})")
        _text(turned, self.names.get(key, ""), x, y, width=box.height - 10, lines=2, bold=is_pool)

    def _activity(self, root: _Element, node: Node, box: _Box, ink: str) -> None:
        is_open = node.kind in SUBPROCESSES
        dashed = {"stroke_dasharray": "2 3"} if node.is_event_subprocess else {}
        _put(
            root, "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=8, ry=8,
            fill=self.tinted.get(node.id, "#fbfcfd" if is_open else _STEP), stroke=ink,
            stroke_width=2.4 if node.kind == "callActivity" or ink == _MARK else 1.3, **dashed,
        )  # fmt: skip
        if is_open:
            _text(root, node.name, box.x + box.width / 2, box.y + 14, width=box.width - 16, lines=1)
            return
        note = self.noted.get(node.id)
        if note is not None:
            _note(root, note, box)
        limit = _printed(node)
        space = box.height - (18 if limit else 6)
        x, _ = box.middle
        y = box.y + 3 + space / 2
        _text(
            root,
            node.name,
            x,
            y,
            width=box.width - 10,
            lines=max(1, int(space / (_SIZE * _LEADING))),
        )
        if limit:
            _text(
                root, limit, x, box.y + box.height - 9, width=box.width - 8, lines=1,
                size=_SIZE * 0.82, ink="#5b6b7b",
            )  # fmt: skip

    def _other(self, root: _Element, key: str, box: _Box) -> None:
        _put(
            root, "rect", x=box.x, y=box.y, width=box.width, height=box.height, fill="none",
            stroke="#8795a1", stroke_width=0.8, stroke_dasharray="4 3",
        )  # fmt: skip
        name = next((each.name for each in self.diagram.other if each.id == key), "")
        _text(root, name, *box.middle, width=max(box.width - 6, 30))

    def _outside(self, root: _Element, key: str, box: _Box) -> None:
        """The label of an event or gateway: where the file puts it, else under it."""
        name = self.names.get(key, "")
        if not name:
            return
        label = self.labels.get(key)
        if label is not None:
            x, _ = label.middle
            _text(root, name, x, label.y + _SIZE * 0.6, width=max(label.width, 70), anchor="top")
        else:
            x, _ = box.middle
            _text(root, name, x, box.y + box.height + 10, width=110, anchor="top")

    def _line(self, root: _Element, key: str, points: list[tuple[float, float]]) -> None:
        is_message = key in self.messages
        ink = _MARK if key in self.marked else _INK
        known = is_message or key in self.names
        path = " ".join(f"{'M' if at == 0 else 'L'}{x:g},{y:g}" for at, (x, y) in enumerate(points))
        dashed = {"stroke_dasharray": "6 4"} if is_message else {}
        if not known:
            dashed = {"stroke_dasharray": "1 3"}
        arrow = "mui_ten_do" if ink == _MARK else "mui_ten"
        marker = {"marker_end": f"url(#{'mui_rong' if is_message else arrow})"} if known else {}
        _put(
            root, "path", d=path, fill="none", stroke=ink,
            stroke_width=2.4 if ink == _MARK else 1.2, stroke_linejoin="round", **dashed, **marker,
        )  # fmt: skip
        name = self.names.get(key, "")
        if not name:
            return
        label = self.labels.get(key)
        if label is not None:
            x, y = label.middle[0], label.y + _SIZE * 0.6
        else:
            (x1, y1), (x2, y2) = points[0], points[1]
            x, y = (x1 + x2) / 2, (y1 + y2) / 2 - 8
        _text(root, name, x, y, width=90, anchor="top", halo=True)


def _note(root: _Element, note: str, box: _Box) -> None:
    width = _SIZE * _WIDTH * len(note) + 14
    x = box.x + box.width - width / 2 - 4
    _put(
        root, "rect", x=x - width / 2, y=box.y - 9, width=width, height=18, rx=9, ry=9,
        fill=_PAPER, stroke=_INK, stroke_width=1,
    )  # fmt: skip
    _text(root, note, x, box.y, width=width + 20, lines=1, bold=True)


def _printed(node: Node) -> str | None:
    """A step's time as the table prints it."""
    if node.rule is None or node.rule.limit is None:
        return None
    known = read_limit(node.rule.limit)
    if node.rule.text or known is None or known.amount == 0:
        return node.rule.text
    return known.in_vietnamese()


def _box(element: _Element) -> _Box:
    x, y, width, height = (_number(element.get(name)) for name in ("x", "y", "width", "height"))
    return _Box(x, y, max(width, 0.0), max(height, 0.0))


def _point(element: _Element) -> tuple[float, float]:
    return _number(element.get("x")), _number(element.get("y"))


def _number(text: str | None) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        value = float("nan")
    if not -_LARGEST <= value <= _LARGEST:  # also refuses what is no number
        raise BadInputError(f"Expected a layout within {_LARGEST:g} units, but got {text!r}")
    return value


def _put(parent: _Element, tag: str, **attributes: object) -> _Element:
    """A new SVG element; underscores of names become hyphens."""
    given = {
        name.replace("_", "-"): f"{value:g}" if isinstance(value, (int, float)) else str(value)
        for name, value in attributes.items()
    }
    return etree.SubElement(parent, f"{{{SVG}}}{tag}", given)


def _arrows(root: _Element) -> None:
    definitions = _put(root, "defs")
    for name, ink, fill in (
        ("mui_ten", _INK, _INK),
        ("mui_ten_do", _MARK, _MARK),
        ("mui_rong", _INK, _PAPER),
    ):
        marker = _put(
            definitions, "marker", id=name, viewBox="0 0 10 10", refX=9, refY=5, markerWidth=7,
            markerHeight=7, orient="auto", markerUnits="userSpaceOnUse",
        )  # fmt: skip
        marker.set("markerWidth", "9")
        marker.set("markerHeight", "9")
        _put(marker, "path", d="M0,0 L10,5 L0,10 z", fill=fill, stroke=ink)


def _text(
    parent: _Element, text: str, x: float, y: float, *, width: float, lines: int = 6,
    anchor: str = "middle", size: float = _SIZE, ink: str = _INK, bold: bool = False,
    halo: bool = False,
) -> None:  # fmt: skip
    """Letters around a point, wrapped to a width; what does not fit ends in "…"."""
    words = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    if not words:
        return
    most = max(4, int(width / (size * _WIDTH)))
    wrapped = textwrap.wrap(words, most, max_lines=max(1, lines), placeholder="…") or [words[:most]]
    first = y + size * 0.35
    if anchor == "middle":
        first -= (len(wrapped) - 1) * size * _LEADING / 2
    for at, line in enumerate(wrapped):
        given: dict[str, object] = {
            "x": x, "y": round(first + at * size * _LEADING, 2), "text_anchor": "middle",
            "fill": ink, "font_size": size,
        }  # fmt: skip
        if bold:
            given["font_weight"] = "bold"
        if halo:
            given |= {"stroke": _PAPER, "stroke_width": 3, "paint_order": "stroke"}
        _put(parent, "text", **given).text = line


def _gateway(root: _Element, node: Node, box: _Box, ink: str) -> None:
    x, y = box.middle
    w, h = box.width / 2, box.height / 2
    _put(
        root, "path", d=f"M{x:g},{y - h:g} L{x + w:g},{y:g} L{x:g},{y + h:g} L{x - w:g},{y:g} Z",
        fill="#fff8e6", stroke=ink, stroke_width=1.4,
    )  # fmt: skip
    r = min(w, h) * 0.42
    strokes = {
        "exclusiveGateway": f"M{x - r:g},{y - r:g} L{x + r:g},{y + r:g} "
        f"M{x + r:g},{y - r:g} L{x - r:g},{y + r:g}",
        "parallelGateway": f"M{x - r:g},{y:g} H{x + r:g} M{x:g},{y - r:g} V{y + r:g}",
        "complexGateway": f"M{x - r:g},{y:g} H{x + r:g} M{x:g},{y - r:g} V{y + r:g} "
        f"M{x - r:g},{y - r:g} L{x + r:g},{y + r:g} M{x + r:g},{y - r:g} L{x - r:g},{y + r:g}",
    }
    if node.kind in strokes:
        _put(root, "path", d=strokes[node.kind], stroke=ink, stroke_width=3, fill="none")
        return
    _put(root, "circle", cx=x, cy=y, r=r * 1.15, fill="none", stroke=ink, stroke_width=2)
    if node.kind == "eventBasedGateway":
        _put(root, "circle", cx=x, cy=y, r=r * 0.8, fill="none", stroke=ink, stroke_width=1)


def _event(root: _Element, node: Node, box: _Box, ink: str) -> None:
    x, y = box.middle
    r = min(box.width, box.height) / 2
    is_end = node.kind == "endEvent"
    dashed = {} if node.interrupting else {"stroke_dasharray": "4 2.5"}
    _put(
        root, "circle", cx=x, cy=y, r=r, fill="#fdecea" if is_end else "#eef8ef", stroke=ink,
        stroke_width=3 if is_end else 1.3, **dashed,
    )  # fmt: skip
    if node.kind in {"intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}:
        _put(
            root, "circle", cx=x, cy=y, r=r * 0.8, fill="none", stroke=ink, stroke_width=1, **dashed
        )
    kinds = [event.kind for event in node.events]
    if not kinds:
        return
    filled = ink if is_end or node.kind == "intermediateThrowEvent" else "none"
    s = r * 0.5
    match kinds[0]:
        case "timer":
            _put(root, "circle", cx=x, cy=y, r=s, fill=_PAPER, stroke=ink, stroke_width=1)
            _put(
                root, "path", d=f"M{x:g},{y - s * 0.7:g} V{y:g} H{x + s * 0.5:g}", fill="none",
                stroke=ink, stroke_width=1,
            )  # fmt: skip
        case "message":
            _put(
                root, "path",
                d=f"M{x - s:g},{y - s * 0.65:g} h{2 * s:g} v{1.3 * s:g} h{-2 * s:g} z "
                f"l{s:g},{s * 0.75:g} l{s:g},{-s * 0.75:g}",
                fill=filled, stroke=_PAPER if filled == ink else ink, stroke_width=1,
            )  # fmt: skip
        case "terminate":
            _put(root, "circle", cx=x, cy=y, r=s * 1.1, fill=ink)
        case "signal":
            _put(
                root, "path", d=f"M{x:g},{y - s:g} L{x + s:g},{y + s * 0.8:g} H{x - s:g} Z",
                fill=filled, stroke=ink, stroke_width=1,
            )  # fmt: skip
        case "error" | "escalation" | "cancel" | "compensate" | "link" | "conditional":
            letter = {"error": "N", "escalation": "A", "cancel": "X"}.get(
                kinds[0], kinds[0][0].upper()
            )
            _text(root, letter, x, y, width=2 * r, bold=True)
