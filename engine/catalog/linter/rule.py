"""What a rule of the linter is: a name, the kinds of findings it makes, and its check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.catalog.diagram import Diagram, Node, Process
    from engine.catalog.finding import Code, Finding

_MOST_NAMES: Final = 30

Check = Callable[["Diagram"], Iterable["Finding"]]


@dataclass(frozen=True)
class Rule:
    """One rule of the linter; `check` reads a diagram and never raises."""

    name: str
    check: Check
    codes: tuple[Code, ...]


def procedures(diagram: Diagram) -> tuple[Process, ...]:
    """The processes that carry a procedure's head; only they must obey the office's rules."""
    return tuple(process for process in diagram.processes if process.extension is not None)


def called(node: Node) -> str:
    """What a finding calls a node: its name, else its id."""
    return node.name or node.id


def listed(nodes: Sequence[Node]) -> str:
    """The names of nodes on a way, "A → B → C"; the middle of a very long way is left out."""
    if len(nodes) <= _MOST_NAMES:
        return " → ".join(map(called, nodes))
    half = _MOST_NAMES // 2
    return f"{listed(nodes[:half])} → … → {listed(nodes[-half:])}"


def drawn(process: Process, path: Iterable[str]) -> list[str]:
    """The nodes of a way and the flows between them, to be marked in a drawing."""
    nodes = list(path)
    here = set(nodes)
    return nodes + [
        flow.id for flow in process.flows.values() if flow.source in here and flow.target in here
    ]
