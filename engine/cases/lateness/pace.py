"""The pace of steps: how long finished ones took, counted once a day from the journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from engine.cases.tables import case
from engine.cases.telling.duty_tables import step_pace
from engine.journal.tables import journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from engine.clock import Clock

LEAST_FINISHED = 20
"""With fewer finished steps behind it a percentile says little and is not used (DESIGN)."""

MOST_LOOKED_AT = 50_000
"""The latest finished steps of the office; older ones tell of another office."""


@dataclass(frozen=True)
class Pace:
    """Working minutes that a step took: half, four fifths, nineteen of twenty were done by then."""

    finished: int
    p50_minutes: int
    p80_minutes: int
    p95_minutes: int


_finished = (
    select(journal.c.type, journal.c.stream, journal.c.data, case.c.procedure_code)
    .join(case, case.c.number == journal.c.stream)
    .where(journal.c.type.in_(("StepCompleted", "StepTakenBack")))
    .order_by(journal.c.sequence.desc())
    .limit(MOST_LOOKED_AT)
)
_of_procedure = select(step_pace).where(
    step_pace.c.procedure_code == bindparam("b_procedure"),
    step_pace.c.finished >= LEAST_FINISHED,
)


def recount_pace(db: Connection, clock: Clock) -> int:
    """Count every step's pace anew; gives how many steps have one."""
    used: dict[tuple[str, str], list[int]] = {}
    annulled: set[tuple[str, str]] = set()
    for row in db.execute(_finished):  # the latest first: what was taken back is met before
        data = json.loads(row.data)
        task = (row.stream, data["task"])
        if row.type == "StepTakenBack":
            annulled.add(task)
        elif task in annulled:
            annulled.remove(task)
        elif data.get("used_minutes") is not None:
            used.setdefault((row.procedure_code, data["step"]), []).append(data["used_minutes"])
    db.execute(delete(step_pace))
    rows = [
        {
            "procedure_code": procedure,
            "element_id": element,
            "finished": len(minutes),
            "p50_minutes": percentile(minutes, 50),
            "p80_minutes": percentile(minutes, 80),
            "p95_minutes": percentile(minutes, 95),
            "counted_at": clock.now(),
        }
        for (procedure, element), minutes in sorted(used.items())
    ]
    if rows:
        db.execute(insert(step_pace), rows)
    return len(rows)


def pace_of(db: Connection, procedure: str) -> dict[str, Pace]:
    """The pace of a procedure's steps that have enough of a history, by element."""
    return {
        row.element_id: Pace(row.finished, row.p50_minutes, row.p80_minutes, row.p95_minutes)
        for row in db.execute(_of_procedure, {"b_procedure": procedure})
    }


def percentile(values: Sequence[int], percent: int) -> int:
    """The smallest value that so many percent do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]
