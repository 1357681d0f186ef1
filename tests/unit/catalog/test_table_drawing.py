"""The drawing of a built diagram opens well: nothing over another, every line docked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from lxml import etree
from table_texts import (
    EXAMINE,
    RECEIVE,
    RETURN,
    SIGN,
    csv_text,
    published,
    published_files,
)

from engine.catalog.diagram import Diagram, Process, read_diagram
from engine.catalog.table.builder import build_diagram
from engine.catalog.table.csv_file import read_table_csv
from engine.catalog.table.geometry import Box, Point, label_size

NAMES = {
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
}
ONE_STOP = "Trung tâm Phục vụ hành chính công"
STRANGE = {
    "one-stop examines": (
        RECEIVE, f"2,,Kiểm tra,{ONE_STOP},2 giờ,", SIGN, RETURN,
    ),
    "leader comes first": (
        RECEIVE, "2,,Phân công,Lãnh đạo,2 giờ,", EXAMINE, "4,,Ký,Lãnh đạo,1 giờ,", RETURN,
    ),
    "four in parallel": (
        RECEIVE, EXAMINE,
        "3,,Xác minh (song song),Công an xã; Tòa án; Thuế; Kho bạc,2 giờ,", SIGN, RETURN,
    ),
    "two consults, silent": (
        RECEIVE, EXAMINE,
        "3,,Lấy ý kiến (im lặng là đồng ý sau 02 ngày),Cơ quan được hỏi,16 giờ,",
        "4,,Lấy ý kiến lần hai (im lặng là đồng ý sau 04 giờ),Công an xã,4 giờ,", SIGN, RETURN,
    ),
    "one row": (RECEIVE,),
    "thirty rows": (
        RECEIVE, EXAMINE, *(f"{n},,Trình lần {n},Phòng số {n % 7},1 giờ," for n in range(3, 31)),
    ),
    "long names": (
        RECEIVE, EXAMINE,
        f"3,,{'Kiểm tra rất kỹ lưỡng ' * 8},{'Phòng có tên gọi thật dài ' * 6},1 giờ,", RETURN,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """What the drawing part of a file says."""

    diagram: Diagram
    shapes: dict[str, Box]
    labels: dict[str, Box]
    lines: dict[str, tuple[Point, ...]]

    @property
    def process(self) -> Process:
        return self.diagram.processes[0]


def drawn(bpmn: bytes) -> Drawn:
    root = etree.fromstring(bpmn)

    def box(of: etree._Element | None) -> Box | None:
        if of is None:
            return None
        return Box(*(int(of.get(side, "")) for side in ("x", "y", "width", "height")))

    shapes: dict[str, Box] = {}
    labels: dict[str, Box] = {}
    lines: dict[str, tuple[Point, ...]] = {}
    for element in root.iter(f"{{{NAMES['di']}}}BPMNShape", f"{{{NAMES['di']}}}BPMNEdge"):
        of = element.get("bpmnElement", "")
        bounds = box(element.find("dc:Bounds", NAMES))
        if bounds is not None:
            shapes[of] = bounds
        label = box(element.find("di:BPMNLabel/dc:Bounds", NAMES))
        if label is not None:
            labels[of] = label
        points = element.findall("dd:waypoint", NAMES)
        if points:
            lines[of] = tuple(Point(int(p.get("x", "")), int(p.get("y", ""))) for p in points)
    return Drawn(read_diagram(bpmn), shapes, labels, lines)


CASES = {file.stem: (lambda name=file.name: published(name)) for file in published_files()} | {
    name: (lambda rows=rows: read_table_csv(csv_text(*rows))) for name, rows in STRANGE.items()
}


@pytest.fixture(params=list(CASES))
def picture(request: pytest.FixtureRequest) -> Drawn:
    return drawn(build_diagram(CASES[request.param]()))


def parents(picture: Drawn, node: str) -> set[str]:
    found: set[str] = set()
    while node in picture.process.nodes:
        node = picture.process.nodes[node].parent
        found.add(node)
    return found


def test_everything_is_drawn_once(picture: Drawn) -> None:
    process = picture.process
    lanes = {lane.id for lane in process.lanes}
    pools = {pool.id for pool in picture.diagram.participants}
    assert picture.shapes.keys() == process.nodes.keys() | lanes | pools
    assert picture.lines.keys() == process.flows.keys()


def test_no_two_shapes_overlap(picture: Drawn) -> None:
    nodes = picture.process.nodes
    for one, other in combinations(nodes, 2):
        if other in parents(picture, one) or one in parents(picture, other):
            continue
        if nodes[one].attached_to == other or nodes[other].attached_to == one:
            continue
        assert not picture.shapes[one].overlaps(picture.shapes[other]), (one, other)


def test_every_shape_lies_in_its_lane_and_its_subprocess(picture: Drawn) -> None:
    for node in picture.process.nodes.values():
        box = picture.shapes[node.id]
        assert node.lane is not None
        assert picture.shapes[node.lane].holds(box), node.id
        if node.parent in picture.process.nodes:
            assert picture.shapes[node.parent].holds(box), node.id


def test_lanes_fill_the_pool_without_a_gap(picture: Drawn) -> None:
    (pool,) = [picture.shapes[each.id] for each in picture.diagram.participants]
    lanes = [picture.shapes[lane.id] for lane in picture.process.lanes]
    assert (lanes[0].y, lanes[-1].bottom) == (pool.y, pool.bottom)
    assert all(upper.bottom == lower.y for upper, lower in pairwise(lanes))
    assert all((lane.x, lane.right) == (pool.x + 30, pool.right) for lane in lanes)


def on_border(box: Box, point: Point) -> bool:
    """On one of the four sides; for events and gateways the middles of the sides are its tips."""
    inside = box.x <= point.x <= box.right and box.y <= point.y <= box.bottom
    return inside and (point.x in {box.x, box.right} or point.y in {box.y, box.bottom})


def test_every_line_begins_and_ends_on_the_border_of_its_shapes(picture: Drawn) -> None:
    for flow in picture.process.flows.values():
        points = picture.lines[flow.id]
        assert len(points) >= 2
        ends = ((flow.source, points[0]), (flow.target, points[-1]))
        for node, point in ends:
            box = picture.shapes[node]
            assert on_border(box, point), (flow.id, node)
            if not picture.process.nodes[node].kind.endswith(("Task", "subProcess")):
                assert point.x == box.centre.x or point.y == box.centre.y, (flow.id, node)


def test_lines_run_upright_or_level(picture: Drawn) -> None:
    for points in picture.lines.values():
        assert all(a.x == b.x or a.y == b.y for a, b in pairwise(points))
        assert all(a != b for a, b in pairwise(points))


def test_no_line_runs_through_a_foreign_shape(picture: Drawn) -> None:
    nodes = picture.process.nodes
    for flow in picture.process.flows.values():
        spared = {flow.source, flow.target, nodes[flow.source].attached_to}
        around = parents(picture, flow.source)
        for a, b in pairwise(picture.lines[flow.id]):
            stretch = Box(min(a.x, b.x), min(a.y, b.y), abs(a.x - b.x) or 1, abs(a.y - b.y) or 1)
            for node, box in picture.shapes.items():
                if node in nodes and node not in spared | around:
                    inner = Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
                    assert not stretch.overlaps(inner), (flow.id, node)


def test_no_name_stands_on_a_shape_or_on_another_name(picture: Drawn) -> None:
    nodes = picture.process.nodes
    for one, label in picture.labels.items():
        for node, box in picture.shapes.items():
            if node in nodes and nodes[node].kind != "subProcess":
                assert not label.overlaps(box), (one, node)
    for (one, first), (other, second) in combinations(picture.labels.items(), 2):
        assert not first.overlaps(second), (one, other)


def test_no_line_runs_through_a_name(picture: Drawn) -> None:
    for flow, points in picture.lines.items():
        for a, b in pairwise(points):
            stretch = Box(min(a.x, b.x), min(a.y, b.y), abs(a.x - b.x) or 1, abs(a.y - b.y) or 1)
            for named, label in picture.labels.items():
                assert not stretch.overlaps(label), (flow, named)


def test_every_event_gateway_and_choice_with_a_name_has_room_for_it(picture: Drawn) -> None:
    named = {
        node.id
        for node in picture.process.nodes.values()
        if node.name and node.kind.endswith(("Event", "Gateway"))
    }
    flows = {flow.id for flow in picture.process.flows.values() if flow.name}
    assert picture.labels.keys() == named | flows


def test_a_long_label_is_broken_into_lines() -> None:
    one_line, two_lines = label_size("Hồ sơ"), label_size("Chờ hoàn thành nghĩa vụ tài chính")
    assert two_lines[0] <= 96
    assert two_lines[1] > one_line[1]
