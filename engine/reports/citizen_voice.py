"""What citizens said, folded from the journal: feedback with its answers, satisfaction by case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.journal.read import rare_lines
from engine.reports.forms.feedback import Feedback
from engine.sla.feedback import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from engine.reports.case_fold import Happening
    from engine.reports.period_data import PeriodData

FEEDBACK_TYPES = (
    "FeedbackReceived",
    "FeedbackAsked",
    "FeedbackSupplied",
    "FeedbackAnswered",
    "FeedbackPublished",
)
SATISFACTION_TYPES = ("SatisfactionRecorded",)
DISSATISFIED = "dissatisfied"


@dataclass(frozen=True)
class Opinion:
    """The answer to the question of satisfaction for one case."""

    case: str
    on: date
    answer: str
    channel: str

    @property
    def is_satisfied(self) -> bool:
        """True for satisfied and very satisfied."""
        return self.answer != DISSATISFIED


def feedback_of(data: PeriodData) -> list[Feedback] | None:
    """Every piece of feedback as the journal tells it; None when there never was any."""
    lines = rare_lines(data.db, up_to=data.up_to, types=FEEDBACK_TYPES)
    return folded_feedback(lines, agency=data.agency) if lines else None


def opinions_of(data: PeriodData) -> list[Opinion] | None:
    """The answers given in the period; None when nobody was ever asked. Legal: R60"""
    lines = rare_lines(data.db, up_to=data.up_to, types=SATISFACTION_TYPES)
    if not lines:
        return None
    window = data.window
    return [
        Opinion(line.stream, office_date(line.at), line.data["answer"], line.data["channel"])
        for line in lines
        if window.start_at <= line.at < window.end_at and data.agency in (None, line.data["agency"])
    ]


def folded_feedback(lines: Iterable[Happening], *, agency: str | None = None) -> list[Feedback]:
    """Pieces of feedback in the order of receipt. Legal: R59"""
    found: dict[str, Feedback] = {}
    for line in lines:
        number, on = line.data["feedback"], office_date(line.at)
        if line.type == "FeedbackReceived":
            if agency in (None, line.data["agency"]):
                found[number] = Feedback(
                    on, case=line.data.get("case"), about_officer=line.data.get("about_officer")
                )
            continue
        piece = found.get(number)
        if piece is not None:
            found[number] = _after(piece, line, on)
    return list(found.values())


def complained(data: PeriodData) -> set[str] | None:
    """Cases of the period with a complaint that is not false, or a dislike. Legal: R60

    None when the books never held either.
    """
    pieces, opinions = feedback_of(data), opinions_of(data)
    if pieces is None and opinions is None:
        return None
    period = data.context.period
    cases = {
        piece.case
        for piece in pieces or ()
        if piece.case is not None
        and not piece.found_false
        and period.first_on <= piece.received_on <= period.last_on
    }
    return cases | {each.case for each in opinions or () if not each.is_satisfied}


def _after(piece: Feedback, line: Happening, on: date) -> Feedback:
    match line.type:
        case "FeedbackAsked":
            return replace(piece, asked_on=piece.asked_on or on, supplied_on=None)
        case "FeedbackSupplied":
            return replace(piece, supplied_on=on)
        case "FeedbackAnswered":
            return replace(
                piece,
                answer=Answer(line.data["answer"]),
                answered_on=on,
                found_false=bool(line.data.get("found_false")),
            )
        case _:
            return replace(piece, published_on=on)
