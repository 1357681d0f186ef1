"""Every element of a process can be reached from its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Code, Severity
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.rule import Rule, called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_UNREACHABLE = Code(
    "element-unreachable",
    Severity.WARNING,
    "Không đường nào từ lúc bắt đầu dẫn tới phần tử.",
    "No way from the start leads to an element.",
    hint="Nối phần tử vào quy trình hoặc xóa nó.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which nodes no token can come to."""
    for process in diagram.processes:
        reached = Paths(process).reach([process.id])
        for node in process.nodes.values():
            if node.id not in reached:
                yield _UNREACHABLE.found(
                    node.id,
                    f"Không đường nào từ lúc bắt đầu dẫn tới “{called(node)}”.",
                    f"No way from the start leads to '{called(node)}'.",
                )


RULE = Rule("unreachable", check, (_UNREACHABLE,))
