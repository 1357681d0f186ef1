"""The instants a lone diagram's named limits mean, by its own total and an office's hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.extension import Relation
from engine.errors import BadInputError
from engine.sla import alerts
from engine.sla.deadline import due_at
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from datetime import datetime

    from engine.catalog.diagram import Diagram, Process
    from engine.sla.office_hours import OfficeTime


class NamedInstants:
    """Knows when the named limits of a diagram end, for a case without books and pauses."""

    def __init__(self, diagram: Diagram, office: OfficeTime) -> None:
        self._diagram = diagram
        self._office = office

    def __call__(
        self, name: str, *, element_id: str, process_id: str, began_at: datetime, armed_at: datetime
    ) -> datetime:
        """When the timer at an element is due that names a limit.

        `process_id` is the process that began at `began_at`; its total gives the case's due.

        Raises:
            BadInputError: no such limit is declared, or it hangs on a due the diagram lacks.
            CalendarYearMissingError: a needed day lies in a year without data.
        """
        limit = next(
            (
                process.limits[name]
                for process in self._diagram.processes
                if element_id in process.nodes and name in process.limits
            ),
            None,
        )
        if limit is None:
            raise BadInputError(
                f"Expected ISO 8601 or a declared limit at '{element_id}', but got {name!r}"
            )
        if limit.relation is Relation.AFTER_ARMING:
            return due_at(Limit.parse(limit.amount or ""), armed_at, self._office)
        due = due_at(self._total(self._diagram.process(process_id)), began_at, self._office)
        match limit.relation:
            case Relation.DUE:
                return due
            case Relation.APOLOGY_DUE:
                return alerts.apology_due_at(due, began_at, self._office)
            case Relation.BEFORE_DUE:
                before = Limit.parse(limit.amount or "")
                return alerts.before_due(before, due, began_at, self._office)

    @staticmethod
    def _total(process: Process | None) -> Limit:
        if process is None or process.extension is None:
            raise BadInputError(
                "Expected a procedure's head with its total, but the process has none"
            )
        return Limit.parse(process.extension.total)
