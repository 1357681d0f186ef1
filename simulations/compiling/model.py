"""A scenario compiled: diagrams, staff, calendars and limits as the arrays both loops run on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.catalog.years import seed_calendar
from engine.sla.office_hours import OfficeHours, OfficeTime
from simulations.arrivals import DayPlan
from simulations.compiling.arrays import Flow, People, Times
from simulations.compiling.procedures import ProcedureCompiler
from simulations.compiling.staff import people_of, split_groups, starts_of
from simulations.layout import R_CLASS, R_CLASS_DUE, R_DUE, R_FIRST
from simulations.office_arrays import DAY, OfficeClock, office_clock

if TYPE_CHECKING:
    from simulations.compiling.tables import DiagramTable, FlatNode
    from simulations.draws import Draws
    from simulations.inputs.scenario import Group, Scenario

SPARE_DAYS = 500
"""Days after the window for limits and shifts to end in."""
RULE_NUMBER = {
    "first_come": R_FIRST,
    "due_date": R_DUE,
    "class": R_CLASS,
    "class_then_due_date": R_CLASS_DUE,
}


@dataclass(frozen=True, eq=False)
class Model:
    """A compiled scenario. Immutable, shared by replications and threads."""

    scenario: Scenario
    tables: tuple[DiagramTable, ...]
    clock: OfficeClock
    flow: Flow
    draws: Draws
    people: People
    times: Times
    plans: tuple[DayPlan, ...]
    roles: tuple[str, ...]
    calendars: int
    nodes: tuple[tuple[int, FlatNode], ...]
    """Procedure number and node of each node of `flow`."""
    groups: tuple[Group, ...]
    """The scenario's groups, parted where people's leave differs."""
    work_means: tuple[float, ...]
    most_nodes: int
    most_scopes: int
    most_entries: int
    shown_hours: tuple[int, ...]

    @property
    def office(self) -> Any:
        """The legal clock's arrays."""
        return self.clock.arrays

    @property
    def days_measured(self) -> int:
        """Working days of the window."""
        window = self.scenario.window
        calendar = self.clock.office.calendar
        return calendar.working_days_between(window.first_on - timedelta(days=1), window.last_on)


def compile_model(scenario: Scenario, office: OfficeTime | None = None) -> Model:
    """The arrays of a scenario; `office` is a calendar of its own instead of the year files'.

    Raises:
        ScenarioError: it names what is not there, or leaves out what is needed.
        NotSimulatedError, DiagramRefusedError: a diagram cannot be simulated.
        CalendarYearMissingError: it needs a year without a calendar.
    """
    made = ProcedureCompiler(scenario)
    flow, nodes = made.flow()
    made.check_roles()
    groups = split_groups(scenario.staff)
    window = scenario.window
    office = office or OfficeTime(
        seed_calendar(),
        OfficeHours.from_plain(
            list(scenario.office_hours) if scenario.office_hours is not None else None
        ),
    )
    calendar = office.calendar
    first_on = window.first_on - timedelta(days=window.warm_up_days)
    last_loaded = date(max(each.year for each in calendar.years), 12, 31)
    calendar.year(first_on.year)
    calendar.year(window.last_on.year)
    last_on = min(window.last_on + timedelta(days=SPARE_DAYS), last_loaded)
    clock = office_clock(office, first_on, last_on, made.limits)
    days = range((window.last_on - first_on).days + 1)
    people, calendars = people_of(groups, made.roles, clock)
    times = _times(scenario, clock)
    return Model(
        scenario=scenario,
        tables=made.tables,
        clock=clock,
        flow=flow,
        draws=made.draws.arrays(),
        people=people,
        times=times,
        plans=tuple(DayPlan(each.arrivals, clock, days) for each in scenario.procedures),
        roles=tuple(made.roles),
        calendars=calendars,
        nodes=tuple(nodes),
        groups=groups,
        work_means=tuple(made.draws.means),
        most_nodes=max(len(table.nodes) for table in made.tables),
        most_scopes=max(len(table.scopes) for table in made.tables),
        most_entries=max(sum(node.entries for node in table.nodes) for table in made.tables),
        shown_hours=tuple(range(24)),
    )


def _times(scenario: Scenario, clock: OfficeClock) -> Times:
    window = scenario.window
    stop = (clock.day(window.last_on) + 1) * DAY
    start = clock.day(window.first_on) * DAY
    ticks = [
        day * DAY + hour * 3600 + 1800
        for day in range(start // DAY, stop // DAY)
        for hour in range(24)
    ]
    lists = [
        [
            int(day) * DAY + int(at[:2]) * 3600 + int(at[3:]) * 60
            for day in clock.parts.worked
            for at in sorted(signing.at)
        ]
        for signing in scenario.signing
    ]
    return Times(
        stop_at=stop,
        measured_from=start,
        run_out=1 if window.run_out else 0,
        rule=RULE_NUMBER[scenario.priority],
        ticks=np.array(ticks, np.int64),
        signing_start=starts_of([len(each) for each in lists]),
        signing_at=np.array([at for each in lists for at in each] or [0], np.int64),
    )
