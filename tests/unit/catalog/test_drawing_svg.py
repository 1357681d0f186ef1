"""The picture of a diagram: everything drawn is in it, and nothing hostile gets into it."""

from __future__ import annotations

import pytest
from lxml import etree
from table_texts import CATALOGUE, small_table

from engine.catalog.diagram import read_diagram
from engine.catalog.drawing import SVG, draw_svg
from engine.catalog.picture import png_of
from engine.catalog.table.builder import build_diagram
from engine.errors import BadInputError

PROCEDURES = sorted(path.name for path in CATALOGUE.iterdir())


def texts(svg: bytes) -> str:
    root = etree.fromstring(svg)
    return " ".join(each.text or "" for each in root.iter(f"{{{SVG}}}text"))


@pytest.mark.parametrize("code", PROCEDURES)
def test_every_name_and_flow_of_a_procedure_is_in_its_picture(code: str) -> None:
    bpmn = (CATALOGUE / code / f"{code}.bpmn").read_bytes()
    svg = draw_svg(bpmn)
    shown = texts(svg)
    process = read_diagram(bpmn).processes[0]
    for node in process.nodes.values():
        first = node.name.split()[:1]
        assert all(word in shown for word in first), node.name
    lines = [
        each
        for each in etree.fromstring(svg).iter(f"{{{SVG}}}path")
        if each.get("marker-end", "").startswith("url(#mui")
    ]
    assert len(lines) == len(process.flows)


def test_flows_lie_over_subprocesses_and_under_steps() -> None:
    bpmn = (CATALOGUE / "1.009994" / "1.009994.bpmn").read_bytes()
    root = etree.fromstring(draw_svg(bpmn))
    order = [each for each in root if each.tag.endswith(("rect", "path"))]
    frames = [at for at, each in enumerate(order) if each.get("stroke-dasharray") == "2 3"]
    flows = [at for at, each in enumerate(order) if each.get("marker-end")]
    steps = [at for at, each in enumerate(order) if each.get("fill") == "#f3f7fb"]
    assert max(frames) < min(flows)
    assert max(flows) < min(steps)


def test_marked_elements_stand_out() -> None:
    bpmn = build_diagram(small_table())
    plain, marked = draw_svg(bpmn), draw_svg(bpmn, marked=["b03_ky"])
    assert plain != marked
    assert b"#c0392b" in marked.replace(b'fill="#c0392b"', b"").replace(
        b'<path d="M0,0 L10,5 L0,10 z"', b""
    )


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>", "]]><script>alert(1)</script>", "a\u202eb", "&amp;#x6a;"],
)
def test_a_hostile_name_is_letters_and_nothing_else(name: str) -> None:
    csv = name.replace('"', '""')
    svg = draw_svg(build_diagram(small_table(f'1,,"Thẩm định {csv}",Chuyên viên,2 giờ,')))
    root = etree.fromstring(svg)
    tags = {etree.QName(each).localname for each in root.iter()}
    assert tags <= {"svg", "title", "defs", "marker", "path", "rect", "g", "text", "circle"}
    assert not [k for each in root.iter() for k in each.attrib if str(k).startswith("on")]


def test_a_diagram_without_layout_is_refused() -> None:
    bpmn = build_diagram(small_table())
    root = etree.fromstring(bpmn)
    for drawn in list(root):
        if etree.QName(drawn).localname == "BPMNDiagram":
            root.remove(drawn)
    with pytest.raises(BadInputError):
        draw_svg(etree.tostring(root))


@pytest.mark.parametrize("value", ["nan", "inf", "1e300", "x"])
def test_a_layout_beyond_all_paper_is_refused(value: str) -> None:
    bpmn = build_diagram(small_table()).decode()
    at = bpmn.index('x="', bpmn.index("BPMNShape"))
    spoilt = bpmn[: at + 3] + value + bpmn[bpmn.index('"', at + 3) :]
    with pytest.raises(BadInputError):
        draw_svg(spoilt.encode())


def test_a_picture_is_as_wide_as_asked() -> None:
    png = png_of(draw_svg(build_diagram(small_table())), width=900)
    assert int.from_bytes(png[16:20], "big") == 900
