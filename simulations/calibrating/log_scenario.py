"""A scenario fitted to a log from elsewhere, and how near it comes to what it has not seen.

The distances are those of Chapela-Campa et al. (BPM 2023): the cycle time distribution distance
and the relative event distribution distance are the 1-Wasserstein distances, in hours, of the
cases' lead times and of the events' instants since their case began. The noise floor is the same
distance between real and real: the part seen against the part held out, or the mean of random
halves where that is larger, because one split alone can be near by luck.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.clock import office_date
from simulations.arrivals import cases_of
from simulations.calibrating.fitting import FEWEST, fit
from simulations.calibrating.history import CaseSample, History
from simulations.calibrating.log_diagram import LogDiagram, diagram_of
from simulations.calibrating.observed_log import (
    ObservedLog,
    Pool,
    begin_of,
    end_of,
    lead_hours,
    office_of,
    pools_of,
)
from simulations.compiling.model import compile_model
from simulations.inputs.scenario import Group, Procedure, Scenario, Step, Window
from simulations.layout import BEGUN, COMPLETED, ENDED_AT
from simulations.office.model import SHORTEST_DELAY_SECONDS, arrivals_of
from simulations.run import play

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from engine.sla.office_hours import OfficeTime
    from simulations.compiling.model import Model

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WARM_UP_DAYS = 14
REPLICATIONS = 20
WITHIN = 0.05
"""The mean lead time must come this near, or within one standard error."""
TIMES_FLOOR = 2.0
FEWEST_CASES = 40
HALVINGS = 20
_HOUR = 3600.0


@dataclass(frozen=True)
class FittedLog:
    """The scenario and the diagram it needs beside it."""

    scenario: Scenario
    diagram: LogDiagram
    office: OfficeTime
    fits: dict[str, Any]
    """Activity → family and distance of its work and its delay."""


@dataclass(frozen=True)
class Validation:
    """How near the simulation of one part of a log comes to the part it has not seen. Hours."""

    seen: int
    held_out: int
    lead_mean: float
    lead_mean_error: float
    """Standard error of the difference of both parts' means."""
    simulated_lead_mean: float
    lead_p95: float
    simulated_lead_p95: float
    cycle_time: float
    cycle_time_in_time: float
    """The seen part against the held-out one."""
    cycle_time_floor: float
    """The larger of that and the mean of random halves."""
    relative_events: float
    relative_events_in_time: float
    relative_events_floor: float
    reasons: tuple[str, ...]
    """Why it is not validated; empty when it is."""

    @property
    def validated(self) -> bool:
        """Whether the gates hold."""
        return not self.reasons

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**self.__dict__, "reasons": list(self.reasons), "validated": self.validated}


def fit_log(
    log: ObservedLog, *, name: str, diagram_file: str, folder: Path, limit: str | None = None
) -> FittedLog:
    """Calendars, arrivals, work, choices, delays and people of a log; writes the diagram.

    Raises:
        ValueError: the log has no case.
    """
    pools = pools_of(log)
    office = office_of(log, pools)
    made = diagram_of(log.found.tree)
    (folder / diagram_file).write_bytes(made.bpmn)
    history = History(
        since=min(log.arrivals),
        until=max(log.arrivals),
        cases=[
            CaseSample(str(n), "log", begin_of(case), end_of(case))
            for n, case in enumerate(log.cases)
        ],
    )
    steps, fits = _steps(log, pools, made)
    first, last = office_date(min(log.arrivals)), office_date(max(log.arrivals))
    p90 = math.ceil(float(np.quantile(lead_hours(log), 0.9)) / 24)
    notes = list(log.notes)
    notes.append("Ngày nghỉ lễ của nơi ghi nhật ký không biết: lịch chỉ có ngày trong tuần")
    if limit is None:
        notes.append(
            f"Thời hạn {max(p90, 1)} ngày là giả định: 90 % hồ sơ đã xong trong thời gian đó"
        )
    scenario = Scenario(
        name=name,
        about=f"Hiệu chỉnh từ nhật ký: {len(log.cases)} hồ sơ, {first} đến {last}",
        sources=(name,),
        assumptions=tuple(notes),
        window=Window(first_on=first, last_on=last, warm_up_days=WARM_UP_DAYS, run_out=True),
        office_hours=tuple(_hours_text(office)),
        procedures=(
            Procedure(
                key="log",
                name=name,
                diagram=diagram_file,
                arrivals=arrivals_of(history, None, office),
                limit=limit or f"{max(p90, 1)}d",
                pause_policy="PAUSE_WD",
                steps=steps,
                shares={gate: dict(ways) for gate, ways in made.shares.items()},
            ),
        ),
        staff=tuple(_group(pool, made) for pool in pools),
        allow_overload=True,
    ).model_copy(update={"folder": folder})
    return FittedLog(scenario, made, office, fits)


def _hours_text(office: OfficeTime) -> list[str]:
    intervals = office.hours.schedules[0].intervals
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in intervals]


def _group(pool: Pool, made: LogDiagram) -> Group:
    roles = tuple(e for e, activity in made.elements.items() if activity in pool.activities)
    nobody = pool.people == ("",)
    return Group(
        key=pool.key,
        name=", ".join(pool.people)[:200],
        count=1000 if nobody else pool.effective,
        roles=roles,
        hours="always" if pool.hours is None else pool.hours,
        weekdays=tuple(WEEKDAYS[day] for day in pool.weekdays),  # type: ignore[misc]
    )


def _steps(
    log: ObservedLog, pools: Sequence[Pool], made: LogDiagram
) -> tuple[dict[str, Step], dict[str, Any]]:
    pool_of = {person: pool for pool in pools for person in pool.people}
    works: dict[str, list[float]] = {}
    delays: dict[str, list[float]] = {}
    free: dict[str, datetime] = {}
    events = sorted(
        (event for case in log.cases for event in case),
        key=lambda e: (e.started_at, e.ended_at),
    )
    for event in events:
        shifts = _Shifts(pool_of[event.resource])
        works.setdefault(event.activity, []).append(
            shifts.between(event.started_at, event.ended_at)
        )
        real = (event.started_at - event.enabled_at).total_seconds()
        # Whoever was idle just before did not keep the case waiting by other work.
        idle = free.get(event.resource, event.enabled_at) < event.started_at
        if event.resource:
            free[event.resource] = max(free.get(event.resource, event.ended_at), event.ended_at)
        inside = shifts.between(event.enabled_at, event.started_at) >= real - 1
        if real == 0 or (real > 0 and (not log.has_starts or (idle and inside))):
            delays.setdefault(event.activity, []).append(real)
    everything = [each for found in works.values() for each in found]
    steps, fits = {}, {}
    for element, activity in made.elements.items():
        own = works[activity]
        work = fit(own if len(own) >= FEWEST or len(everything) < FEWEST else [*own, *own])
        late = delays.get(activity, [])
        waits = (len(late) >= FEWEST and float(np.median(late)) > SHORTEST_DELAY_SECONDS) or (
            not log.has_starts and len(late) > 0 and sum(late) > 0
        )
        delay = fit(late) if waits else None
        steps[element] = Step(
            duration=work.duration, delay=delay.duration if delay else None, role=element
        )
        fits[activity] = {
            "samples": work.samples,
            "work": work.families[0][0],
            "work_mean_minutes": work.duration.mean_seconds / 60,
            "work_distance_minutes": work.distance_seconds / 60,
            "delay": delay.families[0][0] if delay else None,
            "delay_mean_minutes": delay.duration.mean_seconds / 60 if delay else 0.0,
        }
    return steps, fits


class _Shifts:
    """Working time of a pool between instants."""

    def __init__(self, pool: Pool) -> None:
        self._days = set(pool.weekdays)
        self._always = pool.hours is None
        self._stretches = [(_seconds(text[:5]), _seconds(text[6:])) for text in pool.hours or ()]

    def between(self, start: datetime, end: datetime) -> float:
        """Working seconds."""
        if end <= start:
            return 0.0
        if self._always:
            return (end - start).total_seconds()
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        total = 0.0
        while midnight < end:
            if midnight.weekday() in self._days:
                low = (start - midnight).total_seconds()
                high = (end - midnight).total_seconds()
                for opens, closes in self._stretches:
                    total += max(min(closes, high) - max(opens, low), 0.0)
            midnight += timedelta(days=1)
        return total


def _seconds(text: str) -> float:
    hours, minutes = text.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0


# -- how near ---------------------------------------------------------------------


def validate_log(
    log: ObservedLog,
    folder: Path,
    *,
    share: float = 0.5,
    seed: int = 1,
    replications: int = REPLICATIONS,
    diagram_file: str = "validate.bpmn",
) -> Validation:
    """Fit to the first cases, simulate the time of the others, and compare. In time's order.

    Raises:
        ValueError: too few cases for two parts.
    """
    cut = int(len(log.cases) * share)
    seen, held = log.part(0, cut), log.part(cut, len(log.cases))
    if min(len(seen.cases), len(held.cases)) < FEWEST_CASES:
        raise ValueError(f"Expected {FEWEST_CASES} cases in each part, but there are fewer")
    fitted = fit_log(seen, name="phần đã xem", diagram_file=diagram_file, folder=folder)
    window = Window(
        first_on=office_date(min(held.arrivals)),
        last_on=office_date(max(held.arrivals)),
        warm_up_days=WARM_UP_DAYS,
        run_out=True,
    )
    scenario = fitted.scenario.model_copy(update={"window": window})
    model = compile_model(scenario, fitted.office)
    leads, events = [], []
    for number in range(replications):
        lead, relative = simulated(model, seed + number)
        leads.append(lead)
        events.append(relative)
    return compared(
        before=(lead_hours(seen), _relative(seen)),
        real=(lead_hours(held), _relative(held)),
        floors=_floors(log),
        leads=leads,
        events=events,
    )


def compared(
    *,
    before: tuple[Any, Any],
    real: tuple[Any, Any],
    floors: tuple[float, float],
    leads: Sequence[Any],
    events: Sequence[Any],
) -> Validation:
    """Lead times and relative instants, in hours, of what was seen, held out and simulated."""
    mean = float(real[0].mean())
    # The fit knows the mean of a sample only, and is held against that of another one.
    error = math.sqrt(sum(float(part.var(ddof=1)) / len(part) for part in (before[0], real[0])))
    found = float(np.mean([lead.mean() for lead in leads]))
    cycle = float(np.mean([wasserstein(lead, real[0]) for lead in leads]))
    cycle_floor = max(floors[0], wasserstein(before[0], real[0]))
    relative = float(np.mean([wasserstein(each, real[1]) for each in events]))
    relative_floor = max(floors[1], wasserstein(before[1], real[1]))
    reasons = []
    if abs(found - mean) > max(WITHIN * mean, error):
        reasons.append(f"thời gian trung bình lệch {(found - mean) / mean:+.1%}")
    if cycle > TIMES_FLOOR * cycle_floor:
        reasons.append(f"phân bố thời gian lệch {cycle:.2f} giờ, mức nhiễu {cycle_floor:.2f} giờ")
    if relative > TIMES_FLOOR * relative_floor:
        reasons.append(
            f"thời điểm các bước lệch {relative:.2f} giờ, mức nhiễu {relative_floor:.2f} giờ"
        )
    return Validation(
        seen=len(before[0]),
        held_out=len(real[0]),
        lead_mean=mean,
        lead_mean_error=error,
        simulated_lead_mean=found,
        lead_p95=float(np.quantile(real[0], 0.95)),
        simulated_lead_p95=float(np.mean([np.quantile(lead, 0.95) for lead in leads])),
        cycle_time=cycle,
        cycle_time_in_time=wasserstein(before[0], real[0]),
        cycle_time_floor=cycle_floor,
        relative_events=relative,
        relative_events_in_time=wasserstein(before[1], real[1]),
        relative_events_floor=relative_floor,
        reasons=tuple(reasons),
    )


def _floors(log: ObservedLog) -> tuple[float, float]:
    """Mean distances of random halves of the real cases: what chance alone does."""
    random = np.random.default_rng(1)
    cycle, relative = [], []
    for _ in range(HALVINGS):
        order = random.permutation(len(log.cases))
        half = len(order) // 2
        first, second = (
            ObservedLog([log.cases[n] for n in chosen], log.found, log.has_starts)
            for chosen in (order[:half], order[half : 2 * half])
        )
        cycle.append(wasserstein(lead_hours(first), lead_hours(second)))
        relative.append(wasserstein(_relative(first), _relative(second)))
    return float(np.mean(cycle)), float(np.mean(relative))


def simulated(model: Model, seed: int) -> tuple[Any, Any]:
    """Lead times and instants of events since the begin of their case, in hours."""
    cases = cases_of(model.plans, model.scenario.procedures, seed)
    found = play(model, cases, trace=True)
    log = found.log
    begun, ended = log[log[:, 2] == BEGUN], log[log[:, 2] == COMPLETED]
    first = np.full(len(cases.at), np.iinfo(np.int64).max)
    np.minimum.at(first, begun[:, 1], begun[:, 0])
    last = found.cases[:, ENDED_AT].astype(np.int64)
    measured = (cases.at >= model.times.measured_from) & (last >= 0)
    both = np.concatenate((begun, ended))
    both = both[measured[both[:, 1]]]
    relative = (both[:, 0] - first[both[:, 1]]) / _HOUR
    return (last - first)[measured] / _HOUR, relative


def _relative(log: ObservedLog) -> Any:
    found: list[float] = []
    for case in log.cases:
        begin = begin_of(case)
        found.extend((e.started_at - begin).total_seconds() / _HOUR for e in case)
        found.extend((e.ended_at - begin).total_seconds() / _HOUR for e in case)
    return np.array(found)


def wasserstein(first: Any, second: Any) -> float:
    """1-Wasserstein distance of two samples: the area between their distribution functions."""
    a, b = np.sort(first), np.sort(second)
    every = np.sort(np.concatenate((a, b)))
    widths = np.diff(every)
    below_a = np.searchsorted(a, every[:-1], side="right") / len(a)
    below_b = np.searchsorted(b, every[:-1], side="right") / len(b)
    return float(np.sum(np.abs(below_a - below_b) * widths))


def shifted(window: Window, years: Sequence[int]) -> tuple[Window, int]:
    """The window in the calendar's years, the same day of the week; and by how many weeks."""
    weeks = 0
    first, last = window.first_on, window.last_on
    if min(years) <= (first - timedelta(days=window.warm_up_days)).year and last.year < max(years):
        return window, 0
    target: date = first.replace(year=max(years) - 1, month=1, day=1) + timedelta(days=28)
    weeks = (target - first).days // 7
    move = timedelta(weeks=weeks)
    return window.model_copy(update={"first_on": first + move, "last_on": last + move}), weeks
