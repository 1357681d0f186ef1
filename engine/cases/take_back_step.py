"""Take a finished step back (thu hồi bước) while nobody has begun on what came after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from engine.cases.acting import NotAllowedError, acting_officer
from engine.cases.agenda import revive_diagram_timers, revive_step_alerts
from engine.cases.blueprints import blueprint_of
from engine.cases.file import CaseFile, open_case
from engine.cases.fire_timer import fire_overdue_diagram_timers
from engine.cases.legs import withdraw
from engine.cases.status import CaseStatus
from engine.cases.steps import COMPLETED, OPEN, cancel_steps, open_steps
from engine.cases.tables import case_state, step
from engine.cases.training import is_training
from engine.errors import BadInputError, OfficeError
from engine.events.steps import StepTakenBack
from engine.journal.read import entries_of
from engine.workflow.run import look

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection, Row

    from engine.clock import Clock
    from engine.journal.append import Entry

LONGEST_REASON = 1000

_OF_THE_COMPLETION = frozenset(
    {"GatewayTaken", "StepOpened", "LegSent", "LegConfirmed", "StatusChanged"}
)
_NOBODY_ACTED = frozenset({"AlertRaised", "AlertClimbed", "CaseBecameLate", "ApologyDrafted"})
"""What the clock does by itself: it opens no step and decides nothing."""
_BESIDE = frozenset({"StepClaimed", "StepStarted", "StepReleased", "StepHandedOver"})
"""Work on a step of another branch, which the finished step did not open."""


class TakeBackRefusedError(OfficeError):
    """The case went on since: somebody has the next step, or the step was not the last act."""

    code = "take_back_refused"


@dataclass(frozen=True)
class Chance:
    """A finished step that can be taken back, and what would be undone with it."""

    row: Row[Any]
    state: bytes
    opened: tuple[str, ...]
    """Tasks of the steps that it opened."""
    legs: tuple[int, ...]
    completed: Entry


def take_back_step(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    step_id: str,
    reason: str,
    by: str | None = None,
) -> CaseFile:
    """Open a step again that one finished oneself, as if it had not been finished.

    The engine's state is the one the books kept from before; what was sent on is called back.
    The case's status stays: R40 has no way from 4 to 2. Legal: R17, R40

    Raises:
        TakeBackRefusedError: somebody began on what came after, or the case went on.
        BadInputError: no reason. CaseUnknownError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise BadInputError(
            f"Expected a reason of 1 to {LONGEST_REASON} letters, but got {len(why)}"
        )
    fire_overdue_diagram_timers(file)
    chance = _chance(file)
    row = chance.row
    if step_id not in (row.element_id, row.task_id):
        raise _refused(file, f"'{step_id[:64]}' is not the step that was finished last")
    if by not in (None, row.officer_code):
        raise NotAllowedError(
            f"Expected {row.officer_code}, who finished step '{row.element_id}', to take it back, "
            f"but {by} tried",
            officer=by,
        )
    officer = acting_officer(file, row.role, row.officer_code if is_training(db) else by)
    db.execute(
        update(step)
        .where(step.c.id == row.id)
        .values(state=OPEN, completed_at=None, data=None, **file.standing)
    )
    told = chance.completed.data
    file.record(
        StepTakenBack(
            step=row.element_id,
            task=row.task_id,
            officer=officer,
            reason=why,
            completed_at=chance.completed.at,
            role=row.role,
            unit=row.unit,
            kind=row.kind,
            allotted_minutes=told.get("allotted_minutes"),
            used_minutes=told.get("used_minutes"),
        )
    )
    cancel_steps(file, chance.opened, "taken back")
    withdraw(file, chance.legs, officer=officer)
    file.keep_state(chance.state)
    revive_diagram_timers(file, look(blueprint_of(file.version), chance.state).timers)
    revive_step_alerts(file, row.task_id)
    file.save(actor=officer)
    return file


def step_to_take_back(file: CaseFile, officer: str) -> Row[Any] | None:
    """The step that an officer could take back now; None where there is none."""
    try:
        row = _chance(file).row
    except TakeBackRefusedError:
        return None
    return row if row.officer_code == officer else None


def flows_taken(entries: Iterable[Entry]) -> list[str]:
    """The flows by which the token left gateways, without those of steps that were taken back."""
    flows: list[str] = []
    before: dict[str, int] = {}
    for entry in entries:
        if entry.type == "GatewayTaken":
            flows.append(entry.data["flow"])
        elif entry.type == "StepCompleted":
            before[entry.data["task"]] = len(flows)
        elif entry.type == "StepTakenBack":
            # Nothing moved the token since, so all later flows are of that completion.
            del flows[before[entry.data["task"]] :]
    return flows


def _chance(file: CaseFile) -> Chance:
    kept = file.db.execute(
        select(case_state.c.before, case_state.c.before_task).where(case_state.c.case_id == file.id)
    ).one_or_none()
    if kept is None or kept.before is None or file.new_state is not None:
        raise _refused(file, "the case went on since, or no step was finished")
    if file.status not in (CaseStatus.RECEIVED, CaseStatus.PROCESSING):
        raise _refused(file, f"the case is in status {int(file.status)} ({file.status.vietnamese})")
    row = file.db.execute(
        select(step).where(step.c.case_id == file.id, step.c.task_id == kept.before_task)
    ).one()
    completed, since = _since(entries_of(file.db, file.number), row.task_id)
    if row.state != COMPLETED or completed is None:
        raise _refused(file, f"step '{row.element_id}' is not finished")
    opened = tuple(e.data["task"] for e in since if e.type == "StepOpened")
    acted = next((e for e in since if _is_an_act(e, opened)), None)
    if acted is not None:
        raise _refused(file, f"{acted.actor} acted since ({acted.type})")
    _check_untouched(file, row, opened, kept.before)
    return Chance(
        row=row,
        state=kept.before,
        opened=opened,
        legs=tuple(e.data["leg"] for e in since if e.type == "LegSent"),
        completed=completed,
    )


def _since(entries: Sequence[Entry], task: str) -> tuple[Entry | None, Sequence[Entry]]:
    """The completion of a task and what the journal says after it."""
    for place in range(len(entries) - 1, -1, -1):
        entry = entries[place]
        if entry.type == "StepCompleted" and entry.data["task"] == task:
            return entry, entries[place + 1 :]
    return None, ()


def _is_an_act(entry: Entry, opened: Collection[str]) -> bool:
    if entry.type in _BESIDE:
        return entry.data["task"] in opened
    return entry.type not in _OF_THE_COMPLETION and entry.type not in _NOBODY_ACTED


def _check_untouched(file: CaseFile, row: Row[Any], opened: Collection[str], before: bytes) -> None:
    """The books and the state agree on what would be open again."""
    now = {each.task_id: each for each in open_steps(file.db, file.id)}
    for task in opened:
        if task not in now or now[task].officer_code is not None:
            raise _refused(file, f"somebody has the step after '{row.element_id}' already")
    then = {each.task_id for each in look(blueprint_of(file.version), before).open_steps}
    if then != (set(now) - set(opened)) | {row.task_id}:
        raise _refused(file, f"finishing step '{row.element_id}' ended other steps as well")


def _refused(file: CaseFile, why: str) -> TakeBackRefusedError:
    return TakeBackRefusedError(
        f"Expected a step of {file.number} that nobody has gone on from, but {why}",
        number=file.number,
    )
