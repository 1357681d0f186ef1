"""Boxes, points and label sizes of a drawing; the unit is the pixel of bpmn.io."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

LETTER_WIDTH: Final = 6.2
"""Mean width of a letter of an 11-pixel label; a little more than bpmn.io takes."""
LINE_HEIGHT: Final = 14
LABEL_WIDTH: Final = 96


@dataclass(frozen=True)
class Point:
    """A point; y grows downwards."""

    x: int
    y: int


@dataclass(frozen=True)
class Box:
    """The bounds of a shape."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of the right border."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of the lower border."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point(self.x + self.width // 2, self.y + self.height // 2)

    def holds(self, other: Box) -> bool:
        """Whether the other box lies inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Box) -> bool:
        """Whether the boxes share more than a border."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    @classmethod
    def around(cls, centre: Point, width: int, height: int) -> Box:
        """The box of that size about a point."""
        return cls(centre.x - width // 2, centre.y - height // 2, width, height)


@dataclass(frozen=True)
class Line:
    """A drawn flow: its corners, and where its name stands."""

    points: tuple[Point, ...]
    label: Box | None = None


@dataclass
class Drawing:
    """Everything drawn, by the id of what it draws."""

    pool: Box = Box(0, 0, 0, 0)
    lanes: dict[str, Box] = field(default_factory=dict)
    shapes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)


def label_size(text: str, widest: int = LABEL_WIDTH) -> tuple[int, int]:
    """Width and height of a label broken into lines between words."""
    lines = 1
    used = widest_line = 0.0
    for word in text.split():
        wide = len(word) * LETTER_WIDTH
        more = wide if not used else used + LETTER_WIDTH + wide
        if used and more > widest:
            lines, more = lines + 1, wide
        used = more
        widest_line = max(widest_line, used)
    return min(int(widest_line) + 2, widest), lines * LINE_HEIGHT
