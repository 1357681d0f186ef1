"""Queues whose answers are known: means within 1 %, and inside the 99 % interval of 100 seeds."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from simulation_builders import Drawing, exponential, one_queue

from simulations.arrivals import cases_of
from simulations.compiling.model import compile_model
from simulations.inputs.scenario import (
    Arrivals,
    CaseClass,
    Duration,
    Group,
    Procedure,
    Scenario,
    Step,
    Window,
)
from simulations.intervals import mean_estimate, t_quantile
from simulations.layout import ENDED_AT, STARTED, WAITED
from simulations.run import play

SEEDS = 100
MEAN = 300.0
"""Seconds of work."""


def check(values: list[float], theory: float) -> None:
    found = mean_estimate(values, confidence=0.99)
    assert found.low <= theory <= found.high, (found, theory)
    assert found.value == pytest.approx(theory, rel=0.01)


def waits(scenario: Scenario) -> tuple[list[list[float]], list[tuple]]:
    """Mean wait at each step, and cases with their times, of every seed."""
    model = compile_model(scenario)
    steps = [n for n, (_, node) in enumerate(model.nodes) if node.rule is not None]
    found, runs = [], []
    for seed in range(SEEDS):
        cases = cases_of(model.plans, scenario.procedures, seed)
        run = play(model, cases)
        found.append([run.nodes[n, WAITED] / run.nodes[n, STARTED] for n in steps])
        runs.append((cases, run.cases[:, ENDED_AT].astype(np.int64)))
        assert run.idle_beside_queue == 0
        assert run.queue_area.tolist() == run.queue_waits.tolist()
    return found, runs


def test_m_m_1_mean_wait_and_share_done_by_a_deadline(tmp_path: Path) -> None:
    load = 0.6
    scenario = one_queue(tmp_path, servers=1, mean_minutes=5, load=load)
    found, runs = waits(scenario)
    check([each[0] for each in found], load * MEAN / (1 - load))
    rate = (1 - load) / MEAN
    deadline = math.log(1 / 0.03) / rate
    shares = []
    for cases, ended in runs:
        done = ended >= 0
        shares.append(float(((ended - cases.at)[done] <= deadline).mean()))
    check(shares, 0.97)


def test_m_m_3_mean_wait(tmp_path: Path) -> None:
    servers, load = 3, 0.75
    offered = servers * load
    tail = offered**servers / math.factorial(servers) / (1 - load)
    erlang = tail / (sum(offered**k / math.factorial(k) for k in range(servers)) + tail)
    scenario = one_queue(tmp_path, servers=servers, mean_minutes=5, load=load, days=160)
    check([each[0] for each in waits(scenario)[0]], erlang * MEAN / (servers - offered))


def test_m_d_1_mean_wait(tmp_path: Path) -> None:
    load = 0.7
    scenario = one_queue(
        tmp_path, servers=1, mean_minutes=5, load=load, duration=Duration(value_minutes=5)
    )
    check([each[0] for each in waits(scenario)[0]], load * MEAN / (1 - load) / 2)


def test_two_priority_classes_wait_as_cobham_says(tmp_path: Path) -> None:
    load = 0.6
    scenario = one_queue(tmp_path, servers=1, mean_minutes=5, load=load, priority="class")
    procedure = scenario.procedures[0].model_copy(
        update={
            "classes": (
                CaseClass(name="gấp", share=0.5, priority=0),
                CaseClass(name="thường", share=0.5, priority=5),
            )
        }
    )
    _, runs = waits(scenario.model_copy(update={"procedures": (procedure,)}))
    rest = load * MEAN
    for number, theory in enumerate((rest / (1 - load / 2), rest / ((1 - load / 2) * (1 - load)))):
        times = []
        for cases, ended in runs:
            own = (ended >= 0) & (cases.group == number)
            times.append(float((ended - cases.at)[own].mean()))
        check(times, theory + MEAN)


def test_a_jackson_network_with_feedback(tmp_path: Path) -> None:
    back, load = 0.25, 0.6
    drawing = Drawing()
    start, entry = drawing.element("startEvent"), drawing.element("exclusiveGateway")
    first, second = drawing.task("one"), drawing.task("two")
    gate, end = drawing.element("exclusiveGateway"), drawing.element("endEvent")
    drawing.flow(start, entry)
    drawing.flow(entry, first)
    drawing.flow(first, second)
    drawing.flow(second, gate)
    again = drawing.flow(gate, entry, "x == 1")
    out = drawing.flow(gate, end, "x == 2")
    path = tmp_path / "jackson.bpmn"
    path.write_bytes(drawing.xml())
    like = one_queue(tmp_path, servers=1, mean_minutes=5, load=load * (1 - back))
    scenario = like.model_copy(
        update={
            "procedures": (
                Procedure(
                    key="p",
                    diagram=str(path),
                    limit="1wd",
                    arrivals=Arrivals(
                        per_working_day=like.procedures[0].arrivals.per_working_day, every_day=True
                    ),
                    steps={
                        first: Step(duration=exponential(5)),
                        second: Step(duration=exponential(4)),
                    },
                    shares={gate: {again: back, out: 1 - back}},
                ),
            ),
            "staff": (
                Group(key="one", count=1, roles=("one",), hours="always"),
                Group(key="two", count=1, roles=("two",), hours="always"),
            ),
        }
    )
    found, _ = waits(scenario)
    check([each[0] for each in found], load * MEAN / (1 - load))
    slower = load * 0.8
    check([each[1] for each in found], slower * MEAN * 0.8 / (1 - slower))


def test_a_calendar_cut_in_two_and_a_week_later_changes_nothing(tmp_path: Path) -> None:
    from datetime import date, timedelta

    scenario = one_queue(tmp_path, servers=2, mean_minutes=5, load=0.5, days=30)
    base = scenario.model_copy(
        update={"window": Window(first_on=date(2026, 3, 2), last_on=date(2026, 3, 27))}
    )
    whole = Group(key="r", count=2, roles=("r",), hours=("07:00-19:00",))
    parts = Group(key="r", count=2, roles=("r",), hours=("07:00-12:00", "12:00-19:00"))
    found = []
    for staff in (whole, parts):
        model = compile_model(base.model_copy(update={"staff": (staff,), "allow_overload": True}))
        cases = cases_of(model.plans, base.procedures, 1)
        found.append(play(model, cases).cases)
    assert np.array_equal(found[0], found[1])
    later = base.model_copy(
        update={
            "window": Window(
                first_on=base.window.first_on + timedelta(days=7),
                last_on=base.window.last_on + timedelta(days=7),
            ),
            "staff": (whole,),
        }
    )
    model = compile_model(later)
    cases = cases_of(model.plans, later.procedures, 1)
    assert np.array_equal(play(model, cases).cases[:, ENDED_AT], found[0][:, ENDED_AT])


def test_the_student_quantile_is_the_known_one() -> None:
    assert t_quantile(29, 0.95) == pytest.approx(2.045230, abs=1e-5)
