"""A scenario of an office's own books: its diagrams, staff and calendar, fitted to its history.

What the history does not tell is an assumption, and the scenario says so in words.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.catalog.extension import HoldKind
from engine.clock import office_date, office_time
from engine.sla.limit import Limit
from simulations.calibrating.fitting import FEWEST, fit
from simulations.compiling.tables import DiagramTable, Kind
from simulations.inputs.scenario import (
    Arrivals,
    CaseClass,
    Duration,
    Group,
    Interruption,
    Leave,
    Procedure,
    Scenario,
    Step,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from engine.sla.office_hours import OfficeTime
    from simulations.calibrating.history import History, StepSample

ASSUMED_WORK_SHARE = 0.15
"""Work of a step as a share of its allotted time, where no officer ever marked its beginning."""
ASSUMED_WAIT = Duration(distribution="exponential", mean_days=5)
ASSUMED_MINUTES = Duration(distribution="lognormal", mean_minutes=20, cv=1.0)
DEFAULT_WAY_WEIGHT = 8.0
"""How much likelier the normal way is than each other, while a gateway was never passed."""
SHORTEST_DELAY_SECONDS = 60.0
EVEN = 0.3
"""Variance over mean of the daily numbers below which dossiers come as by appointment."""
MANY = 1000
OUTSIDE = "bên ngoài"
WITHDRAWN_BY, REFUSED_BY = "rut_ho_so", "tu_choi"


@dataclass(frozen=True)
class OfficeProcedure:
    """A published diagram with a limit, as cases follow it or will."""

    key: str
    code: str
    name: str
    diagram: str
    """File name in the scenario's folder."""
    process_id: str | None
    limit: str
    policy: str
    table: DiagramTable
    in_force: bool
    """Whether new dossiers follow it."""


@dataclass(frozen=True)
class OfficeStaff:
    """Officers with the same roles and the same days of absence."""

    roles: tuple[str, ...]
    count: int
    leave: tuple[tuple[date, date], ...] = ()


@dataclass
class OfficePicture:
    """What the books of one agency say today."""

    agency: str
    level: str
    office: OfficeTime
    procedures: list[OfficeProcedure]
    staff: list[OfficeStaff]
    notes: list[str] = field(default_factory=list)


def scenario_of(
    picture: OfficePicture, history: History, window: Window, *, seed: int, about: str
) -> Scenario:
    """The scenario; `folder` is the caller's, where the diagrams lie."""
    notes = list(picture.notes)
    works = _Works(history, picture, notes)
    procedures = tuple(
        _procedure(each, history, works, picture, notes) for each in picture.procedures
    )
    works.tell()
    groups = [_group(each, number) for number, each in enumerate(picture.staff)]
    held = {role for each in picture.staff for role in each.roles}
    needed = {
        role
        for each in picture.procedures
        for node in each.table.nodes
        if node.kind is Kind.TASK and (role := node.role) is not None
    }
    outside = sorted(needed - held)
    if outside:
        notes.append(
            f"Không ai trong cơ quan giữ vai trò {', '.join(outside)}: coi là bên ngoài, không xếp"
            " hàng"
        )
        groups.append(Group(key=OUTSIDE, count=MANY, roles=tuple(outside)))
    return Scenario(
        name=f"{picture.agency} từ sổ sách",
        about=about,
        sources=("nhật ký và sổ sách của cơ quan",),
        assumptions=tuple(dict.fromkeys(notes)),
        seed=seed,
        window=window,
        agency=picture.agency,
        level=picture.level,
        procedures=procedures,
        staff=tuple(groups),
        priority="due_date",
        allow_overload=True,
    )


def _group(staff: OfficeStaff, number: int) -> Group:
    return Group(
        key=f"{'+'.join(staff.roles)[:60]}#{number}",
        count=staff.count,
        roles=staff.roles,
        leave=tuple(
            Leave(first_on=first, last_on=last, people=staff.count) for first, last in staff.leave
        ),
    )


def _procedure(
    spec: OfficeProcedure,
    history: History,
    works: _Works,
    picture: OfficePicture,
    notes: list[str],
) -> Procedure:
    steps = {
        node.element: works.step(spec, node.element, node.rule)
        for node in spec.table.nodes
        if node.kind is Kind.TASK
    }
    waits = {
        node.element: works.wait(spec, node) for node in spec.table.nodes if node.kind is Kind.WAIT
    }
    shares: dict[str, dict[str, float | dict[str, float]]] = {}
    for node in spec.table.nodes:
        if node.conditional:
            counts = history.ways.get((spec.code, node.element), Counter())
            shares[node.element] = _shares(spec, node, counts, notes)
    return Procedure(
        key=spec.key,
        name=spec.name,
        diagram=spec.diagram,
        process_id=spec.process_id,
        arrivals=arrivals_of(history, spec.code, picture.office)
        if spec.in_force
        else Arrivals(per_working_day=0.0),
        limit=spec.limit,
        pause_policy=spec.policy,  # type: ignore[arg-type]  # the books keep the same words
        classes=(CaseClass(name="all", share=1.0),),
        steps=steps,
        default_duration=ASSUMED_MINUTES,
        shares=shares,
        waits=waits,
        interruptions=_interruptions(spec, history),
    )


def _shares(
    spec: OfficeProcedure, node: Any, counts: Mapping[str, int], notes: list[str]
) -> dict[str, float | dict[str, float]]:
    """Counted with one more of each way (Beta(1,1)); never passed: mostly the normal way."""
    flows = [way.flow_id for way in node.ways]
    total = sum(counts.get(flow, 0) for flow in flows)
    weights = {flow: counts.get(flow, 0) + 1.0 for flow in flows}
    if total == 0:
        usual = next((way.flow_id for way in node.ways if way.is_default), None)
        if usual is not None:
            weights[usual] = DEFAULT_WAY_WEIGHT
        notes.append(f"{spec.code}: chưa có số liệu ở cổng «{node.name}», tỷ lệ là giả định")
    if node.kind is not Kind.XOR:
        most = max(counts.values(), default=0)
        return {flow: (counts.get(flow, 0) + 1.0) / (most + 2.0) for flow in flows}
    whole = math.fsum(weights.values())
    return {flow: weights[flow] / whole for flow in flows[:-1]}


def _interruptions(spec: OfficeProcedure, history: History) -> dict[str, Interruption]:
    received = sum(1 for each in history.cases if each.procedure == spec.code)
    found = {}
    for arm in spec.table.arms:
        message = (spec.code, arm.message or "")
        count = history.interruptions.get(message, 0)
        if arm.message is None or not count or not received:
            continue
        found[arm.element] = Interruption(
            share=min(count / received, 1.0),
            after=fit(history.interrupted_after[message]).duration,
            outcome="withdrawn"
            if arm.message == WITHDRAWN_BY
            else "refused"
            if arm.message == REFUSED_BY
            else "other",
        )
    return found


class _Works:
    """What steps and waits take: their own samples, else those of their like, else assumed."""

    def __init__(self, history: History, picture: OfficePicture, notes: list[str]) -> None:
        self._notes = notes
        self._waits = history.waits
        self._assumed: dict[str, list[str]] = {}
        self._measured = measured(history.steps, picture.office)
        self._by_role: dict[str, list[float]] = {}
        for role, works, _ in self._measured.values():
            self._by_role.setdefault(role, []).extend(works)

    def step(self, spec: OfficeProcedure, element: str, rule: Any) -> Step:
        """The work and the unexplained delay of a step."""
        role, works, delays = self._measured.get((spec.code, element), ("", [], []))
        duration = None
        if len(works) >= FEWEST:
            duration = fit(works).duration
        elif len(pooled := self._by_role.get(role or (rule.role if rule else ""), [])) >= FEWEST:
            duration = fit(pooled).duration
            self._notes.append(
                f"{spec.code}, bước {element}: {len(works)} mẫu, dùng chung mẫu của vai trò"
            )
        else:
            duration = _assumed(rule)
            self._assumed.setdefault(spec.code, []).append(element)
        delay = None
        if len(delays) >= FEWEST and float(np.median(delays)) > SHORTEST_DELAY_SECONDS:
            delay = fit(delays).duration
        return Step(duration=duration, delay=delay)

    def tell(self) -> None:
        """One note a procedure on the steps without samples."""
        for code, elements in self._assumed.items():
            self._notes.append(
                f"{code}: {len(elements)} bước chưa đủ mẫu có giờ bắt đầu, thời gian làm việc là"
                f" giả định ({ASSUMED_WORK_SHARE:.0%} thời gian định mức): {', '.join(elements)}"
            )

    def wait(self, spec: OfficeProcedure, node: Any) -> Duration:
        """The applicant's or another's time."""
        kind = str(HoldKind(node.hold.kind)) if node.hold is not None else "other"
        own = self._waits.get((spec.code, kind), [])
        if len(own) >= FEWEST:
            return fit(own).duration
        pooled = [s for (_, k), found in self._waits.items() if k == kind for s in found]
        if len(pooled) >= FEWEST:
            return fit(pooled).duration
        self._notes.append(
            f"{spec.code}, «{node.name}»: thời gian chờ là giả định (trung bình 5 ngày)"
        )
        return ASSUMED_WAIT


def _assumed(rule: Any) -> Duration:
    limit = rule.limit if rule is not None else None
    minutes = Limit.parse(str(limit)).working_minutes() if limit is not None else None
    if not minutes:
        return ASSUMED_MINUTES
    return Duration(distribution="lognormal", mean_minutes=minutes * ASSUMED_WORK_SHARE, cv=1.0)


def measured(
    steps: Iterable[StepSample], office: OfficeTime
) -> dict[tuple[str, str], tuple[str, list[float], list[float]]]:
    """(procedure, step) → its role, working seconds of each work, real seconds of each delay.

    A delay is the time from the instant a step was open to the instant it began, where neither its
    officer's other work nor closed doors explain it: he was idle just before, and the office open.
    """
    found: dict[tuple[str, str], tuple[str, list[float], list[float]]] = {}
    free: dict[str, datetime] = {}
    known = [each for each in steps if each.started_at is not None]
    for each in sorted(known, key=lambda s: (s.started_at or s.ended_at, s.ended_at)):
        started = each.started_at
        if started is None or each.ended_at < started:
            continue
        _, works, delays = found.setdefault((each.procedure, each.step), (each.role, [], []))
        works.append(office.working_time_between(started, each.ended_at).total_seconds())
        real = (started - each.enabled_at).total_seconds()
        idle = free.get(each.officer, each.enabled_at) < started
        if real == 0 or (
            real > 0
            and idle
            and office.working_time_between(each.enabled_at, started).total_seconds() >= real - 1
        ):
            delays.append(real)
        free[each.officer] = max(free.get(each.officer, each.ended_at), each.ended_at)
    return found


def arrivals_of(history: History, procedure: str | None, office: OfficeTime) -> Arrivals:
    """A rate by weekday and hour with the spread of its days, from the days observed."""
    first, last = office_date(history.since), office_date(history.until)
    calendar = office.calendar
    days = [
        date_
        for ordinal in range(first.toordinal(), last.toordinal() + 1)
        if calendar.is_working_day(date_ := type(first).fromordinal(ordinal))
    ]
    cases = [each for each in history.cases if procedure in {None, each.procedure}]
    counts = Counter(office_date(each.arrived_at) for each in cases)
    daily = [counts.get(day, 0) for day in days]
    mean = sum(counts.values()) / max(len(days), 1)
    if mean == 0:
        return Arrivals(per_working_day=0.0)
    weekdays = _weekdays(days, daily)
    expected = [mean * weekdays.get(_NAMES[day.weekday()], 1.0) for day in days]
    spread = math.fsum((n - e) ** 2 for n, e in zip(daily, expected, strict=True))
    dispersion = spread / max(len(days) - len(weekdays) - 1, 1) / mean
    hours: dict[int, float] = {}
    if len(cases) >= FEWEST:
        hours = {
            hour: float(count)
            for hour, count in sorted(
                Counter(office_time(each.arrived_at).hour for each in cases).items()
            )
        }
    return Arrivals(
        per_working_day=mean,
        weekdays=weekdays,  # type: ignore[arg-type]  # the same names
        hours=hours,
        dispersion=min(max(dispersion, 1.0), 1000.0),
        spacing="even" if dispersion < EVEN and len(cases) >= FEWEST else "random",
        online_share=sum(each.online for each in cases) / len(cases),
    )


_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FEWEST_WEEKS = 8


def _weekdays(days: Sequence[date], daily: Sequence[int]) -> dict[str, float]:
    """Factors by weekday whose mean over the days is 1; none from a few weeks."""
    if len(days) < _FEWEST_WEEKS * 5:
        return {}
    mean = sum(daily) / len(days)
    found = {}
    for number, name in enumerate(_NAMES):
        own = [n for day, n in zip(days, daily, strict=True) if day.weekday() == number]
        if own and mean > 0:
            found[name] = sum(own) / len(own) / mean
    return found
