"""One case with all a list or form asks of it: letters, cause, steps, pauses, ways of ending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from engine.reports.case_fold import RECEIVED, WITH_OFFICER, CaseFold, instant
from engine.reports.steps import STEP_COMPLETED, STEP_TAKEN_BACK, StepDone, step_done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from engine.reports.case_fold import CaseFigure, Happening
    from engine.reports.measures import Window


@dataclass(frozen=True)
class Letter:
    """An apology as the register lists it. Legal: R25–R29, R32"""

    number: str
    at: datetime
    signer: str
    cause: str
    original_due_at: datetime
    new_due_at: datetime | None
    was_late: bool


@dataclass
class Pause:
    """A stretch in which the clock stood; `closed_at` is None while it is open."""

    hold: int
    kind: str
    opened_at: datetime
    due_at: datetime | None
    """The due instant as it was counted when the pause opened."""
    officer: str
    components: tuple[str, ...] = ()
    document: str | None = None
    override_ground: str | None = None
    closed_at: datetime | None = None


@dataclass
class CaseDetail:
    """One case as its events up to a moment tell it."""

    number: str
    fold: CaseFold
    version: int
    was_registered_first: bool = False
    foreign_territory: bool = False
    letters: list[Letter] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    steps: list[StepDone] = field(default_factory=list)
    cause: str | None = None
    working_days_late: int = 0
    outcome: str | None = None
    refused: bool = False
    stopped_since: datetime | None = None
    returned_at: datetime | None = None
    payments_confirmed: int = 0
    first_due_at: datetime | None = None
    entries: Sequence[Happening] = ()

    @property
    def requests(self) -> int:
        """Supplement requests after acceptance."""
        return self.fold.requests

    @property
    def is_withdrawn(self) -> bool:
        """Whether the applicant took it back."""
        return self.fold.withdrawn


def details(
    events: Iterable[Happening], window: Window, *, now: datetime, in_order: bool = False
) -> Iterator[tuple[CaseDetail, CaseFigure]]:
    """Every case of a window with its figure, as it was known at the window's end and at `now`.

    `in_order` says that the events come case by case, so that one case is in memory at a time.
    The figures are those of `measure`. Legal: R28, R47, R48, R54
    """
    start_at, end_at = window.start_at, window.end_at
    as_of = min(now, end_at - timedelta(microseconds=1))
    for number, entries in by_case(events, in_order=in_order):
        detail = detail_of(number, entries, until=end_at, now=now)
        if detail is None:
            continue
        figure = detail.fold.figure(number, start_at=start_at, end_at=end_at, as_of=as_of)
        if figure is not None:
            yield detail, figure


def by_case(
    events: Iterable[Happening], *, in_order: bool = False
) -> Iterator[tuple[str, list[Happening]]]:
    """Events of each case together, in their order."""
    if in_order:
        for number, entries in groupby(events, key=lambda event: event.stream):
            yield number, list(entries)
        return
    streams: dict[str, list[Happening]] = {}
    for event in events:
        streams.setdefault(event.stream, []).append(event)
    yield from streams.items()


def detail_of(
    number: str, entries: Sequence[Happening], *, until: datetime, now: datetime
) -> CaseDetail | None:
    """A case as events before `until`, known at `now`, tell it; None when it was never received.

    As in `measure`, a receipt is known however late it was written.
    """
    detail: CaseDetail | None = None
    registered = False
    for entry in entries:
        if entry.at > now:
            break
        if entry.type == RECEIVED:
            if detail is None:
                fold = CaseFold(entry.data)
                detail = CaseDetail(
                    number,
                    fold,
                    version=entry.data.get("version", 0),
                    was_registered_first=registered,
                    foreign_territory=entry.data.get("foreign_territory", False),
                    first_due_at=fold.due_at,
                    entries=entries,
                )
            continue
        registered = registered or entry.type == "CaseRegistered"
        if detail is None or entry.at >= until:
            continue
        note = _NOTES.get(entry.type)
        if note is not None:
            note(detail, entry.at, entry.data)
        if entry.type == STEP_COMPLETED:
            detail.steps.append(step_done(entry, _head(detail.fold)))
        elif entry.type == STEP_TAKEN_BACK:
            _annul(detail.steps, entry.data["step"])
        change = WITH_OFFICER.get(entry.type)
        if change is not None:
            change(detail.fold, entry.at, entry.data)
    return detail


def _annul(steps: list[StepDone], step: str) -> None:
    """A step that was taken back was not finished."""
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].step == step:
            del steps[place]
            return


def _head(fold: CaseFold) -> dict[str, str]:
    return {
        "procedure": fold.procedure,
        "agency": fold.agency,
        "field": fold.field,
        "level": fold.level,
        "channel": fold.channel,
    }


def _letter(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:
    new = data.get("new_due_at")
    detail.letters.append(
        Letter(
            number=data["letter"],
            at=at,
            signer=data["signer"],
            cause=data["cause"],
            original_due_at=instant(data["original_due_at"]),
            new_due_at=None if new is None else instant(new),
            was_late=data.get("apology_late", False),
        )
    )
    detail.cause = detail.cause or data["cause"]


def _cause(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    detail.cause = data["cause"]


def _finished(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    detail.outcome = data["outcome"]
    detail.working_days_late = data.get("working_days_late", 0)
    detail.cause = detail.cause or data.get("cause")


def _refused(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    detail.refused = True


def _returned(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:  # noqa: ARG001 (one shape for all)
    detail.returned_at = at


def _opens(kind: str) -> Callable[[CaseDetail, datetime, Mapping[str, Any]], None]:
    def note(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:
        if data.get("at_intake", False):
            return
        detail.pauses.append(
            Pause(
                hold=data.get("hold", 0),
                kind=kind,
                opened_at=at,
                due_at=detail.fold.due_at,
                officer=data.get("requested_by") or data.get("officer") or "",
                components=tuple(data.get("components", ())),
                document=data.get("letter") or data.get("notice") or data.get("decision"),
                override_ground=data.get("override_ground"),
            )
        )
        if kind == STOP:
            detail.stopped_since = at

    return note


def _closes(detail: CaseDetail, at: datetime, data: Mapping[str, Any]) -> None:
    for pause in detail.pauses:
        if pause.hold == data.get("hold") and pause.closed_at is None:
            pause.closed_at = at
            if pause.kind == STOP:
                detail.stopped_since = None
            if pause.kind == PAYMENT:
                detail.payments_confirmed += 1


SUPPLEMENT, PAYMENT, STOP = "supplement", "payment", "stop"
"""Kinds of pauses."""

_NOTES: dict[str, Callable[[CaseDetail, datetime, Mapping[str, Any]], None]] = {
    "ApologyIssued": _letter,
    "CauseRecorded": _cause,
    "CaseFinished": _finished,
    "CaseRefused": _refused,
    "ResultReturned": _returned,
    "SupplementRequested": _opens(SUPPLEMENT),
    "SupplementReceived": _closes,
    "PaymentRequested": _opens(PAYMENT),
    "PaymentConfirmed": _closes,
    "CaseStopped": _opens(STOP),
    "CaseResumed": _closes,
}

DETAIL_TYPES = tuple(
    sorted({RECEIVED, "CaseRegistered", STEP_COMPLETED, STEP_TAKEN_BACK, *WITH_OFFICER, *_NOTES})
)
"""The events a detail is made from."""
