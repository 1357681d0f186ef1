"""A timer on the border of a step can go off: the step takes time and can be late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.extension import Relation, StepKind
from engine.catalog.finding import Code, Severity
from engine.catalog.linter.limits import read_limit
from engine.catalog.linter.rule import Rule, called, procedures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram, Node, Process
    from engine.catalog.finding import Finding

_IDLE = Code(
    "timer-never-fires",
    Severity.WARNING,
    "Hẹn giờ gắn vào bước không thể trễ, nên không bao giờ tác động.",
    "A timer stands on a step that cannot be late, so it never goes off.",
    hint="Chuyển hẹn giờ sang bước có thời gian, hoặc xóa nó.",
)
_AT_ONCE: Final = frozenset({"task", "serviceTask", "scriptTask", "sendTask", "businessRuleTask"})
"""Done as soon as they are reached."""
_OF_THE_CASE: Final = frozenset({Relation.DUE, Relation.APOLOGY_DUE, Relation.BEFORE_DUE})


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which boundary timers stand on a step that is done at once, or after the clock stopped."""
    for process in procedures(diagram):
        for node in process.nodes.values():
            host = process.nodes.get(node.attached_to or "")
            if host is None or not any(each.kind == "timer" for each in node.events):
                continue
            why = _why(process, node, host)
            if why is not None:
                yield _IDLE.found(
                    node.id,
                    f"Hẹn giờ “{called(node)}” gắn vào “{called(host)}”: {why[0]}.",
                    f"The timer '{called(node)}' stands on '{called(host)}': {why[1]}.",
                )


def _why(process: Process, timer: Node, host: Node) -> tuple[str, str] | None:
    if host.kind in _AT_ONCE:
        return "bước tự động, xong ngay", "it is automatic and done at once"
    rule = host.rule
    if rule is None:
        return None
    names = [(each.text or "").strip("\"' ") for each in timer.events if each.kind == "timer"]
    limits = [process.limits[name] for name in names if name in process.limits]
    of_case = any(limit.relation in _OF_THE_CASE for limit in limits)
    if rule.kind is StepKind.RETURN and of_case:
        return (
            "đã có kết quả, đồng hồ của hồ sơ đã dừng",
            "the result is there and the clock of the case has stopped",
        )
    limit = read_limit(rule.limit)
    if limit is not None and limit.amount == 0 and rule.kind is not StepKind.RETURN:
        return "bước không tính thời gian", "it has no time of its own"
    return None


RULE = Rule("idle-timer", check, (_IDLE,))
