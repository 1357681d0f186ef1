"""The result is ready: clocks stop, and on time or late is settled once (R36, R47)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases import agenda
from engine.cases.status import CaseStatus
from engine.clock import office_date
from engine.events.cases import CaseFinished
from engine.events.citizens import ApplicantNotified
from engine.sla.verdict import Verdict, case_verdict

if TYPE_CHECKING:
    from engine.cases.file import CaseFile


def finish(file: CaseFile, *, outcome: str) -> None:
    """Settle the case: status 9, its verdict by the original due date. Legal: R28, R36, R47"""
    if file.status is CaseStatus.RECEIVED:
        file.move_to(CaseStatus.PROCESSING)
    due_at = file["due_original_at"]
    verdict = case_verdict(file.now, due_at, by_moment=file.is_hour_based)
    days_late = 0
    if verdict is Verdict.LATE:
        days_late = file.office.calendar.working_days_between(
            office_date(due_at), office_date(file.now)
        )
    file.set(finished_at=file.now, verdict=str(verdict), outcome=outcome)
    file.record(
        CaseFinished(
            outcome=outcome,
            due_at=due_at,
            appointed_at=file["due_appointed_at"],
            verdict=str(verdict),
            working_days_late=days_late,
            apologised=file["reappointments"] > 0,
            cause=file["late_cause"],
        )
    )
    if verdict is Verdict.EARLY:
        # The notice precedes every early hand-over, because it goes out with the result.
        file.set(early_notice_at=file.now)
        file.record(ApplicantNotified(what="result_ready", channel=file["channel"]))
    file.move_to(CaseStatus.FINISHED)
    agenda.drop_all(file)
