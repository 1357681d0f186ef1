"""An agency's present state as a scenario: its open cases with their tokens, staff and calendar.

Started work and the applicant's waiting begin anew at the instant of the forecast; new dossiers
go on coming until the horizon, because they compete for the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from engine.cases.tables import case, case_state, hold
from engine.clock import iso_office, office_date
from engine.errors import OfficeError
from engine.sla.limit import CountingRule, Limit
from engine.staff.queries import agency_by_code, office_time_of
from engine.workflow.snapshot import standings
from simulations.compiling.model import Model, compile_model
from simulations.compiling.tables import Kind
from simulations.draws import salt_of
from simulations.inputs.scenario import Peak, Scenario, Window
from simulations.office.books import (
    HISTORY_DAYS,
    key_of,
    office_history,
    procedures_of,
    staff_of,
)
from simulations.office.model import OfficePicture, scenario_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.clock import Clock

TAIL_DAYS = 120
"""Days after the horizon in which cases may still end; later ends are not told apart."""
MOST_BACK_DAYS = 400
"""Days before today that a due instant or a hold is known exactly."""
STOPPED = 8


class NothingToForecastError(OfficeError):
    """There is no open case, or none that can be simulated."""

    code = "nothing_to_forecast"


@dataclass(frozen=True)
class OpenCase:
    """An open case as the books have it."""

    id: int
    number: str
    code: str
    version_id: int
    limit: str
    policy: str
    due_at: datetime
    held_since: datetime | None
    tokens: tuple[tuple[str, tuple[str, ...], str | None], ...]
    """Element, elements around it, the flow it came by."""


@dataclass(frozen=True)
class Start:
    """The office of one agency at one instant, ready to be played."""

    agency: str
    now: datetime
    until: date
    """Last date of the horizon."""
    scenario: Scenario
    model: Model
    cases: tuple[OpenCase, ...]
    left_out: tuple[tuple[str, str], ...]
    """Case number → why it is not forecast."""
    arrays: LiveArrays


@dataclass(frozen=True)
class LiveArrays:
    """The open cases as arrays; instants in seconds of the model's clock, -1 for none."""

    now: int
    procedure: Any
    due: Any
    held: Any
    salts: Any
    token_first: Any
    tokens: Any
    waits_alone: tuple[tuple[int, int], ...]
    """Cases whose clock stands although no token waits for it: (case, node to draw from)."""


def start_of(
    db: Connection, clock: Clock, *, agency: str, horizon: Limit, seed: int, folder: Path
) -> Start:
    """The present state of an agency as a scenario with cases under way.

    Raises:
        NothingToForecastError: no open case can be simulated. AgencyUnknownError.
    """
    now = clock.now()
    today = office_date(now)
    office = office_time_of(db, agency)
    until = _horizon(horizon, today, office)
    found, left_out = _open_cases(db, agency)
    if not found:
        raise NothingToForecastError(
            f"Expected open cases at {agency} to forecast, but there are none", agency=agency
        )
    history = office_history(db, agency=agency, since=now - timedelta(days=HISTORY_DAYS), until=now)
    wanted = {_key(each): (each.version_id, each.code, each.limit, each.policy) for each in found}
    specs, refused = procedures_of(db, wanted, history, today, folder)
    left_out += [
        (each.number, refused[each.version_id]) for each in found if each.version_id in refused
    ]
    keys = {spec.key for spec in specs}
    cases = tuple(each for each in found if _key(each) in keys)
    if not cases:
        raise NothingToForecastError(
            f"Expected diagrams that can be simulated, but {left_out[0][1]}", agency=agency
        )
    row = agency_by_code(db, agency)
    picture = OfficePicture(
        agency=agency,
        level=row.level,
        office=office,
        procedures=specs,
        staff=staff_of(db, agency, today, specs),
    )
    known = [office_date(each.due_at) for each in cases]
    known += [office_date(each.held_since) for each in cases if each.held_since is not None]
    back = min(*known, today)
    warm_up = min((today - back).days + 7, MOST_BACK_DAYS)
    years = [each.year for each in office.calendar.years]
    last_on = min(until + timedelta(days=TAIL_DAYS), date(max(years), 12, 31))
    scenario = scenario_of(
        picture,
        history,
        Window(first_on=today, last_on=last_on, warm_up_days=warm_up),
        seed=seed,
        about=f"Tình trạng lúc {iso_office(now)}",
    )
    scenario = arriving_between(scenario, today, until).model_copy(update={"folder": folder})
    model = compile_model(scenario, office)
    return Start(
        agency=agency,
        now=now,
        until=until,
        scenario=scenario,
        model=model,
        cases=cases,
        left_out=tuple(left_out),
        arrays=live_arrays(model, cases, now),
    )


def arriving_between(scenario: Scenario, first: date, last: date) -> Scenario:
    """The scenario whose new dossiers come on the dates of the horizon only."""
    early = Peak(first_on=date(1900, 1, 1), last_on=first - timedelta(days=1), factor=0.0)
    late = Peak(first_on=last + timedelta(days=1), last_on=date(9999, 12, 31), factor=0.0)
    return scenario.model_copy(
        update={
            "procedures": tuple(
                each.model_copy(
                    update={
                        "arrivals": each.arrivals.model_copy(
                            update={"peaks": (*each.arrivals.peaks, early, late)}
                        )
                    }
                )
                for each in scenario.procedures
            )
        }
    )


def _horizon(horizon: Limit, today: date, office: Any) -> date:
    if horizon.rule is CountingRule.WORKING_DAYS:
        found: date = office.calendar.add_working_days(today, int(horizon.units))
        return found
    if horizon.rule is CountingRule.CALENDAR_DAYS:
        return today + timedelta(days=int(horizon.units))
    raise NothingToForecastError(
        f"Expected a horizon in days such as 10wd or 14d, but got {horizon}", horizon=str(horizon)
    )


def _open_cases(db: Connection, agency: str) -> tuple[list[OpenCase], list[tuple[str, str]]]:
    holds = {
        row.case_id: row.opened_at
        for row in db.execute(
            select(hold.c.case_id, hold.c.opened_at)
            .join(case, case.c.id == hold.c.case_id)
            .where(
                hold.c.closed_at.is_(None),
                hold.c.at_intake.is_(False),
                case.c.agency_code == agency,
            )
        )
    }
    rows = db.execute(
        select(
            case.c.id,
            case.c.number,
            case.c.procedure_code,
            case.c.version_id,
            case.c.status,
            case.c.limit_text,
            case.c.pause_policy,
            case.c.due_original_at,
            case_state.c.blob,
        )
        .join(case_state, case_state.c.case_id == case.c.id)
        .where(
            case.c.agency_code == agency,
            case.c.received_at.is_not(None),
            case.c.finished_at.is_(None),
        )
        .order_by(case.c.id)
    )
    found, left_out = [], []
    for row in rows:
        if row.status == STOPPED:
            left_out.append((row.number, "đang dừng xử lý theo quyết định"))
            continue
        found.append(
            OpenCase(
                id=row.id,
                number=row.number,
                code=row.procedure_code,
                version_id=row.version_id,
                limit=row.limit_text,
                policy=row.pause_policy,
                due_at=row.due_original_at,
                held_since=holds.get(row.id),
                tokens=tuple(
                    (each.element, each.called_by, each.flow)
                    for each in standings(row.blob)
                    if not each.raced
                ),
            )
        )
    return found, left_out


def _key(each: OpenCase) -> str:
    return key_of(each.code, each.version_id, each.limit, each.policy)


def live_arrays(model: Model, cases: Sequence[OpenCase], now: datetime) -> LiveArrays:
    """The cases as arrays; numbers of procedures and nodes are the model's."""
    at = model.clock.seconds(now)
    number_of = {each.key: n for n, each in enumerate(model.scenario.procedures)}
    places = [_Places(model, n) for n in range(len(model.tables))]
    first, tokens, alone = [0], [], []
    for number, each in enumerate(cases):
        own = places[number_of[_key(each)]]
        found = [node for token in each.tokens if (node := own.node(*token)) is not None]
        tokens.extend(found)
        first.append(len(tokens))
        waits = any(node >= 0 and model.nodes[node][1].hold is not None for node in found)
        if each.held_since is not None and not waits:
            alone.append((number, own.a_wait))
    held = [
        -1 if each.held_since is None else max(model.clock.seconds(each.held_since), 0)
        for each in cases
    ]
    return LiveArrays(
        now=at,
        procedure=np.array([number_of[_key(each)] for each in cases], np.int64),
        due=np.array([max(model.clock.seconds(each.due_at), 0) for each in cases], np.int64),
        held=np.array(held, np.int64),
        salts=np.array([salt_of("live", each.number) for each in cases], np.uint64),
        token_first=np.array(first, np.int64),
        tokens=np.array(tokens or [0], np.int64),
        waits_alone=tuple(alone),
    )


_STANDS = {Kind.TASK, Kind.WAIT, Kind.TIMER, Kind.RACE}


class _Places:
    """Where the elements of one procedure stand among the model's nodes."""

    def __init__(self, model: Model, number: int) -> None:
        self._by_path: dict[str, int] = {}
        self._by_element: dict[str, list[int]] = {}
        self._model = model
        self.a_wait = -1
        for node, (owner, flat) in enumerate(model.nodes):
            if owner != number:
                continue
            self._by_path.setdefault(flat.path, node)
            self._by_element.setdefault(flat.element, []).append(node)
            if flat.hold is not None and self.a_wait < 0:
                self.a_wait = node

    def node(self, element: str, around: tuple[str, ...], flow: str | None) -> int | None:
        """The node of a token, a join's as -1 minus its way; None for what only listens."""
        same = self._by_element.get(element, [])
        if not same:
            return None
        at = same[0]
        if len({self._model.nodes[n][1].path.removesuffix("#ways") for n in same}) > 1:
            calls = "/".join((*around, element))
            at = self._by_path.get(calls, at)
        flat = self._model.nodes[at][1]
        if flat.kind in _STANDS:
            return at
        if flat.kind in {Kind.AND, Kind.OR_JOIN} and flow is not None:
            way = self._way(at, flow)
            return None if way is None else -1 - way
        return None

    def _way(self, join: int, flow: str) -> int | None:
        first = 0
        for node, (_owner, flat) in enumerate(self._model.nodes):
            for place, way in enumerate(flat.ways):
                target = int(self._model.flow.ways[first + place, 0])
                if target == join and way.flow_id == flow:
                    return first + place
            first += len(flat.ways)
            del node
        return None
