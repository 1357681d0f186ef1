"""Pauses of a clock (tạm dừng): when, by which document, and how the count goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from engine.clock import in_utc, iso_office
from engine.errors import BadInputError, OfficeError
from engine.sla.wording import moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class PausePolicy(StrEnum):
    """How the clock goes on after a pause.

    Legal: R21, R22
    """

    RESTART = "RESTART"
    """The whole limit is counted again from the end of the pause (NĐ 61 Đ.19.4)."""
    PAUSE_WD = "PAUSE_WD"
    """The count stops during the pause, in the limit's own unit: working days, working minutes,
    or calendar days."""
    PAUSE_CALENDAR = "PAUSE_CALENDAR"
    """The finished due moves by the calendar length of the pause, then onto working time."""


class ClockStoppedError(OfficeError):
    """Somebody asked for the due instant of a clock that stands in an open pause."""

    code: ClassVar[str] = "clock_stopped"


@dataclass(frozen=True)
class Pause:
    """The clock stood from `start` to `end`; an `end` of None means it still stands."""

    start: datetime
    end: datetime | None
    policy: PausePolicy
    document: str | None = None
    ground: str | None = None

    def __post_init__(self) -> None:
        in_utc(self.start)
        if self.end is not None and in_utc(self.end) < self.start:
            raise BadInputError(
                f"Expected a pause to end after it starts at {iso_office(self.start)}, but it"
                f" ends at {iso_office(self.end)}"
            )

    def closed(self, as_of: datetime | None) -> ClosedPause:
        """The pause with both ends; an open one is taken to end at `as_of`.

        Raises:
            ClockStoppedError: it is open, and no `as_of` is given.
            BadInputError: `as_of` lies before the pause.
        """
        end = self.end if self.end is not None else as_of
        if end is None:
            raise ClockStoppedError(
                f"Expected a running clock, but it stands since {iso_office(self.start)}: give"
                " the instant to count as the end of the pause",
                since=iso_office(self.start),
            )
        if end < self.start:
            raise BadInputError(
                f"Expected an instant after the pause began at {iso_office(self.start)}, but got"
                f" {iso_office(end)}"
            )
        return ClosedPause(self.start, end, self.policy, self.document, self.ground)


@dataclass(frozen=True)
class ClosedPause:
    """A pause whose end is known."""

    start: datetime
    end: datetime
    policy: PausePolicy
    document: str | None
    ground: str | None

    @property
    def cause(self) -> str:
        """Ground and document in a Vietnamese half-sentence, empty when neither is known."""
        parts = [self.ground] if self.ground else []
        if self.document:
            parts.append(f"theo {self.document}")
        return f" ({' '.join(parts)})" if parts else ""

    @property
    def in_words(self) -> str:
        """From when to when, and why."""
        return f"từ {moment(self.start)} đến {moment(self.end)}{self.cause}"


def closed_in_order(
    pauses: Iterable[Pause], started_at: datetime, as_of: datetime | None
) -> tuple[ClosedPause, ...]:
    """The pauses with both ends, checked to follow one another from the start of the clock on.

    Raises:
        BadInputError: one starts before the clock or before the last one ended.
        ClockStoppedError: one is open, and no `as_of` is given.
    """
    checked: list[ClosedPause] = []
    before = in_utc(started_at)
    for pause in pauses:
        if pause.start < before:
            what = "the previous pause ended" if checked else "the clock started"
            raise BadInputError(
                f"Expected a pause that starts after {what} at {iso_office(before)}, but it"
                f" starts at {iso_office(pause.start)}"
            )
        closed = pause.closed(as_of)
        checked.append(closed)
        before = closed.end
    return tuple(checked)
