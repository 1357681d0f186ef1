"""The child that checks diagrams: every finding as JSON, within limits of time and memory.

Run by `engine.procedures.check_diagram` only. A question is a line of JSON, the roles that somebody
holds by agency, and the bytes of a BPMN file.
"""

from __future__ import annotations

import json
from typing import Any, Final

from engine.catalog.child import answer_all
from engine.catalog.diagram import read_diagram
from engine.catalog.finding import DiagramRefusedError
from engine.catalog.linter.staffing import check_staffing
from engine.procedures.publish_procedure import findings_of

MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 5


def checked(question: bytes) -> dict[str, Any]:
    """All findings of a diagram, or that it went beyond the limits."""
    people, _, bpmn = question.partition(b"\n")
    try:
        found = findings_of(bpmn)
        found += tuple(check_staffing(read_diagram(bpmn), json.loads(people)))
    except DiagramRefusedError as refusal:
        found = refusal.findings
    except (MemoryError, RecursionError):
        return {"stopped": True}
    return {"findings": [finding.as_json() for finding in found]}


if __name__ == "__main__":
    answer_all(checked, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
