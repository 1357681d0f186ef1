"""Who a warning is for: by the policy's words, the absent by their deputies, nobody twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cases.acting import LEADER, ONE_STOP
from engine.cases.steps import open_steps
from engine.clock import office_date
from engine.sla.alerts import AlertTo
from engine.staff.heads import (
    Present,
    agency_head,
    first_present,
    head_over,
    one_stop_head,
    present,
)
from engine.staff.queries import holders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.cases.file import CaseFile


@dataclass(frozen=True)
class Addressee:
    """Somebody to be told, and the step because of which, if it is because of one."""

    code: str
    standing_in_for: str | None = None
    email: str | None = None
    step: str | None = None
    subject: str = ""


def addressees(
    file: CaseFile, to: Iterable[AlertTo], *, subject: str = ""
) -> tuple[Addressee, ...]:
    """The people of one rung; `subject` is the task of the step that it is about.

    A late case never goes to nobody: where the one named cannot be found, the head of the agency
    is told, else the head of the one-stop, else who received it. Legal: R23, R30
    """
    found: dict[str, Addressee] = {}
    for who in to:
        for each in _people(file, who, subject):
            found.setdefault(each.code, each)
    if not found:
        fallback = _last_resort(file)
        if fallback is not None:
            found[fallback.code] = Addressee(
                fallback.code, fallback.standing_in_for, fallback.email
            )
    return tuple(found.values())


def _people(file: CaseFile, who: AlertTo, subject: str) -> Iterator[Addressee]:
    db, agency, on = file.db, str(file["agency_code"]), office_date(file.now)
    if who in (AlertTo.AGENCY_HEAD, AlertTo.ONE_STOP_HEAD):
        head = (
            agency_head(db, agency, LEADER, on)
            if who is AlertTo.AGENCY_HEAD
            else one_stop_head(db, agency, ONE_STOP, on)
        )
        if head is not None:
            yield Addressee(head.code, head.standing_in_for, head.email)
        return
    for row in open_steps(db, file.id):
        if subject not in ("", row.task_id):
            continue
        holder = _holder(file, row.officer_code, row.role)
        if holder is None:
            continue
        if who is AlertTo.OFFICERS_LEADER:
            holder = head_over(db, holder.standing_in_for or holder.code, on) or holder
        yield Addressee(
            holder.code, holder.standing_in_for, holder.email, row.element_id, row.task_id
        )


def _holder(file: CaseFile, officer: str | None, role: str | None) -> Present | None:
    on = office_date(file.now)
    if officer:
        return present(file.db, officer, on)
    people = holders_of(file.db, role or ONE_STOP, str(file["agency_code"]), on)
    return first_present(file.db, people, on)


def _last_resort(file: CaseFile) -> Present | None:
    db, agency, on = file.db, str(file["agency_code"]), office_date(file.now)
    found = agency_head(db, agency, LEADER, on) or one_stop_head(db, agency, ONE_STOP, on)
    received_by = file["received_by"]
    return found or (Present(received_by) if received_by else None)
