"""Office hours of an agency, dated, and the arithmetic of working time inside them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine.clock import office_instant, office_time
from engine.errors import BadInputError
from engine.sla.calendar import CalendarYearMissingError, DaySpan, WorkingCalendar

if TYPE_CHECKING:
    from collections.abc import Mapping

Interval = tuple[time, time]
"""Opening and closing of one stretch of a day, in whole minutes of office time."""

_SATURDAY = 5
_MINUTE = 60_000_000
"""Working time is kept in whole microseconds, so that no rounding ever accumulates."""

_MICROSECOND = timedelta(microseconds=1)
_ORIGIN = office_instant("2000-01-01T00:00")
_ORIGIN_ORDINAL = date(2000, 1, 1).toordinal()


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _schedule_from(plain: Mapping[str, Any]) -> HoursSchedule:
    unknown = set(plain) - {"valid_from", "intervals", "weekdays"}
    if unknown:
        raise ValueError(f"there is also {', '.join(sorted(map(str, unknown)))}")
    weekdays: Mapping[str, Any] = plain.get("weekdays") or {}
    return HoursSchedule(
        valid_from=date.fromisoformat(str(plain["valid_from"])),
        intervals=_intervals_from(plain["intervals"]),
        weekdays=tuple(
            sorted((_WEEKDAYS.index(day), _intervals_from(each)) for day, each in weekdays.items())
        ),
    )


def _intervals_from(plain: Any) -> tuple[Interval, ...]:
    found = []
    for text in plain:
        opens, closes = str(text).replace("–", "-").split("-")
        found.append((time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())))
    return tuple(found)


def _check_intervals(intervals: tuple[Interval, ...]) -> None:
    if not intervals:
        raise BadInputError("Expected office hours, but a day has none")
    edges = [edge for interval in intervals for edge in interval]
    if any(edge.second or edge.microsecond or edge.tzinfo for edge in edges):
        raise BadInputError("Expected office hours in whole minutes, but they have seconds")
    if any(later <= earlier for earlier, later in pairwise(edges)):
        shown = ", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in intervals)
        raise BadInputError(f"Expected office hours in rising order, but got {shown}")


@dataclass(frozen=True)
class HoursSchedule:
    """Office hours in force from a date on.

    `intervals` are the hours of a working day. `weekdays` gives some weekdays (0 = Monday) hours
    of their own: on Monday to Friday they replace `intervals`; on Saturday and Sunday they are
    openings for people to hand in dossiers, and no time limit runs in them, because a due moment
    never falls on a day off. A worked (swapped) Saturday has the full `intervals`.

    Legal: R43
    """

    valid_from: date
    intervals: tuple[Interval, ...]
    weekdays: tuple[tuple[int, tuple[Interval, ...]], ...] = ()

    def __post_init__(self) -> None:
        _check_intervals(self.intervals)
        for weekday, intervals in self.weekdays:
            if weekday not in range(7):
                raise BadInputError(f"Expected a weekday from 0 to 6, but got {weekday}")
            _check_intervals(intervals)


@dataclass(frozen=True)
class OfficeHours:
    """All schedules of one agency, in order of the dates they are valid from."""

    schedules: tuple[HoursSchedule, ...]

    def __post_init__(self) -> None:
        if not self.schedules:
            raise BadInputError("Expected at least one schedule of office hours, but got none")
        for earlier, later in pairwise(self.schedules):
            if later.valid_from <= earlier.valid_from:
                raise BadInputError(
                    "Expected schedules in order of their dates, but "
                    f"{later.valid_from} follows {earlier.valid_from}"
                )

    @classmethod
    def from_plain(cls, plain: Any) -> OfficeHours:
        """Hours from JSON or YAML values; None stands for the default hours.

        A list of stretches `["07:00-11:30", "13:30-17:00"]` holds from the beginning; a list of
        `{valid_from: 2026-01-01, intervals: […], weekdays: {sat: […]}}` is dated.

        Raises:
            BadInputError: the values are neither.
        """
        if plain is None:
            return DEFAULT_HOURS
        try:
            if all(isinstance(each, str) for each in plain):
                return cls((HoursSchedule(date.min, _intervals_from(plain)),))
            return cls(tuple(_schedule_from(each) for each in plain))
        except (TypeError, ValueError, KeyError, AttributeError) as cause:
            raise BadInputError(
                "Expected office hours such as ['07:00-11:30', '13:30-17:00'] or a list of"
                f" valid_from, intervals and weekdays, but {cause}"
            ) from cause

    def schedule_on(self, on: date) -> HoursSchedule:
        """The schedule in force on a day.

        Raises:
            BadInputError: the day lies before the first schedule.
        """
        for schedule in reversed(self.schedules):
            if schedule.valid_from <= on:
                return schedule
        raise BadInputError(f"Expected office hours for {on}, but they begin later")

    def intervals_of_working_day(self, on: date) -> tuple[Interval, ...]:
        """The hours of a day that is worked."""
        schedule = self.schedule_on(on)
        if on.weekday() < _SATURDAY:
            for weekday, intervals in schedule.weekdays:
                if weekday == on.weekday():
                    return intervals
        return schedule.intervals

    def openings_of_day_off(self, on: date) -> tuple[Interval, ...]:
        """Hours of an ordinary weekend day on which dossiers are taken in all the same."""
        for weekday, intervals in self.schedule_on(on).weekdays:
            if weekday == on.weekday() >= _SATURDAY:
                return intervals
        return ()


DEFAULT_HOURS = OfficeHours(
    (HoursSchedule(date.min, ((time(7), time(11, 30)), (time(13, 30), time(17)))),)
)
"""07:00–11:30 and 13:30–17:00, eight hours a day. Legal: R43 (law.md 6.3)."""


class OfficeTime:
    """A calendar with office hours: instants in, instants out, all UTC.

    Every question is answered from prefix sums of working time per span of years, built once and
    kept: no answer walks the days between.

    Legal: R43
    """

    __slots__ = ("_opening", "_sums", "calendar", "hours")

    def __init__(self, calendar: WorkingCalendar, hours: OfficeHours = DEFAULT_HOURS) -> None:
        self.calendar = calendar
        self.hours = hours
        self._sums: dict[int, list[int]] = {}
        self._opening: dict[date, list[tuple[int, int]]] = {}

    def opening(self, on: date) -> datetime:
        """When the office opens on a working day.

        Raises:
            BadInputError: the day is off.
        """
        return _instant(on.toordinal(), self._intervals(on)[0][0])

    def closing(self, on: date) -> datetime:
        """When the office closes on a working day, the end of office hours.

        Raises:
            BadInputError: the day is off.
        """
        return _instant(on.toordinal(), self._intervals(on)[-1][1])

    def intervals_between(
        self, on: date, start: datetime, end: datetime
    ) -> list[tuple[datetime, datetime]]:
        """The stretches of one working day's hours that lie between two instants."""
        ordinal = on.toordinal()
        stretches = [(_instant(ordinal, a), _instant(ordinal, b)) for a, b in self._intervals(on)]
        clipped = [(max(a, start), min(b, end)) for a, b in stretches]
        return [(a, b) for a, b in clipped if a < b]

    def is_open(self, at: datetime) -> bool:
        """Whether people can hand in a dossier at that instant."""
        here = office_time(at)
        on, clock = here.date(), here.time()
        intervals = (
            self.hours.intervals_of_working_day(on)
            if self.calendar.is_working_day(on)
            else self.hours.openings_of_day_off(on)
            if self.calendar.change(on) is None
            else ()
        )
        return any(opens <= clock < closes for opens, closes in intervals)

    def next_open(self, at: datetime) -> datetime:
        """The instant itself inside working time (closing included), else the next opening."""
        here = office_time(at)
        on, offset = here.date(), _offset(here)
        if self.calendar.is_working_day(on):
            for opens, closes in self._intervals(on):
                if offset <= closes:
                    return _instant(on.toordinal(), max(offset, opens))
        return self.opening(self.calendar.next_working_day(on))

    def closing_not_before(self, at: datetime) -> datetime:
        """The first end of office hours at or after an instant."""
        on = self.calendar.on_or_after(office_time(at).date())
        closing = self.closing(on)
        return closing if closing >= at else self.closing(self.calendar.next_working_day(on))

    def add_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """The instant at which so many working minutes have passed.

        A sum used up exactly at closing ends at closing, not the next morning. Zero minutes end
        at `at`, or at the next opening when the office is closed then.

        Legal: R43
        """
        if minutes < 0:
            raise BadInputError(f"Expected minutes to add, but got {minutes}")
        return self.add_working_time(at, timedelta(minutes=minutes))

    def add_working_time(self, at: datetime, amount: timedelta) -> datetime:
        """`add_working_minutes` to the microsecond."""
        wanted = amount // _MICROSECOND
        if wanted == 0:
            return self.next_open(at)
        span, position = self._position(at)
        target = position + wanted
        sums = self._sums_of(span)
        index = bisect_left(sums, target) - 1
        if index >= len(span.days):
            raise self._missing(span.year_after)
        ordinal = span.days[index]
        rest = target - sums[index]
        for opens, closes in self._intervals(date.fromordinal(ordinal)):
            if rest <= closes - opens:
                return _instant(ordinal, opens + rest)
            rest -= closes - opens
        raise AssertionError  # the day's sum covers `rest`, as bisect found it

    def subtract_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """The latest instant from which so many working minutes remain until `at`."""
        span, position = self._position(at)
        target = position - minutes * _MINUTE
        if target < 0:
            raise self._missing(span.year_before)
        sums = self._sums_of(span)
        index = min(bisect_right(sums, target) - 1, len(span.days) - 1)
        ordinal = span.days[index]
        rest = target - sums[index]
        for opens, closes in self._intervals(date.fromordinal(ordinal)):
            if rest < closes - opens:
                return min(_instant(ordinal, opens + rest), at)
            rest -= closes - opens
        return min(self.closing(date.fromordinal(ordinal)), at)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time that passes from `start` to `end`; zero when `end` is not later."""
        if end <= start:
            return timedelta()
        span, begun = self._position(start)
        other, ended = self._position(end)
        if other is not span:
            raise self._missing(span.year_after)
        return (ended - begun) * _MICROSECOND

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Full working minutes from `start` to `end`; a begun minute does not count."""
        return self.working_time_between(start, end) // timedelta(minutes=1)

    def _position(self, at: datetime) -> tuple[DaySpan, int]:
        """Working microseconds of the span before this instant."""
        here = office_time(at)
        on = here.date()
        span = self.calendar.span(on)
        self.hours.schedule_on(on)  # before the first one there is nothing to count from
        ordinal = on.toordinal()
        index = span.rank(ordinal)
        position = self._sums_of(span)[index]
        if span.rank(ordinal + 1) > index:
            offset = _offset(here)
            for opens, closes in self._intervals(on):
                if offset <= opens:
                    break
                position += min(offset, closes) - opens
        return span, position

    def _sums_of(self, span: DaySpan) -> list[int]:
        """`sums[k]` = working microseconds before the span's k-th working day.

        Days before the first schedule have none; `_position` refuses to start there.
        """
        sums = self._sums.get(span.first)
        if sums is None:
            length: dict[tuple[HoursSchedule, int], int] = {}
            sums = [0]
            begins = self.hours.schedules[0].valid_from.toordinal()
            for ordinal in span.days:
                if ordinal < begins:
                    sums.append(0)
                    continue
                on = date.fromordinal(ordinal)
                kind = (self.hours.schedule_on(on), on.weekday())
                if kind not in length:
                    length[kind] = sum(closes - opens for opens, closes in self._intervals(on))
                sums.append(sums[-1] + length[kind])
            self._sums[span.first] = sums
        return sums

    def _intervals(self, on: date) -> list[tuple[int, int]]:
        """Opening and closing in microseconds after midnight, of a working day only."""
        known = self._opening.get(on)
        if known is not None:
            return known
        if not self.calendar.is_working_day(on):
            raise BadInputError(
                f"Expected a working day, but {on} is a day off ({self.calendar.why(on)})"
            )
        known = self._opening[on] = [
            (_minutes(opens) * _MINUTE, _minutes(closes) * _MINUTE)
            for opens, closes in self.hours.intervals_of_working_day(on)
        ]
        return known

    def _missing(self, year: int) -> CalendarYearMissingError:
        return CalendarYearMissingError(year, (each.year for each in self.calendar.years))


def midnight(on: date) -> datetime:
    """The instant a calendar day begins in the office."""
    return _instant(on.toordinal(), 0)


def _instant(ordinal: int, offset: int) -> datetime:
    return _ORIGIN + timedelta(days=ordinal - _ORIGIN_ORDINAL, microseconds=offset)


def _offset(here: datetime) -> int:
    return ((here.hour * 60 + here.minute) * 60 + here.second) * 1_000_000 + here.microsecond


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
