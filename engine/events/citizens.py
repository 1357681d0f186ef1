"""What the applicant hears and says: notices, satisfaction and feedback."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True, kw_only=True)
class ApplicantNotified(Event):
    """The applicant was told something; sent is not yet delivered (R36, R71)."""

    what: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class SatisfactionRecorded(Event):
    """Whoever got the result said how satisfied he is; his words are not written here (R60)."""

    answer: str
    themes: tuple[str, ...] = ()
    channel: str
    agency: str


@dataclass(frozen=True, kw_only=True)
class FeedbackReceived(Event):
    """A citizen's feedback came in; what he wrote and who he is are not written here (R59)."""

    feedback: str
    agency: str
    channel: str
    topic: str
    case: str | None = None
    about_officer: str | None = None


@dataclass(frozen=True, kw_only=True)
class FeedbackAssigned(Event):
    """Somebody is to answer the feedback."""

    feedback: str
    to: str


@dataclass(frozen=True, kw_only=True)
class FeedbackAsked(Event):
    """The citizen was asked for facts that are missing (R59)."""

    feedback: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class FeedbackSupplied(Event):
    """The citizen gave the facts."""

    feedback: str


@dataclass(frozen=True, kw_only=True)
class FeedbackAnswered(Event):
    """The feedback was refused, handled or passed on; found false, it counts for nobody (R59)."""

    feedback: str
    answer: str
    late: bool
    found_false: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FeedbackPublished(Event):
    """The answer was published (R59)."""

    feedback: str
    late: bool
