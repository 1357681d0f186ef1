"""The legal clock as arrays: seconds in, seconds out, the same instants as `engine.sla`.

Seconds count from midnight, office time, of the first day of the arrays. What depends on a day
only is asked of `engine.sla` once for every day; what depends on the second is added up here, with
the rules of `engine.sla.reckoning`. Nothing here decides law; a test holds both side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.catalog.regime import default_pause_policy, regime_on
from engine.clock import office_date
from engine.sla.calendar import CalendarYearMissingError
from engine.sla.counting import CUT_OFF, calendar_end, counted_due
from engine.sla.limit import CountingRule, Limit
from engine.sla.office_hours import midnight
from engine.sla.pauses import PausePolicy
from simulations.compiled import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.sla.office_hours import OfficeTime

DAY = 86_400
"""Seconds."""

DAYS_RULE, MINUTES_RULE, CALENDAR_RULE, SAME_DAY_RULE = 0, 1, 2, 3
"""How a limit is counted, in `limit_rule`."""

RESTART, PAUSE_WORKING, PAUSE_CALENDAR = 0, 1, 2
POLICY_NUMBER = {
    PausePolicy.RESTART: RESTART,
    PausePolicy.PAUSE_WD: PAUSE_WORKING,
    PausePolicy.PAUSE_CALENDAR: PAUSE_CALENDAR,
}

MISSING = -1
"""No instant: the calendar of that year is not in the arrays."""


# The arrays stand one after another in one, because machine code is handed one faster than many.
# The first entries say how many days, stretches, working days and limits there are, and where each
# part begins.
(
    O_DAYS, O_STRETCHES, O_WORKED, O_LIMITS, O_RANK, O_FIRST, O_POLICY, O_IN_TIME, O_WORKED_DAY,
    O_CLOSING, O_OPENS, O_CLOSES, O_BEFORE, O_RULE, O_AMOUNT, O_DUE, O_DUE_LATE, O_END_ON,
) = range(18)  # fmt: skip


class OfficeParts(NamedTuple):
    """The legal clock's arrays by name. Index `day` counts from the first day."""

    rank: Any
    """Working days before each day; one entry more than days."""
    first: Any
    """The first stretch of office hours on or after each day; one entry more than days."""
    policy: Any
    """How a supplement pauses a case received on each day."""
    in_time: Any
    """Until which second a same-day case is in time on each day."""
    worked: Any
    """The day number of the k-th working day."""
    closing: Any
    """End of office hours of the k-th working day."""
    opens: Any
    closes: Any
    before: Any
    """Working seconds before each stretch; one entry more than stretches."""
    rule: Any
    amount: Any
    """Of each limit: working days, working seconds or calendar days."""
    due: Any
    """[limit, day] → due instant of what starts that day; minutes are not counted by day."""
    due_late: Any
    """The same for what comes too late for that day."""
    end_on: Any
    """[limit, day] → last calendar day before it moves off a day off."""

    def flat(self) -> Any:
        """All of it in one array with its head."""
        head = [len(self.policy), len(self.opens), len(self.worked), len(self.rule)]
        at = 18
        lines = [np.asarray(part, np.int64).ravel() for part in self]
        for line in lines:
            head.append(at)
            at += len(line)
        return np.concatenate([np.array(head, np.int64), *lines])


@dataclass(frozen=True)
class OfficeClock:
    """Arrays with the day they count from."""

    first_on: date
    office: OfficeTime
    parts: OfficeParts
    arrays: Any
    """The parts in one array, for the kernels."""
    limits: tuple[Limit, ...]

    @property
    def days(self) -> int:
        """Days the arrays hold."""
        return len(self.parts.policy)

    def seconds(self, at: datetime) -> int:
        """An instant as seconds since the first day's midnight."""
        return int((at - midnight(self.first_on)).total_seconds())

    def day(self, on: date) -> int:
        """A date as a day's number."""
        return (on - self.first_on).days

    def instant(self, seconds: int) -> datetime:
        """Seconds as an instant, UTC."""
        return (midnight(self.first_on) + timedelta(seconds=int(seconds))).astimezone(UTC)

    def date(self, seconds: int) -> date:
        """The office date of a second."""
        return self.first_on + timedelta(days=int(seconds) // DAY)


def office_clock(
    office: OfficeTime, first_on: date, last_on: date, limits: Sequence[Limit]
) -> OfficeClock:
    """The arrays of a span of days, both included.

    Raises:
        CalendarYearMissingError: a day of the span lies in a year without a calendar.
    """
    calendar = office.calendar
    for year in range(first_on.year, last_on.year + 1):
        calendar.year(year)
    days = (last_on - first_on).days + 1
    rank = np.zeros(days + 1, np.int64)
    worked: list[int] = []
    closing: list[int] = []
    opens: list[int] = []
    closes: list[int] = []
    before = [0]
    first_interval = np.zeros(days + 1, np.int64)
    policy = np.zeros(days, np.int64)
    in_time = np.full(days, -1, np.int64)
    cut_off = CUT_OFF.hour * 3600 + CUT_OFF.minute * 60
    for day in range(days):
        on = first_on + timedelta(days=day)
        rank[day] = len(worked)
        first_interval[day] = len(opens)
        policy[day] = POLICY_NUMBER[default_pause_policy(regime_on(on))]
        if not calendar.is_working_day(on):
            continue
        worked.append(day)
        for start, end in office.hours.intervals_of_working_day(on):
            opens.append(day * DAY + start.hour * 3600 + start.minute * 60)
            closes.append(day * DAY + end.hour * 3600 + end.minute * 60)
            before.append(before[-1] + closes[-1] - opens[-1])
        closing.append(closes[-1])
        in_time[day] = min(day * DAY + cut_off, closing[-1])
    rank[days], first_interval[days] = len(worked), len(opens)
    due, due_late, end_on = _by_day(office, first_on, days, limits)
    parts = OfficeParts(
        rank=rank,
        first=first_interval,
        policy=policy,
        in_time=in_time,
        worked=np.array(worked, np.int64),
        closing=np.array(closing, np.int64),
        opens=np.array(opens, np.int64),
        closes=np.array(closes, np.int64),
        before=np.array(before, np.int64),
        rule=np.array([_rule(each) for each in limits] or [0], np.int64),
        amount=np.array([_amount(each) for each in limits] or [0], np.int64),
        due=due,
        due_late=due_late,
        end_on=end_on,
    )
    return OfficeClock(first_on, office, parts, parts.flat(), tuple(limits))


def _rule(limit: Limit) -> int:
    match limit.rule:
        case CountingRule.WORKING_DAYS:
            return DAYS_RULE
        case CountingRule.WORKING_HOURS | CountingRule.WORKING_MINUTES:
            return MINUTES_RULE
        case CountingRule.SAME_DAY:
            return SAME_DAY_RULE
        case _:
            return CALENDAR_RULE


def _amount(limit: Limit) -> int:
    if limit.counts_minutes:
        return (limit.working_minutes() or 0) * 60
    return 0 if limit.rule is CountingRule.SAME_DAY else limit.units


def _by_day(
    office: OfficeTime, first_on: date, days: int, limits: Sequence[Limit]
) -> tuple[Any, Any, Any]:
    shape = (max(len(limits), 1), days)
    due = np.full(shape, MISSING, np.int64)
    late = np.full(shape, MISSING, np.int64)
    end_on = np.full(shape, MISSING, np.int64)
    origin = midnight(first_on)

    def seconds(at: datetime) -> int:
        return int((at - origin).total_seconds())

    for number, limit in enumerate(limits):
        rule = _rule(limit)
        if rule == MINUTES_RULE:
            continue
        for day in range(days):
            at = origin + timedelta(days=day)
            try:
                due[number, day] = seconds(counted_due(limit, at, office))
                if rule == SAME_DAY_RULE:
                    late[number, day] = seconds(
                        counted_due(limit, at + timedelta(hours=23, minutes=59), office)
                    )
                elif rule == CALENDAR_RULE:
                    end_on[number, day] = (calendar_end(limit, office_date(at)) - first_on).days
            except CalendarYearMissingError:
                break
    return due, late, end_on


@plain
def position(office: Sequence[int], at: int) -> int:
    """Working seconds before an instant."""
    k = office[office[O_FIRST] + at // 86400]
    count = office[O_STRETCHES]
    opens, closes = office[O_OPENS], office[O_CLOSES]
    while k < count and office[closes + k] <= at:
        k += 1
    before = office[office[O_BEFORE] + k]
    if k < count and office[opens + k] < at:
        return before + at - office[opens + k]
    return before


@plain
def next_open(office: Sequence[int], at: int) -> int:
    """The instant itself inside office hours (closing included), else the next opening."""
    day = at // 86400
    if day < 0 or day >= office[O_DAYS]:
        return -1
    k = office[office[O_FIRST] + day]
    count = office[O_STRETCHES]
    while k < count and office[office[O_CLOSES] + k] < at:
        k += 1
    if k >= count:
        return -1
    return max(at, office[office[O_OPENS] + k])


@plain
def add_work(office: Sequence[int], at: int, seconds: int) -> int:
    """The instant at which so many working seconds have passed; closing if used up there."""
    if seconds == 0:
        return next_open(office, at)
    day = at // 86400
    if day < 0 or day >= office[O_DAYS]:
        return -1
    target = position(office, at) + seconds
    k = office[office[O_FIRST] + day]
    before = office[O_BEFORE]
    if office[before + office[O_STRETCHES]] < target:
        return -1
    while office[before + k + 1] < target:
        k += 1
    return office[office[O_OPENS] + k] + target - office[before + k]


@plain
def take_work(office: Sequence[int], at: int, seconds: int) -> int:
    """The latest instant from which so many working seconds remain until `at`."""
    target = position(office, at) - seconds
    if target < 0:
        return -1
    before, count = office[O_BEFORE], office[O_STRETCHES]
    k = min(office[office[O_FIRST] + at // 86400], count - 1)
    while k + 1 < count and office[before + k + 1] <= target:
        k += 1
    while office[before + k] > target:
        k -= 1
    return min(office[office[O_OPENS] + k] + target - office[before + k], at)


@plain
def closing_at_or_after(office: Sequence[int], day: int) -> int:
    """End of office hours of the first working day on or after a day."""
    if day < 0 or day >= office[O_DAYS]:
        return -1
    k = office[office[O_RANK] + day]
    return office[office[O_CLOSING] + k] if k < office[O_WORKED] else -1


@plain
def add_days(office: Sequence[int], day: int, working_days: int) -> int:
    """End of office hours of the n-th working day after a working day."""
    if day < 0 or day >= office[O_DAYS]:
        return -1
    rank = office[O_RANK]
    k = office[rank + day] if working_days == 0 else office[rank + day + 1] + working_days - 1
    return office[office[O_CLOSING] + k] if k < office[O_WORKED] else -1


@plain
def limit_rule(office: Sequence[int], limit: int) -> int:
    """How a limit is counted."""
    return office[office[O_RULE] + limit]


@plain
def limit_amount(office: Sequence[int], limit: int) -> int:
    """Working days, working seconds or calendar days of a limit."""
    return office[office[O_AMOUNT] + limit]


@plain
def first_due(office: Sequence[int], limit: int, at: int) -> int:
    """The due instant of a limit whose clock is never stopped. Legal: R16, R42, R43"""
    rule = limit_rule(office, limit)
    if rule == MINUTES_RULE:
        return add_work(office, at, limit_amount(office, limit))
    day = at // 86400
    if day < 0 or day >= office[O_DAYS]:
        return -1
    if rule == SAME_DAY_RULE and at > office[office[O_IN_TIME] + day]:
        return office[office[O_DUE_LATE] + limit * office[O_DAYS] + day]
    return office[office[O_DUE] + limit * office[O_DAYS] + day]


@plain
def first_end(office: Sequence[int], limit: int, at: int) -> int:
    """The last calendar day of a limit in days or months; -1 for other limits."""
    if limit_rule(office, limit) != CALENDAR_RULE:
        return -1
    return office[office[O_END_ON] + limit * office[O_DAYS] + at // 86400]


@plain
def after_pause(
    office: Sequence[int],
    limit: int,
    policy: int,
    start: int,
    end: int,
    due: int,
    reached: int,
    end_on: int,
    was_moved: int,
) -> tuple[int, int, int, int]:
    """Due instant, where the count alone ends, last day and moved mark, after a pause.

    The rules are those of `engine.sla.reckoning`, in the same order. Legal: R21, R22, R42, R43
    """
    if policy == RESTART:
        due = first_due(office, limit, end)
        return due, due, first_end(office, limit, end), 0
    if start >= due:
        return due, reached, end_on, was_moved
    rule = limit_rule(office, limit)
    from_day, to_day, due_day = start // 86400, end // 86400, due // 86400
    if to_day >= office[O_DAYS]:
        return -1, -1, end_on, was_moved
    last_day = end_on if end_on >= 0 else due_day
    counting = was_moved == 0 and (rule == MINUTES_RULE or from_day < last_day)
    if policy == PAUSE_CALENDAR or not counting:
        was_moved = 1
    if policy == PAUSE_WORKING:
        if rule == MINUTES_RULE:
            stopped = position(office, end) - position(office, start)
            if stopped > 0:
                reached = add_work(office, reached, stopped)
        elif end_on >= 0:
            end_on += to_day - from_day
            reached = closing_at_or_after(office, end_on)
        else:
            rank = office[O_RANK]
            stopped_days = office[rank + to_day + 1] - office[rank + from_day + 1]
            reached = add_days(office, reached // 86400, stopped_days)
    elif rule == MINUTES_RULE:
        reached = next_open(office, due + end - start)
    else:
        reached = closing_at_or_after(office, due_day + to_day - from_day)
        if end_on >= 0:
            end_on = reached // 86400
    due = reached
    if 0 <= due < end:
        if rule == MINUTES_RULE:
            due = next_open(office, end)
        else:
            due = closing_at_or_after(office, to_day)
            if 0 <= due < end:
                due = closing_at_or_after(office, to_day + 1)
    return due, reached, end_on, was_moved


@plain
def apology_due(office: Sequence[int], due: int, received: int) -> int:
    """The latest moment for the apology. Legal: R25, R31"""
    k = office[office[O_RANK] + due // 86400] - 1
    if k >= 0 and office[office[O_CLOSING] + k] > received:
        return office[office[O_CLOSING] + k]
    worked = 0 if due <= received else position(office, due) - position(office, received)
    if worked == 0:
        return due
    return min(add_work(office, received, worked * 4 // 5), due)


@plain
def before_due(office: Sequence[int], limit: int, due: int, received: int) -> int:
    """So much time before a due, never before receipt. Legal: R30"""
    rule = limit_rule(office, limit)
    amount = limit_amount(office, limit)
    if rule == DAYS_RULE:
        day = due // 86400
        k = office[office[O_RANK] + day] - amount
        at = -1 if k < 0 else office[office[O_WORKED_DAY] + k] * 86400 + due - day * 86400
    elif rule == MINUTES_RULE:
        at = take_work(office, due, amount)
    else:
        at = due - amount * 86400
    return max(at, received)
