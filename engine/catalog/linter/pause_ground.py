"""R21, R22: the office's clock pauses only on a written ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import PAYMENT_MESSAGE, SUPPLEMENT_MESSAGE, waits_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_NO_GROUND = Code(
    "pause-without-ground",
    Severity.ERROR,
    "Tạm dừng không ghi căn cứ.",
    "A pause names no ground.",
    blocks=Blocks.PUBLISH,
    rule="R21",
    hint="Điền ground của mc:hold: điều khoản cho phép dừng tính thời gian.",
)
_NO_HOLD = Code(
    "wait-without-pause",
    Severity.WARNING,
    "Chỗ chờ người nộp không khai báo tạm dừng: thời gian chờ vẫn tính cho cơ quan.",
    "A wait for the applicant declares no pause: the office's clock goes on.",
    rule="R22",
    hint="Thêm mc:hold với kind, policy và ground.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which pauses have no ground, and which waits no pause."""
    for process in procedures(diagram):
        for node in process.nodes.values():
            if node.hold is not None and node.hold.ground is None:
                yield _NO_GROUND.found(
                    node.id,
                    f"Tạm dừng ở “{called(node)}” không ghi căn cứ.",
                    f"The pause at '{called(node)}' names no ground.",
                )
            applicant_acts = waits_for(node, SUPPLEMENT_MESSAGE) or waits_for(node, PAYMENT_MESSAGE)
            if node.hold is None and applicant_acts and node.kind == "intermediateCatchEvent":
                yield _NO_HOLD.found(
                    node.id,
                    f"“{called(node)}” chờ người nộp nhưng không khai báo tạm dừng.",
                    f"'{called(node)}' waits for the applicant but declares no pause.",
                )


RULE = Rule("pause-ground", check, (_NO_GROUND, _NO_HOLD))
