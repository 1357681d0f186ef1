"""Complete a step (hoàn thành bước): the form is checked, the token moves, all in one write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from engine.cases.acting import acting_officer
from engine.cases.agenda import drop_step_alerts
from engine.cases.blueprints import blueprint_of
from engine.cases.deadlines import used_minutes
from engine.cases.file import CaseFile, open_case
from engine.cases.fire_timer import fire_overdue_diagram_timers
from engine.cases.legs import hand_over
from engine.cases.status import CaseStatus
from engine.cases.steps import COMPLETED, StepNotOpenError, find_open_step, follow, plain
from engine.cases.tables import step
from engine.catalog.extension import SignerRule, StepKind
from engine.catalog.forms import defaults, validate
from engine.errors import OfficeError
from engine.events.steps import StepCompleted
from engine.prepared import Prepared
from engine.sla.limit import Limit
from engine.workflow.run import complete

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from engine.clock import Clock


class CaseHeldError(OfficeError):
    """The clock of the case stands; its steps wait with it."""

    code = "case_held"


class StepNeedsCommandError(OfficeError):
    """The step is completed by a command of its own, which asks for what the law wants."""

    code = "step_needs_command"


COMMAND_FOR = {
    StepKind.SUPPLEMENT: "request-supplement",
    StepKind.REFUSE: "return",
    StepKind.RETURN: "return",
    StepKind.APOLOGISE: "apologise",
}

_complete = Prepared(update(step).where(step.c.id == bindparam("b_id")).values(state=COMPLETED))


def complete_step(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    step_id: str,
    by: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> CaseFile:
    """Complete the oldest open step of an element; without data the form's defaults apply.

    Due timers of the diagram fire first, so lateness is never erased by a late completion.

    Raises:
        CaseUnknownError, StepNotOpenError, CaseHeldError, StepNeedsCommandError,
        NotAllowedError, BadInputError.
    """
    file = open_case(db, clock, number)
    fire_overdue_diagram_timers(file)
    row = find_open_step(file, step_id)
    command = COMMAND_FOR.get(row.kind)
    if command is not None:
        raise StepNeedsCommandError(
            f"Expected 'motcua case {command} {number}' for step '{row.element_id}', "
            "but it was to be completed without what that command asks for",
            command=command,
            step=row.element_id,
        )
    before = file.engine_state
    officer = finish_step(file, row, by=by, data=data)
    if file.status in (CaseStatus.RECEIVED, CaseStatus.PROCESSING):
        file.remember(before, row.task_id)
    file.save(actor=officer)
    return file


def finish_step(
    file: CaseFile,
    row: Row[Any],
    *,
    by: str | None,
    data: Mapping[str, Any] | None,
    result: str | None = None,
) -> str:
    """Complete one open step inside a command; gives the officer who did it.

    The caller saves the file.
    """
    if file.status in (CaseStatus.SUPPLEMENT, CaseStatus.PAYING, CaseStatus.STOPPED) and (
        row.kind != StepKind.APOLOGISE
    ):
        raise CaseHeldError(
            f"Expected {file.number} to be under way, but its clock stands: "
            f"{file.status.vietnamese}",
            number=file.number,
            status=int(file.status),
        )
    node = file.version.node(row.element_id)
    form = file.version.form_of(row.element_id)
    values = validate(form, data) if data is not None else defaults(form)
    preparers = _preparers(file) if node.extension.signer is SignerRule.NOT_PREPARER else ()
    officer = acting_officer(file, row.role, by, not_these=preparers)
    if row.officer_code not in (None, officer):
        raise StepNotOpenError(
            f"Expected step '{row.element_id}' of {file.number} to be free, but "
            f"{row.officer_code} has claimed it",
            number=file.number,
            step=row.element_id,
            officer=row.officer_code,
        )
    used = used_minutes(file, row.created_at, file.now)
    allotted = Limit.parse(row.limit_text).working_minutes() if row.limit_text else None
    _complete.run(
        file.db,
        {
            "b_id": row.id,
            "completed_at": file.now,
            "officer_code": officer,
            "claimed_at": row.claimed_at or file.now,
            "started_at": row.started_at or row.claimed_at or file.now,
            "data": plain(values),
        },
    )
    drop_step_alerts(file, (row.task_id,))
    file.record(
        StepCompleted(
            step=row.element_id,
            task=row.task_id,
            officer=officer,
            role=row.role,
            unit=row.unit,
            kind=row.kind,
            created_at=row.created_at,
            claimed_at=row.claimed_at,
            started_at=row.started_at,
            allotted_minutes=allotted,
            used_minutes=used,
            result=result,
        )
    )
    if row.kind == StepKind.RECEIVE and file.status is CaseStatus.RECEIVED:
        file.move_to(CaseStatus.PROCESSING)
    routing = {k: v for k, v in values.items() if k in file.version.routing_names}
    progress = complete(blueprint_of(file.version), file.engine_state, row.task_id, routing)
    follow(file, progress)
    hand_over(file, row, progress.opened, officer=officer, allotted=allotted, used=used)
    return officer


def _preparers(file: CaseFile) -> tuple[str, ...]:
    rows = file.db.scalars(
        select(step.c.officer_code).where(
            step.c.case_id == file.id,
            step.c.state == COMPLETED,
            step.c.kind.in_((StepKind.EXAMINE, StepKind.DRAFT)),
        )
    )
    return tuple({code for code in rows if code})
