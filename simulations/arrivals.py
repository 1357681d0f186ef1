"""When dossiers come: by month, weekday and hour, with peaks, the same for the same seed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulations.draws import GOLDEN, MASK, mix, mixed, salt_of, uniforms
from simulations.inputs.scenario import WEEKDAYS
from simulations.office_arrays import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulations.inputs.scenario import Arrivals, Procedure
    from simulations.office_arrays import OfficeClock

DAY_SALT, TIME_SALT, CLASS_SALT, CHANNEL_SALT = (
    salt_of("arrivals", word) for word in ("day", "time", "class", "channel")
)
_PER_DAY = 1 << 24
"""More dossiers than one procedure gets in a day."""


class Cases(NamedTuple):
    """The cases of one replication, in the order they come."""

    at: Any
    """Seconds."""
    procedure: Any
    group: Any
    """The class within the procedure."""
    online: Any
    key: Any
    """What its random numbers come from: procedure, day and place in the day (uint64)."""


class DayPlan:
    """What is the same in every replication: expected numbers by day and hours of each day."""

    def __init__(self, arrivals: Arrivals, clock: OfficeClock, days: range) -> None:
        self.arrivals = arrivals
        self.days = np.array(days, np.int64)
        self.weights = np.array([self._weight(clock, day) for day in days])
        self._clock = clock
        self._stretches = {day: self._hours(clock, day) for day in days}

    def _weight(self, clock: OfficeClock, day: int) -> float:
        spec = self.arrivals
        on = clock.first_on + timedelta(days=day)
        if not spec.every_day and not clock.office.calendar.is_working_day(on):
            return 0.0
        weight = spec.months.get(on.month, 1.0)
        weight *= spec.weekdays.get(WEEKDAYS[on.weekday()], 1.0)  # type: ignore[call-overload]
        for peak in spec.peaks:
            if peak.first_on <= on <= peak.last_on:
                weight *= peak.factor
        return float(weight)

    def _hours(self, clock: OfficeClock, day: int) -> tuple[Any, Any, Any]:
        """Starts, lengths and cumulated weights of the stretches in which arrivals come."""
        spec = self.arrivals
        arrays = clock.parts
        first, last = arrays.first[day], arrays.first[day + 1]
        stretches = [
            (int(arrays.opens[k]) - day * DAY, int(arrays.closes[k]) - day * DAY)
            for k in range(first, last)
        ]
        if spec.every_day or not stretches:
            stretches = [(0, DAY)]
        if spec.hours:
            parts = [
                (max(start, hour * 3600), min(end, hour * 3600 + 3600), weight)
                for start, end in stretches
                for hour, weight in sorted(spec.hours.items())
                if weight > 0 and max(start, hour * 3600) < min(end, hour * 3600 + 3600)
            ]
            parts = parts or [(start, end, float(end - start)) for start, end in stretches]
        else:
            parts = [(start, end, float(end - start)) for start, end in stretches]
        weights = np.cumsum([part[2] for part in parts])
        return (
            np.array([part[0] for part in parts], np.float64),
            np.array([part[1] - part[0] for part in parts], np.float64),
            weights / weights[-1],
        )

    def draw(self, seed_key: int, salt: int) -> tuple[Any, Any]:
        """Seconds and keys of one procedure's dossiers."""
        base = np.uint64(mix((seed_key + salt) & MASK))
        if self.arrivals.total is not None:
            days, numbers = self._exactly(base, self.arrivals.total)
        else:
            days, numbers = self._by_rate(base, float(self.arrivals.per_working_day or 0.0))
        with np.errstate(over="ignore"):
            keys = mixed(
                base
                + (days.astype(np.uint64) * np.uint64(_PER_DAY) + numbers.astype(np.uint64))
                * np.uint64(GOLDEN)
            )
        u = uniforms(keys, TIME_SALT, np.zeros(len(keys), np.uint64))
        seconds = np.zeros(len(days), np.int64)
        order = np.argsort(days, kind="stable")
        days, keys, u = days[order], keys[order], u[order]
        if self.arrivals.spacing == "even":
            u = _evenly(days)
        edges = np.flatnonzero(np.diff(days)) + 1
        for part in np.split(np.arange(len(days)), edges):
            if len(part) == 0:
                continue
            day = int(days[part[0]])
            starts, lengths, cumulated = self._stretches[day]
            place = np.minimum(np.searchsorted(cumulated, u[part], side="right"), len(starts) - 1)
            below = np.where(place > 0, cumulated[place - 1], 0.0)
            inside = (u[part] - below) / (cumulated[place] - below)
            seconds[part] = day * DAY + (starts[place] + inside * lengths[place]).astype(np.int64)
        return seconds, keys

    def _exactly(self, base: Any, total: int) -> tuple[Any, Any]:
        numbers = np.arange(total, dtype=np.int64)
        if total == 0:
            return numbers, numbers
        cumulated = np.cumsum(self.weights)
        cumulated /= cumulated[-1]
        u = uniforms(np.full(total, base, np.uint64), DAY_SALT, numbers)
        place = np.minimum(np.searchsorted(cumulated, u, side="right"), len(self.days) - 1)
        return self.days[place], numbers

    def _by_rate(self, base: Any, rate: float) -> tuple[Any, Any]:
        u = uniforms(np.full(len(self.days), base, np.uint64), DAY_SALT, self.days)
        if self.arrivals.spacing == "even":
            counts = np.floor(self.weights * rate + u).astype(np.int64)
        else:
            counts = counts_at(u, self.weights * rate, self.arrivals.dispersion)
        days = np.repeat(self.days, counts)
        ends = np.cumsum(counts)
        numbers = np.arange(len(days), dtype=np.int64) - np.repeat(ends - counts, counts)
        return days, numbers


def _evenly(days: Any) -> Any:
    """Beginnings of equal parts of each day, the first at opening; `days` rise."""
    _, first, counts = np.unique(days, return_index=True, return_counts=True)
    place = np.arange(len(days)) - np.repeat(first, counts)
    return place / np.repeat(counts, counts)


def counts_at(u: Any, means: Any, dispersion: float) -> Any:
    """Whole numbers at which a Poisson (or negative binomial) distribution passes `u`."""
    counts = np.zeros(len(means), np.int64)
    for mean in np.unique(means):
        if mean <= 0:
            continue
        which = means == mean
        cumulated = _cumulated(float(mean), dispersion)
        counts[which] = np.searchsorted(cumulated, u[which], side="left")
    return counts


def _cumulated(mean: float, dispersion: float) -> Any:
    spread = (mean * dispersion) ** 0.5
    most = int(mean + 12 * spread + 30)
    k = np.arange(1, most + 1)
    if dispersion == 1.0:
        # Logarithms, because exp(-mean) is zero for large means.
        steps = np.log(mean / k)
        first = -mean
    else:
        size = mean / (dispersion - 1.0)
        steps = np.log((size + k - 1) / k * (1.0 - 1.0 / dispersion))
        first = -size * np.log(dispersion)
    logs = np.concatenate(([first], first + np.cumsum(steps)))
    return np.cumsum(np.exp(logs))


def cases_of(plans: Sequence[DayPlan], procedures: Sequence[Procedure], seed: int) -> Cases:
    """All cases of one replication, by time and then by procedure."""
    seed_key = mix((seed + 1) * GOLDEN & MASK)
    at, which, keys = [], [], []
    for number, (plan, procedure) in enumerate(zip(plans, procedures, strict=True)):
        seconds, own = plan.draw(seed_key, salt_of("procedure", procedure.key))
        at.append(seconds)
        keys.append(own)
        which.append(np.full(len(seconds), number, np.int64))
    times, case_keys, numbers = np.concatenate(at), np.concatenate(keys), np.concatenate(which)
    order = np.lexsort((case_keys, numbers, times))
    times, case_keys, numbers = times[order], case_keys[order], numbers[order]
    zero = np.zeros(len(times), np.uint64)
    u_class = uniforms(case_keys, CLASS_SALT, zero)
    u_channel = uniforms(case_keys, CHANNEL_SALT, zero)
    group = np.zeros(len(times), np.int64)
    online = np.zeros(len(times), np.int64)
    for number, procedure in enumerate(procedures):
        mine = numbers == number
        cumulated = np.cumsum([each.share for each in procedure.classes])
        group[mine] = np.minimum(
            np.searchsorted(cumulated, u_class[mine], side="right"), len(cumulated) - 1
        )
        online[mine] = u_channel[mine] < procedure.arrivals.online_share
    return Cases(times, numbers, group, online, case_keys)
