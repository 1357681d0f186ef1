"""R72: a person signs, refuses and apologises; a machine may only prepare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.extension import StepKind
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_MACHINE = Code(
    "signature-by-machine",
    Severity.ERROR,
    "Bước ký, từ chối hoặc xin lỗi do máy thực hiện.",
    "A step that signs, refuses or apologises is done by a machine.",
    blocks=Blocks.PUBLISH,
    rule="R72",
    hint="Đổi thành bước do người thực hiện (userTask).",
)
_NEEDS_PERSON: Final = frozenset({StepKind.SIGN, StepKind.REFUSE, StepKind.APOLOGISE})
_MACHINES: Final = frozenset(
    {"serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which decisions a procedure leaves to a machine."""
    for process in procedures(diagram):
        for node in process.nodes.values():
            if node.kind in _MACHINES and kind_of(node) in _NEEDS_PERSON:
                yield _MACHINE.found(
                    node.id,
                    f"Bước “{called(node)}” phải do người có thẩm quyền thực hiện.",
                    f"The step '{called(node)}' must be done by a person in charge.",
                )


RULE = Rule("human-signer", check, (_MACHINE,))
