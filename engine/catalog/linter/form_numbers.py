"""Forms are called by the number they have in the regime of the procedure. Legal: R8."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Code, Severity
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.catalog.diagram import Diagram, Process
    from engine.catalog.finding import Finding

_OTHER = Code(
    "form-of-another-regime",
    Severity.WARNING,
    "Số mẫu hoặc thông tư ghi trong sơ đồ thuộc chế độ khác.",
    "A form's number or circular in the diagram belongs to another regime.",
    rule="R8",
    hint="Ghi số mẫu theo thông tư của chế độ quy trình, hoặc chỉ ghi tên biểu mẫu.",
)
_OLD: Final = ("QD93_2007", "QD09_2015", "ND61")
_CIRCULAR: Final = re.compile(r"\b0?(1/2018|3/2025)/tt[ -]?vpcp", re.IGNORECASE)
_MEANINGS: Final = (
    ("dung giai quyet", None, 5),
    ("kiem soat", 5, 6),
    ("so theo doi", 6, 7),
    ("xin loi", 4, 4),
    ("tu choi", 3, 3),
    ("bo sung", 2, 2),
    ("tiep nhan ho so", 1, 1),
)
"""What a form is for, with its number in TT 01/2018 and in TT 03/2025."""


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which texts of a procedure name a form by another regime's number or circular."""
    for process in procedures(diagram):
        head = process.extension
        if head is None or not head.regime:
            continue
        is_old = head.regime in _OLD
        for element, name, text in _texts(process):
            wrong = _wrong(text, is_old=is_old)
            if wrong is not None:
                yield _OTHER.found(
                    element,
                    f"“{name}” ghi “{wrong}”, không phải của chế độ {head.regime}.",
                    f"'{name}' says '{wrong}', which is not of the regime {head.regime}.",
                )


def _texts(process: Process) -> Iterator[tuple[str, str, str]]:
    for node in process.nodes.values():
        yield node.id, called(node), node.name
        if node.rule is not None and node.rule.result:
            yield node.id, called(node), node.rule.result
        if node.hold is not None and node.hold.ground:
            yield node.id, called(node), node.hold.ground


def _wrong(text: str, *, is_old: bool) -> str | None:
    """The form or circular in a text that the regime does not have."""
    circular = _CIRCULAR.search(text)
    if circular is not None and (circular[1] == "1/2018") != is_old:
        return circular[0]
    plain = folded(text)
    for found in re.finditer(r"\bmau (?:so )?0?([1-9])\b", plain):
        number = int(found[1])
        around = plain[max(0, found.start() - 60) : found.end() + 60]
        for words, before, since in _MEANINGS:
            if words in around:
                right = before if is_old else since
                if right != number and number in (before, since):
                    return f"Mẫu {number:02} ({words})"
                break
    return None


RULE = Rule("form-numbers", check, (_OTHER,))
