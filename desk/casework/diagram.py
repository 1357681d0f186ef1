"""Where a case stands on the diagram of its version: the path walked, the token now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from sqlalchemy import select

from desk.diagram import Shown, shown
from engine.cases.steps import COMPLETED, OPEN
from engine.cases.tables import step
from engine.cases.take_back_step import flows_taken
from engine.journal.read import entries_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.cases.file import CaseFile
    from engine.catalog.graph import Process


def case_diagram(file: CaseFile) -> Shown | None:
    """The diagram of the case's pinned version; None when the file has no layout."""
    states = {
        row.element_id: row.state
        for row in file.db.execute(
            select(step.c.element_id, step.c.state)
            .where(step.c.case_id == file.id)
            .order_by(step.c.id)
        )
    }
    taken = set(flows_taken(entries_of(file.db, file.number)))
    marks = dict.fromkeys(_walked(file.version.process, states, taken), "walked")
    for element, state in states.items():
        kind = {OPEN: "now", COMPLETED: "done"}.get(state)
        if kind is not None:
            marks[element] = kind
    return shown(
        file.version.bpmn,
        file.version.process,
        source=url_for("casework.diagram_file", number=file.number),
        name="case-diagram",
        marks=marks,
    )


def _walked(process: Process, states: Mapping[str, str], taken: set[str]) -> set[str]:
    """Flows that lead from what was done to a step that was opened, through events and gateways."""
    walked: set[str] = set()

    def leads(flow_id: str, seen: frozenset[str]) -> bool:
        target = process.nodes[process.flows[flow_id].target]
        if target.id in states:
            walked.add(flow_id)
            return True
        if target.rule is not None or flow_id in seen:
            return False
        onward = target.outgoing if len(target.outgoing) == 1 else taken & set(target.outgoing)
        found = [leads(each, seen | {flow_id}) for each in onward]
        if any(found):
            walked.add(flow_id)
        return any(found)

    for node in process.nodes.values():
        begins = node.kind == "startEvent" and node.parent == process.id
        if begins or states.get(node.id) == COMPLETED:
            for flow_id in node.outgoing:
                leads(flow_id, frozenset())
    return walked
