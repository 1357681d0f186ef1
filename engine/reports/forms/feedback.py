"""Feedback (phản ánh, kiến nghị) and satisfaction: pure figures of a period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.errors import BadInputError
from engine.reports.print.sheet import NO_DATA, Column, Row
from engine.reports.rounding import QD_766, rounded
from engine.sla.feedback import WORKING_DAYS, Answer, answer_due_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Cell, Sheet
    from engine.sla.calendar import WorkingCalendar

SATISFACTION_POINTS = 6
SATISFACTION_FULL = 90
"""Satisfaction in percent from which QĐ 766 5.4 gives full points. Legal: R60"""
NO_FEEDBACK_POINTS = 6
"""Points of the feedback part when nobody complained. Legal: R59"""


@dataclass(frozen=True)
class Feedback:
    """A piece of feedback and its answer; one that is `found_false` clears the officer."""

    received_on: date
    answer: Answer | None = None
    answered_on: date | None = None
    found_false: bool = False
    asked_on: date | None = None
    """When the citizen was asked for facts that were missing."""
    supplied_on: date | None = None
    """When he gave them: the time for handling begins anew."""
    published_on: date | None = None
    case: str | None = None
    about_officer: str | None = None

    @property
    def waits_for_citizen(self) -> bool:
        """Asked for facts that have not come."""
        return self.answer is None and self.asked_on is not None and self.supplied_on is None

    def due_on(self, calendar: WorkingCalendar) -> date:
        """The last working day for its answer, or for its handling while there is none."""
        answer = self.answer or Answer.HANDLED
        start_on = self.received_on
        if answer is Answer.HANDLED and self.supplied_on is not None:
            start_on = self.supplied_on
        return answer_due_on(answer, start_on, calendar)

    def is_on_time(self, calendar: WorkingCalendar, as_of: date) -> bool:
        """Answered on or before the day, or not answered and the day not passed."""
        if self.waits_for_citizen:
            return self.was_asked_in_time(calendar)
        return (self.answered_on or as_of) <= self.due_on(calendar)

    def was_asked_in_time(self, calendar: WorkingCalendar) -> bool:
        """Whether the question for more facts came in its own time, if it was put at all."""
        due_on = answer_due_on(Answer.ASKED, self.received_on, calendar)
        return self.asked_on is None or self.asked_on <= due_on

    def was_published_in_time(self, calendar: WorkingCalendar) -> bool:
        """Whether a handled piece was published within its days."""
        if self.answered_on is None or self.published_on is None:
            return False
        return self.published_on <= answer_due_on(Answer.PUBLISHED, self.answered_on, calendar)


@dataclass(frozen=True)
class FeedbackFigures:
    """Feedback of a period."""

    received: int
    on_time: int
    late: int
    against_officer: int
    """Complaints that count against the officer: those not found false."""


def feedback_figures(
    pieces: Iterable[Feedback], calendar: WorkingCalendar, as_of: date
) -> FeedbackFigures:
    """Count feedback. Legal: R59"""
    received = on_time = against = 0
    for piece in pieces:
        received += 1
        on_time += piece.is_on_time(calendar, as_of)
        against += not piece.found_false
    return FeedbackFigures(received, on_time, received - on_time, against)


def satisfaction(late: Fraction, complained: Fraction) -> Fraction:
    """Satisfaction of QĐ 766 5.4 as a share: what is neither late nor complained about.

    Legal: R60

    Raises:
        BadInputError: shares outside 0 to 1.
    """
    if not 0 <= late <= 1 or not 0 <= complained <= 1:
        raise BadInputError(f"Expected shares from 0 to 1, but got {late} and {complained}")
    return max(Fraction(0), 1 - late - complained)


def satisfaction_points(share: Fraction) -> Decimal:
    """Points of a satisfaction: 6 from 90 % on, else in proportion, to 2 digits. Legal: R60"""
    in_percent = share * 100
    points = (
        Fraction(SATISFACTION_POINTS)
        if in_percent >= SATISFACTION_FULL
        else in_percent * SATISFACTION_POINTS / SATISFACTION_FULL
    )
    return rounded(points, QD_766)


def pakn(
    context: ReportContext,
    pieces: Sequence[Feedback] | None = None,
    calendar: WorkingCalendar | None = None,
) -> Sheet:
    """The report on feedback; books that never held any have no figures, not zeros. Legal: R59

    Received are those of the period; answers are counted in the period in which they were given.
    """
    names = (
        "Tiếp nhận trong kỳ",
        f"Từ chối ({WORKING_DAYS[Answer.REFUSED]} ngày làm việc)",
        f"Yêu cầu bổ sung thông tin ({WORKING_DAYS[Answer.ASKED]} ngày làm việc)",
        f"Xử lý xong ({WORKING_DAYS[Answer.HANDLED]} ngày làm việc)",
        f"Công khai kết quả ({WORKING_DAYS[Answer.PUBLISHED]} ngày làm việc)",
        f"Chuyển cơ quan khác ({WORKING_DAYS[Answer.PASSED_ON]} ngày làm việc)",
    )
    if pieces is None or calendar is None:
        counts: list[tuple[Cell, ...]] = [(NO_DATA, NO_DATA, NO_DATA)] * len(names)
        notes = [f"Sổ chưa ghi phản ánh, kiến nghị: {NO_DATA}, không phải bằng 0."]
    else:
        counts = [(n, good, n - good) for n, good in _counted(context, pieces, calendar)]
        about = [each for each in pieces if each.about_officer is not None]
        false = sum(each.found_false for each in about)
        notes = [
            f"Phản ánh về cán bộ trong sổ: {len(about)}, được xác minh là sai: {false}.",
            "Bổ sung thông tin xong thì thời hạn xử lý tính lại từ ngày bổ sung (DESIGN).",
        ]
    return context.sheet(
        code="pakn",
        form="Phản ánh, kiến nghị (NĐ 20/2008/NĐ-CP, QĐ 766/QĐ-TTg)",
        title="Tiếp nhận, xử lý phản ánh, kiến nghị",
        unit="Đơn vị tính: phản ánh, kiến nghị",
        columns=(
            Column("1", "TT", width=6, text=True),
            Column("2", "Chỉ tiêu", width=50, text=True),
            Column("3", "Tổng số", width=16, text=True),
            Column("4", "Đúng hạn", width=16, text=True),
            Column("5", "Quá hạn", width=16, text=True),
        ),
        rows=tuple(
            Row(str(number), (str(number), name, *(str(cell) for cell in cells)))
            for number, (name, cells) in enumerate(zip(names, counts, strict=True), start=1)
        ),
        notes=(*notes, "Phản ánh được xác minh là sai không tính cho cán bộ."),
    )


def _counted(
    context: ReportContext, pieces: Sequence[Feedback], calendar: WorkingCalendar
) -> list[tuple[int, int]]:
    """All and in time, row by row."""
    period = context.period
    last_on = min(office_date(context.now), period.last_on)

    def inside(on: date | None) -> bool:
        return on is not None and period.first_on <= on <= period.last_on

    received = [each for each in pieces if inside(each.received_on)]
    figures = feedback_figures(received, calendar, last_on)
    asked = [each for each in pieces if inside(each.asked_on)]
    published = [each for each in pieces if inside(each.published_on)]
    answered = {
        answer: [each for each in pieces if each.answer is answer and inside(each.answered_on)]
        for answer in (Answer.REFUSED, Answer.HANDLED, Answer.PASSED_ON)
    }
    in_time = {
        answer: (len(given), sum(each.is_on_time(calendar, last_on) for each in given))
        for answer, given in answered.items()
    }
    return [
        (figures.received, figures.on_time),
        in_time[Answer.REFUSED],
        (len(asked), sum(each.was_asked_in_time(calendar) for each in asked)),
        in_time[Answer.HANDLED],
        (len(published), sum(each.was_published_in_time(calendar) for each in published)),
        in_time[Answer.PASSED_ON],
    ]
