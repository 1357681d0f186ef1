"""Which activities and gateways the engine does not know how to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.diagram import ACTIVITIES, EVENTS, GATEWAYS, SUBPROCESSES
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.catalog.diagram import Diagram, Node, Process
    from engine.catalog.finding import Finding

MAX_NODES: Final = 2_000
MAX_NESTED: Final = 30

_KNOWN: Final = (ACTIVITIES | EVENTS | GATEWAYS) - {"adHocSubProcess", "complexGateway"}
_BEHAVING: Final = frozenset(
    {
        "calledDecision",
        "calledDecisionId",
        "calledElement",
        "executionListener",
        "inputOutput",
        "ioMapping",
        "postScript",
        "preScript",
        "script",
        "serviceTaskOperator",
        "taskDefinition",
        "taskListener",
        "in",
        "out",
    }
)
"""Elements of other makers that would act; ours leaves them undone, so the file is refused."""
_BEHAVING_ATTRIBUTES: Final = frozenset(
    {
        "class",
        "collection",
        "decisionRef",
        "delegateExpression",
        "elementVariable",
        "expression",
        "resource",
        "topic",
        "type",
    }
)


def _refused(code: str, meaning: str, meaning_en: str, hint: str) -> Code:
    return Code(code, Severity.ERROR, meaning, meaning_en, blocks=Blocks.RUN, hint=hint)


_UNKNOWN = _refused(
    "element-unknown",
    "Loại phần tử này máy không chạy được.",
    "The engine cannot run this kind of element.",
    "Thay bằng công việc, cổng hoặc sự kiện thông thường.",
)
_COMPENSATION = _refused(
    "compensation",
    "Bù trừ (compensation) không được hỗ trợ.",
    "Compensation is not supported.",
    "Vẽ bước hủy bỏ như một bước bình thường.",
)
_QUANTITY = _refused(
    "quantity",
    "startQuantity, completionQuantity khác 1 không được hỗ trợ.",
    "A startQuantity or completionQuantity other than 1 is not supported.",
    "Bỏ thuộc tính này.",
)
_INSTANTIATING = _refused(
    "instantiating-inside",
    "Khởi tạo quy trình bằng công việc nhận hoặc cổng sự kiện không được hỗ trợ.",
    "Starting a process by a receive task or an event-based gateway is not supported.",
    "Dùng sự kiện bắt đầu nhận thông điệp.",
)
_REPEAT = _refused(
    "repeat-unclear",
    "Phần lặp không nói rõ lặp bao nhiêu lần.",
    "A repeated activity does not say how often.",
    "Ghi loopCardinality hoặc loopDataInputRef; vòng lặp cần loopCondition hoặc loopMaximum.",
)
_BEHAVIOR = _refused(
    "repeat-behavior",
    "behavior None, One, Complex của bước nhiều lần không được hỗ trợ.",
    "Multi-instance behaviors None, One and Complex are not supported.",
    "Để mặc định (All).",
)
_CALLED = _refused(
    "called-process-missing",
    "Quy trình được gọi không có trong tệp hoặc không bắt đầu bình thường được.",
    "The called process is not in the file, or has no one plain start.",
    "Đặt quy trình được gọi trong cùng tệp, với một sự kiện bắt đầu thường.",
)
_IMPLEMENTED = _refused(
    "implementation-foreign",
    "Bước này mang phần thực thi của công cụ khác, ở đây sẽ không chạy.",
    "The element carries another maker's implementation, which would not run here.",
    "Xóa phần cấu hình thực thi của công cụ khác.",
)
_TOO_MANY = _refused(
    "too-many-nodes",
    f"Quy trình có hơn {MAX_NODES} phần tử.",
    f"A process has more than {MAX_NODES} nodes.",
    "Tách thành nhiều quy trình.",
)
_NESTED = _refused(
    "nested-too-deep",
    f"Quy trình con lồng nhau quá {MAX_NESTED} tầng.",
    f"Subprocesses are nested more than {MAX_NESTED} deep.",
    "Giảm số tầng quy trình con.",
)
_START = _refused(
    "start-unclear",
    "Không rõ quy trình (con) bắt đầu ở đâu.",
    "It is not clear where a process or subprocess begins.",
    "Vẽ đúng một sự kiện bắt đầu thường trong quy trình con.",
)

CODES: Final = (
    _UNKNOWN,
    _COMPENSATION,
    _QUANTITY,
    _INSTANTIATING,
    _REPEAT,
    _BEHAVIOR,
    _CALLED,
    _IMPLEMENTED,
    _TOO_MANY,
    _NESTED,
    _START,
)


def check(diagram: Diagram, process: Process) -> Iterator[Finding]:
    """The activities and gateways of a process that would run wrongly."""
    if len(process.nodes) > MAX_NODES:
        yield _TOO_MANY.found(
            process.id,
            f"Quy trình có {len(process.nodes)} phần tử, vượt {MAX_NODES}.",
            f"The process has {len(process.nodes)} nodes, above {MAX_NODES}.",
        )
        return
    depth = {process.id: 0}
    for node in process.nodes.values():
        depth[node.id] = depth.get(node.parent, 0) + 1
        if node.kind in SUBPROCESSES and depth[node.id] == MAX_NESTED + 1:
            yield _about(_NESTED, node)
        yield from _kind(node)
        yield from _repeat(node)
        if node.kind == "callActivity":
            yield from _call(diagram, node)
        if node.kind in SUBPROCESSES and node.kind != "adHocSubProcess":
            yield from _subprocess(process, node)
    yield from _process_start(diagram, process)


def _about(code: Code, node: Node, detail: str = "", detail_en: str = "") -> Finding:
    name = called(node)
    return code.found(
        node.id,
        f"“{name}”: {code.meaning}{' ' + detail if detail else ''}",
        f"'{name}': {code.meaning_en}{' ' + detail_en if detail_en else ''}",
        line=node.line,
    )


def _kind(node: Node) -> Iterator[Finding]:
    if node.kind not in _KNOWN:
        yield _about(_UNKNOWN, node, f"({node.kind})", f"({node.kind})")
        return
    attributes = node.attributes
    if attributes.get("isForCompensation") in {"true", "1"} or any(
        event.kind == "compensate" for event in node.events
    ):
        yield _about(_COMPENSATION, node)
    if any(attributes.get(name, "1") != "1" for name in ("startQuantity", "completionQuantity")):
        yield _about(_QUANTITY, node)
    if attributes.get("instantiate") in {"true", "1"}:
        yield _about(_INSTANTIATING, node)
    if node.kind == "eventBasedGateway" and attributes.get("eventGatewayType") == "Parallel":
        yield _about(_UNKNOWN, node, "(eventGatewayType=Parallel)", "(eventGatewayType=Parallel)")
    foreign = {each.name for each in node.extension.foreign} & _BEHAVING
    foreign |= {
        key.rpartition("}")[2] for key in attributes if key.startswith("{")
    } & _BEHAVING_ATTRIBUTES
    if foreign:
        shown = ", ".join(sorted(foreign))
        yield _about(_IMPLEMENTED, node, f"({shown})", f"({shown})")


def _repeat(node: Node) -> Iterator[Finding]:
    rule = node.loop
    if rule is None:
        return
    if node.is_event_subprocess:
        yield _about(_REPEAT, node)
    elif rule.kind == "standard":
        maximum = rule.maximum
        sound = maximum is None or (maximum.strip().isdecimal() and int(maximum) > 0)
        if not sound or (maximum is None and rule.condition is None):
            yield _about(_REPEAT, node)
    else:
        if (rule.cardinality is None) == (rule.data_input is None):
            yield _about(_REPEAT, node)
        if rule.data_input is None and rule.input_item is not None:
            yield _about(_REPEAT, node, "(inputDataItem)", "(inputDataItem)")
        if (rule.data_output is None) != (rule.output_item is None):
            yield _about(_REPEAT, node, "(outputDataItem)", "(outputDataItem)")
        if (rule.behavior or "All") != "All":
            yield _about(_BEHAVIOR, node)


def _call(diagram: Diagram, node: Node) -> Iterator[Finding]:
    target = diagram.process(node.called_element or "")
    if target is None:
        yield _about(_CALLED, node, f"({node.called_element})", f"({node.called_element})")
        return
    starts = [each for each in target.children(target.id) if each.kind == "startEvent"]
    if starts and sum(not each.events for each in starts) != 1:
        yield _about(_CALLED, node, f"({target.id})", f"({target.id})")


def _subprocess(process: Process, node: Node) -> Iterator[Finding]:
    children = process.children(node.id)
    starts = [each for each in children if each.kind == "startEvent"]
    typed = [each for each in starts if each.events]
    if node.is_event_subprocess:
        if len(starts) != 1 or len(typed) != 1 or node.incoming or node.outgoing:
            yield _about(_START, node)
        return
    if typed or len(starts) > 1 or (children and not starts and not _loose(children)):
        yield _about(_START, node)


def _process_start(diagram: Diagram, process: Process) -> Iterator[Finding]:
    children = process.children(process.id)
    starts = [node for node in children if node.kind == "startEvent"]
    if any(not node.events for node in starts):
        # Nobody would look at such a condition: the plain start is taken.
        for node in starts:
            if any(event.kind == "conditional" for event in node.events):
                yield _about(_START, node)
    if any(node.kind == "startEvent" for node in children) or _loose(children):
        return
    partners = any(other.nodes for other in diagram.processes)
    if partners and not children and not process.is_executable:
        return  # The empty pool of a partner, of whom nothing is known.
    yield _START.found(
        process.id,
        "Quy trình không có phần tử nào để bắt đầu.",
        "Nothing in the process can be the beginning.",
        line=process.line,
    )


def _loose(children: tuple[Node, ...]) -> bool:
    """Whether some node stands at the front: no flow leads to it and nothing triggers it."""
    return any(
        not node.incoming
        and node.kind != "boundaryEvent"
        and not node.is_event_subprocess
        and not any(event.kind == "link" for event in node.events)
        for node in children
    )
