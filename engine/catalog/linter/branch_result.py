"""Every branch ends with a known result: handed over, refused, withdrawn or stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.results import ends_of
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import is_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_NO_RESULT = Code(
    "branch-without-result",
    Severity.ERROR,
    "Nhánh kết thúc mà không có kết quả: không trả, không từ chối, không rút, không dừng.",
    "A branch ends without a result: not handed over, refused, withdrawn or stopped.",
    blocks=Blocks.PUBLISH,
    hint="Nối nhánh tới bước trả kết quả, hoặc đặt tên kết thúc theo kết quả của nó.",
)
_NO_END = Code(
    "branch-without-end",
    Severity.WARNING,
    "Nhánh dừng ở một phần tử không có luồng ra và không phải sự kiện kết thúc.",
    "A branch stops at an element that has no outgoing flow and is no end event.",
    hint="Nối phần tử tới một sự kiện kết thúc.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which ends of a procedure have no result, and which branches have no end."""
    for process in procedures(diagram):
        paths = Paths(process)
        for end in ends_of(process, paths).unknown:
            yield _NO_RESULT.found(
                end.id,
                f"Nhánh kết thúc ở “{called(end)}” không có kết quả nào.",
                f"The branch that ends at '{called(end)}' has no result.",
            )
        for node in process.nodes.values():
            if is_step(node) and not node.outgoing and node.parent == process.id:
                yield _NO_END.found(
                    node.id,
                    f"“{called(node)}” không có luồng ra.",
                    f"'{called(node)}' has no outgoing flow.",
                )


RULE = Rule("branch-result", check, (_NO_RESULT, _NO_END))
