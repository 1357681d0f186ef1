"""What changed between two versions, as marks on their diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.difference import Change

LIMITS = ("limit", "amount")
_WEIGHT = ("moved", "changed", "added", "removed")
"""An element that both moved and changed is shown as changed."""


def marks_of(changes: Iterable[Change]) -> tuple[dict[str, str], dict[str, str]]:
    """Marks on the old diagram and on the new one, by element."""
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for change in changes:
        kind = "changed" if change.change == "renamed" else change.change
        side = old if kind == "removed" else new
        before = side.get(change.element)
        if before is None or _WEIGHT.index(before) < _WEIGHT.index(kind):
            side[change.element] = kind
    return old, new


def limit_notes(changes: Iterable[Change]) -> dict[str, str]:
    """Changed times, as a note at the step: "1 ngày → 0,5 ngày"."""
    return {
        change.element: f"{_short(change.before)} → {_short(change.after)}"
        for change in changes
        if change.change == "changed" and change.field == "limit"
    }


def _short(time: str | None) -> str:
    return (time or "–").removesuffix(" làm việc")
