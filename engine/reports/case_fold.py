"""One case as a report sees it: its events folded into a few fields, then classed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from engine.clock import office_date
from engine.sla.verdict import Verdict, case_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Happening(Protocol):
    """What a report needs of a journal entry; a simulated one will do as well."""

    @property
    def type(self) -> str:
        """The event's word."""
        ...

    @property
    def at(self) -> datetime:
        """When it happened, UTC and aware."""
        ...

    @property
    def stream(self) -> str:
        """Whose it is: the case's number."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """The event's values; instants as ISO text or as they are."""
        ...


class Standing(StrEnum):
    """Where a case stands at the end of a window: columns 8, 9, 10, 12, 13.

    A finished case stands by its finish, whenever the result is picked up. Legal: R36, R47, R48
    """

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_LATE = "open_late"


LATE_STANDINGS = frozenset({Standing.LATE, Standing.OPEN_LATE})


class Arrival(StrEnum):
    """How a case came into a window: columns 4, 5, 6. Legal: R48, R54"""

    ONLINE = "online"
    DIRECT_POST = "direct_post"
    CARRIED = "carried"


@dataclass(frozen=True)
class CaseFigure:
    """One case of a report's cell. Legal: R28, R47, R48, R51, R54"""

    number: str
    arrival: Arrival
    standing: Standing
    in_time_766: bool
    has_due: bool
    apologised: bool
    letter_late: bool
    kept_new_date: bool


class CaseFold:
    """What is remembered of one case between its events."""

    __slots__ = (
        "agency",
        "answered",
        "apologised",
        "appointed_at",
        "asked_at",
        "channel",
        "due_766_at",
        "due_at",
        "ended_at",
        "field",
        "held_since",
        "hour_based",
        "letter_late",
        "level",
        "officer",
        "procedure",
        "received_at",
        "requests",
        "withdrawn",
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.agency: str = data["agency"]
        self.field: str = data["field"]
        self.level: str = data["level"]
        self.procedure: str = data["procedure"]
        self.channel: str = data["channel"]
        self.officer: str = data.get("officer", "")
        self.hour_based: bool = data.get("hour_based", False)
        self.received_at = instant(data["received_at"])
        due = data.get("due_at")
        self.due_at = None if due is None else instant(due)
        self.due_766_at = self.due_at
        self.held_since: datetime | None = None  # the clock stands, and is not late meanwhile
        self.requests = 0
        self.asked_at: datetime | None = None
        self.answered = timedelta()  # the applicant's time in answered supplement requests
        self.ended_at: datetime | None = None
        self.withdrawn = False
        self.apologised = False
        self.letter_late = False
        self.appointed_at: datetime | None = None

    @property
    def received_month(self) -> str:
        """The calendar month of receipt, such as "2026-11"."""
        return office_date(self.received_at).isoformat()[:7]

    def figure(
        self, number: str, *, start_at: datetime, end_at: datetime, as_of: datetime
    ) -> CaseFigure | None:
        """The case in a window of instants [start, end); None when it is not in it.

        `as_of` is the moment at which an open case is looked at. Legal: R47, R48, R51, R54
        """
        if self.received_at >= end_at or (self.ended_at is not None and self.ended_at < start_at):
            return None
        if self.received_at < start_at:
            arrival = Arrival.CARRIED
        else:
            arrival = Arrival.ONLINE if self.channel == "online" else Arrival.DIRECT_POST
        end = self.ended_at or as_of
        return CaseFigure(
            number=number,
            arrival=arrival,
            standing=self._standing(end),
            in_time_766=self._in_time_766(end),
            has_due=self.due_at is not None,
            apologised=self.apologised,
            letter_late=self.letter_late,
            kept_new_date=(
                self.ended_at is not None
                and self.appointed_at is not None
                and office_date(self.ended_at) <= office_date(self.appointed_at)
            ),
        )

    def _standing(self, end: datetime) -> Standing:
        # While the clock stands the due date does not come nearer, let alone pass.
        verdict = self._verdict(self.due_at, self.held_since or end)
        if self.ended_at is None:
            return Standing.OPEN_LATE if verdict is Verdict.LATE else Standing.OPEN_IN_TIME
        if self.withdrawn and verdict is Verdict.EARLY:
            return Standing.ON_TIME  # R37: taken back in time counts as on time, never as early
        return Standing(verdict)

    def _in_time_766(self, end: datetime) -> bool:
        """In time by QĐ 766: late after a second request, and the applicant's time taken off.

        An answered request is taken off against the date promised at receipt, because the date
        counted again has it in already (DESIGN). Legal: R51
        """
        if self.requests > 1:
            return False
        stop = self.asked_at or self.held_since or end
        return self._verdict(self.due_766_at, stop - self.answered) is not Verdict.LATE

    def _verdict(self, due: datetime | None, at: datetime) -> Verdict:
        return case_verdict(at, due, by_moment=self.hour_based)

    def hold(self, at: datetime) -> None:
        """The clock stands from now on, unless it did already."""
        if self.held_since is None:
            self.held_since = at

    def answer(self, at: datetime) -> None:
        """The applicant's answer came: the time is his."""
        if self.asked_at is not None:
            self.answered += at - self.asked_at
            self.asked_at = None

    def move_due(self, data: Mapping[str, Any], before: str, after: str) -> None:
        """The due date was counted again; the date of QĐ 766 moves by as much."""
        new = data.get(after)
        if new is None:
            return
        moved = instant(new)
        old = data.get(before)
        if self.due_766_at is not None and old is not None:
            self.due_766_at += moved - instant(old)
        self.keep_due(moved)

    def keep_due(self, moved: datetime) -> None:
        """The due date of statistics; an appointed one is never left before it. Legal: R28"""
        self.due_at = moved
        if self.appointed_at is not None:
            self.appointed_at = max(self.appointed_at, moved)


def _supplement_requested(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:
    if data.get("at_intake", False):
        return
    case.requests += 1
    if case.asked_at is None:
        case.asked_at = at
    case.hold(at)


def _supplement_received(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:
    case.answer(at)
    case.held_since = None
    after = data.get("due_after")
    if after is not None:
        case.keep_due(instant(after))


def _payment_requested(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    case.hold(at)


def _stopped(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    case.answer(at)
    case.hold(at)


def _goes_on(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    case.held_since = None
    case.move_due(data, "due_before", "due_after")


def _due_moved(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    case.move_due(data, "before", "after")


def _corrected(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    """Only inside the half month of receipt, so no figure of one that is over changes."""
    for name in ("procedure", "field", "level", "channel", "hour_based"):
        if name in data:
            setattr(case, name, data[name])
    if "received_at" in data:
        case.received_at = instant(data["received_at"])


def _apologised(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    if not case.apologised:
        case.apologised = True
        case.letter_late = data.get("apology_late", False)
    new = data.get("new_due_at")
    if new is not None:
        case.appointed_at = instant(new)


def _finished(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    if case.ended_at is None:
        case.ended_at = at
        case.held_since = None


def _withdrawn(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    if case.ended_at is None:
        case.ended_at = at
        case.withdrawn = True


def _step_completed(case: CaseFold, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    if data.get("kind") == EXAMINE:
        case.officer = data["officer"]


RECEIVED = "CaseReceived"
EXAMINE = "examine"
"""The kind of step whose officer answers for a case; before it, the one who received it does."""

APPLY: dict[str, Callable[[CaseFold, datetime, Mapping[str, Any]], None]] = {
    "CaseCorrected": _corrected,
    "SupplementRequested": _supplement_requested,
    "SupplementReceived": _supplement_received,
    "PaymentRequested": _payment_requested,
    "PaymentConfirmed": _goes_on,
    "CaseStopped": _stopped,
    "CaseResumed": _goes_on,
    "DueMoved": _due_moved,
    "ApologyIssued": _apologised,
    "CaseFinished": _finished,
    "CaseWithdrawn": _withdrawn,
}
"""What each event changes in the case; events that are not here change no figure."""

WITH_OFFICER = APPLY | {"StepCompleted": _step_completed}
"""The same, for those who also ask which officer answers for a case (DESIGN)."""


def instant(value: str | datetime) -> datetime:
    """An instant of an event's data: ISO text from the journal, or as it is."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
