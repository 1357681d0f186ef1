"""A traced run as the office's own events, with simulated instants: what the one ruler measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.events.cases import CaseFinished, CaseReceived, CaseWithdrawn, ResultReturned
from engine.events.deadlines import ApologyIssued, TimerFired
from engine.events.steps import GatewayTaken, StepCancelled, StepCompleted, StepOpened, StepStarted
from engine.events.waiting import (
    PaymentConfirmed,
    PaymentRequested,
    SupplementReceived,
    SupplementRequested,
)
from engine.sla.verdict import case_verdict
from simulations import layout as at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from engine.events.event import Event
    from simulations.arrivals import Cases
    from simulations.compiling.model import Model
    from simulations.compiling.tables import FlatNode
    from simulations.layout import Outcome

OUTCOMES = {at.GRANTED: "GRANTED", at.REFUSED: "REFUSED", at.ENDED: "GRANTED"}
NOBODY = "diễn tập"
"""Who acts where a journal names an officer that a rehearsal has none for."""


@dataclass(frozen=True)
class Happened:
    """A simulated event as the reports read journal entries."""

    type: str
    at: datetime
    stream: str
    data: Mapping[str, Any]


def happenings(model: Model, cases: Cases, found: Outcome) -> Iterator[Happened]:
    """The events of a run that was traced, in its order. Their classes are the office's."""
    requested: dict[int, datetime] = {}
    openings: dict[int, datetime] = {}
    starts: dict[int, datetime] = {}
    kinds: dict[int, int] = {}
    for second, case, what, a, b, c in found.log.tolist():
        moment = model.clock.instant(second)
        event = _event(
            model, cases, moment, case, what, a, b, c, requested, openings, starts, kinds
        )
        if event is not None:
            yield Happened(event.type(), moment, str(case), event.data())


def _event(
    model: Model,
    cases: Cases,
    moment: datetime,
    case: int,
    what: int,
    a: int,
    b: int,
    c: int,
    requested: dict[int, datetime],
    openings: dict[int, datetime],
    starts: dict[int, datetime],
    kinds: dict[int, int],
) -> Event | None:
    clock = model.clock
    if what == at.ARRIVED:
        return _received(model, cases, moment, case, clock.instant(b))
    if what == at.OPENED:
        openings[b] = moment
        node = _node(model, a)
        rule = node.rule
        return StepOpened(
            step=node.element,
            task=str(b),
            role=node.role,
            unit=rule.unit if rule else None,
            kind=rule.kind if rule else None,
            limit=rule.limit if rule else None,
        )
    if what == at.BEGUN:
        starts[b] = moment
        return StepStarted(step=_node(model, a).element, task=str(b), officer=str(c))
    if what == at.COMPLETED:
        return _completed(model, moment, a, b, c, openings, starts, case)
    if what == at.CANCELLED:
        return StepCancelled(step=_node(model, a).element, task=str(b), why="overtaken")
    if what == at.CHOSEN:
        node = _node(model, a)
        way = node.ways[b - int(model.flow.nodes[a, at.N_WAYS])]
        return GatewayTaken(gateway=node.element, flow=way.flow_id)
    if what == at.HELD:
        requested[case], kinds[case] = moment, b
        if b == at.SUPPLEMENT:
            return SupplementRequested(
                hold=1, at_intake=False, components=(), reason=_node(model, a).name, officer=NOBODY
            )
        return PaymentRequested(hold=1)
    if what == at.RESUMED:
        before, after = clock.instant(b), clock.instant(c)
        if kinds[case] == at.SUPPLEMENT:
            return SupplementReceived(
                hold=1, requested_at=requested[case], due_before=before, due_after=after
            )
        return PaymentConfirmed(
            hold=1, requested_at=requested[case], due_before=before, due_after=after
        )
    if what == at.FINISHED:
        due = clock.instant(b)
        hours = _limit(model, cases, case).counts_minutes
        return CaseFinished(
            outcome=OUTCOMES[a],
            due_at=due,
            verdict=str(case_verdict(moment, due, by_moment=hours)),
        )
    if what == at.WITHDRAWN_NOW:
        return CaseWithdrawn(reason=NOBODY)
    if what == at.FIRED:
        arm = _arm(model, a)
        if arm.timer is None:
            return None
        return TimerFired(element=arm.element, limit=arm.timer.name, due_at=clock.instant(b))
    if what == at.CLOSED:
        return ResultReturned(
            by_owner=True, channel="counter", originals_returned=True, officer=NOBODY
        )
    return None


def _received(
    model: Model, cases: Cases, moment: datetime, case: int, due: datetime
) -> CaseReceived:
    number = int(cases.procedure[case])
    procedure, table = model.scenario.procedures[number], model.tables[number]
    limit = _limit(model, cases, case)
    return CaseReceived(
        procedure=table.code or procedure.key,
        version=1,
        agency=model.scenario.agency,
        field=procedure.field or table.field,
        level=table.level or model.scenario.level,
        channel="online" if cases.online[case] else "counter",
        officer=NOBODY,
        regime="",
        limit=str(limit),
        received_at=moment,
        due_at=due,
        hour_based=limit.counts_minutes,
    )


def _completed(
    model: Model,
    moment: datetime,
    number: int,
    serial: int,
    person: int,
    openings: dict[int, datetime],
    starts: dict[int, datetime],
    case: int,  # noqa: ARG001 (one shape with the others)
) -> StepCompleted | ApologyIssued:
    node = _node(model, number)
    rule = node.rule
    return StepCompleted(
        step=node.element,
        task=str(serial),
        officer=str(person),
        role=node.role,
        unit=rule.unit if rule else None,
        kind=rule.kind if rule else None,
        created_at=openings.get(serial, moment),
        claimed_at=starts.get(serial, moment),
        started_at=starts.get(serial, moment),
    )


def _node(model: Model, number: int) -> FlatNode:
    return model.nodes[number][1]


def _arm(model: Model, number: int) -> Any:
    for table in model.tables:
        if number < len(table.arms):
            return table.arms[number]
        number -= len(table.arms)
    raise IndexError(number)


def _limit(model: Model, cases: Cases, case: int) -> Any:
    return model.clock.limits[int(model.flow.procedures[cases.procedure[case], at.P_LIMIT])]
