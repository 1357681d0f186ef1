"""What a diagram will hold before it is drawn or written: lanes, shapes, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Attributes = tuple[tuple[str, str], ...]
"""Names and values in the order they are written."""


class Place(StrEnum):
    """Where the drawing puts a shape."""

    MAIN = "main"
    """In a column of its own, in the row of its lane."""
    ABOVE = "above"
    """In the one-stop's lane, over the column of the shape named by `over`."""
    BORDER = "border"
    """On the border of the activity it is attached to."""
    BAND = "band"
    """An event subprocess, beside the way of the case."""
    INSIDE = "inside"
    """In a subprocess."""


@dataclass(frozen=True)
class Event:
    """What an event waits for: a message's id, a named limit, or the end of everything."""

    kind: str
    value: str = ""


@dataclass(frozen=True)
class Shape:
    """One flow node of the diagram to be."""

    id: str
    tag: str
    name: str
    lane: str
    place: Place
    parent: str | None = None
    """The subprocess it lies in; None is the process."""
    extension: tuple[tuple[str, Attributes], ...] = ()
    """The office's own elements: tag and attributes."""
    event: Event | None = None
    attributes: Attributes = ()
    over: str | None = None
    host: str | None = None


@dataclass(frozen=True)
class Link:
    """One sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None


@dataclass(frozen=True)
class LanePlan:
    """One lane: who does the work."""

    id: str
    name: str
    role: str


@dataclass
class Plan:
    """A whole diagram to be; shapes stand in the order of the way."""

    process_id: str
    name: str
    head: Attributes = ()
    limits: list[Attributes] = field(default_factory=list)
    lanes: list[LanePlan] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)
    """Id → name."""

    def shape(self, shape_id: str) -> Shape:
        """The shape of that id."""
        return next(shape for shape in self.shapes if shape.id == shape_id)

    def inside(self, parent: str | None) -> Iterator[Shape]:
        """The shapes directly in a subprocess, or in the process."""
        return (shape for shape in self.shapes if shape.parent == parent)

    def scope_of(self, link: Link) -> str | None:
        """The subprocess a link lies in."""
        return self.shape(link.source).parent
