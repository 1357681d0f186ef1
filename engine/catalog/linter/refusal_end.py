"""R46, R18: a case can be refused, and the refusal goes out through the one-stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.extension import StepKind
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.results import ends_of
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import Standing, steps_of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_MISSING = Code(
    "refusal-end-missing",
    Severity.ERROR,
    "Không có kết thúc từ chối.",
    "There is no refusal end.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Thêm nhánh từ chối (mc:step kind=refuse) dẫn tới một sự kiện kết thúc.",
)
_DIRECT = Code(
    "refusal-not-through-one-stop",
    Severity.ERROR,
    "Từ chối của bộ phận chuyên môn không đi qua Một cửa.",
    "A specialist's refusal does not go through the one-stop.",
    blocks=Blocks.PUBLISH,
    rule="R18",
    hint="Nối bước từ chối tới một bước của Một cửa trước khi kết thúc.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Whether each procedure can refuse, and does so through the one-stop."""
    for process in procedures(diagram):
        standing, paths = Standing(diagram, process), Paths(process)
        shown = process.name or process.id
        if not ends_of(process, paths).refused:
            yield _MISSING.found(
                process.id,
                f"Quy trình “{shown}” không có kết thúc từ chối.",
                f"The process '{shown}' has no refusal end.",
            )
        one_stop = frozenset(
            node.id for node in process.nodes.values() if standing.in_one_stop(node)
        )
        ends = [node.id for node in process.nodes.values() if node.kind == "endEvent"]
        direct = paths.reach_back(ends, avoiding=one_stop)
        for step in steps_of_kind(process, StepKind.REFUSE):
            if standing.with_specialist(step) and step.id in direct:
                yield _DIRECT.found(
                    step.id,
                    f"Từ chối “{called(step)}” kết thúc mà không qua bước nào của Một cửa.",
                    f"The refusal '{called(step)}' ends without a step of the one-stop.",
                )


RULE = Rule("refusal-end", check, (_MISSING, _DIRECT))
