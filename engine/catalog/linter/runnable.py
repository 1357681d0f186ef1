"""What the engine cannot run: constructs, expressions and sizes it would get wrong.

A diagram without such a finding runs exactly as BPMN 2.0 says; anything else is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.linter import runnable_events, runnable_flows, runnable_nodes, runnable_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Code, Finding

CODES: Final[tuple[Code, ...]] = (
    *runnable_nodes.CODES,
    *runnable_flows.CODES,
    *runnable_events.CODES,
    *runnable_texts.CODES,
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Everything in a diagram that the engine would run wrongly."""
    for process in diagram.processes:
        yield from runnable_nodes.check(diagram, process)
        yield from runnable_flows.check(process)
        yield from runnable_events.check(diagram, process)
        yield from runnable_texts.check(process)
