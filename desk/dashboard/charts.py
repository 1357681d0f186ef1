"""Stacked bars as plain coordinates; the template draws them and puts the table beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT, WIDTH, ROW = 250, 640, 30
LONGEST_LABEL = 34
PARTS = ("early", "on_time", "late", "open_in_time", "open_late")


@dataclass(frozen=True)
class Part:
    """One coloured stretch of a bar."""

    kind: str
    x: float
    width: float
    value: int


@dataclass(frozen=True)
class Bar:
    """A row: its label, its stretches, its total and where it stands."""

    label: str
    whole_label: str
    y: int
    parts: tuple[Part, ...]
    total: int
    end: float


def bars(items: Sequence[dict[str, Any]]) -> list[Bar]:
    """A bar for each row of figures, all on one scale."""
    largest = max((item["received"]["total"] for item in items), default=0)
    found = []
    for index, item in enumerate(items):
        values = _values(item)
        x = float(LEFT)
        parts = []
        for kind in PARTS:
            width = values[kind] / largest * (WIDTH - 40) if largest else 0.0
            if values[kind]:
                parts.append(Part(kind, round(x, 1), round(width, 1), values[kind]))
            x += width
        name = str(item["name"])
        short = name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"
        found.append(
            Bar(short, name, index * ROW, tuple(parts), item["received"]["total"], round(x, 1))
        )
    return found


def _values(item: dict[str, Any]) -> dict[str, int]:
    solved, still_open = item["solved"], item["open"]
    return {
        "early": solved["early"],
        "on_time": solved["on_time"],
        "late": solved["late"],
        "open_in_time": still_open["in_time"],
        "open_late": still_open["late"],
    }
