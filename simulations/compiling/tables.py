"""A diagram as flat tables of whole numbers: nodes, ways, scopes and what is armed in them.

What `flattening.py` writes and both loops, the compiler and the traces read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from engine.catalog.extension import Relation

if TYPE_CHECKING:
    from engine.catalog.extension import HoldRule, StepRule


class Kind(IntEnum):
    """What a token does at a node."""

    PASS = 0
    TASK = 1
    XOR = 2
    AND = 3
    OR_SPLIT = 4
    OR_JOIN = 5
    WAIT = 6
    TIMER = 7
    RACE = 8
    SUB = 9
    TERMINATE = 10


@dataclass(frozen=True)
class TimerRule:
    """When a timer fires: a named limit with its relation, or so many seconds of real time."""

    name: str
    relation: Relation = Relation.AFTER_ARMING
    amount: str | None = None
    real_seconds: int | None = None


@dataclass(frozen=True)
class FlatWay:
    """A way out of a node; `entry` is its place among the ways into a join, else -1."""

    flow_id: str
    target: int
    entry: int
    is_default: bool


@dataclass
class FlatNode:
    """A place a token can be in. `element` is the diagram's id, `path` is unique in the table."""

    path: str
    element: str
    name: str
    kind: Kind
    scope: int
    ways: list[FlatWay] = field(default_factory=list)
    arms: list[int] = field(default_factory=list)
    entries: int = 0
    rule: StepRule | None = None
    role: str | None = None
    hold: HoldRule | None = None
    message: str | None = None
    timer: TimerRule | None = None
    inner: int = -1
    """The scope inside a subprocess or called process."""
    upstream: tuple[frozenset[int], ...] = ()
    """For each entry of an inclusive join, the nodes from which it can be reached without us."""
    conditional: bool = False
    """Whether a choice is made here (a share is needed for each way)."""


@dataclass(frozen=True)
class FlatArm:
    """An event on a border or the start of an event subprocess: armed while its host goes on."""

    element: str
    name: str
    path: str
    host: int
    """The node whose border it sits on; -1 for the start of an event subprocess."""
    scope: int
    """The scope it waits in."""
    target: int
    """The node it leads to, or the scope it begins."""
    interrupting: bool
    message: str | None
    timer: TimerRule | None

    @property
    def begins_scope(self) -> bool:
        """Whether it begins an event subprocess."""
        return self.host < 0


@dataclass
class FlatScope:
    """The whole case, a subprocess, a called process or an event subprocess."""

    path: str
    parent: int
    host: int
    by_event: bool
    starts: list[int] = field(default_factory=list)
    arms: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class DiagramTable:
    """One process, flat. Node 0 need not be a start; scope 0 is the case itself."""

    process_id: str
    name: str
    sha256: str
    code: str | None
    field: str
    level: str
    total: str | None
    nodes: tuple[FlatNode, ...]
    scopes: tuple[FlatScope, ...]
    arms: tuple[FlatArm, ...]
    one_stop_role: str | None

    def node(self, element: str) -> FlatNode | None:
        """The first node of an element."""
        return next((each for each in self.nodes if element in (each.element, each.path)), None)
