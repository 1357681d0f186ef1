"""Which expressions, scripts and timer texts the engine would not accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.expression import ExpressionRefusedError, parse_expression, parse_script
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import called
from engine.catalog.timer_text import NAME, is_literal_timer, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.catalog.diagram import EventDefinition, Node, Process
    from engine.catalog.finding import Finding

_EXPRESSION = Code(
    "expression-refused",
    Severity.ERROR,
    "Biểu thức không thuộc ngôn ngữ biểu thức của sơ đồ.",
    "An expression is not of the language that diagrams may use.",
    blocks=Blocks.RUN,
    hint="Viết như ket_luan == 'dat' and so_ngay > 3; không gọi hàm lạ, không dùng dấu chấm.",
)
_CONDITION = Code(
    "condition-missing",
    Severity.ERROR,
    "Sự kiện điều kiện không ghi điều kiện.",
    "A conditional event has no condition.",
    blocks=Blocks.RUN,
    hint="Ghi điều kiện.",
)
_TIMER = Code(
    "timer-unreadable",
    Severity.ERROR,
    "Hẹn giờ không ghi thời hạn, hoặc ghi không đọc được.",
    "A timer has no text, or one that cannot be read.",
    blocks=Blocks.RUN,
    hint="Ghi tên thời hạn, hoặc thời lượng ISO 8601 như PT2H, P5D.",
)
_SCRIPT = Code(
    "script-refused",
    Severity.ERROR,
    "Đoạn mã không chỉ gồm các dòng tên = biểu thức.",
    "A script is more than lines of the form name = expression.",
    blocks=Blocks.RUN,
    hint="Chỉ gán giá trị bằng biểu thức đơn giản.",
)
_SCRIPT_TASK = Code(
    "script-task",
    Severity.ERROR,
    "Công việc chạy mã chỉ dùng để thử, không được ban hành.",
    "A script task may be tried, not put in force.",
    blocks=Blocks.PUBLISH,
    hint="Để cán bộ nhập giá trị bằng biểu mẫu.",
)

CODES: Final = (_EXPRESSION, _CONDITION, _TIMER, _SCRIPT, _SCRIPT_TASK)

_SCRIPT_LANGUAGES: Final = frozenset(
    {"", "python", "text/python", "application/python", "text/x-python", "python3"}
)


def check(process: Process) -> Iterator[Finding]:
    """The texts of a process that would not be understood."""
    for flow in process.flows.values():
        if flow.condition is not None:
            yield from _expression(flow.condition, flow.id, flow.name or flow.id, flow.line)
    for node in process.nodes.values():
        for event in node.events:
            if event.kind == "timer":
                yield from _timer(process, node, event)
            elif event.kind == "conditional":
                if event.text is None:
                    yield _about(_CONDITION, node)
                else:
                    yield from _expression(event.text, node.id, called(node), node.line)
        rule = node.loop
        if rule is not None:
            for text in (rule.cardinality, rule.condition):
                if text is not None:
                    yield from _expression(text, node.id, called(node), node.line)
        if node.kind == "scriptTask":
            yield from _script(node)


def _about(code: Code, node: Node, detail: str = "") -> Finding:
    name = called(node)
    more = f" {detail}" if detail else ""
    return code.found(
        node.id,
        f"“{name}”: {code.meaning}{more}",
        f"'{name}': {code.meaning_en}{more}",
        line=node.line,
    )


def _expression(text: str, element_id: str, name: str, line: int | None) -> Iterator[Finding]:
    try:
        parse_expression(text)
    except ExpressionRefusedError as refusal:
        reason = refusal.details["reason"]
        yield _EXPRESSION.found(
            element_id,
            f"“{name}”: không hiểu biểu thức “{text[:80]}” ({reason}).",
            f"'{name}': the expression '{text[:80]}' is refused: {reason}.",
            line=line,
        )


def _timer(process: Process, node: Node, event: EventDefinition) -> Iterator[Finding]:
    text = (event.text or "").strip()
    bare = unquoted(text)
    if not bare:
        yield _about(_TIMER, node)
        return
    kind = event.text_kind or ""
    if bare in process.limits or is_literal_timer(text, kind):
        return
    if NAME.fullmatch(bare) and not _looks_like_iso(bare):
        return
    try:
        parse_expression(bare)
    except ExpressionRefusedError:
        yield _about(_TIMER, node, f"({bare[:80]})")
        return
    if bare != text or _looks_like_iso(bare):
        # A quoted text that is neither ISO 8601 nor a name, or ISO 8601 gone wrong.
        yield _about(_TIMER, node, f"({bare[:80]})")


def _looks_like_iso(text: str) -> bool:
    return bool(text) and (
        text[0].isdigit() or (text[0] in "PR" and any(letter.isdigit() for letter in text))
    )


def _script(node: Node) -> Iterator[Finding]:
    language = (node.attributes.get("scriptFormat") or "").strip().lower()
    if node.script is None:
        return
    if language not in _SCRIPT_LANGUAGES:
        yield _about(_SCRIPT, node, f"({language})")
        return
    try:
        parse_script(node.script)
    except ExpressionRefusedError as refusal:
        yield _about(_SCRIPT, node, f"({refusal.details['reason']})")
        return
    yield _about(_SCRIPT_TASK, node)
