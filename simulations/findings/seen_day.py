"""One simulated day of one procedure, to be watched: where each dossier lay, and when it moved."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from engine.catalog.diagram import read_diagram
from engine.catalog.drawing import places_of
from engine.errors import OfficeError
from simulations import layout as at
from simulations.arrivals import cases_of
from simulations.office_arrays import DAY
from simulations.run import play

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.catalog.graph import Process
    from simulations.compiling.model import Model
    from simulations.layout import Outcome

MOST_CASES_TRACED = 60_000
"""Dossiers of a run that is written down event by event: a kilobyte each."""
MOST_STAYS = 4_000
MOST_CASES_SHOWN = 150
WAITING, WORKING, HELD = "waiting", "working", "held"
Point = tuple[float, float]


def seen_day(model: Model, seed: int, *, procedure: int, bpmn: bytes) -> dict[str, Any] | None:
    """The fullest day in the middle of the window; None when the run is too large to be traced.

    Instants are seconds of that day. A stay is a dossier at one element: since when it lay there,
    since when somebody worked on it, until when; -1 for what is not in the day.
    """
    cases = cases_of(model.plans, model.scenario.procedures, seed)
    if len(cases.at) > MOST_CASES_TRACED:
        return None
    found = play(model, cases, trace=True)
    stays = _stays(model, found, {int(c) for c in (cases.procedure == procedure).nonzero()[0]})
    day = _fullest_day(model, stays)
    if day is None:
        return None
    inside = _of_day(stays, day)
    boxes, paths = _places(bpmn, inside)
    elements = sorted({stay["element"] for stay in inside})
    names = {node.element: node.name for owner, node in model.nodes if owner == procedure}
    received = model.clock.instant
    return {
        "on": model.clock.date(day * DAY).isoformat(),
        "procedure": model.scenario.procedures[procedure].key,
        "name": model.scenario.procedures[procedure].name,
        "seed": seed,
        "cases": len({stay["case"] for stay in inside}),
        "left_out": max(len({s["case"] for s in _whole_day(stays, day)}) - MOST_CASES_SHOWN, 0),
        "from": min((s["since"] for s in inside if s["since"] >= 0), default=7 * 3600),
        "to": max((s["until"] for s in inside if s["until"] >= 0), default=17 * 3600),
        "names": {each: names.get(each, each) for each in elements},
        "boxes": {each: boxes[each] for each in elements if each in boxes},
        "paths": paths,
        "stays": inside,
        "instant_of_midnight": received(day * DAY).isoformat(),
    }


def _stays(model: Model, found: Outcome, wanted: set[int]) -> list[dict[str, Any]]:
    """Every stay of the wanted cases in the whole run; instants in seconds of the run."""
    stays: list[dict[str, Any]] = []
    by_serial: dict[int, dict[str, Any]] = {}
    held: dict[int, dict[str, Any]] = {}

    def stay(case: int, node: int, second: int) -> dict[str, Any]:
        made = {
            "case": case,
            "element": model.nodes[node][1].element,
            "since": second,
            "begun": -1,
            "until": -1,
            "kind": WAITING,
            "person": None,
        }
        stays.append(made)
        return made

    for second, case, what, a, b, c in found.log.tolist():
        if case not in wanted:
            continue
        if what == at.OPENED:
            by_serial[b] = stay(case, a, second)
        elif what == at.BEGUN and b in by_serial:
            by_serial[b]["begun"] = second
            by_serial[b]["person"] = c
        elif what in {at.COMPLETED, at.CANCELLED} and b in by_serial:
            by_serial.pop(b)["until"] = second
        elif what == at.HELD:
            held[case] = stay(case, a, second)
            held[case]["kind"] = HELD
        elif what == at.RESUMED and case in held:
            held.pop(case)["until"] = second
        elif what in {at.FINISHED, at.CLOSED, at.WITHDRAWN_NOW}:
            gone = held.pop(case, None)
            if gone is not None:
                gone["until"] = second
    return stays


def _fullest_day(model: Model, stays: Sequence[Mapping[str, Any]]) -> int | None:
    """The working day with the most movements in the middle third of the measured window."""
    first, last = int(model.times.measured_from) // DAY, int(model.times.stop_at) // DAY
    third = (last - first) // 3
    worked = {int(day) for day in model.clock.parts.worked}
    moves = Counter(s["until"] // DAY for s in stays if s["until"] >= 0)
    middle = [d for d in range(first + third, last - third + 1) if d in worked and moves[d]]
    anywhere = [d for d in range(first, last) if d in worked and moves[d]]
    return max(middle or anywhere, key=lambda d: (moves[d], -d), default=None)


def _whole_day(stays: Sequence[Mapping[str, Any]], day: int) -> list[Mapping[str, Any]]:
    begin, end = day * DAY, (day + 1) * DAY
    return [s for s in stays if s["since"] < end and (s["until"] < 0 or s["until"] >= begin)]


def _of_day(stays: Sequence[Mapping[str, Any]], day: int) -> list[dict[str, Any]]:
    """Stays of the cases that move most that day, in seconds of the day."""
    begin, end = day * DAY, (day + 1) * DAY
    there = _whole_day(stays, day)
    moved = Counter(s["case"] for s in there if begin <= s["until"] < end)
    present = dict.fromkeys(s["case"] for s in there)
    chosen = sorted(present, key=lambda case: (-moved[case], case))[:MOST_CASES_SHOWN]
    number = {case: place for place, case in enumerate(sorted(chosen), start=1)}

    def second(value: int) -> int:
        return value - begin if begin <= value < end else -1

    found = []
    for each in sorted(there, key=lambda s: (s["since"], s["case"])):
        if each["case"] not in number:
            continue
        began_before = 0 <= each["begun"] < begin
        found.append(
            dict(each)
            | {
                "case": number[each["case"]],
                "since": second(each["since"]),
                "begun": 0 if began_before else second(each["begun"]),
                "until": second(each["until"]),
            }
        )
    return found[:MOST_STAYS]


# -- where it is drawn ---------------------------------------------------------


def _places(
    bpmn: bytes, stays: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, list[Point]]]:
    """Boxes of the elements, and the way a dossier takes from one to the next."""
    try:
        boxes, lines = places_of(bpmn)
    except OfficeError:
        return {}, {}  # no layout: the table alone tells the day
    process = next(p for p in read_diagram(bpmn).processes if p.is_executable)
    pairs: set[tuple[str, str]] = set()
    last: dict[int, str] = {}
    for each in stays:
        if each["case"] in last:
            pairs.add((last[each["case"]], each["element"]))
        last[each["case"]] = each["element"]
    found = {}
    for source, target in sorted(pairs):
        way = _way(process, source, target)
        points = [point for flow in way for point in lines.get(flow, [])]
        if points:
            found[f"{source}>{target}"] = [(round(x, 1), round(y, 1)) for x, y in points]
    return {key: tuple(round(v, 1) for v in box) for key, box in boxes.items()}, found


def _way(process: Process, source: str, target: str) -> list[str]:
    """The flows from a step to the next through events and gateways; shortest first."""
    if source not in process.nodes:
        return []
    waiting: deque[tuple[str, tuple[str, ...]]] = deque([(source, ())])
    seen = {source}
    while waiting:
        node, way = waiting.popleft()
        for flow_id in process.nodes[node].outgoing:
            onward = process.flows[flow_id].target
            if onward == target:
                return [*way, flow_id]
            if onward in seen or process.nodes[onward].rule is not None:
                continue
            seen.add(onward)
            waiting.append((onward, (*way, flow_id)))
    return []
