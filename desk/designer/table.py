"""The table of a diagram for the page: what stands there without script, and beside the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import DiagramRefusedError
from engine.catalog.table.reader import diagram_to_table
from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.catalog.table.decision_table import DecisionTable


def table_of(bpmn: bytes) -> DecisionTable | None:
    """The steps as the decision's table has them; None for a draft that has no head yet."""
    try:
        return diagram_to_table(bpmn)
    except (BadInputError, DiagramRefusedError):
        return None
