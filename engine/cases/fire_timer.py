"""A due timer (đến hạn): lock the case, look again, then fire or drop, never twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from engine.cases import agenda
from engine.cases.blueprints import blueprint_of
from engine.cases.claims import Claim, ClaimLostError, not_parked
from engine.cases.file import open_case
from engine.cases.lateness.draft_apology import keep_draft
from engine.cases.lateness.raise_alert import CLOCK, climb, raise_alert
from engine.cases.steps import follow, open_steps
from engine.cases.tables import consultation, timer
from engine.catalog.extension import Relation, StepKind
from engine.events.deadlines import CaseBecameLate, TimerFired
from engine.events.waiting import OpinionOverdue, OpinionRecorded
from engine.prepared import Prepared
from engine.workflow import run

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.cases.file import CaseFile
    from engine.clock import Clock

ACTOR = CLOCK
"""Who acts when an instant has come; it warns and computes, it decides nothing (R72)."""

SILENT_CONSENT = "coi như đồng ý"

# Both are ordered and compared with the clock here, not in the query: SQLite would rather read
# everything due in the office than the few timers of one case.
_armed_in_case = Prepared(
    select(timer).where(
        timer.c.case_id == bindparam("b_case"),
        timer.c.kind == agenda.DIAGRAM,
        timer.c.state == agenda.ARMED,
    )
)
_warnings_of_case = Prepared(
    select(timer).where(
        timer.c.case_id == bindparam("b_case"),
        or_(timer.c.kind == agenda.ALERT, timer.c.kind == agenda.LATE),
        or_(timer.c.state == agenda.ARMED, timer.c.state == agenda.FIRED),
    )
)


_by_id = Prepared(
    select(timer).where(
        timer.c.id == bindparam("b_id"),
        timer.c.state == agenda.ARMED,
        timer.c.due_at <= bindparam("b_now"),
    )
)


def next_timer(
    db: Connection, until: datetime, *, not_these: Collection[int] = ()
) -> tuple[int, datetime] | None:
    """The next instant somebody waits for, not after `until`: its id and instant."""
    row = db.execute(
        select(timer.c.id, timer.c.due_at)
        .where(
            timer.c.state == agenda.ARMED,
            timer.c.due_at <= until,
            not_parked(),
            timer.c.id.not_in(tuple(not_these)),
        )
        .order_by(timer.c.due_at, timer.c.id)
        .limit(1)
    ).first()
    return (row.id, row.due_at) if row else None


def fire_timer(db: Connection, clock: Clock, claimed: Claim) -> bool:
    """Fire one due timer; False when, looked at again, there was nothing to fire.

    The journal keeps the legal instant and the moment of firing apart.

    Raises:
        ClaimLostError: meanwhile the timer was claimed by somebody else.
    """
    file = open_case(db, clock, claimed.number)
    row = _by_id.first(db, {"b_id": claimed.timer_id, "b_now": file.now})
    if row is None:
        return False
    if row.fence != claimed.fence:
        raise _lost(claimed)
    fired = _fire(file, row)
    file.save(actor=ACTOR)
    return fired


def _lost(claimed: Claim) -> ClaimLostError:
    return ClaimLostError(
        f"Expected timer {claimed.timer_id} of {claimed.number} to be this scheduler's, but its "
        "lease ran out and somebody else has it",
        number=claimed.number,
        fence=claimed.fence,
    )


def fire_overdue_diagram_timers(file: CaseFile) -> None:
    """Before a step completes: what the diagram waited for has happened first."""
    if not file.version.named_limits:
        return
    while due := [
        row for row in _armed_in_case.all(file.db, {"b_case": file.id}) if row.due_at <= file.now
    ]:
        _fire(file, min(due, key=lambda row: (row.due_at, row.id)))


def _fire(file: CaseFile, row: Row[Any]) -> bool:
    if not _still_has_a_say(file, row):
        agenda.drop(file, row.id)
        return False
    if not agenda.mark_fired(file, row.id, fence=row.fence):
        raise _lost(Claim(row.id, file.number, row.due_at, row.fence))
    if row.kind == agenda.DIAGRAM:
        _fire_in_diagram(file, row)
    elif row.kind == agenda.LATE:
        file.set(became_late_at=file.now)
        file.record(CaseBecameLate(due_at=row.due_at))
        _alert(file, row)
    elif row.kind == agenda.CONSULTATION:
        _answer_is_overdue(file, row)
    elif row.kind == agenda.CLIMB:
        rung, _, subject = row.subject.partition(":")
        return climb(file, row.name, subject, int(rung), row.element_id)
    else:
        _alert(file, row)
    return True


def _still_has_a_say(file: CaseFile, row: Row[Any]) -> bool:
    apologised = int(file["reappointments"]) > 0
    if row.kind == agenda.ALERT and row.name == "DECIDE":
        signing = any(s.kind == StepKind.SIGN for s in open_steps(file.db, file.id))
        return not (apologised or signing)
    if row.kind == agenda.ALERT and row.name == "APOLOGY_MISSED":
        return not apologised
    if row.kind == agenda.DIAGRAM and apologised:
        limit = file.version.named_limits.get(row.name)
        return limit is None or limit.relation is Relation.AFTER_ARMING
    return True


def _fire_in_diagram(file: CaseFile, row: Row[Any]) -> None:
    file.record(TimerFired(element=row.element_id, limit=row.name, due_at=row.due_at))
    consulting = [
        s
        for s in open_steps(file.db, file.id)
        if file.version.silence_limit(s.element_id) == row.name
    ]
    progress = run.fire_timer(blueprint_of(file.version), file.engine_state, row.subject)
    follow(file, progress, why_cancelled="silence is consent" if consulting else "timer")
    for step in consulting:
        _consent_by_silence(file, step)


def _consent_by_silence(file: CaseFile, step: Row[Any]) -> None:
    asked = file.db.execute(
        select(consultation).where(
            consultation.c.case_id == file.id,
            consultation.c.step_task_id == step.task_id,
            consultation.c.answered_at.is_(None),
        )
    ).all()
    for row in asked:
        _close_silently(file, row)
    if not asked:
        file.record(
            OpinionRecorded(
                consultation=0,
                agency=step.unit or step.role or "",
                opinion=SILENT_CONSENT,
                silent=True,
            )
        )


def _close_silently(file: CaseFile, row: Row[Any]) -> None:
    file.db.execute(
        update(consultation)
        .where(consultation.c.id == row.id)
        .values(answered_at=file.now, opinion=SILENT_CONSENT, silent=True)
    )
    agenda.drop_consultation(file, row.id)
    file.record(
        OpinionRecorded(consultation=row.id, agency=row.agency, opinion=SILENT_CONSENT, silent=True)
    )


def _answer_is_overdue(file: CaseFile, row: Row[Any]) -> None:
    asked = file.db.execute(select(consultation).where(consultation.c.id == int(row.subject))).one()
    file.record(OpinionOverdue(consultation=asked.id, agency=asked.agency, due_at=row.due_at))
    raise_alert(file, "OPINION_OVERDUE", due_at=row.due_at, subject=row.subject)


def _alert(file: CaseFile, row: Row[Any]) -> None:
    raise_alert(
        file,
        row.name,
        due_at=row.due_at,
        element_id=row.element_id,
        subject=row.subject,
        coalesced=_is_overtaken(file, row),
    )
    if row.name == "DECIDE":
        keep_draft(file)


def _is_overtaken(file: CaseFile, row: Row[Any]) -> bool:
    """After an outage several warnings of a case are due at once: only the last is told."""
    if row.kind != agenda.ALERT:
        return False
    others = _warnings_of_case.all(file.db, {"b_case": file.id})
    return any(
        each.state == agenda.FIRED or _still_has_a_say(file, each)
        for each in others
        if row.due_at < each.due_at <= file.now
    )
