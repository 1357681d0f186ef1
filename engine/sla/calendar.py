"""Which days are working days: data by year, answered from prefix sums, never guessed."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from engine.errors import BadInputError, OfficeError
from engine.sla.wording import short_date, weekday_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SATURDAY = 5


class DayKind(StrEnum):
    """What a day is made into: a day off, or a worked day."""

    OFF = "off"
    WORKED = "worked"


@dataclass(frozen=True)
class DayChange:
    """One day that differs from the plain Monday-to-Friday week, with its reason."""

    on: date
    kind: DayKind
    name: str
    decision: str | None = None


class YearStatus(StrEnum):
    """How sure a year's days are."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    PROJECTED = "projected"

    def in_vietnamese(self) -> str:
        """The status as a clerk says it."""
        return {
            YearStatus.CONFIRMED: "đã xác nhận",
            YearStatus.UNCONFIRMED: "chưa đối chiếu quyết định",
            YearStatus.PROJECTED: "dự kiến, chưa có quyết định",
        }[self]


@dataclass(frozen=True)
class CalendarYear:
    """The days off and worked Saturdays of one year, with the decision that fixed them.

    Legal: R41
    """

    year: int
    status: YearStatus
    decision: str | None
    changes: tuple[DayChange, ...]

    def __post_init__(self) -> None:
        seen: set[date] = set()
        for change in self.changes:
            if change.on.year != self.year:
                raise BadInputError(f"Expected a day of {self.year}, but got {change.on}")
            if change.on in seen:
                raise BadInputError(f"Expected {change.on} once in {self.year}, but it is twice")
            seen.add(change.on)
        if self.status is YearStatus.CONFIRMED and not self.decision:
            raise BadInputError(f"Expected a decision for confirmed year {self.year}, but got none")


class CalendarYearMissingError(OfficeError):
    """A date was needed in a year nobody has loaded a calendar for."""

    code: ClassVar[str] = "calendar_year_missing"

    def __init__(self, year: int, loaded: Iterable[int]) -> None:
        years = ", ".join(str(each) for each in loaded) or "none"
        super().__init__(
            f"Expected a working calendar for {year}, but the loaded years are: {years}", year=year
        )
        self.year = year


class DaySpan:
    """An unbroken span of loaded years, with the rank of every working day in it.

    `days[k]` is the ordinal of the k-th working day; `rank(ordinal)` counts the working days
    before that day. Both take constant time.
    """

    __slots__ = ("_rank", "days", "end", "first")

    def __init__(self, first_year: int, last_year: int, changes: Mapping[date, DayChange]) -> None:
        self.first = date(first_year, 1, 1).toordinal()
        self.end = date(last_year, 12, 31).toordinal() + 1
        changed = {on.toordinal(): change.kind for on, change in changes.items()}
        self.days = array("l")
        self._rank = array("l", [0])
        for ordinal in range(self.first, self.end):
            kind = changed.get(ordinal)
            # Ordinal 1 is a Monday, so Saturday and Sunday leave remainders 6 and 0.
            if kind is DayKind.WORKED or (kind is None and ordinal % 7 not in {6, 0}):
                self.days.append(ordinal)
            self._rank.append(len(self.days))

    def __contains__(self, ordinal: int) -> bool:
        return self.first <= ordinal < self.end

    def rank(self, ordinal: int) -> int:
        """Number of the span's working days before this day; the day after its last is allowed."""
        return self._rank[ordinal - self.first]

    @property
    def year_before(self) -> int:
        """The year just before the span."""
        return date.fromordinal(self.first).year - 1

    @property
    def year_after(self) -> int:
        """The year just after the span."""
        return date.fromordinal(self.end - 1).year + 1


class WorkingCalendar:
    """Working days: Monday to Friday, minus days off, plus worked Saturdays. Immutable.

    Overrides win over the years; of two overrides of one day the later in order wins.

    Legal: R41
    """

    __slots__ = ("_changes", "_digest", "_spans", "_years")

    def __init__(self, years: Iterable[CalendarYear], overrides: Iterable[DayChange] = ()) -> None:
        self._years: dict[int, CalendarYear] = {}
        for year in sorted(years, key=lambda each: each.year):
            if year.year in self._years:
                raise BadInputError(f"Expected one calendar for {year.year}, but got two")
            self._years[year.year] = year
        self._changes = {
            change.on: change for year in self._years.values() for change in year.changes
        }
        for change in overrides:
            self.year(change.on.year)
            self._changes[change.on] = change
        self._spans = tuple(
            DaySpan(first, last, self._changes) for first, last in _unbroken(self._years)
        )
        self._digest: str | None = None

    @property
    def years(self) -> tuple[CalendarYear, ...]:
        """The loaded years, oldest first."""
        return tuple(self._years.values())

    @property
    def changes(self) -> tuple[DayChange, ...]:
        """Every day that differs from the plain week, in order, overrides included."""
        return tuple(self._changes[on] for on in sorted(self._changes))

    def year(self, year: int) -> CalendarYear:
        """The data of one year.

        Raises:
            CalendarYearMissingError: it is not loaded.
        """
        found = self._years.get(year)
        if found is None:
            raise CalendarYearMissingError(year, self._years)
        return found

    def status(self, year: int) -> YearStatus:
        """How sure the days of that year are."""
        return self.year(year).status

    def change(self, on: date) -> DayChange | None:
        """What makes this day differ from the plain week, if anything does."""
        self.year(on.year)
        return self._changes.get(on)

    def is_working_day(self, on: date) -> bool:
        """Whether the offices work on that day.

        Legal: R41
        """
        ordinal = on.toordinal()
        span = self.span(on)
        return span.rank(ordinal + 1) > span.rank(ordinal)

    def why(self, on: date) -> str:
        """The Vietnamese reason a day is off or worked: "24/11 Ngày Văn hóa Việt Nam"."""
        change = self.change(on)
        if change is None:
            return weekday_name(on) if on.weekday() >= _SATURDAY else "ngày làm việc"
        return f"{short_date(on)} {change.name}"

    def ground(self, on: date) -> str | None:
        """The number of the decision that made this day off or worked, where one is known."""
        change = self.change(on)
        if change is None:
            return None
        return change.decision or self.year(on.year).decision

    def add_working_days(self, on: date, working_days: int) -> date:
        """The n-th working day after `on` (before it, if negative); `on` itself for 0.

        Legal: R42
        """
        if working_days == 0:
            return on
        ordinal = on.toordinal()
        if working_days > 0:
            span = self._span_at(ordinal + 1, on.year)
            return self._working_day(span, span.rank(ordinal + 1) + working_days - 1)
        span = self._span_at(ordinal - 1, on.year)
        return self._working_day(span, span.rank(ordinal) + working_days)

    def working_days_between(self, after: date, until: date) -> int:
        """Number of working days later than `after` and not later than `until`; 0 if none."""
        start, end = after.toordinal() + 1, until.toordinal() + 1
        if end <= start:
            return 0
        span = self._span_at(start, after.year)
        if end > span.end:
            raise CalendarYearMissingError(span.year_after, self._years)
        return span.rank(end) - span.rank(start)

    def next_working_day(self, on: date) -> date:
        """The first working day strictly after."""
        return self.add_working_days(on, 1)

    def on_or_after(self, on: date) -> date:
        """This day if it is worked, else the next working day."""
        span = self.span(on)
        return self._working_day(span, span.rank(on.toordinal()))

    def on_or_before(self, on: date) -> date:
        """This day if it is worked, else the last working day before it."""
        span = self.span(on)
        return self._working_day(span, span.rank(on.toordinal() + 1) - 1)

    def days_off_between(self, first: date, last: date) -> Iterator[date]:
        """The days off from `first` to `last`, both included."""
        day = first
        while day <= last:
            if not self.is_working_day(day):
                yield day
            day += timedelta(days=1)

    def span(self, on: date) -> DaySpan:
        """The unbroken span of loaded years this day lies in.

        Raises:
            CalendarYearMissingError: the day's year is not loaded.
        """
        return self._span_at(on.toordinal(), on.year)

    def digest(self) -> str:
        """SHA-256 of all days, names and decisions: two calendars that count alike share it."""
        if self._digest is None:
            content = [
                [[each.year, each.status, each.decision] for each in self._years.values()],
                [
                    [on.isoformat(), change.kind, change.name, change.decision]
                    for on, change in sorted(self._changes.items())
                ],
            ]
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            self._digest = sha256(text.encode()).hexdigest()
        return self._digest

    def _span_at(self, ordinal: int, near_year: int) -> DaySpan:
        for span in self._spans:
            if ordinal in span:
                return span
        try:
            year = date.fromordinal(ordinal).year
        except (ValueError, OverflowError):
            year = near_year
        raise CalendarYearMissingError(year, self._years)

    def _working_day(self, span: DaySpan, index: int) -> date:
        if index < 0:
            raise CalendarYearMissingError(span.year_before, self._years)
        if index >= len(span.days):
            raise CalendarYearMissingError(span.year_after, self._years)
        return date.fromordinal(span.days[index])


def _unbroken(years: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for year in years:
        if first is None or last is None:
            first = last = year
        elif year == last + 1:
            last = year
        else:
            yield first, last
            first = last = year
    if first is not None and last is not None:
        yield first, last
