"""Early, on time or late (trước hạn, đúng hạn, quá hạn): a case by dates, a leg by minutes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from engine.clock import office_date

if TYPE_CHECKING:
    from datetime import datetime


class Verdict(StrEnum):
    """How a finish stands against its limit."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"

    def in_vietnamese(self) -> str:
        """The word of the reports."""
        return {
            Verdict.EARLY: "trước hạn",
            Verdict.ON_TIME: "đúng hạn",
            Verdict.LATE: "quá hạn",
        }[self]


def case_verdict(
    finished_at: datetime, due_at: datetime | None, *, by_moment: bool = False
) -> Verdict:
    """The class of a finished case: dates are compared, and moments too where hours are counted.

    A case without a due date is on time.

    Legal: R47, R28
    """
    if due_at is None:
        return Verdict.ON_TIME
    finished_on, due_on = office_date(finished_at), office_date(due_at)
    if finished_on > due_on or (by_moment and finished_at > due_at):
        return Verdict.LATE
    return Verdict.EARLY if finished_on < due_on else Verdict.ON_TIME


def leg_result(allotted_minutes: int, used_minutes: int) -> Verdict:
    """The result of one leg of the hand-over chain, in working minutes.

    Legal: R17
    """
    if used_minutes < allotted_minutes:
        return Verdict.EARLY
    return Verdict.ON_TIME if used_minutes == allotted_minutes else Verdict.LATE
