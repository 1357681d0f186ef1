"""R46: a case begins at one place, in the one-stop (Một cửa)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_MISSING = Code(
    "start-missing",
    Severity.ERROR,
    "Quy trình không có sự kiện bắt đầu.",
    "The procedure has no start event.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Thêm một sự kiện bắt đầu trong làn Một cửa.",
)
_MANY = Code(
    "start-many",
    Severity.ERROR,
    "Quy trình có hơn một sự kiện bắt đầu.",
    "The procedure has more than one start event.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Giữ một sự kiện bắt đầu trong làn Một cửa.",
)
_ELSEWHERE = Code(
    "start-outside-one-stop",
    Severity.ERROR,
    "Sự kiện bắt đầu không nằm trong làn Một cửa.",
    "The start event does not lie in the one-stop lane.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Đặt sự kiện bắt đầu vào làn có vai trò mot_cua.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Whether each procedure has one start, in the one-stop lane."""
    for process in procedures(diagram):
        starts = [node for node in process.children(process.id) if node.kind == "startEvent"]
        shown = process.name or process.id
        if not starts:
            yield _MISSING.found(
                process.id,
                f"Quy trình “{shown}” không có sự kiện bắt đầu.",
                f"The process '{shown}' has no start event.",
            )
        for start in starts[1:]:
            yield _MANY.found(
                start.id,
                f"“{called(start)}” là sự kiện bắt đầu thứ hai.",
                f"'{called(start)}' is a second start event.",
            )
        standing = Standing(diagram, process)
        for start in starts[:1]:
            if not standing.in_one_stop(start):
                place = standing.place_of(start) or "không thuộc làn nào"
                yield _ELSEWHERE.found(
                    start.id,
                    f"Sự kiện bắt đầu “{called(start)}” không nằm trong làn Một cửa ({place}).",
                    f"The start event '{called(start)}' does not lie in the one-stop lane.",
                )


RULE = Rule("one-stop-start", check, (_MISSING, _MANY, _ELSEWHERE))
