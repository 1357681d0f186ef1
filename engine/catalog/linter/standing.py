"""Who stands where in a procedure: the one-stop, the specialists, the applicant."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from engine.catalog.diagram import ACTIVITIES
from engine.catalog.extension import HoldKind, StepKind
from engine.catalog.linter.words import (
    APPLICANT_WORDS,
    ONE_STOP_WORDS,
    REFUSAL_WORDS,
    names_agency,
    speaks_of,
)

if TYPE_CHECKING:
    from engine.catalog.diagram import Diagram, Lane, Node, Participant, Process

ONE_STOP_ROLE: Final = "mot_cua"
SUPPLEMENT_MESSAGE: Final = "bo_sung"
PAYMENT_MESSAGE: Final = "nghia_vu_tai_chinh"
REFUSAL_MESSAGE: Final = "tu_choi"
WITHDRAWAL_MESSAGE: Final = "rut_ho_so"


class Standing:
    """The places of one process, looked up many times."""

    def __init__(self, diagram: Diagram, process: Process) -> None:
        self.process = process
        self._lanes = {lane.id: lane for lane in process.lanes}
        self._pool = next(
            (each for each in diagram.participants if each.process_id == process.id), None
        )

    def lanes_of(self, node: Node) -> tuple[Lane, ...]:
        """The lanes a node lies in, innermost first."""
        found: list[Lane] = []
        lane = self._lanes.get(node.lane or "")
        while lane is not None and lane not in found:
            found.append(lane)
            lane = self._lanes.get(lane.parent or "")
        return tuple(found)

    def role_of(self, node: Node) -> str | None:
        """The role of a step: its own, else that of its lane."""
        if node.rule is not None and node.rule.role is not None:
            return node.rule.role
        return next((lane.role for lane in self.lanes_of(node) if lane.role is not None), None)

    def place_of(self, node: Node) -> str | None:
        """The name of the place a node lies in: lane, else pool."""
        lanes = self.lanes_of(node)
        if lanes:
            return lanes[0].name or lanes[0].id
        return self._pool.name if self._pool is not None else None

    def in_one_stop(self, node: Node) -> bool:
        """Whether the one-stop (bộ phận Một cửa) does it or holds it."""
        role = self.role_of(node)
        if role is not None:
            return role == ONE_STOP_ROLE
        lanes = self.lanes_of(node)
        if lanes:
            return any(speaks_of(lane.name, ONE_STOP_WORDS) for lane in lanes)
        return self._pool is not None and speaks_of(self._pool.name, ONE_STOP_WORDS)

    def with_specialist(self, node: Node) -> bool:
        """Whether somebody other than the one-stop does it; false when nobody is named."""
        known = self.role_of(node) is not None or bool(self.lanes_of(node))
        return known and not self.in_one_stop(node)

    @cached_property
    def knows_one_stop(self) -> bool:
        """Whether the one-stop appears in the process at all."""
        return any(self.in_one_stop(node) for node in self.process.nodes.values()) or any(
            speaks_of(lane.name, ONE_STOP_WORDS) for lane in self.process.lanes
        )


def kind_of(node: Node) -> StepKind | None:
    """What the step does, when the table says so."""
    return node.rule.kind if node.rule is not None else None


def steps_of_kind(process: Process, kind: StepKind) -> tuple[Node, ...]:
    """The steps of that kind in file order."""
    return tuple(node for node in process.nodes.values() if kind_of(node) is kind)


def message_names(node: Node) -> frozenset[str]:
    """The messages a node waits for or sends."""
    names = {event.name for event in node.events if event.kind == "message"} | {node.message}
    return frozenset(name for name in names if name is not None)


def waits(node: Node) -> bool:
    """Whether the node stands still until something from outside comes."""
    return node.kind in {"intermediateCatchEvent", "receiveTask", "startEvent", "boundaryEvent"}


def waits_for(node: Node, message: str) -> bool:
    """Whether the node waits for that message."""
    return waits(node) and message in message_names(node)


def waits_for_supplement(node: Node) -> bool:
    """Whether the case stands still here until the applicant supplements it."""
    if node.hold is not None and node.hold.kind is HoldKind.SUPPLEMENT:
        return True
    return waits_for(node, SUPPLEMENT_MESSAGE)


def is_refusal(node: Node) -> bool:
    """Whether the node decides or announces a refusal (từ chối)."""
    if kind_of(node) is StepKind.REFUSE or waits_for(node, REFUSAL_MESSAGE):
        return True
    if node.kind != "endEvent":
        return False
    labels = (node.name, *(event.name or "" for event in node.events))
    return any(speaks_of(label, REFUSAL_WORDS) for label in labels)


def is_step(node: Node) -> bool:
    """Whether the node is an activity that holds no others."""
    return node.kind in ACTIVITIES and node.kind not in {
        "subProcess",
        "transaction",
        "adHocSubProcess",
    }


def is_applicant(pool: Participant) -> bool:
    """Whether a pool is the applicant's (người dân, tổ chức, doanh nghiệp)."""
    return speaks_of(pool.name, APPLICANT_WORDS) and not names_agency(pool.name)
