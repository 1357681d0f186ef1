"""The smallest staff, or the shortest limits, that keep a wanted on-time rate for sure enough.

For sure enough means: the one-sided lower bound of the rate over replications is not below the
wanted one. A candidate is looked at with few replications first and with more only while it is
undecided, and every look costs budget. All candidates have the same seeds, so they are compared
with the same dossiers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.sla.limit import CountingRule, Limit
from simulations.compiling.procedures import read_tables
from simulations.errors import ScenarioError
from simulations.experiment import available
from simulations.intervals import t_quantile
from simulations.run import model_of, run_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulations.findings.figures import RunFigures
    from simulations.inputs.scenario import Scenario
    from simulations.run import Summary

    Mapped = Callable[[Scenario, Sequence[int]], Sequence[Summary]]
    Progress = Callable[[str, int, int], None]

BATCH = 10
MOST_REPLICATIONS = 60
"""Of one candidate; one still undecided then does not keep the rate for sure enough."""
LONGEST = 4
"""Limits up to so many times the present one are tried."""
MOST_LOAD = 1.0


@dataclass(frozen=True)
class Wanted:
    """What is to be kept, as fractions, and how many replications may be spent."""

    rate: float
    confidence: float
    budget: int


@dataclass(frozen=True)
class Look:
    """What a candidate came to."""

    rate: float
    low: float
    """One-sided lower bound."""
    replications: int

    def keeps(self, wanted: Wanted) -> bool:
        """Whether it keeps the rate for sure enough."""
        return self.low >= wanted.rate


@dataclass
class Found:
    """The answer of a search."""

    kept: bool
    finished: bool
    """False when the budget ran out first; what is said holds, but may not be the smallest."""
    spent: int
    values: dict[str, Any]
    """Group → people, or procedure → limit."""
    before: dict[str, Any]
    looks: dict[str, Look]
    """"all", or by procedure."""
    steps: list[str] = field(default_factory=list)


class _SpentError(Exception):
    """The budget is used up."""


class _Runs:
    """Runs candidates within the budget."""

    def __init__(self, wanted: Wanted, mapped: Mapped | None, progress: Progress | None) -> None:
        self.wanted = wanted
        self.spent = 0
        self._mapped = mapped
        self._progress = progress

    def more(self, scenario: Scenario, done: list[RunFigures], what: str) -> None:
        """Some more replications of a candidate.

        Raises:
            _SpentError: there is no budget for them.
        """
        if self.spent + BATCH > self.wanted.budget:
            raise _SpentError
        seeds = [scenario.seed + len(done) + k for k in range(BATCH)]
        if self._mapped is not None:
            done.extend(run for each in self._mapped(scenario, seeds) for run in each.runs)
        else:
            done.extend(run for each in on_threads(scenario, seeds) for run in each.runs)
        self.spent += BATCH
        if self._progress is not None:
            self._progress(what, self.spent, self.wanted.budget)

    def look(self, scenario: Scenario, what: str) -> tuple[Look, list[RunFigures]]:
        """A candidate's rate, with as many replications as it takes to decide."""
        done: list[RunFigures] = []
        while True:
            self.more(scenario, done, what)
            found = look_of([run.cases for run in done], self.wanted.confidence)
            undecided = found.low < self.wanted.rate <= found.rate
            if not undecided or len(done) >= MOST_REPLICATIONS:
                return found, done


def on_threads(scenario: Scenario, seeds: Sequence[int]) -> list[Summary]:
    """Replications on this machine's cores."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (only here)

    model = model_of(scenario)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda seed: run_model(model, seed), seeds))


def look_of(counts: Sequence[Any], confidence: float) -> Look:
    """The rate of all cases together, and its lower bound over replications.

    The bound is on the logit scale, where that of a rate near 1 does not pass 1. Without any late
    case, or without spread, it is that of half a late case in every replication: cautious.
    """
    good = np.array([each.early + each.on_time for each in counts], float)
    late = np.array([each.late for each in counts], float)
    total = good + late
    whole = float(total.sum())
    if whole == 0:
        return Look(math.nan, -math.inf, len(counts))
    rate = float(good.sum()) / whole
    count = len(counts)
    if count < 2 or good.sum() == 0:  # noqa: PLR2004 (a spread needs two)
        return Look(rate, 0.0, count)
    if late.sum() < count / 2:
        shrunk = 1.0 - (float(late.sum()) + count / 2) / (whole + count)
        return Look(rate, shrunk, count)
    residuals = good - rate * total
    spread = math.sqrt(float((residuals**2).sum()) / (count - 1) / count) / (whole / count)
    one_sided = t_quantile(count - 1, 2 * confidence - 1)
    middle = math.log(rate / (1 - rate))
    low = middle - one_sided * spread / (rate * (1 - rate))
    return Look(rate, 1 / (1 + math.exp(-low)), count)


# -- staff --------------------------------------------------------------------------


def search_staff(
    scenario: Scenario,
    wanted: Wanted,
    *,
    mapped: Mapped | None = None,
    progress: Progress | None = None,
) -> Found:
    """The smallest staff: nobody can be taken away from any group any more.

    While the rate is not kept, the group whose files wait longest grows; then each group, the
    least busy first, is halved towards the number its work needs at least.
    """
    runs = _Runs(wanted, mapped, progress)
    counts = {each.key: each.count for each in scenario.staff}
    found = Found(False, False, 0, dict(counts), dict(counts), {})
    try:
        look, done = runs.look(with_counts(scenario, counts), "như hiện nay")
        while not look.keeps(wanted):
            group = _longest_wait(with_counts(scenario, counts), done)
            counts[group] += max(1, counts[group] // 10)
            look, done = runs.look(with_counts(scenario, counts), f"{group}: {counts[group]}")
            found.steps.append(f"{group} thành {counts[group]}: {look.rate:.2%}")
        found.kept, found.values, found.looks = True, dict(counts), {"all": look}
        least = _least(with_counts(scenario, counts), done)
        idle = _by_use(with_counts(scenario, counts), done)
        changed = True
        while changed:
            changed = False
            for group in idle:
                fewer, better = _fewest(runs, scenario, counts, group, least[group])
                if better is not None and fewer < counts[group]:
                    counts[group], changed = fewer, True
                    found.steps.append(f"{group} thành {fewer}: {better.rate:.2%}")
                    found.values, found.looks = dict(counts), {"all": better}
        found.finished = True
    except _SpentError:
        pass
    if not found.kept:
        found.values = dict(counts)
    found.spent = runs.spent
    return found


def _fewest(
    runs: _Runs, scenario: Scenario, counts: dict[str, int], group: str, least: int
) -> tuple[int, Look | None]:
    """The fewest people of one group that keep the rate, the others as they are."""
    high, low, best = counts[group], least, None
    first = True
    while low < high:
        # One fewer decides most often; only then it is worth to halve.
        middle = high - 1 if first else (low + high) // 2
        first = False
        tried = with_counts(scenario, {**counts, group: middle})
        look, _ = runs.look(tried, f"{group}: {middle}")
        if look.keeps(runs.wanted):
            high, best = middle, look
        else:
            low = middle + 1
    return high, best


def with_counts(scenario: Scenario, counts: dict[str, int]) -> Scenario:
    """The scenario with other numbers of people, run even when it is too few."""
    return scenario.model_copy(
        update={
            "staff": tuple(
                each.model_copy(update={"count": counts[each.key]}) for each in scenario.staff
            ),
            "allow_overload": True,
        }
    )


def _longest_wait(scenario: Scenario, done: Sequence[RunFigures]) -> str:
    model = model_of(scenario)
    waits = np.sum([run.queue_waits for run in done], axis=0)
    for role in np.argsort(-waits):
        name = model.roles[int(role)]
        holders = [each for each in scenario.staff if name in each.roles and each.count]
        if holders:
            return min(holders, key=lambda each: (len(each.roles), each.key)).key
    raise ScenarioError("Expected files that wait for somebody, but none do", key="staff")


def _use(scenario: Scenario, done: Sequence[RunFigures]) -> dict[str, tuple[float, float]]:
    """Group → seconds worked in the mean replication, and seconds one person has."""
    model = model_of(scenario)
    time = available(model)
    busy = np.mean([run.busy for run in done], axis=0)
    found = {each.key: (0.0, 0.0) for each in scenario.staff}
    for person, number in enumerate(model.people.group_of):
        key = model.groups[int(number)].key
        worked, has = found[key]
        found[key] = (worked + float(busy[person]), max(has, float(time[person])))
    return found


def _least(scenario: Scenario, done: Sequence[RunFigures]) -> dict[str, int]:
    """People a group needs at least; one that shares its roles may lose all but one."""
    roles = [role for each in scenario.staff for role in each.roles]
    use = _use(scenario, done)
    found = {}
    for each in scenario.staff:
        worked, has = use[each.key]
        shared = any(roles.count(role) > 1 for role in each.roles)
        enough = 1 if shared or not has else math.ceil(worked / has * MOST_LOAD - 0.02)
        found[each.key] = max(min(enough, each.count), min(1, each.count))
    return found


def _by_use(scenario: Scenario, done: Sequence[RunFigures]) -> list[str]:
    use = _use(scenario, done)
    counts = {each.key: each.count for each in scenario.staff}
    return sorted(
        (key for key, count in counts.items() if count),
        key=lambda key: use[key][0] / max(use[key][1] * counts[key], 1.0),
    )


# -- limits ---------------------------------------------------------------------------


def search_limits(
    scenario: Scenario,
    wanted: Wanted,
    *,
    mapped: Mapped | None = None,
    progress: Progress | None = None,
) -> Found:
    """The shortest limit of every procedure, all halved together, then looked at together.

    Raises:
        ScenarioError: a procedure's limit is no number of days or hours.
    """
    runs = _Runs(wanted, mapped, progress)
    limits = {each.key: _limit(scenario, each.key) for each in scenario.procedures}
    low = dict.fromkeys(limits, 1)
    high = {key: limit.units * LONGEST for key, limit in limits.items()}
    before = {key: str(limit) for key, limit in limits.items()}
    found = Found(False, False, 0, dict(before), before, {})
    try:
        while any(low[key] < high[key] for key in limits):
            tried = {key: (low[key] + high[key]) // 2 for key in limits}
            looks = _look_at_limits(runs, scenario, limits, tried)
            for key, look in looks.items():
                if look.keeps(wanted):
                    high[key] = tried[key]
                else:
                    low[key] = min(tried[key] + 1, high[key])
            found.steps.append(", ".join(f"{k} {v}{limits[k].rule}" for k, v in tried.items()))
        while True:
            # Shorter limits of others change who goes first; what broke is lengthened again.
            looks = _look_at_limits(runs, scenario, limits, high)
            found.values = {key: f"{high[key]}{limits[key].rule}" for key in limits}
            found.looks = looks
            broken = [key for key, look in looks.items() if not look.keeps(wanted)]
            if not broken:
                found.kept = found.finished = True
                break
            if all(high[key] >= limits[key].units * LONGEST for key in broken):
                found.finished = True
                break
            for key in broken:
                high[key] = min(high[key] + 1, limits[key].units * LONGEST)
    except _SpentError:
        pass
    found.spent = runs.spent
    return found


def _look_at_limits(
    runs: _Runs, scenario: Scenario, limits: dict[str, Limit], tried: dict[str, int]
) -> dict[str, Look]:
    candidate = scenario.model_copy(
        update={
            "procedures": tuple(
                each.model_copy(update={"limit": f"{tried[each.key]}{limits[each.key].rule}"})
                for each in scenario.procedures
            ),
            "allow_overload": True,
        }
    )
    done: list[RunFigures] = []
    while True:
        runs.more(candidate, done, "thời hạn")
        looks = {
            each.key: look_of([run.by_procedure[n] for run in done], runs.wanted.confidence)
            for n, each in enumerate(scenario.procedures)
        }
        open_ = any(look.low < runs.wanted.rate <= look.rate for look in looks.values())
        if not open_ or len(done) >= MOST_REPLICATIONS:
            return looks


def _limit(scenario: Scenario, key: str) -> Limit:
    found = scenario.procedure(key)
    text = None
    if found is not None:
        text = found.limit or read_tables(found, scenario.folder).total
    limit = Limit.parse(text) if text else None
    if limit is None or limit.rule is CountingRule.SAME_DAY or limit.units < 1:
        raise ScenarioError(
            f"Expected a limit of '{key}' in days or hours that can be shortened, but got {text}",
            key=f"procedures.{key}.limit",
        )
    return limit
