"""Which events the engine could not wait for or bring about as drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.catalog.diagram import Diagram, EventDefinition, Node, Process
    from engine.catalog.finding import Finding


def _refused(code: str, meaning: str, meaning_en: str, hint: str) -> Code:
    return Code(code, Severity.ERROR, meaning, meaning_en, blocks=Blocks.RUN, hint=hint)


_MISPLACED = _refused(
    "event-misplaced",
    "Loại sự kiện này không dùng được ở chỗ này.",
    "This kind of event has no meaning in this place.",
    "Xem lại loại sự kiện: chờ, phát, biên, bắt đầu hay kết thúc.",
)
_NAMELESS = _refused(
    "signal-nameless",
    "Tín hiệu không có tên nên không ai nhận được.",
    "A signal has no name, so nothing can catch it.",
    "Chọn một tín hiệu cho sự kiện.",
)
_UNHANDLED = _refused(
    "error-unhandled",
    "Lỗi phát ra trong quy trình con không được bắt ở đâu cả.",
    "An error thrown inside a subprocess is not caught anywhere.",
    "Gắn sự kiện biên bắt lỗi vào quy trình con.",
)
_CANCEL = _refused(
    "cancel-outside-transaction",
    "Sự kiện hủy chỉ dùng trong giao dịch (transaction) có sự kiện biên hủy.",
    "A cancel event needs a transaction with a cancel boundary event around it.",
    "Dùng transaction, hoặc sự kiện lỗi.",
)
_TIMERS = _refused(
    "timers-several",
    "Một sự kiện có nhiều hẹn giờ.",
    "One event has several timers.",
    "Vẽ mỗi hẹn giờ một sự kiện riêng.",
)
_CYCLE = _refused(
    "timer-cycle-misplaced",
    "Hẹn giờ lặp (timeCycle) chỉ dùng được ở sự kiện biên hoặc quy trình con sự kiện.",
    "A repeated timer (timeCycle) only has a meaning on a border or in an event subprocess.",
    "Dùng timeDuration hoặc timeDate.",
)

CODES: Final = (_MISPLACED, _NAMELESS, _UNHANDLED, _CANCEL, _TIMERS, _CYCLE)

_WAITED: Final = frozenset({"timer", "message", "signal", "conditional"})
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "process-start": _WAITED,
    "event-start": _WAITED | {"error", "escalation"},
    "boundaryEvent": _WAITED | {"error", "escalation", "cancel"},
    "intermediateCatchEvent": _WAITED | {"link"},
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "link"}),
    "endEvent": frozenset({"message", "signal", "escalation", "error", "terminate", "cancel"}),
}
_ALWAYS_INTERRUPT: Final = frozenset({"error", "cancel"})


def check(diagram: Diagram, process: Process) -> Iterator[Finding]:
    """The events of a process that would be waited for or thrown wrongly."""
    for node in process.nodes.values():
        place = _place(process, node)
        if place is not None:
            yield from _event(diagram, process, node, place)


def _about(code: Code, node: Node, detail: str = "") -> Finding:
    name = called(node)
    more = f" ({detail})" if detail else ""
    return code.found(
        node.id,
        f"“{name}”: {code.meaning}{more}",
        f"'{name}': {code.meaning_en}{more}",
        line=node.line,
    )


def _place(process: Process, node: Node) -> str | None:
    if node.kind != "startEvent":
        return node.kind if node.kind in _ALLOWED else None
    around = process.nodes.get(node.parent)
    if around is None:
        return "process-start"
    # A subprocess that is no event subprocess may not have a typed start; that is told there.
    return "event-start" if around.is_event_subprocess else None


def _event(diagram: Diagram, process: Process, node: Node, place: str) -> Iterator[Finding]:
    must_have = place in {"boundaryEvent", "intermediateCatchEvent"}
    if must_have and not node.events:
        yield _about(_MISPLACED, node)
    timers = [event for event in node.events if event.kind == "timer"]
    if len(timers) > 1:
        yield _about(_TIMERS, node)
    if place in {"process-start", "intermediateCatchEvent"} and any(
        event.text_kind == "timeCycle" for event in timers
    ):
        yield _about(_CYCLE, node)
    for event in node.events:
        if event.kind == "compensate":
            continue  # Told with the activities: compensation as a whole is refused.
        if event.kind not in _ALLOWED[place] or (
            event.kind in _ALWAYS_INTERRUPT and not node.interrupting
        ):
            yield _about(_MISPLACED, node, event.kind)
        elif event.kind == "signal" and event.ref is None:
            yield _about(_NAMELESS, node)
        elif event.kind == "cancel":
            yield from _cancel(process, node)
        elif event.kind == "error" and place == "endEvent":
            yield from _error_end(diagram, process, node, event)


def _cancel(process: Process, node: Node) -> Iterator[Finding]:
    if node.kind == "boundaryEvent":
        host = process.nodes.get(node.attached_to or "")
        if host is None or host.kind != "transaction":
            yield _about(_CANCEL, node)
        return
    around = process.nodes.get(node.parent)
    caught = around is not None and any(
        event.kind == "cancel"
        for boundary in process.boundaries(around.id)
        for event in boundary.events
    )
    if around is None or around.kind != "transaction" or not caught:
        yield _about(_CANCEL, node)


def _error_end(
    diagram: Diagram, process: Process, node: Node, event: EventDefinition
) -> Iterator[Finding]:
    """An error nobody catches: what then becomes of the activity around it BPMN leaves open."""
    scope, inside = node.parent, False
    inner: str | None = None
    while True:
        for handler in process.children(scope):
            starts = process.children(handler.id) if handler.is_event_subprocess else ()
            if handler.id != inner and any(_catches(diagram, start, event) for start in starts):
                return
        around = process.nodes.get(scope)
        if around is None:
            break
        if any(_catches(diagram, each, event) for each in process.boundaries(around.id)):
            return
        inside = inside or not around.is_event_subprocess
        inner, scope = around.id, around.parent
    is_called = any(
        each.called_element == process.id
        for other in diagram.processes
        for each in other.nodes.values()
    )
    if inside and not is_called:
        yield _about(_UNHANDLED, node, event.name or "")


def _catches(diagram: Diagram, node: Node, thrown: EventDefinition) -> bool:
    code = diagram.codes.get(thrown.ref or "") or thrown.ref
    for event in node.events:
        if event.kind != "error":
            continue
        own = diagram.codes.get(event.ref or "") or None
        if event.ref is None or own is None or own == code or event.ref == thrown.ref:
            return True
    return False
