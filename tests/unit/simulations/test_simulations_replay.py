"""Simulated cases played again in the office's own engine: every move must be possible there."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from simulation_builders import Drawing, prepared, random_drawing, scenario_of

from engine.workflow import run
from engine.workflow.blueprint import Blueprint, blueprint
from simulations import layout as at
from simulations.compiling.model import Model
from simulations.compiling.tables import Kind
from simulations.run import play

MOVES = {at.ARRIVED, at.COMPLETED, at.WAIT_OVER, at.FIRED}


@pytest.mark.parametrize("first", range(0, 50, 10))
def test_the_engine_accepts_every_simulated_trace_of_ten_random_diagrams(
    first: int, tmp_path: Path
) -> None:
    accepted = 0
    for number in range(first, first + 10):
        drawing = random_drawing(number)
        scenario = scenario_of(drawing, tmp_path, seed=number, per_working_day=5.5)
        model, cases = prepared(scenario, number)
        found = play(model, cases, trace=True, reference=True)
        by_case: dict[int, list[list[int]]] = defaultdict(list)
        for row in found.log.tolist():
            by_case[row[1]].append(row)
        bp = blueprint(drawing.xml())
        for rows in by_case.values():
            replay(bp, drawing, model, rows)
            accepted += 1
    assert accepted >= 1000


def replay(bp: Blueprint, drawing: Drawing, model: Model, rows: list[list[int]]) -> None:
    """Do in the engine what the log says, and compare what is open after each move."""
    moves: list[list[list[int]]] = []
    for row in rows:
        if row[2] in MOVES:
            moves.append([])
        moves[-1].append(row)
    open_steps: Counter[str] = Counter()
    progress: Any = None
    for first, *rest in moves:
        data = choices(model, rest)
        if first[2] == at.ARRIVED:
            progress = run.start(bp, nothing_chosen(model) | data)
        else:
            progress = move(bp, model, progress, first, data)
        if first[2] == at.COMPLETED:
            open_steps[model.nodes[first[3]][1].element] -= 1
        for row in rest:
            if row[2] == at.OPENED:
                open_steps[model.nodes[row[3]][1].element] += 1
            elif row[2] == at.CANCELLED:
                open_steps[model.nodes[row[3]][1].element] -= 1
        there = Counter(step.element_id for step in progress.open_steps)
        assert there == +open_steps, (drawing.process_id, first)
    if rows[-1][2] == at.CLOSED:
        assert progress.ended


def move(bp: Blueprint, model: Model, progress: Any, row: list[int], data: dict[str, Any]) -> Any:
    what, number = row[2], row[3]
    if what == at.COMPLETED:
        element = model.nodes[number][1].element
        task = next(s.task_id for s in progress.open_steps if s.element_id == element)
        return run.complete(bp, progress.state, task, data)
    if what == at.WAIT_OVER:
        node = model.nodes[number][1]
        element, is_timer = node.element, node.kind is Kind.TIMER
    else:
        arm = model.tables[0].arms[number]
        element, is_timer = arm.element, arm.timer is not None
    if not is_timer:
        return run.deliver_message(bp, progress.state, element, data)
    task = next(t.task_id for t in progress.timers if t.element_id == element)
    state = run.change_data(bp, progress.state, data).state
    return run.fire_timer(bp, state, task)


def choices(model: Model, rows: list[list[int]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        if row[2] != at.CHOSEN:
            continue
        node = model.nodes[row[3]][1]
        way = node.ways[row[4] - int(model.flow.nodes[row[3], at.N_WAYS])]
        if node.kind is Kind.XOR:
            found[node.element] = way.flow_id
            continue
        for each in node.ways:
            found.setdefault(each.flow_id, 0)
        found[way.flow_id] = 1
    return found


def nothing_chosen(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _, node in model.nodes:
        if node.conditional:
            found[node.element] = ""
            found |= {way.flow_id: 0 for way in node.ways}
    return found
