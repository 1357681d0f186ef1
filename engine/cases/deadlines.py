"""The case's deadlines, counted by the legal clock from what the books say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from engine.cases.tables import case, hold, step
from engine.catalog.extension import Relation
from engine.clock import iso_office
from engine.prepared import Prepared
from engine.sla import alerts, steps
from engine.sla.deadline import due_at
from engine.sla.ledger import ledger_of, short_reason
from engine.sla.limit import Limit
from engine.sla.pauses import Pause, PausePolicy
from engine.sla.reckoning import Reckoning, reckon
from engine.sla.wording import moment
from engine.staff.queries import any_office_time

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from engine.cases.file import CaseFile

KEPT = "lịch thay đổi sau khi hẹn, giữ hạn đã hẹn"
"""Why a due date is earlier than the calendar of today would count it (decision 135)."""

_closed_holds = Prepared(
    select(hold)
    .where(
        hold.c.case_id == bindparam("b_case"),
        hold.c.closed_at.is_not(None),
        hold.c.at_intake.is_(False),
    )
    .order_by(hold.c.opened_at, hold.c.id)
)
_open_steps = select(step).where(step.c.case_id == bindparam("b_case"), step.c.state == "open")
_set_due = update(step).where(step.c.id == bindparam("b_id"))


def first_due(file: CaseFile, started_at: datetime) -> datetime:
    """The due instant of a case just accepted. Legal: R42, R16"""
    return due_at(Limit.parse(file["limit_text"]), started_at, file.office)


def count_again(file: CaseFile) -> datetime:
    """The original due instant with every closed pause of the case. Legal: R21, R22"""
    return _reckoning(file).due_at


def limit_due(file: CaseFile, limit: Limit, since: datetime) -> datetime:
    """When a limit ends that runs from an instant, by the hours of the case's agency."""
    return due_at(limit, since, file.office)


def due_for_office(db: Connection, limit: Limit, since: datetime) -> datetime:
    """When a limit ends by the hours of the office's first agency: a horizon for lists."""
    return due_at(limit, since, any_office_time(db))


def step_due_at(file: CaseFile, limit: str | None, created_at: datetime) -> datetime | None:
    """When a step is due; a step without time of its own has none. Legal: R45"""
    if limit is None:
        return None
    parsed = Limit.parse(limit)
    return steps.step_due_at(parsed, created_at, file.office) if parsed.working_minutes() else None


def recount_steps(file: CaseFile) -> dict[str, tuple[datetime, datetime]]:
    """Count the open steps again after a pause; gives (created_at, due_at) by task id.

    The pause is the applicant's time, not the officer's: it never counts against a step.
    """
    pauses = _pauses(file)
    dues: dict[str, tuple[datetime, datetime]] = {}
    for row in file.db.execute(_open_steps, {"b_case": file.id}).all():
        if row.due_at is None:
            continue
        within = [p for p in pauses if p.start >= row.created_at]
        due = steps.step_due_at(Limit.parse(row.limit_text), row.created_at, file.office, within)
        if due != row.due_at:
            file.db.execute(_set_due, {"b_id": row.id, "due_at": due})
        dues[row.task_id] = (row.created_at, due)
    return dues


def step_dues(file: CaseFile) -> dict[str, datetime]:
    """When the open steps that have a time of their own are due, by task id."""
    rows = file.db.execute(_open_steps, {"b_case": file.id})
    return {row.task_id: row.due_at for row in rows if row.due_at is not None}


def case_instants(file: CaseFile) -> dict[str, datetime]:
    """The instants of the case's warnings by level; OVERDUE is the due moment.

    A warning that would come with the receipt itself, as in a same-day case, warns of nothing
    and is left out. Legal: R25, R30, R31
    """
    received_at = file["received_at"]
    found = alerts.case_alerts(file["due_original_at"], received_at, file.office)
    return {str(level): at for level, at in found.items() if at > received_at}


def apology_due_at(file: CaseFile) -> datetime:
    """The latest moment for the apology. Legal: R25, R31"""
    return alerts.apology_due_at(file["due_original_at"], file["received_at"], file.office)


def step_alert_at(file: CaseFile, created_at: datetime, due: datetime) -> datetime:
    """When most of a step's time is spent. Legal: R30"""
    return alerts.spent_at(created_at, due, file.office)


def named_instant(file: CaseFile, name: str, armed_at: datetime) -> datetime:
    """The instant a diagram's timer means by the name of its limit."""
    limit = file.version.named_limits[name]
    due: datetime = file["due_original_at"]
    match limit.relation:
        case Relation.DUE:
            return due
        case Relation.APOLOGY_DUE:
            return apology_due_at(file)
        case Relation.BEFORE_DUE:
            return alerts.before_due(
                Limit.parse(str(limit.amount)), due, file["received_at"], file.office
            )
        case Relation.AFTER_ARMING:
            return due_at(Limit.parse(str(limit.amount)), armed_at, file.office)


def used_minutes(file: CaseFile, since: datetime, until: datetime) -> int:
    """Working minutes between two instants, without the case's pauses. Legal: R17"""
    within = [p for p in _pauses(file) if p.start >= since]
    return steps.used_minutes(since, until, file.office, within)


def explain(file: CaseFile) -> list[dict[str, Any]]:
    """The ledger of the due date: what counted, what was skipped, which pause, and why."""
    due = file["due_original_at"]
    if due is None:
        return []
    reckoning = _reckoning(file)
    lines = [line.as_json() for line in ledger_of(reckoning)]
    if reckoning.due_at > due:
        kept = {"from": lines[-1]["to"], "to": iso_office(due), "why": f"{KEPT}."}
        counted = "counted_days" if "counted_days" in lines[-1] else "counted_minutes"
        lines.append({**kept, counted: 0})
    return lines


def why_in_one_line(file: CaseFile) -> str:
    """The due date's reasons, short enough for the receipt."""
    reckoning = _reckoning(file)
    due = file["due_original_at"]
    if due is not None and reckoning.due_at > due:
        return f"{short_reason(reckoning).removesuffix('.')}; {KEPT}: {moment(due)}."
    return short_reason(reckoning)


def pauses_of(db: Connection, wanted: ColumnElement[bool]) -> dict[int, list[Pause]]:
    """Closed pauses of many cases at once, by the case's id, in order."""
    rows = db.execute(
        select(hold)
        .join(case, case.c.id == hold.c.case_id)
        .where(wanted, hold.c.closed_at.is_not(None), hold.c.at_intake.is_(False))
        .order_by(hold.c.case_id, hold.c.opened_at, hold.c.id)
    )
    found: dict[int, list[Pause]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(_pause(row))
    return found


def _reckoning(file: CaseFile) -> Reckoning:
    limit = Limit.parse(file["limit_text"])
    return reckon(limit, file["received_at"], file.office, _pauses(file))


def _pauses(file: CaseFile) -> list[Pause]:
    rows = _closed_holds.all(file.db, {"b_case": file.id}) if file.has_holds else []
    return [_pause(row) for row in rows]


def _pause(row: Any) -> Pause:
    return Pause(
        start=row.opened_at,
        end=row.closed_at,
        policy=PausePolicy(row.policy),
        document=row.document,
        ground=row.ground,
    )
