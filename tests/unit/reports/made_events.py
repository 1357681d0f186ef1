"""Journal entries of made-up cases: short words for what a report reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from engine.clock import office_instant
from engine.events.cases import CaseFinished, CaseReceived, CaseResumed, CaseStopped, CaseWithdrawn
from engine.events.deadlines import ApologyIssued
from engine.events.event import Event
from engine.events.waiting import (
    PaymentConfirmed,
    PaymentRequested,
    SupplementReceived,
    SupplementRequested,
)
from engine.reports.measures import MeasureRow, Window, measure

LATER = office_instant("2030-01-01")
"""A closing moment behind every made-up event."""


@dataclass(frozen=True)
class Made:
    """An entry as the journal would give it."""

    stream: str
    type: str
    at: datetime
    data: dict[str, Any]


class Story:
    """Events of one case in order; instants are office time, a bare date means 09:00."""

    _made: ClassVar[Counter[str]] = Counter()

    def __init__(self, number: str | None = None) -> None:
        self._made["case"] += 1
        self.number = number or f"case-{self._made['case']}"
        self.entries: list[Made] = []

    def add(self, at: str, event: Event) -> Story:
        """Put an event at the end."""
        self.entries.append(Made(self.number, event.type(), moment(at), event.data()))
        return self

    def received(
        self,
        at: str,
        due: str | None,
        *,
        accepted: str | None = None,
        channel: str = "counter",
        hour_based: bool = False,
        **groups: str,
    ) -> Story:
        """The clock starts at `at`; the entry is written when it is accepted."""
        event = CaseReceived(
            procedure=groups.get("procedure", "1.009994"),
            version=1,
            agency=groups.get("agency", "H35.12"),
            field=groups.get("field", "Xây dựng"),
            level=groups.get("level", "xã"),
            channel=channel,
            officer="cb.tiepnhan1",
            regime="ND118_309",
            limit="7wd",
            received_at=moment(at),
            due_at=moment(due) if due else None,  # type: ignore[arg-type]  # logs from elsewhere
            hour_based=hour_based,
        )
        return self.add(accepted or at, event)

    def asked(self, at: str, *, at_intake: bool = False) -> Story:
        """A supplement was asked for."""
        return self.add(
            at,
            SupplementRequested(
                hold=1, at_intake=at_intake, components=("A",), reason="mờ", officer="cb.tiepnhan1"
            ),
        )

    def answered(self, at: str, asked: str, due: tuple[str, str] | None = None) -> Story:
        """The supplement came; `due` is before and after."""
        before, after = (moment(due[0]), moment(due[1])) if due else (None, None)
        return self.add(
            at,
            SupplementReceived(
                hold=1, requested_at=moment(asked), due_before=before, due_after=after
            ),
        )

    def paying(self, at: str) -> Story:
        """A payment was asked for."""
        return self.add(at, PaymentRequested(hold=2))

    def paid(self, at: str, asked: str, due: tuple[str, str]) -> Story:
        """The payment came."""
        return self.add(
            at,
            PaymentConfirmed(
                hold=2,
                requested_at=moment(asked),
                due_before=moment(due[0]),
                due_after=moment(due[1]),
            ),
        )

    def stopped(self, at: str) -> Story:
        """Processing was stopped."""
        return self.add(at, CaseStopped(hold=3, request="xin", stage="4", decision="QĐ 1"))

    def resumed(self, at: str, due: tuple[str, str]) -> Story:
        """Processing goes on."""
        return self.add(
            at, CaseResumed(hold=3, due_before=moment(due[0]), due_after=moment(due[1]))
        )

    def apologised(
        self, at: str, original: str, new: str | None = None, *, late: bool = False
    ) -> Story:
        """A letter went out."""
        return self.add(
            at,
            ApologyIssued(
                letter="1/2026/XL-H35.12",
                signer="ld.chutich",
                cause="QUA_TAI",
                original_due_at=moment(original),
                new_due_at=moment(new) if new else None,
                apology_late=late,
                count=1,
            ),
        )

    def finished(self, at: str, outcome: str = "APPROVED") -> Story:
        """The result is ready."""
        return self.add(at, CaseFinished(outcome=outcome, verdict="on_time"))

    def withdrawn(self, at: str) -> Story:
        """The applicant took it back."""
        return self.add(at, CaseWithdrawn(reason="đổi ý"))


def moment(text: str) -> datetime:
    """Office time; a bare date means 09:00."""
    return office_instant(text if "T" in text else f"{text}T09:00")


def due(text: str) -> str:
    """The end of office hours of a date."""
    return f"{text}T17:00"


def entries(*stories: Story) -> list[Made]:
    """All entries in order of time; entries of one case keep their order."""
    return sorted((made for story in stories for made in story.entries), key=lambda made: made.at)


def row(first: str, last: str, *stories: Story, now: datetime = LATER) -> MeasureRow:
    """The one row of a window."""
    (only,) = measure(entries(*stories), window(first, last), now=now)
    return only


def window(first: str, last: str) -> Window:
    """A window of office dates, inclusive."""
    return Window(date.fromisoformat(first), date.fromisoformat(last))
