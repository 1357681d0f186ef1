"""An event log from elsewhere as history: wall time, enabling instants, pools of people, hours."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.sla.calendar import CalendarYear, DayChange, DayKind, WorkingCalendar, YearStatus
from engine.sla.office_hours import OfficeHours, OfficeTime
from simulations.calibrating.discovery import Discovered, discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.reports.observed.log import LogCase

_OFFICE_ZONE = timezone(timedelta(hours=7))
HALF_HOUR = 30
QUIET = 0.02
"""Half hours with less than this share of the busiest are outside working hours."""
QUIET_DAY = 0.1
"""Days of the week with less than this share of the busiest are days off."""
ALIKE = 0.5
"""Cosine of two people's activities from which they belong to one pool."""
ROUND_THE_CLOCK = 44
"""Half hours of a day from which a pool works day and night."""
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Event:
    """One activity of a case, in wall time as if it were office time."""

    activity: str
    resource: str
    enabled_at: datetime
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Pool:
    """People who do alike."""

    key: str
    people: tuple[str, ...]
    activities: tuple[str, ...]
    hours: tuple[str, ...] | None
    """Stretches of the day; None is day and night."""
    weekdays: tuple[int, ...]
    effective: int
    """As many people with even shares of the work."""


@dataclass
class ObservedLog:
    """The cases in order of their begin, and what was found about them."""

    cases: list[list[Event]]
    found: Discovered
    has_starts: bool
    notes: list[str] = field(default_factory=list)

    @property
    def arrivals(self) -> list[datetime]:
        """The begin of each case."""
        return [begin_of(case) for case in self.cases]

    def part(self, first: int, last: int) -> ObservedLog:
        """Some of the cases; their tree is found anew, so it knows nothing of the others."""
        cases = self.cases[first:last]
        found = discover(
            tuple(e.activity for e in sorted(case, key=lambda e: (e.ended_at, e.started_at)))
            for case in cases
        )
        return ObservedLog(cases, found, self.has_starts, self.notes)


def begin_of(case: Sequence[Event]) -> datetime:
    """The first start of a case."""
    return min(event.started_at for event in case)


def end_of(case: Sequence[Event]) -> datetime:
    """The last end of a case."""
    return max(event.ended_at for event in case)


def lead_hours(log: ObservedLog) -> Any:
    """Hours from first start to last end of each case."""
    return np.array([(end_of(c) - begin_of(c)).total_seconds() / _HOUR for c in log.cases])


def observed_log(cases: Iterable[LogCase]) -> ObservedLog:
    """The cases of a log, in wall time, repaired where its clock was changed."""
    rows = []
    known = total = 0
    for case in cases:
        events = []
        for event in case.events:
            end = _wall(event.at)
            start = None if event.started_at is None else _wall(event.started_at)
            total += 1
            known += start is not None
            events.append((event.activity, event.resource or "", start, end))
        if events:
            rows.append(sorted(events, key=lambda e: (e[3], e[2] or e[3])))
    has_starts = total > 0 and known == total
    notes: list[str] = []
    if has_starts:
        rows = _same_clock(rows, notes)
    found = discover(tuple(event[0] for event in case) for case in rows)
    beside = found.tree.concurrent()
    made = _with_enabling(rows, beside, has_starts)
    made.sort(key=begin_of)
    if found.loose:
        notes.append(
            f"{found.loose} chỗ trong nhật ký không theo cấu trúc nào: coi là làm theo thứ tự"
            " bất kỳ"
        )
    if not has_starts:
        notes.append(
            "Nhật ký không có giờ bắt đầu: thời gian làm việc và thời gian chờ không tách được;"
            " mỗi bước được coi là làm không quá trung vị khoảng cách giữa hai bước"
        )
    return ObservedLog(made, found, has_starts, notes)


def _wall(at: datetime) -> datetime:
    # Stamps without a zone were read as office time in UTC; others keep the clock of their place.
    if at.tzinfo is UTC or at.utcoffset() is None:
        at = at.astimezone(_OFFICE_ZONE)
    return at.replace(tzinfo=_OFFICE_ZONE)


_Row = tuple[str, str, "datetime | None", datetime]


def _same_clock(cases: list[list[_Row]], notes: list[str]) -> list[list[_Row]]:
    """Undo one change of the clock by an hour inside a log, if its days say there was one."""
    days: dict[date, list[float]] = defaultdict(list)
    for case in cases:
        for _, _, start, _ in case:
            if start is not None:
                days[start.date()].append(start.hour + start.minute / 60)
    order = sorted(days)
    means = np.array([float(np.mean(days[day])) for day in order])
    least = 10
    if len(order) < 2 * least:
        return cases
    best, at = means.var() * len(means), 0
    for split in range(least, len(order) - least + 1):
        spread = means[:split].var() * split + means[split:].var() * (len(means) - split)
        if spread < best:
            best, at = spread, split
    if at == 0:
        return cases
    step = float(means[at:].mean() - means[:at].mean())
    noise = (best / len(means)) ** 0.5 * (1 / at + 1 / (len(means) - at)) ** 0.5
    if not 0.7 <= abs(step) <= 1.3 or abs(step) < 4 * noise:  # noqa: PLR2004 (an hour, for sure)
        return cases
    hour = timedelta(hours=round(step))
    first = order[at]
    notes.append(
        f"Đồng hồ của nhật ký đổi {round(step):+d} giờ từ {first.isoformat()}: đã quy về giờ"
        " ban đầu"
    )

    def back(stamp: datetime | None) -> datetime | None:
        return stamp if stamp is None or stamp.date() < first else stamp - hour

    return [
        [(name, who, back(start), back(end) or end) for name, who, start, end in case]
        for case in cases
    ]


def _with_enabling(
    cases: list[list[_Row]], beside: set[frozenset[str]], has_starts: bool
) -> list[list[Event]]:
    """An activity is enabled by the last one before it that cannot go on at the same time."""
    enabled = []
    for case in cases:
        ready = []
        for name, _, start, end in case:
            before = [
                other_end
                for other, _, _, other_end in case
                if other_end <= (start or end)
                and frozenset((other, name)) not in beside
                and (other, other_end) != (name, end)
            ]
            ready.append(max(before, default=start or end))
        enabled.append(ready)
    if has_starts:
        starts = [[start or end for _, _, start, end in case] for case in cases]
    else:
        starts = _estimated(cases, enabled)
    return [
        [
            Event(name, who, ready, start, end)
            for (name, who, _, end), ready, start in zip(case, readies, begun, strict=True)
        ]
        for case, readies, begun in zip(cases, enabled, starts, strict=True)
    ]


def _estimated(cases: list[list[_Row]], enabled: list[list[datetime]]) -> list[list[datetime]]:
    """Starts for a log without: work takes at most the activity's median gap."""
    flat = sorted(
        (end, number, place)
        for number, case in enumerate(cases)
        for place, (_, _, _, end) in enumerate(case)
    )
    free: dict[str, datetime] = {}
    gaps: dict[str, list[float]] = defaultdict(list)
    gap_of = {}
    for end, number, place in flat:
        name, who, _, _ = cases[number][place]
        could = max(enabled[number][place], free.get(who, enabled[number][place]))
        gap = max((end - could).total_seconds(), 0.0)
        gap_of[number, place] = gap
        gaps[name].append(gap)
        if who:
            free[who] = end
    medians = {name: float(np.median(found)) for name, found in gaps.items()}
    return [
        [
            end - timedelta(seconds=min(gap_of[number, place], medians[name], 4 * _HOUR))
            for place, (name, _, _, end) in enumerate(case)
        ]
        for number, case in enumerate(cases)
    ]


# -- people and hours -------------------------------------------------------------


def pools_of(log: ObservedLog) -> list[Pool]:
    """People by what they do; work of nobody is a pool of its own without queue."""
    profile: dict[str, Counter[str]] = defaultdict(Counter)
    stamps: dict[str, list[datetime]] = defaultdict(list)
    for case in log.cases:
        for event in case:
            profile[event.resource][event.activity] += 1
            stamps[event.resource].extend((event.started_at, event.ended_at))
    names = sorted({event.activity for case in log.cases for event in case})
    gathered: list[tuple[Any, list[str]]] = []
    for person in sorted(profile, key=lambda p: (-profile[p].total(), p)):
        own = np.array([profile[person][name] for name in names], float)
        for place, (weights, people) in enumerate(gathered):
            cosine = own @ weights / (np.linalg.norm(own) * np.linalg.norm(weights))
            if cosine >= ALIKE:
                gathered[place] = (weights + own, [*people, person])
                break
        else:
            gathered.append((own, [person]))
    pools = []
    for number, (weights, people) in enumerate(gathered):
        loads = np.array([profile[person].total() for person in people], float)
        hours, weekdays = hours_of([at for person in people for at in stamps[person]])
        pools.append(
            Pool(
                key=f"nhóm {number + 1}",
                people=tuple(people),
                activities=tuple(n for n, w in zip(names, weights, strict=True) if w > 0),
                hours=hours,
                weekdays=weekdays,
                effective=max(round(float(loads.sum() ** 2 / (loads**2).sum())), 1),
            )
        )
    return pools


def hours_of(stamps: Sequence[datetime]) -> tuple[tuple[str, ...] | None, tuple[int, ...]]:
    """Stretches of the day and days of the week in which something happens."""
    bins = Counter((at.hour * 60 + at.minute) // HALF_HOUR for at in stamps)
    most = max(bins.values())
    active = sorted(b for b, n in bins.items() if n >= QUIET * most)
    weekdays = Counter(at.weekday() for at in stamps)
    busiest = max(weekdays.values())
    days = tuple(sorted(d for d, n in weekdays.items() if n >= QUIET_DAY * busiest))
    if len(active) >= ROUND_THE_CLOCK:
        return None, days
    stretches: list[list[int]] = []
    for each in active:
        if stretches and stretches[-1][1] >= each - 1:
            stretches[-1][1] = each + 1
        else:
            stretches.append([each, each + 1])
    return tuple(f"{_clock(a)}-{_clock(b)}" for a, b in stretches), days


def _clock(half_hours: int) -> str:
    minutes = min(half_hours * HALF_HOUR, 24 * 60 - 1)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def office_of(log: ObservedLog, pools: Sequence[Pool]) -> OfficeTime:
    """A calendar without holidays for the years of the log: what is known of a foreign office."""
    hours, weekdays = hours_of(
        [at for case in log.cases for event in case for at in (event.started_at, event.ended_at)]
    )
    days = {day for pool in pools for day in pool.weekdays} | set(weekdays)
    first, last = min(log.arrivals).year, max(end_of(case) for case in log.cases).year
    weekend = [day for day in (5, 6) if day in days]
    years = []
    for year in range(first - 1, last + 3):
        on = date(year, 1, 1)
        changes = []
        while on.year == year:
            if on.weekday() in weekend:
                changes.append(DayChange(on, DayKind.WORKED, "nhật ký có làm việc"))
            on += timedelta(days=1)
        years.append(CalendarYear(year, YearStatus.PROJECTED, None, tuple(changes)))
    return OfficeTime(
        WorkingCalendar(years), OfficeHours.from_plain(list(hours or ("00:00-23:59",)))
    )
