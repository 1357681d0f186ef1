"""R46: the result is handed over at one end, in the one-stop (trả kết quả tại Một cửa)."""

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
    "handover-end-missing",
    Severity.ERROR,
    "Không có kết thúc trả kết quả: không đường nào kết thúc sau bước trả kết quả.",
    "There is no hand-over end: no way ends after a step that returns the result.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Thêm bước mc:step kind=return của Một cửa, nối tới một sự kiện kết thúc.",
)
_MANY = Code(
    "handover-end-many",
    Severity.ERROR,
    "Có hơn một kết thúc trả kết quả.",
    "There is more than one hand-over end.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Gộp các đường trả kết quả về một kết thúc.",
)
_ELSEWHERE = Code(
    "handover-end-outside-one-stop",
    Severity.ERROR,
    "Kết thúc trả kết quả không nằm trong làn Một cửa.",
    "The hand-over end does not lie in the one-stop lane.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Đặt bước trả kết quả và kết thúc của nó vào làn có vai trò mot_cua.",
)
_STEP_ELSEWHERE = Code(
    "return-step-outside-one-stop",
    Severity.ERROR,
    "Bước trả kết quả không do Một cửa thực hiện.",
    "A step that returns the result is not done by the one-stop.",
    blocks=Blocks.PUBLISH,
    rule="R18",
    hint="Giao bước trả kết quả cho vai trò mot_cua.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Whether each procedure hands its result over once, in the one-stop lane."""
    for process in procedures(diagram):
        standing = Standing(diagram, process)
        handed = ends_of(process, Paths(process)).handed_over
        shown = process.name or process.id
        if not handed:
            yield _MISSING.found(
                process.id,
                f"Quy trình “{shown}” không có kết thúc trả kết quả trong làn Một cửa.",
                f"The process '{shown}' has no hand-over end in the one-stop lane.",
            )
        for end in handed[1:]:
            yield _MANY.found(
                end.id,
                f"“{called(end)}” là kết thúc trả kết quả thứ hai.",
                f"'{called(end)}' is a second hand-over end.",
            )
        for end in handed[:1]:
            if not standing.in_one_stop(end):
                yield _ELSEWHERE.found(
                    end.id,
                    f"Kết thúc trả kết quả “{called(end)}” không nằm trong làn Một cửa.",
                    f"The hand-over end '{called(end)}' does not lie in the one-stop lane.",
                )
        for step in steps_of_kind(process, StepKind.RETURN):
            if standing.with_specialist(step):
                yield _STEP_ELSEWHERE.found(
                    step.id,
                    f"Bước trả kết quả “{called(step)}” không do Một cửa thực hiện.",
                    f"The return step '{called(step)}' is not done by the one-stop.",
                )


RULE = Rule("handover-end", check, (_MISSING, _MANY, _ELSEWHERE, _STEP_ELSEWHERE))
