"""R46: every user task has a limit that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.limits import read_limit
from engine.catalog.linter.rule import Rule, called, procedures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_MISSING = Code(
    "step-without-limit",
    Severity.ERROR,
    "Bước không có thời hạn.",
    "A step has no limit.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Điền limit của mc:step, ví dụ 16wh; bước trả kết quả không tính giờ ghi 0wh.",
)
_UNREADABLE = Code(
    "step-limit-unreadable",
    Severity.ERROR,
    "Thời hạn của bước không đọc được.",
    "A step's limit cannot be read.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Viết như 2wd, 4wh, 90wm, 15d; nửa ngày là 4wh.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which user tasks, or other steps of the table, lack a readable limit."""
    for process in procedures(diagram):
        for node in process.nodes.values():
            limit = node.rule.limit if node.rule is not None else None
            if limit is None:
                if node.kind == "userTask":
                    yield _MISSING.found(
                        node.id,
                        f"Bước “{called(node)}” không có thời hạn.",
                        f"The step '{called(node)}' has no limit.",
                    )
            elif read_limit(limit) is None:
                yield _UNREADABLE.found(
                    node.id,
                    f"Bước “{called(node)}” có thời hạn “{limit}” không đọc được.",
                    f"The step '{called(node)}' has the limit '{limit}', which cannot be read.",
                )


RULE = Rule("step-limit", check, (_MISSING, _UNREADABLE))
