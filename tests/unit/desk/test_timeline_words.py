"""Every event of a case has words in its timeline: no clerk reads a program's name."""

from __future__ import annotations

from desk.casework.timeline import ALERTS, QUIET, WORDS
from engine.cases.lateness.escalation import LEVELS
from engine.events.event import EVENT_TYPES

OF_A_CASE = ("cases", "steps", "waiting", "deadlines")
"""Files of `engine/events` whose events stand in a case's own part of the journal."""
OF_A_CASE_TOO = {"ApplicantNotified", "SatisfactionRecorded"} | {
    "IncidentOpened",
    "IncidentAcknowledged",
    "IncidentClosed",
}
OF_THE_OFFICE = {"DeadlinesRecounted"}


def test_every_event_of_a_case_is_told_or_is_quiet_on_purpose() -> None:
    events = {
        name
        for name, event in EVENT_TYPES.items()
        if event.__module__.rpartition(".")[2] in OF_A_CASE
    }
    told = set(WORDS) | QUIET
    assert (events - OF_THE_OFFICE) | OF_A_CASE_TOO == told


def test_every_level_of_a_warning_has_words() -> None:
    assert set(ALERTS) == set(LEVELS)
