"""Diagrams on pages: the SVG drawn here from a file's own layout, and what the viewer marks.

Without JavaScript the SVG is what is shown; with it the viewer (`frontend/diagram.js`) takes the
file and the same marks. A mark is a colour and a sign, never a colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Response
from lxml import etree
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.graph import Node, Process

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
MARGIN = 12
LETTER = 6.4
LINE_HEIGHT = 14

SIGNS: Final[Mapping[str, str]] = {
    "now": "●",
    "done": "✓",
    "walked": "",
    "added": "+",
    "removed": "−",
    "changed": "≠",
    "moved": "⇄",
    "error": "!",
    "warning": "?",
    "heat1": "≤",
    "heat2": "≈",
    "heat3": ">",
    "heat4": "≫",
}
"""Kinds of marks, each with the sign that stands beside its colour."""


@dataclass(frozen=True)
class Shown:
    """A diagram as a page shows it: where its file is, its marks, and the SVG without script.

    `marks` give an element's or flow's kind (of `SIGNS`); `notes` a few letters drawn at it.
    """

    source: str
    svg: Markup
    marks: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, dict[str, dict[str, str]]]:
        """What the viewer is told: element → kind, sign, note."""
        return {
            "marks": {
                element: {
                    "kind": kind,
                    "sign": SIGNS[kind],
                    "note": self.notes.get(element, ""),
                }
                for element, kind in self.marks.items()
            }
        }


def shown(
    bpmn: bytes,
    process: Process,
    *,
    source: str,
    name: str,
    marks: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
) -> Shown | None:
    """A diagram with marks; None when its file has no layout.

    `name` tells this picture's ids from those of another one on the same page.
    """
    layout = _layout(bpmn)
    if not layout.boxes:
        return None
    said = notes or {}
    return Shown(source, _svg(process, layout, marks, said, name), marks, said)


@dataclass(frozen=True)
class Box:
    """A shape's place."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """All places of a diagram: shapes and the bends of its arrows, by element."""

    boxes: Mapping[str, Box]
    lines: Mapping[str, tuple[tuple[float, float], ...]]


def diagram_answer(bpmn: bytes, name: str) -> Response:
    """A diagram's file as text that no browser takes for a page."""
    answer = Response(bpmn, content_type="text/plain; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@lru_cache(maxsize=64)
def _layout(bpmn: bytes) -> Layout:
    # The file was checked by the catalogue before it was published; no entities, no network.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(bpmn, parser)
    boxes: dict[str, Box] = {}
    lines: dict[str, tuple[tuple[float, float], ...]] = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        if bounds is not None:
            boxes[shape.get("bpmnElement", "")] = Box(
                *(float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
            )
    for edge in root.iter(f"{DI}BPMNEdge"):
        lines[edge.get("bpmnElement", "")] = tuple(
            (float(p.get("x", "0")), float(p.get("y", "0"))) for p in edge.iter(f"{DD}waypoint")
        )
    return Layout(boxes, lines)


def _svg(
    process: Process,
    layout: Layout,
    marks: Mapping[str, str],
    notes: Mapping[str, str],
    name: str,
) -> Markup:
    left = min(b.x for b in layout.boxes.values()) - MARGIN
    top = min(b.y for b in layout.boxes.values()) - MARGIN
    right = max(b.x + b.width for b in layout.boxes.values()) + MARGIN
    bottom = max(b.y + b.height for b in layout.boxes.values()) + MARGIN
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" '
            'aria-labelledby="{}-title" viewBox="{} {} {} {}" width="{}" height="{}">'
            '<title id="{}-title">{}</title>'
            '<defs><marker id="{}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path class="arrow" d="M0 0 L8 4 L0 8 z"/></marker>'
            "</defs>"
        ).format(
            name,
            _n(left),
            _n(top),
            _n(right - left),
            _n(bottom - top),
            _n(right - left),
            _n(bottom - top),
            name,
            process.name,
            name,
        )
    ]
    for lane in process.lanes:
        box = layout.boxes.get(lane.id)
        if box is not None:
            parts.append(_lane(lane.name, box))
    for flow in process.flows.values():
        points = layout.lines.get(flow.id)
        if points:
            parts.append(_line(points, marks.get(flow.id, ""), name))
    for node in process.nodes.values():
        box = layout.boxes.get(node.id)
        if box is not None:
            parts.append(_node(node, box, marks.get(node.id, "")))
            note = notes.get(node.id)
            if note:
                middle = box.x + box.width / 2
                parts.append(_text(note, middle, box.y + box.height + 13, 150, "small note"))
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _lane(name: str, box: Box) -> Markup:
    x, y = box.x + 14, box.y + box.height / 2
    return Markup(
        '<rect class="lane" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="lane-name" transform="translate({} {}) rotate(-90)">{}</text>'
    ).format(_n(box.x), _n(box.y), _n(box.width), _n(box.height), _n(x), _n(y), _short(name, box))


def _short(name: str, box: Box) -> str:
    most = max(8, int(box.height / LETTER))
    return name if len(name) <= most else name[: most - 1] + "…"


def _line(points: tuple[tuple[float, float], ...], mark: str, name: str) -> Markup:
    path = " ".join(f"{'M' if i == 0 else 'L'}{_n(x)} {_n(y)}" for i, (x, y) in enumerate(points))
    return Markup('<path class="flow {}" marker-end="url(#{}-arrow)" d="{}"/>').format(
        mark, name, path
    )


def _node(node: Node, box: Box, mark: str) -> Markup:
    if "Event" in node.kind:
        radius = box.width / 2
        thick = " end" if node.kind == "endEvent" else ""
        shape = Markup('<circle class="event{} {}" cx="{}" cy="{}" r="{}"/>').format(
            thick, mark, _n(box.x + radius), _n(box.y + radius), _n(radius)
        )
        return Markup("<g><title>{}</title>{}{}</g>").format(
            node.name,
            shape,
            _text(node.name, box.x + radius, box.y + box.height + 14, 110, "small"),
        )
    if "Gateway" in node.kind:
        cx, cy = box.x + box.width / 2, box.y + box.height / 2
        sign = "+" if node.kind == "parallelGateway" else "×"
        shape = Markup(
            '<path class="gateway {}" d="M{} {} L{} {} L{} {} L{} {} z"/>'
            '<text class="sign" x="{}" y="{}">{}</text>'
        ).format(
            mark, _n(cx), _n(box.y), _n(box.x + box.width), _n(cy), _n(cx), _n(box.y + box.height),
            _n(box.x), _n(cy), _n(cx), _n(cy + 7), sign,
        )  # fmt: skip
        return Markup("<g><title>{}</title>{}{}</g>").format(
            node.name, shape, _text(node.name, cx, box.y + box.height + 14, 110, "small")
        )
    shape = Markup('<rect class="task {}" x="{}" y="{}" width="{}" height="{}" rx="8"/>').format(
        mark, _n(box.x), _n(box.y), _n(box.width), _n(box.height)
    )
    lines = _wrapped(node.name, box.width - 10)
    first = box.y + box.height / 2 - (len(lines) - 1) * LINE_HEIGHT / 2 + 4
    words = _lines(lines, box.x + box.width / 2, first, "task-name")
    sign = Markup("")
    if mark:
        sign = Markup('<text class="mark" x="{}" y="{}">{}</text>').format(
            _n(box.x + box.width - 12), _n(box.y + 15), SIGNS[mark]
        )
    return Markup("<g><title>{}</title>{}{}{}</g>").format(node.name, shape, words, sign)


def _text(name: str, x: float, y: float, width: float, kind: str) -> Markup:
    return _lines(_wrapped(name, width), x, y, kind)


def _lines(lines: list[str], x: float, y: float, kind: str) -> Markup:
    spans = Markup("").join(
        Markup('<tspan x="{}" y="{}">{}</tspan>').format(_n(x), _n(y + i * LINE_HEIGHT), line)
        for i, line in enumerate(lines)
    )
    return Markup('<text class="{}">{}</text>').format(kind, spans)


def _wrapped(name: str, width: float, most: int = 4) -> list[str]:
    limit = max(6, int(width / LETTER))
    lines: list[str] = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > limit:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + "…"]
    return lines if lines != [""] else []


def _n(value: float) -> Markup:
    return escape(f"{value:g}")
