"""What one run comes to: counts by the office's own definitions, times, queues, use of people.

The counts are those of `engine.reports.measures`; a test folds the events of the same run with
that module and compares every column. They are counted here from arrays because a run may have a
million cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.reports.counts import Counts, Rate, named_rates
from simulations.layout import (
    ANSWERED,
    ASKED_AT,
    CLOSED_AT,
    DONE,
    DUE,
    DUE_766,
    ENDED_AT,
    HELD_SINCE,
    HOLDER,
    LATE_STEPS,
    N_ROLE,
    OUTCOME,
    P_LIMIT,
    REQUESTS,
    STARTED,
    WAITED,
    WAITED_WORKING,
    WITHDRAWN,
    WORKED,
)
from simulations.office_arrays import DAY

if TYPE_CHECKING:
    from simulations.arrivals import Cases
    from simulations.compiling.model import Model
    from simulations.layout import Outcome

HISTOGRAM_HOURS = tuple(
    float(x)
    for x in (
        0,
        1,
        2,
        4,
        8,
        12,
        24,
        36,
        48,
        72,
        96,
        120,
        144,
        168,
        216,
        264,
        312,
        360,
        480,
        600,
        720,
        960,
        1440,
        2160,
    )
)
"""Edges of the lead time's histogram, in hours of real time; the last class is open."""


@dataclass(frozen=True, kw_only=True)
class CaseCounts:
    """Columns of biểu 06 and what R_766 counts, of one set of cases."""

    online: int = 0
    direct_post: int = 0
    carried: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    open_in_time: int = 0
    open_late: int = 0
    in_time_766: int = 0

    def counts(self) -> Counts:
        """The row as the office's reports have it, with its invariants. Legal: R48"""
        return Counts(
            received=self.online + self.direct_post + self.carried,
            online=self.online,
            direct_post=self.direct_post,
            carried=self.carried,
            solved=self.early + self.on_time + self.late,
            early=self.early,
            on_time=self.on_time,
            late=self.late,
            still_open=self.open_in_time + self.open_late,
            open_in_time=self.open_in_time,
            open_late=self.open_late,
        )

    def rates(self) -> tuple[Rate, Rate, Rate]:
        """The three named rates. Legal: R49"""
        return named_rates(self.counts(), self.in_time_766)

    def __add__(self, other: CaseCounts) -> CaseCounts:
        return CaseCounts(
            **{
                name: getattr(self, name) + getattr(other, name)
                for name in self.__dataclass_fields__
            }
        )


@dataclass(frozen=True, kw_only=True)
class RunFigures:
    """The figures of one replication. All plain values; times in seconds."""

    seed: int
    steps: int
    """Steps completed in the whole run."""
    cases: CaseCounts
    by_procedure: tuple[CaseCounts, ...]
    solved: int
    lead_mean: float
    """Real time from receipt to result, of cases solved in the window."""
    lead_p50: float
    lead_p90: float
    lead_p95: float
    lead_histogram: tuple[int, ...]
    solved_by_procedure: tuple[int, ...]
    lead_by_procedure: tuple[float, ...]
    """Mean real time from receipt to result, by procedure."""
    requests: int
    """Supplement requests of cases solved in the window; each costs the applicant a journey."""
    working_lead_mean: float
    """The same in working time of the office."""
    same_day: int
    """Solved on the day of receipt."""
    on_the_spot: int
    """Solved cases of procedures on the list, when the switch is on. Legal: R64"""
    on_the_spot_same_day: int
    late_by_role: tuple[int, ...]
    """Late cases by the role that held the file when its due passed."""
    late_by_node: tuple[int, ...]
    step_done: tuple[int, ...]
    step_late: tuple[int, ...]
    step_waited: tuple[int, ...]
    step_waited_working: tuple[int, ...]
    step_worked: tuple[int, ...]
    step_started: tuple[int, ...]
    queue_mean: tuple[float, ...]
    """By role: files waiting, on average over office hours."""
    queue_most: tuple[int, ...]
    queue_by_day: Any
    """[day, role]: at the middle of each hour of that day, the largest."""
    queue_by_week: Any
    """[hour of the week, role]: mean."""
    open_by_day: Any
    """By day: cases under way, at most."""
    busy: tuple[int, ...]
    """By person: seconds at work in the window."""
    busy_hours: Any
    """[hour of the day, role]: people at work, mean of working days."""
    busy_person_hours: Any
    """[person, hour of the day]: share of working days at work in that hour."""
    offered: tuple[int, ...]
    """By role: seconds of work that came in the whole run."""
    queue_area: tuple[int, ...]
    queue_waits: tuple[int, ...]
    idle_beside_queue: int

    @property
    def r_solved(self) -> float:
        """On time among solved, as a fraction; NaN without solved cases."""
        counts = self.cases
        solved = counts.early + counts.on_time + counts.late
        return (counts.early + counts.on_time) / solved if solved else float("nan")


def figures_of(model: Model, cases: Cases, found: Outcome, seed: int) -> RunFigures:
    """Count one run."""
    times = model.times
    rows = found.cases.astype(np.int64)
    start = int(times.measured_from)
    end = int(times.stop_at)
    if times.run_out and len(rows):
        end = max(end, (int(rows[:, ENDED_AT].max()) // DAY + 1) * DAY)
    ended = rows[:, ENDED_AT]
    in_window = (ended < 0) | (ended >= start)
    by_procedure = tuple(
        _counts(model, cases, rows, in_window & (cases.procedure == number), start, end)
        for number in range(len(model.tables))
    )
    total = CaseCounts()
    for each in by_procedure:
        total = total + each
    solved = in_window & (ended >= 0)
    lead = (ended - cases.at)[solved]
    same_day = solved & (ended // DAY == cases.at // DAY)
    spot = np.zeros(len(rows), bool)
    switch = model.scenario.on_the_spot
    if switch is not None and switch.enabled:
        listed = np.array([each.on_the_spot for each in model.scenario.procedures])
        spot = listed[cases.procedure]
    late = solved & (_late(model, cases, rows, ended))
    holders = rows[:, HOLDER][late]
    nodes = len(model.nodes)
    late_by_node = np.bincount(holders[holders >= 0], minlength=nodes)
    role_of = model.flow.nodes[:, N_ROLE]
    late_by_role = np.bincount(
        np.maximum(role_of, 0),
        weights=np.where(role_of >= 0, late_by_node, 0),
        minlength=len(model.roles),
    )
    quantiles = np.quantile(lead, (0.5, 0.9, 0.95)) if len(lead) else np.full(3, np.nan)
    edges = np.array(HISTOGRAM_HOURS) * 3600
    histogram = (
        np.bincount(np.searchsorted(edges, lead, side="right") - 1, minlength=len(edges))
        if len(lead)
        else np.zeros(len(edges), np.int64)
    )
    return RunFigures(
        seed=seed,
        steps=int(found.nodes[:, DONE].sum()),
        cases=total,
        by_procedure=by_procedure,
        solved=int(solved.sum()),
        lead_mean=float(lead.mean()) if len(lead) else float("nan"),
        solved_by_procedure=_ints(
            np.bincount(cases.procedure[solved], minlength=len(model.tables))
        ),
        lead_by_procedure=tuple(
            float(lead[cases.procedure[solved] == number].mean())
            if (cases.procedure[solved] == number).any()
            else float("nan")
            for number in range(len(model.tables))
        ),
        requests=int(rows[solved, REQUESTS].sum()),
        lead_p50=float(quantiles[0]),
        lead_p90=float(quantiles[1]),
        lead_p95=float(quantiles[2]),
        lead_histogram=tuple(int(each) for each in histogram),
        working_lead_mean=_working_lead(model, cases.at[solved], ended[solved]),
        same_day=int(same_day.sum()),
        on_the_spot=int((solved & spot).sum()),
        on_the_spot_same_day=int((same_day & spot).sum()),
        late_by_role=_ints(late_by_role),
        late_by_node=_ints(late_by_node),
        step_done=_ints(found.nodes[:, DONE]),
        step_late=_ints(found.nodes[:, LATE_STEPS]),
        step_waited=_ints(found.nodes[:, WAITED]),
        step_waited_working=_ints(found.nodes[:, WAITED_WORKING]),
        step_worked=_ints(found.nodes[:, WORKED]),
        step_started=_ints(found.nodes[:, STARTED]),
        queue_most=_ints(found.queue_most),
        busy=_ints(found.busy),
        offered=_ints(found.offered),
        queue_area=_ints(found.queue_area),
        queue_waits=_ints(found.queue_waits),
        idle_beside_queue=int(found.idle_beside_queue),
        **_by_time(model, found),
    )


def _by_time(model: Model, found: Outcome) -> dict[str, Any]:
    """Queues and people by hour and day, from the ticks."""
    ticks = model.times.ticks
    days, hours = ticks // DAY, ticks % DAY // 3600
    first = int(days[0])
    count = int(days[-1]) - first + 1
    worked = np.isin(days, model.clock.parts.worked)
    opens = np.zeros(len(ticks), bool)
    parts = model.clock.parts
    place = np.searchsorted(parts.opens, ticks, side="right") - 1
    inside = place >= 0
    opens[inside] = ticks[inside] < parts.closes[place[inside]]
    queue = found.queue_at.reshape(count, 24, -1)
    weekday = np.array([(model.clock.first_on.toordinal() + int(d) - 1) % 7 for d in days])
    week = weekday * 24 + hours
    by_week = np.zeros((168, queue.shape[2]))
    for role in range(queue.shape[2]):
        sums = np.bincount(week, weights=found.queue_at[:, role], minlength=168)
        by_week[:, role] = sums / np.maximum(np.bincount(week, minlength=168), 1)
    busy = found.busy_at[worked].reshape(-1, 24, queue.shape[2])
    days_worked = max(len(busy), 1)
    return {
        "queue_mean": tuple(
            float(each)
            for each in (
                found.queue_at[opens].mean(axis=0) if opens.any() else np.zeros(queue.shape[2])
            )
        ),
        "queue_by_day": queue.max(axis=1).astype(np.float64),
        "queue_by_week": by_week,
        "open_by_day": found.open_at.reshape(count, 24).max(axis=1).astype(np.float64),
        "busy_hours": busy.sum(axis=0) / days_worked,
        "busy_person_hours": found.busy_person / days_worked,
    }


def _counts(model: Model, cases: Cases, rows: Any, which: Any, start: int, end: int) -> CaseCounts:
    """Count cases as `engine.reports.case_fold` does. Legal: R28, R37, R47, R48, R51, R54"""
    rows, at = rows[which], cases.at[which]
    known = at < end
    ended = np.where(rows[:, ENDED_AT] < end, rows[:, ENDED_AT], -1)
    hour_based = _hour_based(model)[cases.procedure[which]]
    as_of = np.where(ended >= 0, ended, end - 1)
    held = rows[:, HELD_SINCE]
    looked_at = np.where(held >= 0, held, as_of)
    late, early = _class(looked_at, rows[:, DUE], hour_based)
    withdrawn = rows[:, OUTCOME] == WITHDRAWN
    solved = ended >= 0
    carried = at < start
    online = cases.online[which] == 1
    asked = rows[:, ASKED_AT]
    stop = np.where(asked >= 0, asked, looked_at)
    late_766, _ = _class(stop - rows[:, ANSWERED], rows[:, DUE_766], hour_based)
    in_time_766 = (rows[:, REQUESTS] <= 1) & ~late_766
    really_early = solved & early & ~withdrawn

    def total(mask: Any) -> int:
        return int((mask & known).sum())

    return CaseCounts(
        online=total(~carried & online),
        direct_post=total(~carried & ~online),
        carried=total(carried),
        early=total(really_early),
        on_time=total(solved & ~late & ~really_early),
        late=total(solved & late),
        open_in_time=total(~solved & ~late),
        open_late=total(~solved & late),
        in_time_766=total(in_time_766),
    )


def _class(at: Any, due: Any, hour_based: Any) -> tuple[Any, Any]:
    """Late and early by dates, late by moments too where hours are counted. Legal: R47"""
    late = (at // DAY > due // DAY) | (hour_based & (at > due))
    return late, ~late & (at // DAY < due // DAY)


def _hour_based(model: Model) -> Any:
    limits = model.clock.limits
    return np.array([limits[each].counts_minutes for each in model.flow.procedures[:, P_LIMIT]])


def _late(model: Model, cases: Cases, rows: Any, ended: Any) -> Any:
    late, _ = _class(ended, rows[:, DUE], _hour_based(model)[cases.procedure])
    return late


def _working_lead(model: Model, start: Any, end: Any) -> float:
    if not len(start):
        return float("nan")
    return float((working_seconds(model, end) - working_seconds(model, start)).mean())


def working_seconds(model: Model, at: Any) -> Any:
    """Working seconds of the office before instants."""
    parts = model.clock.parts
    opens, closes = np.asarray(parts.opens), np.asarray(parts.closes)
    place = np.searchsorted(opens, at, side="right") - 1
    before = np.asarray(parts.before)
    inside = np.clip(
        np.minimum(at, closes[np.maximum(place, 0)]) - opens[np.maximum(place, 0)], 0, None
    )
    return np.where(place >= 0, before[np.maximum(place, 0)] + inside, 0)


def _ints(values: Any) -> tuple[int, ...]:
    return tuple(int(each) for each in values)


__all__ = ["CLOSED_AT", "HISTOGRAM_HOURS", "CaseCounts", "RunFigures", "figures_of"]
