"""A discovered tree as a diagram of the office's own kind, with the shares of its choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from simulations.calibrating.discovery import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulations.calibrating.discovery import Tree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PROCESS = "quy_trinh"


@dataclass
class LogDiagram:
    """The file, the id of each activity's step, and the shares of the choices."""

    bpmn: bytes = b""
    steps: dict[str, str] = field(default_factory=dict)
    """Activity → element. An activity in several places has the element of the first."""
    elements: dict[str, str] = field(default_factory=dict)
    """Element → activity."""
    shares: dict[str, dict[str, float]] = field(default_factory=dict)


def diagram_of(tree: Tree) -> LogDiagram:
    """The tree drawn with gateways; shares are counted with one more of each way (Beta(1,1))."""
    writer = _Writer()
    end = writer.node("endEvent", "ket_thuc")
    first = writer.node("startEvent", "bat_dau")
    writer.flow(writer.block(tree, first), end)
    return writer.finished()


class _Writer:
    def __init__(self) -> None:
        self.made = LogDiagram()
        self.root = etree.Element(f"{{{BPMN}}}definitions", nsmap={"bpmn": BPMN})
        self.root.set("targetNamespace", "urn:motcua:bpmn:1")
        self.process = etree.SubElement(self.root, f"{{{BPMN}}}process")
        self.process.set("id", PROCESS)
        self.process.set("isExecutable", "true")
        self.flows: list[tuple[str, str, str]] = []
        self.count = 0

    def node(self, kind: str, id_: str, name: str = "") -> str:
        element = etree.SubElement(self.process, f"{{{BPMN}}}{kind}")
        element.set("id", id_)
        if name:
            element.set("name", name)
        return id_

    def gateway(self, kind: str) -> str:
        self.count += 1
        return self.node(kind, f"cong_{self.count}")

    def flow(self, source: str, target: str) -> str:
        made = f"f{len(self.flows) + 1}"
        self.flows.append((made, source, target))
        return made

    def block(self, tree: Tree, before: str) -> str:
        """Draw a block behind a node; gives the node it leaves from."""
        match tree.block:
            case Block.ACTIVITY:
                element = f"b{len(self.made.elements) + 1:02d}"
                self.made.elements[element] = tree.activity
                self.made.steps.setdefault(tree.activity, element)
                self.node("userTask", element, tree.activity)
                self.flow(before, element)
                return element
            case Block.NOTHING:
                return before
            case Block.SEQUENCE:
                for part in tree.parts:
                    before = self.block(part, before)
                return before
            case Block.TOGETHER:
                return self.split(tree, before, "parallelGateway")
            case Block.CHOICE:
                return self.split(tree, before, "exclusiveGateway")
            case Block.LOOP:
                return self.loop(tree, before)

    def split(self, tree: Tree, before: str, kind: str) -> str:
        fork, join = self.gateway(kind), self.gateway(kind)
        self.flow(before, fork)
        ways = []
        for part in tree.parts:
            ways.append(f"f{len(self.flows) + 1}")
            if part.block is Block.NOTHING:
                self.flow(fork, join)
            else:
                self.flow(self.block(part, fork), join)
        if kind == "exclusiveGateway":
            self.share(fork, ways, [part.entered for part in tree.parts])
        return join

    def loop(self, tree: Tree, before: str) -> str:
        body, again = tree.parts
        enter, leave = self.gateway("exclusiveGateway"), self.gateway("exclusiveGateway")
        self.flow(before, enter)
        self.flow(self.block(body, enter), leave)
        out = self.gateway("exclusiveGateway")
        on = self.flow(leave, out)
        back = f"f{len(self.flows) + 1}"
        if again.block is Block.NOTHING:
            self.flow(leave, enter)
        else:
            self.flow(self.block(again, leave), enter)
        self.share(leave, [on, back], [tree.entered, again.entered])
        return out

    def share(self, gateway: str, ways: Sequence[str], counts: Sequence[int]) -> None:
        whole = sum(counts) + len(counts)
        self.made.shares[gateway] = {
            way: (count + 1) / whole for way, count in zip(ways[:-1], counts[:-1], strict=True)
        }

    def finished(self) -> LogDiagram:
        elements = {each.get("id"): each for each in self.process}
        leaving: dict[str, list[str]] = {}
        for made, source, target in self.flows:
            leaving.setdefault(source, []).append(made)
            for where, id_ in (("outgoing", source), ("incoming", target)):
                etree.SubElement(elements[id_], f"{{{BPMN}}}{where}").text = made
        for element in elements.values():
            # BPMN wants incoming before outgoing.
            element[:] = sorted(element, key=lambda each: each.tag.endswith("outgoing"))
        defaults = {gateway: leaving[gateway][0] for gateway in self.made.shares}
        for gateway, way in defaults.items():
            elements[gateway].set("default", way)
        for made, source, target in self.flows:
            flow = etree.SubElement(self.process, f"{{{BPMN}}}sequenceFlow")
            for key, value in (("id", made), ("sourceRef", source), ("targetRef", target)):
                flow.set(key, value)
            if source in defaults and made != defaults[source]:
                condition = etree.SubElement(flow, f"{{{BPMN}}}conditionExpression")
                condition.text = f"nhanh == '{made}'"
        self.made.bpmn = etree.tostring(
            self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True
        )
        return self.made
