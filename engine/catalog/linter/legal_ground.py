"""R46: a procedure has a legal total, a legal basis and a decision that approved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.limits import read_limit
from engine.catalog.linter.rule import Rule, procedures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_TOTAL = Code(
    "total-missing",
    Severity.ERROR,
    "Thủ tục không có tổng thời gian giải quyết đọc được.",
    "The procedure has no readable legal total.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Điền total của mc:procedure: 10wd, 24wh, 15d, 1mo hoặc same-day.",
)
_BASIS = Code(
    "basis-missing",
    Severity.WARNING,
    "Thủ tục không ghi căn cứ pháp lý.",
    "The procedure names no legal basis.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Điền basis của mc:procedure: luật, nghị định, thông tư kèm điều.",
)
_DECISION = Code(
    "decision-missing",
    Severity.WARNING,
    "Quy trình chưa có số quyết định phê duyệt.",
    "No decision that approves the procedure is named.",
    blocks=Blocks.PUBLISH,
    rule="R3",
    hint="Khi ban hành, nêu số quyết định, ngày ký và người ký.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """What each procedure lacks to be lawful."""
    for process in procedures(diagram):
        head = process.extension
        if head is None:
            continue
        shown = head.name or head.code or process.id
        if read_limit(head.total) is None:
            yield _TOTAL.found(
                process.id,
                f"Thủ tục “{shown}” có tổng thời gian “{head.total}” không đọc được."
                if head.total
                else f"Thủ tục “{shown}” không có tổng thời gian.",
                f"The procedure '{shown}' has the total '{head.total}', which cannot be read."
                if head.total
                else f"The procedure '{shown}' has no total.",
            )
        if not head.basis:
            yield _BASIS.found(
                process.id,
                f"Thủ tục “{shown}” không ghi căn cứ pháp lý.",
                f"The procedure '{shown}' names no legal basis.",
            )
        if head.decision is None:
            yield _DECISION.found(
                process.id,
                f"Thủ tục “{shown}” chưa có số quyết định phê duyệt quy trình.",
                f"The procedure '{shown}' names no decision that approves it.",
            )


RULE = Rule("legal-ground", check, (_TOTAL, _BASIS, _DECISION))
