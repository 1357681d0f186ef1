"""Steps as the token moves: rows are opened, completed and cancelled as the engine says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.cases.agenda import (
    arm_diagram_timers,
    arm_step_alerts,
    drop_diagram_timers,
    drop_step_alerts,
)
from engine.cases.blueprints import blueprint_of
from engine.cases.deadlines import step_due_at
from engine.cases.finish import finish
from engine.cases.status import CaseStatus
from engine.cases.tables import step
from engine.cases.waiting.holds import is_waiting_payment, open_payment_hold
from engine.catalog.extension import HoldKind, StepKind
from engine.errors import OfficeError
from engine.events.steps import GatewayTaken, StepCancelled, StepOpened
from engine.prepared import Prepared
from engine.workflow.run import start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

    from engine.cases.file import CaseFile
    from engine.workflow.run import Progress


class StepNotOpenError(OfficeError):
    """Somebody tried to work on a step that is not open (any more)."""

    code = "step_not_open"


OPEN, COMPLETED, CANCELLED = "open", "completed", "cancelled"

_select_open = Prepared(
    select(step)
    .where(step.c.case_id == bindparam("b_case"), step.c.state == OPEN)
    .order_by(step.c.id)
)
_insert = Prepared(insert(step))
_cancel = Prepared(
    update(step)
    .where(step.c.case_id == bindparam("b_case"), step.c.task_id == bindparam("b_task"))
    .values(state=CANCELLED)
)


def open_steps(db: Connection, case_id: int) -> Sequence[Row[Any]]:
    """The steps of a case that wait for somebody, oldest first."""
    return _select_open.all(db, {"b_case": case_id})


def find_open_step(file: CaseFile, element_id: str) -> Row[Any]:
    """The oldest open step of an element.

    Raises:
        StepNotOpenError: no such step is open.
    """
    rows = open_steps(file.db, file.id)
    for row in rows:
        if element_id in (row.element_id, row.task_id):
            return row
    raise StepNotOpenError(
        f"Expected step '{element_id}' of {file.number} to be open, but it is not",
        number=file.number,
        step=element_id,
        open=[row.element_id for row in rows],
    )


def step_of(file: CaseFile, task_id: str) -> Row[Any]:
    """A step of the case, open or not.

    Raises:
        StepNotOpenError: the case never had it.
    """
    row = file.db.execute(
        select(step).where(step.c.case_id == file.id, step.c.task_id == task_id)
    ).one_or_none()
    if row is None:
        raise StepNotOpenError(
            f"Expected a step of {file.number}, but it never had {task_id[:64]!r}",
            number=file.number,
            step=task_id,
        )
    return row


def begin(file: CaseFile, data: Mapping[str, Any]) -> None:
    """Put the token on the start of the case's diagram."""
    follow(file, start(blueprint_of(file.version), data))


def restart(file: CaseFile) -> None:
    """Put the token on the start of another diagram; nothing was done on the old one."""
    open_tasks = [row.task_id for row in open_steps(file.db, file.id)]
    cancel_steps(file, open_tasks, "corrected")
    drop_diagram_timers(file)
    begin(file, {})


def has_completed_steps(file: CaseFile) -> bool:
    """True once somebody finished a step of the case."""
    done = select(step.c.id).where(step.c.case_id == file.id, step.c.state == COMPLETED).limit(1)
    return file.db.execute(done).first() is not None


def follow(file: CaseFile, progress: Progress, *, why_cancelled: str = "overtaken") -> None:
    """Write down where the token went: steps, timers, holds, status, journal."""
    file.keep_state(progress.state)
    file.record(*(GatewayTaken(gateway=t.gateway_id, flow=t.flow_id) for t in progress.gateways))
    if progress.cancelled:
        cancel_steps(file, progress.cancelled, why_cancelled)
    opened_kinds = [_open_step(file, opened) for opened in progress.opened]
    arm_diagram_timers(file, progress.timers)
    for waiting in progress.waiting:
        rule = file.version.hold_rule(waiting.element_id)
        if rule is not None and rule.kind is HoldKind.PAYMENT and not is_waiting_payment(file):
            open_payment_hold(file, ground=rule.ground)
    if StepKind.REFUSE in opened_kinds:
        finish(file, outcome="REFUSED")
    elif StepKind.RETURN in opened_kinds and file.status is not CaseStatus.FINISHED:
        finish(file, outcome="GRANTED")


def _open_step(file: CaseFile, opened: Any) -> str | None:
    node = file.version.node(opened.element_id)
    rule = node.rule
    limit = rule.limit if rule else None
    due_at = step_due_at(file, limit, file.now)
    kind = rule.kind if rule else None
    row = {
        "case_id": file.id,
        "task_id": opened.task_id,
        "element_id": opened.element_id,
        "name": node.name or opened.element_id,
        "kind": kind,
        "role": rule.role if rule else None,
        "unit": rule.unit if rule else None,
        "limit_text": str(limit) if limit else None,
        "state": OPEN,
        "created_at": file.now,
        "due_at": due_at,
        **file.standing,
    }
    _insert.run(file.db, row)
    file.record(
        StepOpened(
            step=opened.element_id,
            task=opened.task_id,
            role=row["role"],
            unit=row["unit"],
            kind=kind,
            limit=row["limit_text"],
            due_at=due_at,
        )
    )
    arm_step_alerts(file, task_id=opened.task_id, element_id=opened.element_id, due_at=due_at)
    return kind


def cancel_steps(file: CaseFile, task_ids: Sequence[str], why: str) -> None:
    """Open steps go away unfinished."""
    rows = {row.task_id: row for row in open_steps(file.db, file.id)}
    for task_id in task_ids:
        if task_id not in rows:
            continue
        _cancel.run(file.db, {"b_case": file.id, "b_task": task_id})
        file.record(StepCancelled(step=rows[task_id].element_id, task=task_id, why=why))
    drop_step_alerts(file, task_ids)


def plain(values: Mapping[str, Any]) -> str:
    """Form values as the books keep them: JSON text."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
