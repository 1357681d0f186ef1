"""Many replications: intervals, a stop when they are narrow enough, scenarios in pairs."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulations.errors import OverloadError
from simulations.inputs.changes import AddStaff, Change, changed
from simulations.intervals import (
    FEWEST_RARE,
    Estimate,
    difference,
    mean_estimate,
    rate_estimate,
)
from simulations.layout import M_CALENDAR
from simulations.run import Summary, merge, model_of, run_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulations.compiling.model import Model
    from simulations.findings.figures import RunFigures
    from simulations.inputs.scenario import Scenario

BATCH = 10
"""Replications between two looks at the precision."""
MOST_LOAD = 1.02
"""Work over working time of a unit; more cannot be done, only put off."""
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Experiment:
    """Replications of one scenario with what they come to."""

    scenario: Scenario
    model: Model
    summary: Summary
    estimates: dict[str, Estimate]
    available: tuple[int, ...]
    """By person: seconds of working time in the window."""

    @property
    def runs(self) -> tuple[RunFigures, ...]:
        """The replications."""
        return self.summary.runs

    @property
    def confidence(self) -> float:
        """Of every interval."""
        return self.scenario.precision.confidence


@dataclass(frozen=True)
class Comparison:
    """A what-if beside its base: differences replication by replication."""

    base: Experiment
    other: Experiment
    differences: dict[str, Estimate]
    time_cut_mean_percent: float
    """Mean of the procedures' cuts of processing time. Legal: R61, R63"""
    time_cut_aggregate_percent: float
    """Cut of the time of all cases together. Legal: R61, R63"""


@dataclass(frozen=True)
class Bottleneck:
    """What one more person in a group would change."""

    group: str
    role: str
    gain: Estimate
    """Of R_solved, as a fraction."""


def experiment(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    mapped: Callable[[Scenario, Sequence[int]], Sequence[Summary]] | None = None,
) -> Experiment:
    """Run a scenario's replications on threads; seeds follow one another from `seed`.

    Without `replications` the scenario's own precision decides, and more are run until a hundred
    late cases are seen and the interval is narrow enough, or the most is reached. `mapped` runs
    seeds elsewhere, such as on other machines.

    Raises:
        OverloadError: the staff cannot do the work.
        RunStoppedError, CalendarYearMissingError: a run cannot go on.
    """
    precision = scenario.precision
    first = scenario.seed if seed is None else seed
    model = model_of(scenario)
    wanted = precision.replications if replications is None else replications
    most = wanted if replications is not None else max(wanted, precision.most_replications)
    done: list[Summary] = []

    def more(count: int) -> None:
        seeds = [first + len(done) + k for k in range(count)]
        if mapped is not None:
            done.extend(mapped(scenario, seeds))
        else:
            _on_threads(model, seeds, done, workers, progress, most if not fixed else wanted)

    fixed = replications is not None
    more(1)
    check_load(model, done[0].runs[0])
    more(wanted - 1)
    if precision.half_width_percent is not None and not fixed:
        while len(done) < most and not _is_narrow(_rate(merge(done)), precision.half_width_percent):
            more(min(BATCH, most - len(done)))
    summary = merge(done)
    return Experiment(
        scenario, model, summary, estimates_of(scenario, model, summary), available(model)
    )


def _on_threads(
    model: Model,
    seeds: Sequence[int],
    done: list[Summary],
    workers: int | None,
    progress: Callable[[int, int], None] | None,
    most: int,
) -> None:
    count = workers or os.cpu_count() or 1
    if count == 1 or len(seeds) == 1:
        for seed in seeds:
            done.append(run_model(model, seed))
            if progress is not None:
                progress(len(done), most)
        return
    with ThreadPoolExecutor(count) as pool:
        waiting = [pool.submit(run_model, model, seed) for seed in seeds]
        try:
            for each in waiting:
                done.append(each.result())
                if progress is not None:
                    progress(len(done), most)
        except BaseException:
            # Also on Ctrl-C: what has not begun never begins.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _rate(summary: Summary, confidence: float = 0.95) -> Estimate:
    good, total = _solved(summary.runs)
    return rate_estimate(good, total, confidence)


def _solved(runs: Sequence[RunFigures]) -> tuple[list[int], list[int]]:
    good = [run.cases.early + run.cases.on_time for run in runs]
    return good, [g + run.cases.late for g, run in zip(good, runs, strict=True)]


def _is_narrow(rate: Estimate, half_width_percent: float) -> bool:
    half = rate.half_width
    return half is not None and half * 100 <= half_width_percent


def available(model: Model) -> tuple[int, ...]:
    """Working time of each person in the window, in seconds."""
    start, stop = int(model.times.measured_from), int(model.times.stop_at)
    by_calendar = _working_time(model, start, stop)
    return tuple(
        int(by_calendar[model.people.groups[g, M_CALENDAR]]) for g in model.people.group_of
    )


def _working_time(model: Model, start: int, stop: int) -> list[int]:
    shifts, first = model.people.shifts, model.people.shift_first
    ends = [*(int(first[c + 1, 0]) for c in range(model.calendars - 1)), len(shifts)]
    found = []
    for calendar in range(model.calendars):
        own = shifts[int(first[calendar, 0]) : ends[calendar]]
        inside = np.minimum(own[:, 1], stop) - np.maximum(own[:, 0], start)
        found.append(int(np.maximum(inside, 0).sum()))
    return found


def check_load(model: Model, run: RunFigures) -> None:
    """Refuse a scenario whose people cannot do their work in the time simulated.

    Roles that share people are looked at together.

    Raises:
        OverloadError: it names roles and load.
    """
    if model.scenario.allow_overload:
        return
    time = _working_time(model, 0, int(model.times.stop_at))
    units = list(range(len(model.roles)))
    groups = model.people.groups
    for row in groups:
        own = model.people.lists[row[3] : row[4]].tolist()
        if row[0]:
            for role in own[1:]:
                old, new = units[role], units[own[0]]
                units = [new if each == old else each for each in units]
    for unit in sorted(set(units)):
        roles = [r for r, each in enumerate(units) if each == unit]
        work = sum(run.offered[r] for r in roles)
        capacity = sum(
            row[0] * time[row[2]] * model.people.speed[number]
            for number, row in enumerate(groups)
            if row[0] and units[int(model.people.lists[row[3]])] == unit
        )
        if work > MOST_LOAD * capacity:
            names = ", ".join(model.roles[r] for r in roles)
            load = math.ceil(work / capacity * 100) if capacity else 0
            raise OverloadError(
                f"Expected staff that can do the work, but {names} would be busy {load} % of"
                " their time, and the queue grows without end; set allow_overload: true to see"
                " it all the same",
                roles=[model.roles[r] for r in roles],
                load_percent=load,
            )


def estimates_of(scenario: Scenario, model: Model, summary: Summary) -> dict[str, Estimate]:
    """Every figure with its interval, by name; times in days of 24 hours."""
    runs, level = summary.runs, scenario.precision.confidence
    found: dict[str, Estimate] = {}
    for place, name in enumerate(("R_solved", "R_received", "R_766")):
        rates = [run.cases.rates()[place] for run in runs]
        found[name] = rate_estimate(
            [r.numerator for r in rates], [r.denominator for r in rates], level
        )
    for name in ("lead_mean", "lead_p50", "lead_p90", "lead_p95"):
        found[f"{name}_days"] = mean_estimate(values(runs, name), level)
    found["working_lead_mean_days"] = mean_estimate(
        [run.working_lead_mean / 28_800 for run in runs], level
    )
    found["same_day_share"] = rate_estimate(
        [r.same_day for r in runs], [r.solved for r in runs], level
    )
    if scenario.on_the_spot is not None:
        found["on_the_spot_share"] = rate_estimate(
            [r.on_the_spot for r in runs], [r.solved for r in runs], level
        )
        found["on_the_spot_same_day_share"] = rate_estimate(
            [r.on_the_spot_same_day for r in runs], [r.on_the_spot for r in runs], level
        )
    time = available(model)
    for number, group in enumerate(model.groups):
        people = [p for p, g in enumerate(model.people.group_of) if g == number]
        whole = sum(time[p] for p in people)
        if whole:
            found[f"utilisation:{group.key}"] = mean_estimate(
                [sum(r.busy[p] for p in people) / whole for r in runs], level
            )
    for number, role in enumerate(model.roles):
        found[f"queue_mean:{role}"] = mean_estimate([r.queue_mean[number] for r in runs], level)
        found[f"queue_most:{role}"] = mean_estimate(
            [float(r.queue_most[number]) for r in runs], level
        )
    found["staff_dong_per_case"] = mean_estimate([_staff_cost(model, run) for run in runs], level)
    found["compliance_dong_per_case"] = mean_estimate(
        [_compliance_cost(scenario, run) for run in runs], level
    )
    return found


def values(runs: Sequence[RunFigures], name: str) -> list[float]:
    """One value a replication: a share as it is, a time in days."""
    if name == "R_solved":
        return [run.r_solved for run in runs]
    if name.startswith("R_"):
        place = 1 if name == "R_received" else 2
        rates = [run.cases.rates()[place] for run in runs]
        return [r.numerator / r.denominator if r.denominator else math.nan for r in rates]
    if name == "same_day_share":
        return [run.same_day / run.solved if run.solved else math.nan for run in runs]
    return [float(getattr(run, name)) / DAY_SECONDS for run in runs]


def _staff_cost(model: Model, run: RunFigures) -> float:
    if not run.solved:
        return math.nan
    pay = [model.groups[g].dong_per_hour for g in model.people.group_of]
    return math.fsum(b / 3600 * p for b, p in zip(run.busy, pay, strict=True)) / run.solved


def _compliance_cost(scenario: Scenario, run: RunFigures) -> float:
    """Mean cost of an applicant for one dossier: journeys, their time, fees. Legal: R62"""
    if not run.solved:
        return math.nan
    costs = scenario.costs
    trip = costs.dong_per_trip + costs.hours_per_trip * costs.applicant_dong_per_hour
    own = math.fsum(
        count * (each.trips * trip + each.fee_dong)
        for count, each in zip(run.solved_by_procedure, scenario.procedures, strict=True)
    )
    return (own + run.requests * trip) / run.solved


COMPARED = (
    "R_solved",
    "R_received",
    "R_766",
    "lead_mean",
    "lead_p50",
    "lead_p90",
    "lead_p95",
    "same_day_share",
)


def compare(base: Experiment, other: Experiment) -> Comparison:
    """Differences, other minus base, replication by replication with the same seeds.

    Raises:
        ValueError: the two have not the same seeds.
    """
    if [r.seed for r in base.runs] != [r.seed for r in other.runs]:
        raise ValueError("Expected the same seeds, but they differ")
    level = base.confidence
    differences = {
        name: difference(values(base.runs, name), values(other.runs, name), level)
        for name in COMPARED
    }
    differences["staff_dong_per_case"] = difference(
        [_staff_cost(base.model, run) for run in base.runs],
        [_staff_cost(other.model, run) for run in other.runs],
        level,
    )
    differences["compliance_dong_per_case"] = difference(
        [_compliance_cost(base.scenario, run) for run in base.runs],
        [_compliance_cost(other.scenario, run) for run in other.runs],
        level,
    )
    mean, aggregate = _time_cuts(base, other)
    return Comparison(base, other, differences, mean, aggregate)


def _time_cuts(base: Experiment, other: Experiment) -> tuple[float, float]:
    """Percent by which processing takes less: mean of procedures, and all cases together."""
    cuts = []
    before_all = after_all = 0.0
    for number in range(len(base.scenario.procedures)):
        if number >= len(other.scenario.procedures):
            break
        before = _mean([run.lead_by_procedure[number] for run in base.runs])
        after = _mean([run.lead_by_procedure[number] for run in other.runs])
        weight = sum(run.solved_by_procedure[number] for run in base.runs)
        if math.isnan(before) or math.isnan(after) or before == 0:
            continue
        cuts.append((before - after) / before * 100)
        before_all += weight * before
        after_all += weight * after
    if not cuts:
        return math.nan, math.nan
    return math.fsum(cuts) / len(cuts), (before_all - after_all) / before_all * 100


def _mean(found: Sequence[float]) -> float:
    known = [each for each in found if not math.isnan(each)]
    return math.fsum(known) / len(known) if known else math.nan


def bottlenecks(
    base: Experiment,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    mapped: Callable[[Scenario, Sequence[int]], Sequence[Summary]] | None = None,
) -> tuple[Bottleneck, ...]:
    """What one more person in each group would gain on time; the largest gain first.

    The same seeds as the base, so the differences are paired.
    """
    found = []
    seeds = len(base.runs)
    for group in base.scenario.staff:
        if not group.count:
            continue
        more = changed(base.scenario, Change(add_staff=AddStaff(group=group.key, count=1)))
        other = experiment(
            more,
            replications=seeds,
            seed=base.runs[0].seed,
            workers=workers,
            progress=progress,
            mapped=mapped,
        )
        gain = compare(base, other).differences["R_solved"]
        found.append(Bottleneck(group.key, ", ".join(group.roles), gain))
    return tuple(sorted(found, key=lambda each: -each.gain.value))


__all__ = [
    "FEWEST_RARE",
    "Any",
    "Bottleneck",
    "Comparison",
    "Experiment",
    "available",
    "bottlenecks",
    "compare",
    "experiment",
]
