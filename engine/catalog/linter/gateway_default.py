"""A gateway that chooses has a default way; conditions on the others are the engine's to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Code, Severity
from engine.catalog.linter.rule import Rule, called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
_NO_DEFAULT = Code(
    "gateway-without-default",
    Severity.WARNING,
    "Cổng rẽ nhánh không có luồng mặc định: hồ sơ đứng lại nếu không điều kiện nào đúng.",
    "A choosing gateway has no default flow: the case stands still if no condition holds.",
    hint="Chọn một luồng ra làm mặc định.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which choosing gateways stand still when no condition holds."""
    for process in diagram.processes:
        for node in process.nodes.values():
            if node.kind not in _CHOOSING or len(node.outgoing) < 2:  # noqa: PLR2004 - one way is no choice
                continue
            bare = [
                each
                for each in node.outgoing
                if each != node.default_flow and process.flows[each].condition is None
            ]
            if node.default_flow is None and not bare:
                yield _NO_DEFAULT.found(
                    node.id,
                    f"Cổng “{called(node)}” không có luồng mặc định.",
                    f"The gateway '{called(node)}' has no default flow.",
                )


RULE = Rule("gateway-default", check, (_NO_DEFAULT,))
