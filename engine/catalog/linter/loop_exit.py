"""Every loop can be left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.rule import Rule, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_NO_EXIT = Code(
    "loop-without-exit",
    Severity.ERROR,
    "Vòng lặp không có lối ra.",
    "A loop has no way out.",
    blocks=Blocks.PUBLISH,
    hint="Thêm một cổng có nhánh rời khỏi vòng lặp.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which loops no flow and no interrupting event leads out of."""
    for process in diagram.processes:
        paths = Paths(process)
        for loop in paths.loops():
            inside = [node for node in process.nodes.values() if node.id in loop]
            if not inside or _can_be_left(loop, paths):
                continue
            names = listed(inside)
            yield _NO_EXIT.found(
                inside[0].id,
                f"Vòng lặp {names} không có lối ra.",
                f"The loop {names} has no way out.",
                loop=[node.id for node in inside],
            )


def _can_be_left(loop: frozenset[str], paths: Paths) -> bool:
    if any(target not in loop for each in loop for target in paths.main.get(each, ())):
        return True
    nodes = paths.process.nodes
    around = {
        scope for each in loop if each in nodes for scope in paths.scopes_of(nodes[each])
    } - loop
    return any(
        target in nodes
        and (nodes[target].attached_to == scope or nodes[target].is_event_subprocess)
        for scope in around
        for target in paths.main.get(scope, ())
    )


RULE = Rule("loop-exit", check, (_NO_EXIT,))
