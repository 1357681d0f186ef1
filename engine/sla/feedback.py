"""The legal time of feedback (phản ánh, kiến nghị): working days for each way to answer it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from engine.sla.calendar import WorkingCalendar


class Answer(StrEnum):
    """What was done with a piece of feedback."""

    REFUSED = "refused"
    ASKED = "asked"
    HANDLED = "handled"
    PUBLISHED = "published"
    PASSED_ON = "passed_on"


WORKING_DAYS = {
    Answer.REFUSED: 2,
    Answer.ASKED: 5,
    Answer.HANDLED: 15,
    Answer.PUBLISHED: 2,
    Answer.PASSED_ON: 5,
}
"""Working days for each answer; publishing counts from the handling. Legal: R59"""


def answer_due_on(answer: Answer, start_on: date, calendar: WorkingCalendar) -> date:
    """The last working day for an answer. Legal: R59"""
    return calendar.add_working_days(start_on, WORKING_DAYS[answer])
