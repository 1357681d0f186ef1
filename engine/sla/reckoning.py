"""A due instant together with how it came about: start, limit, and what each pause did to it.

The clock is a chain. It starts; the limit gives a first due; each pause, in order, then has one
effect: it sets the clock anew (RESTART), stops the count (STOPPED), moves a finished due (MOVED),
or comes too late to matter (NONE). Nothing is written down here; `ledger` tells it in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from engine.clock import in_utc, office_date
from engine.sla.counting import calendar_end, counted_due
from engine.sla.limit import CountingRule, Limit
from engine.sla.pauses import ClosedPause, Pause, PausePolicy, closed_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engine.sla.calendar import CalendarYear
    from engine.sla.office_hours import OfficeTime


class Effect(Enum):
    """What a pause did to the due instant."""

    RESTART = "restart"
    STOPPED = "stopped"
    MOVED = "moved"
    NONE = "none"


@dataclass(frozen=True)
class PauseEffect:
    """One pause, what it did, and the due instant before and after it."""

    pause: ClosedPause
    effect: Effect
    due_before: datetime
    due_after: datetime


@dataclass(frozen=True)
class Reckoning:
    """The due instant of one clock. `started_at` is where the counting began after any restart.

    Legal: R21, R22, R42, R43
    """

    limit: Limit
    received_at: datetime
    started_at: datetime
    due_at: datetime
    effects: tuple[PauseEffect, ...]
    office: OfficeTime

    def calendar_years(self) -> tuple[CalendarYear, ...]:
        """The loaded years from start to due, whose status and decision the due rests on."""
        first, last = office_date(self.started_at).year, office_date(self.due_at).year
        return tuple(each for each in self.office.calendar.years if first <= each.year <= last)


def reckon(
    limit: Limit,
    received_at: datetime,
    office: OfficeTime,
    pauses: Iterable[Pause] = (),
    *,
    as_of: datetime | None = None,
) -> Reckoning:
    """Count a limit from a start around its pauses.

    A pause that starts when the due has passed does not move it, except RESTART, which always
    counts anew. A due never falls before the end of a pause that moved it. An open pause is taken
    to end at `as_of`.

    Legal: R21, R22, R42, R43 (pauses on and after the due day: DESIGN)

    Raises:
        BadInputError: pauses overlap, are out of order, or start before the clock.
        CalendarYearMissingError: a needed day lies in a year without data.
        ClockStoppedError: a pause is open, and no `as_of` is given.
    """
    chain = _Chain(limit, in_utc(received_at), office)
    effects = tuple(chain.follow(pause) for pause in closed_in_order(pauses, received_at, as_of))
    return Reckoning(limit, in_utc(received_at), chain.started_at, chain.due_at, effects, office)


class _Chain:
    """The clock while its pauses are followed one by one.

    `_reached_at` is where the count alone ends; `due_at` is that, or the first moment the office
    can answer after the last pause, so that two pauses in a row move the due as one would.
    """

    def __init__(self, limit: Limit, started_at: datetime, office: OfficeTime) -> None:
        self._limit = limit
        self._office = office
        self.started_at: datetime
        self.due_at: datetime
        self._start(started_at)

    def follow(self, pause: ClosedPause) -> PauseEffect:
        before = self.due_at
        effect = self._apply(pause)
        if effect in {Effect.STOPPED, Effect.MOVED}:
            self.due_at = self._reached_at
            if self.due_at < pause.end:
                self.due_at = (
                    self._office.next_open(pause.end)
                    if self._limit.counts_minutes
                    else self._office.closing_not_before(pause.end)
                )
        return PauseEffect(pause, effect, before, self.due_at)

    def _start(self, started_at: datetime) -> None:
        self.started_at = started_at
        self._reached_at = self.due_at = counted_due(self._limit, started_at, self._office)
        self._was_moved = False
        self._end_on: date | None = None
        if self._limit.rule in {CountingRule.CALENDAR_DAYS, CountingRule.CALENDAR_MONTHS}:
            self._end_on = calendar_end(self._limit, office_date(started_at))

    def _apply(self, pause: ClosedPause) -> Effect:
        if pause.policy is PausePolicy.RESTART:
            self._start(pause.end)
            return Effect.RESTART
        if pause.start >= self.due_at:
            return Effect.NONE
        effect = Effect.STOPPED
        if pause.policy is PausePolicy.PAUSE_CALENDAR or not self._is_counting(pause.start):
            effect = Effect.MOVED
            self._was_moved = True
        if pause.policy is PausePolicy.PAUSE_WD:
            self._add_length_of(pause)
        else:
            self._add_calendar_length_of(pause)
        return effect

    def _is_counting(self, at: datetime) -> bool:
        """Whether units are still to come; on the last day there are none, and the due moves."""
        if self._was_moved:
            return False
        if self._limit.counts_minutes:
            return True
        return office_date(at) < (self._end_on or office_date(self.due_at))

    def _add_length_of(self, pause: ClosedPause) -> None:
        """Let the pause last in the limit's own unit."""
        office = self._office
        start_on, end_on = office_date(pause.start), office_date(pause.end)
        if self._limit.counts_minutes:
            stopped = office.working_time_between(pause.start, pause.end)
            if stopped:
                self._reached_at = office.add_working_time(self._reached_at, stopped)
        elif self._end_on is not None:
            self._end_on += end_on - start_on
            self._reached_at = office.closing(office.calendar.on_or_after(self._end_on))
        else:
            stopped_days = office.calendar.working_days_between(start_on, end_on)
            on = office.calendar.add_working_days(office_date(self._reached_at), stopped_days)
            self._reached_at = office.closing(on)

    def _add_calendar_length_of(self, pause: ClosedPause) -> None:
        """Move the due that everybody knows by the calendar length, then onto working time."""
        if self._limit.counts_minutes:
            moved = self.due_at + (pause.end - pause.start)
            self._reached_at = self._office.next_open(moved)
            return
        days = office_date(pause.end) - office_date(pause.start)
        on = self._office.calendar.on_or_after(office_date(self.due_at) + days)
        self._reached_at = self._office.closing(on)
        if self._end_on is not None:
            self._end_on = on
