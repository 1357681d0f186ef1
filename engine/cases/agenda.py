"""The case's agenda: which instants are waited for, kept as rows and never inside the engine."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.cases.deadlines import case_instants, named_instant, step_alert_at
from engine.cases.tables import timer
from engine.catalog.extension import Relation
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from engine.cases.file import CaseFile
    from engine.workflow.run import ArmedTimer

ARMED, SUSPENDED, FIRED, DROPPED = "armed", "suspended", "fired", "dropped"

DIAGRAM, ALERT, LATE, STEP, CONSULTATION = "diagram", "alert", "late", "step", "consultation"
"""Kinds of timer: the diagram's own, a warning of the case, the moment the case becomes late,
a warning of a step, the date of a consulted agency."""

CLIMB, APPOINTED = "climb", "appointed"
"""Further kinds: a warning nobody acted on goes to the next rung; an appointed date passes."""

_live = or_(timer.c.state == ARMED, timer.c.state == SUSPENDED)
_insert = Prepared(insert(timer))
_diagram = Prepared(
    select(timer.c.id, timer.c.subject, timer.c.name, timer.c.state).where(
        timer.c.case_id == bindparam("b_case"), timer.c.kind == DIAGRAM
    )
)
_all_live = Prepared(select(timer).where(timer.c.case_id == bindparam("b_case"), _live))
_by_id = Prepared(update(timer).where(timer.c.id == bindparam("b_id")))
_mark_fired = Prepared(
    update(timer)
    .where(
        timer.c.id == bindparam("b_id"),
        timer.c.fence == bindparam("b_fence"),
        timer.c.state == ARMED,
    )
    .values(lease_until=None)
)
_drop_steps = Prepared(
    update(timer)
    .where(
        timer.c.case_id == bindparam("b_case"),
        timer.c.kind == STEP,
        timer.c.subject == bindparam("b_task"),
        _live,
    )
    .values(state=DROPPED)
)


def arm_case_alerts(file: CaseFile) -> None:
    """Wait for the case's warnings and for the moment it becomes late. Legal: R25, R28, R30"""
    _insert.run_all(
        file.db,
        [
            _row(file, LATE if name == "OVERDUE" else ALERT, name, "", due_at)
            for name, due_at in case_instants(file).items()
        ],
    )


def arm_step_alerts(
    file: CaseFile, *, task_id: str, element_id: str, due_at: datetime | None
) -> None:
    """Wait for the moment when most of a step's time is spent. Legal: R30"""
    if due_at is None:
        return
    at = step_alert_at(file, file.now, due_at)
    _insert.run(file.db, _row(file, STEP, "STEP_80", task_id, at, element_id))


def drop_step_alerts(file: CaseFile, task_ids: Iterable[str]) -> None:
    """The steps are done or gone: nobody is warned of them."""
    for task_id in task_ids:
        _drop_steps.run(file.db, {"b_case": file.id, "b_task": task_id})


def arm_consultation(file: CaseFile, consultation_id: int, due_at: datetime) -> None:
    """Wait for the answer of a consulted agency. Legal: R23"""
    _insert.run(file.db, _row(file, CONSULTATION, "ANSWER_DUE", str(consultation_id), due_at))


def arm_climb(
    file: CaseFile, level: str, subject: str, rung: int, due_at: datetime, element_id: str | None
) -> None:
    """Wait for somebody to act on a warning, else it climbs. Legal: R30"""
    _arm_again(file, _row(file, CLIMB, level, f"{rung}:{subject}", due_at, element_id))


def arm_appointed(file: CaseFile, due_at: datetime) -> None:
    """Wait for the new date of an apology; there is no second one. Legal: R27"""
    _arm_again(file, _row(file, APPOINTED, "APPOINTED_MISSED", "", due_at))


def _arm_again(file: CaseFile, row: dict[str, Any]) -> None:
    file.db.execute(_upsert(file.db.dialect.name), row)


@lru_cache(maxsize=2)
def _upsert(dialect_name: str) -> Any:
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    new = dialect.insert(timer)
    again = {name: new.excluded[name] for name in ("state", "due_at", "armed_at")}
    return new.on_conflict_do_update(
        index_elements=[timer.c.case_id, timer.c.kind, timer.c.name, timer.c.subject],
        set_=again | {"fired_at": None},
    )


def drop_consultation(file: CaseFile, consultation_id: int) -> None:
    """The answer came."""
    file.db.execute(
        update(timer)
        .where(
            timer.c.case_id == file.id,
            timer.c.kind == CONSULTATION,
            timer.c.subject == str(consultation_id),
            timer.c.state == ARMED,
        )
        .values(state=DROPPED)
    )


def arm_diagram_timers(file: CaseFile, wanted: Sequence[ArmedTimer]) -> None:
    """Bring the rows in line with the timers the engine says are armed."""
    if not file.version.named_limits:
        return  # a diagram's timer waits for a named limit, so there is none in this case
    known = {(row.subject, row.name): row for row in _diagram.all(file.db, {"b_case": file.id})}
    new = [t for t in wanted if (t.task_id, t.limit) not in known]
    if new:
        _insert.run_all(
            file.db,
            [
                _row(
                    file,
                    DIAGRAM,
                    t.limit,
                    t.task_id,
                    named_instant(file, t.limit, file.now),
                    t.element_id,
                )
                for t in new
            ],
        )
    alive = {(t.task_id, t.limit) for t in wanted}
    for key, row in known.items():
        if key not in alive and row.state in (ARMED, SUSPENDED):
            drop(file, row.id)


def revive_diagram_timers(file: CaseFile, wanted: Sequence[ArmedTimer]) -> None:
    """A step is open again: its timers run on to the instants they had, the later ones go."""
    if not file.version.named_limits:
        return
    alive = {(t.task_id, t.limit) for t in wanted}
    for row in _diagram.all(file.db, {"b_case": file.id}):
        if (row.subject, row.name) in alive and row.state == DROPPED:
            _by_id.run(file.db, {"b_id": row.id, "state": ARMED})
    arm_diagram_timers(file, wanted)


def revive_step_alerts(file: CaseFile, task_id: str) -> None:
    """A step is open again: its warning, unless it was given, is due when it was due before."""
    file.db.execute(
        update(timer)
        .where(
            timer.c.case_id == file.id,
            timer.c.kind == STEP,
            timer.c.subject == task_id,
            timer.c.state == DROPPED,
        )
        .values(state=ARMED)
    )


def drop_diagram_timers(file: CaseFile) -> None:
    """The case begins on another diagram: what the old one waited for is nobody's."""
    file.db.execute(
        update(timer)
        .where(timer.c.case_id == file.id, timer.c.kind == DIAGRAM, _live)
        .values(state=DROPPED)
    )


def recount(file: CaseFile) -> None:
    """The due date moved while the clock runs: what is waited for moves with it. Legal: R28, R30

    A warning that was given stays given; one that now comes with the receipt itself is dropped.
    """
    instants = case_instants(file)
    known = set()
    for row in file.db.execute(select(timer).where(timer.c.case_id == file.id)).all():
        if row.kind in (ALERT, LATE):
            known.add(row.name)
        if row.state != ARMED:
            continue
        if row.kind in (ALERT, LATE) and row.name not in instants:
            drop(file, row.id)
        elif row.kind in (ALERT, LATE):
            _by_id.run(file.db, {"b_id": row.id, "due_at": instants[row.name]})
        elif row.kind == DIAGRAM and _counts_office_time(file, row):
            at = named_instant(file, row.name, row.armed_at)
            _by_id.run(file.db, {"b_id": row.id, "due_at": at})
    _insert.run_all(
        file.db,
        [
            _row(file, LATE if name == "OVERDUE" else ALERT, name, "", at)
            for name, at in instants.items()
            if name not in known
        ],
    )
    if file["became_late_at"] is not None and instants["OVERDUE"] > file.now:
        _rearm_late(file, instants["OVERDUE"])


def suspend(file: CaseFile) -> None:
    """The clock stands: nothing that counts the office's time goes off meanwhile. Legal: R21, R22

    A consulted agency's date is not the applicant's time and keeps running.
    """
    for row in _all_live.all(file.db, {"b_case": file.id}):
        if row.state == ARMED and _counts_office_time(file, row):
            _by_id.run(file.db, {"b_id": row.id, "state": SUSPENDED})


def resume(file: CaseFile, step_dues: dict[str, tuple[datetime, datetime]]) -> None:
    """The clock goes on: every suspended timer gets its new instant.

    `step_dues` gives (created_at, due_at) of the open steps by task id.
    """
    instants = case_instants(file)
    for row in _all_live.all(file.db, {"b_case": file.id}):
        if row.kind in (ALERT, LATE):
            if row.name not in instants:  # due so soon after receipt that it would warn of nothing
                drop(file, row.id)
                continue
            due_at = instants[row.name]
        elif row.kind == STEP and row.subject in step_dues:
            due_at = step_alert_at(file, *step_dues[row.subject])
        elif row.kind == DIAGRAM and _counts_office_time(file, row):
            due_at = named_instant(file, row.name, row.armed_at)
        elif row.kind == APPOINTED:
            due_at = file["due_appointed_at"]
        else:
            due_at = row.due_at
        _by_id.run(file.db, {"b_id": row.id, "state": ARMED, "due_at": due_at})
    if file["became_late_at"] is not None and instants["OVERDUE"] > file.now:
        _rearm_late(file, instants["OVERDUE"])


def drop_all(file: CaseFile) -> None:
    """The case has its result: nothing is waited for any more."""
    file.db.execute(
        update(timer)
        .where(timer.c.case_id == file.id, timer.c.state.in_((ARMED, SUSPENDED)))
        .values(state=DROPPED)
    )


def mark_fired(file: CaseFile, timer_id: int, *, fence: int) -> bool:
    """The timer has gone off; it never does so twice. False: it is not this scheduler's (F7)."""
    values = {"b_id": timer_id, "b_fence": fence, "state": FIRED, "fired_at": file.now}
    return _mark_fired.run(file.db, values) == 1


def drop(file: CaseFile, timer_id: int) -> None:
    """Looked at again when due, the timer has nothing left to say."""
    _by_id.run(file.db, {"b_id": timer_id, "state": DROPPED})


def _rearm_late(file: CaseFile, due_at: datetime) -> None:
    # A restarted clock (R21) puts the due date ahead again: the case is no longer late, and may
    # become late a second time. Its warnings stay given: once per case and level (R30).
    file.set(became_late_at=None)
    file.db.execute(
        update(timer)
        .where(timer.c.case_id == file.id, timer.c.kind == LATE)
        .values(state=ARMED, due_at=due_at, fired_at=None)
    )


def _counts_office_time(file: CaseFile, row: Any) -> bool:
    if row.kind in (ALERT, LATE, STEP, APPOINTED):
        return True
    if row.kind == DIAGRAM:
        limit = file.version.named_limits.get(row.name)
        return limit is None or limit.relation is not Relation.AFTER_ARMING
    return False


def _row(
    file: CaseFile,
    kind: str,
    name: str,
    subject: str,
    due_at: datetime,
    element_id: str | None = None,
) -> dict[str, Any]:
    return {
        "case_id": file.id,
        "kind": kind,
        "name": name,
        "subject": subject,
        "element_id": element_id,
        "state": ARMED,
        "due_at": due_at,
        "armed_at": file.now,
        "fence": 0,
    }
