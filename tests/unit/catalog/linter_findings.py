"""What the linter says of a file, asked for shortly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.linter import lint_bytes

if TYPE_CHECKING:
    from engine.catalog.finding import Finding


def codes(data: bytes) -> set[str]:
    return {finding.code for finding in lint_bytes(data)}


def found(data: bytes, code: str) -> list[Finding]:
    return [finding for finding in lint_bytes(data) if finding.code == code]


def places(data: bytes, code: str) -> list[str | None]:
    return [finding.element_id for finding in found(data, code)]
