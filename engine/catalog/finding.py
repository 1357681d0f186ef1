"""What a check has to say about a diagram: one fault, where it is, and what it blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How grave a finding is (mức độ)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Blocks(StrEnum):
    """What a finding forbids."""

    RUN = "run"
    """The engine would run the diagram wrongly: trial and publication refuse."""
    PUBLISH = "publish"
    """The diagram runs, but the law or the office does not allow it in force."""


@dataclass(frozen=True)
class Finding:
    """One fault of a diagram (phát hiện), in Vietnamese and English.

    `line` is the line in the file, from 1; `rule` the rule of law, such as "R44";
    `details` are JSON values for programs.
    """

    code: str
    severity: Severity
    element_id: str | None
    message: str
    message_en: str
    blocks: Blocks | None = None
    line: int | None = None
    rule: str | None = None
    hint: str | None = None
    details: tuple[tuple[str, object], ...] = field(default=(), compare=False)

    def as_json(self) -> dict[str, object]:
        """The finding as JSON values; absent parts are null."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "element_id": self.element_id,
            "message": self.message,
            "message_en": self.message_en,
            "blocks": self.blocks.value if self.blocks else None,
            "line": self.line,
            "rule": self.rule,
            "hint": self.hint,
            "details": dict(self.details),
        }


@dataclass(frozen=True)
class Code:
    """A kind of finding: its stable code, how grave it is and what helps against it.

    `meaning` and `hint` are Vietnamese, `meaning_en` is English; docs/linter.md lists them all.
    """

    code: str
    severity: Severity
    meaning: str
    meaning_en: str
    blocks: Blocks | None = None
    rule: str | None = None
    hint: str | None = None

    def found(
        self,
        element_id: str | None,
        message: str,
        message_en: str,
        *,
        line: int | None = None,
        **details: object,
    ) -> Finding:
        """A finding of this kind at an element."""
        return Finding(
            code=self.code,
            severity=self.severity,
            element_id=element_id,
            message=message,
            message_en=message_en,
            blocks=self.blocks,
            line=line,
            rule=self.rule,
            hint=self.hint,
            details=tuple(details.items()),
        )


class DiagramRefusedError(OfficeError):
    """A file cannot be read as a diagram, or its diagram cannot be run; every reason is listed."""

    code: ClassVar[str] = "diagram_refused"

    def __init__(self, findings: Iterable[Finding], expected: str = "a readable diagram") -> None:
        self.findings = tuple(findings)
        first = self.findings[0].message_en.rstrip(".") if self.findings else "it is not"
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        super().__init__(
            f"Expected {expected}, but {first}{more}",
            findings=[finding.as_json() for finding in self.findings],
        )


def forbids_run(findings: Iterable[Finding]) -> bool:
    """Whether a diagram with these findings may not even be tried."""
    return any(finding.blocks is Blocks.RUN for finding in findings)


def forbids_publication(findings: Iterable[Finding]) -> bool:
    """Whether a diagram with these findings may not be put in force."""
    return any(finding.blocks is not None for finding in findings)
