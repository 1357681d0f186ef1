"""Which ways in and out of nodes the engine could not follow as drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.catalog.diagram import Node, Process
    from engine.catalog.finding import Finding

_NO_ENTRY: Final = frozenset({"startEvent", "boundaryEvent"})
_CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
_RACING: Final = frozenset({"message", "signal", "timer", "conditional"})


def _refused(code: str, meaning: str, meaning_en: str, hint: str) -> Code:
    return Code(code, Severity.ERROR, meaning, meaning_en, blocks=Blocks.RUN, hint=hint)


_ENTRY = _refused(
    "flow-into-start",
    "Luồng không được đi vào sự kiện bắt đầu hay sự kiện biên.",
    "A flow must not lead into a start event or boundary event.",
    "Bỏ luồng, hoặc nối vào bước sau sự kiện.",
)
_EXIT = _refused(
    "flow-out-of-end",
    "Luồng không được đi ra từ sự kiện kết thúc.",
    "A flow must not leave an end event.",
    "Dùng sự kiện trung gian.",
)
_CHOICE = _refused(
    "choice-without-condition",
    "Luồng ra của cổng rẽ nhánh không có điều kiện và không phải mặc định.",
    "A flow out of a choosing gateway has neither a condition nor is it the default.",
    "Ghi điều kiện cho luồng, hoặc chọn nó làm luồng mặc định.",
)
_UNASKED = _refused(
    "condition-not-asked",
    "Điều kiện trên luồng ra của cổng song song hoặc cổng sự kiện không bao giờ được xét.",
    "A condition on a flow out of a parallel or event-based gateway is never asked.",
    "Bỏ điều kiện, hoặc dùng cổng bao hàm.",
)
_RACE = _refused(
    "event-gateway-target",
    "Sau cổng sự kiện chỉ được là sự kiện chờ (thông điệp, tín hiệu, hẹn giờ, điều kiện) "
    "hoặc công việc nhận không có sự kiện biên.",
    "An event-based gateway may only lead to catching events (message, signal, timer, "
    "condition) or receive tasks without boundary events.",
    "Đặt sự kiện chờ ngay sau cổng.",
)
_LINK = _refused(
    "link-broken",
    "Liên kết không có đúng một điểm đến cùng tên trong cùng phạm vi.",
    "A link has not exactly one target of its name in the same scope.",
    "Đặt tên hai đầu liên kết giống nhau, mỗi tên một điểm đến.",
)

CODES: Final = (_ENTRY, _EXIT, _CHOICE, _UNASKED, _RACE, _LINK)


def check(process: Process) -> Iterator[Finding]:
    """The ways of a process that would be taken wrongly."""
    for node in process.nodes.values():
        if node.kind in _NO_ENTRY and node.incoming:
            yield _about(_ENTRY, node)
        if node.kind == "endEvent" and node.outgoing:
            yield _about(_EXIT, node)
        flows = [process.flows[flow_id] for flow_id in node.outgoing]
        if node.kind in _CHOOSING and len(flows) > 1:
            for flow in flows:
                if flow.condition is None and flow.id != node.default_flow:
                    yield _about(_CHOICE, node, flow.id)
        if node.kind in {"parallelGateway", "eventBasedGateway"} and any(
            flow.condition is not None for flow in flows
        ):
            yield _about(_UNASKED, node)
        if node.kind == "eventBasedGateway":
            yield from _race(process, node)
        yield from _link(process, node)


def _about(code: Code, node: Node, detail: str = "") -> Finding:
    name = called(node)
    more = f" ({detail})" if detail else ""
    return code.found(
        node.id,
        f"“{name}”: {code.meaning}{more}",
        f"'{name}': {code.meaning_en}{more}",
        line=node.line,
    )


def _race(process: Process, node: Node) -> Iterator[Finding]:
    if not node.outgoing:
        yield _about(_RACE, node)
    targets = [process.nodes[process.flows[flow_id].target] for flow_id in node.outgoing]
    for target in targets:
        waits = target.kind == "intermediateCatchEvent" and bool(target.events)
        waits = waits and all(event.kind in _RACING for event in target.events)
        receives = (
            target.kind == "receiveTask"
            and target.loop is None
            and not process.boundaries(target.id)
        )
        if not (waits or receives) or targets.count(target) > 1:
            yield _about(_RACE, node, target.id)


def _link(process: Process, node: Node) -> Iterator[Finding]:
    links = [event for event in node.events if event.kind == "link"]
    if not links:
        return
    if node.kind == "intermediateCatchEvent":
        if len(node.events) > 1 or node.incoming:
            yield _about(_LINK, node)
        return
    if node.kind != "intermediateThrowEvent" or len(node.events) > 1 or node.outgoing:
        yield _about(_LINK, node)
        return
    targets = [
        other
        for other in process.children(node.parent)
        if other.kind == "intermediateCatchEvent"
        and any(event.kind == "link" and event.name == links[0].name for event in other.events)
    ]
    if len(targets) != 1:
        yield _about(_LINK, node)
