"""The rehearsal's loops against Prosimos 2.1.0 and SimPy 4.1.2, on one model in one run.

Model: receive; check; 15 % a supplement of two days on average and check again; appraise beside
field work; sign; 5 % back to check; return. Lognormal work, Monday to Friday 8-12 and 13:30-17,
400 dossiers a day, 14 + 91 + 7 people at 84 % load. The peers are installed into a temporary
virtual environment of their own; one that cannot be is named and left out. Times are processor
seconds of one core; loops and peers take turns, and the best of each counts, so that other work on
the machine slows all alike. Goals: machine code 1.2 million steps a second and 400 times Prosimos;
heapq 35,000 and 15 times; 1,000,000 dossiers in 6 s and 400 MB; a what-if pair of 30 replications
of 100,000 dossiers in 15 s on two cores.

Seen on two processors whose speed moved by a factor of two within hours: machine code 1.9 to 3.6
million steps a second, 440 to 670 times Prosimos (3,200 to 8,200); heapq 46,000 to 104,000, 13.0 to
14.6 times, in five runs: its goal of 15 is missed; SimPy 9 to 15 times. 100,000 dossiers 0.18 to
0.33 s; 996,332 dossiers 1.9 to 3.5 s and 327 MB; the pair 11.3 to 12.1 s.

Run: .venv/bin/python benchmarks/rehearsal_kernel.py [--own] [--small] [--peers FOLDER]
--own leaves the peers out, --small takes a tenth of everything, FOLDER is a virtual environment
that has the peers already.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import tempfile
import time
import venv
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from simulations.arrivals import cases_of
from simulations.compiling.model import Model, compile_model
from simulations.experiment import compare, experiment
from simulations.inputs.changes import AddStaff, Change, changed
from simulations.inputs.scenario import Arrivals, Duration, Group, Procedure, Scenario, Step, Window
from simulations.layout import DONE
from simulations.run import play

STEPS = {
    "receive": ("R0", 8, "receive"),
    "check": ("R1", 25, "examine"),
    "appraise": ("R1", 35, "examine"),
    "field": ("R1", 20, "examine"),
    "sign": ("R2", 5, "sign"),
    "ret": ("R0", 4, "return"),
}
STAFF = {"R0": 14, "R1": 91, "R2": 7}
FLOWS = (
    ("s", "receive"), ("receive", "in"), ("in", "check"), ("check", "x1"), ("x1", "supp"),
    ("x1", "a1"), ("supp", "in"), ("a1", "appraise"), ("a1", "field"), ("appraise", "a2"),
    ("field", "a2"), ("a2", "sign"), ("sign", "x2"), ("x2", "ret"), ("x2", "in"), ("ret", "e"),
)  # fmt: skip
HOURS = (("08:00:00", "12:00:00"), ("13:30:00", "17:00:00"))


def drawing(task: str) -> str:
    """The diagram, with user tasks for us or plain ones for Prosimos."""
    parts = ['<startEvent id="s"/><endEvent id="e"/>']
    for name, (role, _, kind) in STEPS.items():
        mine = f'<extensionElements><mc:step kind="{kind}" role="{role}"/></extensionElements>'
        parts.append(f'<{task} id="{name}" name="{name}">{mine if task != "task" else ""}</{task}>')
    for gate, tag in (("in", "exclusive"), ("x1", "exclusive"), ("x2", "exclusive"),
                      ("a1", "parallel"), ("a2", "parallel")):  # fmt: skip
        parts.append(f'<{tag}Gateway id="{gate}"/>')
    hold = '<extensionElements><mc:hold kind="supplement"/></extensionElements>'
    event = (
        '<messageEventDefinition messageRef="m"/>' if task != "task" else "<timerEventDefinition/>"
    )
    parts.append(
        f'<intermediateCatchEvent id="supp" name="supp">{hold if task != "task" else ""}{event}'
        "</intermediateCatchEvent>"
    )
    for number, (a, b) in enumerate(FLOWS):
        test = f"<conditionExpression>x == {number}</conditionExpression>" if a in "x1x2" else ""
        parts.append(
            f'<sequenceFlow id="f{number}" sourceRef="{a}" targetRef="{b}">'
            f"{test if task != 'task' else ''}</sequenceFlow>"
        )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:mc="urn:motcua:bpmn:1" targetNamespace="t"><message id="m" name="m"/>'
        f'<process id="P" isExecutable="true">{"".join(parts)}</process></definitions>'
    )


def lognormal(minutes: float) -> Duration:
    return Duration(distribution="lognormal", mean_minutes=minutes, cv=0.95)


def scenario(folder: Path, dossiers: int) -> Scenario:
    path = folder / "model.bpmn"
    path.write_text(drawing("userTask"))
    days = math.ceil(dossiers / 400)
    last = date.fromordinal(date(2017, 1, 2).toordinal() + math.ceil(days * 7 / 5) + 20)
    calendar_days = min(last, date(2026, 12, 31))
    return Scenario(
        name="chuẩn",
        window=Window(first_on=date(2017, 1, 2), last_on=calendar_days),
        office_hours=("08:00-12:00", "13:30-17:00"),
        procedures=(
            Procedure(
                key="p",
                diagram=str(path),
                limit="5wd",
                pause_policy="PAUSE_WD",
                arrivals=Arrivals(per_working_day=400 if dossiers <= 400_000 else dossiers / 2420),
                steps={name: Step(duration=lognormal(row[1])) for name, row in STEPS.items()},
                shares={"x1": {"f4": 0.15}, "x2": {"f14": 0.05}},
                waits={"supp": Duration(distribution="exponential", mean_days=2)},
            ),
        ),
        staff=tuple(
            Group(
                key=r,
                count=n if dossiers <= 400_000 else round(n * dossiers / 2420 / 400),
                roles=(r,),
            )
            for r, n in STAFF.items()
        ),
        priority="due_date",
    )


def timed(model: Model, cases: object, *, reference: bool = False) -> tuple[int, float]:
    start = time.process_time()
    found = play(model, cases, reference=reference)  # type: ignore[arg-type]
    return int(found.nodes[:, DONE].sum()), time.process_time() - start


def prosimos_file(folder: Path) -> None:
    """The same model in Prosimos's own format."""
    week = [{"from": "MONDAY", "to": "FRIDAY", "beginTime": a, "endTime": b} for a, b in HOURS]

    def params(*values: float) -> list[dict[str, float]]:
        return [{"value": each} for each in values]

    people = {r: [f"{r}-{k}" for k in range(n)] for r, n in STAFF.items()}
    resources = [
        {
            "id": r,
            "name": r,
            "resource_list": [
                {
                    "id": p,
                    "name": p,
                    "cost_per_hour": "1",
                    "amount": 1,
                    "calendar": "c",
                    "assignedTasks": [t for t, row in STEPS.items() if row[0] == r],
                }
                for p in own
            ],
        }
        for r, own in people.items()
    ]
    tasks = [
        {
            "task_id": name,
            "resources": [
                {
                    "resource_id": p,
                    "distribution_name": "lognorm",
                    "distribution_params": params(
                        minutes * 60, (minutes * 60 * 0.95) ** 2, 0, 10_000_000
                    ),
                }
                for p in people[role]
            ],
        }
        for name, (role, minutes, _) in STEPS.items()
    ]
    text = {
        "resource_profiles": resources,
        "arrival_time_distribution": {
            "distribution_name": "expon",
            "distribution_params": params(27000 / 400, 0, 100_000),
        },
        "arrival_time_calendar": week,
        "gateway_branching_probabilities": [
            {
                "gateway_id": gate,
                "probabilities": [
                    {"path_id": a, "value": str(share)}, {"path_id": b, "value": str(1 - share)}
                ],
            }
            for gate, a, b, share in (("x1", "f4", "f5", 0.15), ("x2", "f14", "f13", 0.05))
        ],
        "task_resource_distribution": tasks,
        "resource_calendars": [{"id": "c", "name": "c", "time_periods": week}],
        "event_distribution": [
            {
                "event_id": "supp",
                "distribution_name": "expon",
                "distribution_params": params(172_800, 0, 100_000_000),
            }
        ],
    }  # fmt: skip
    (folder / "prosimos.json").write_text(json.dumps(text))
    (folder / "prosimos.bpmn").write_text(drawing("task"))


PROSIMOS = """
import csv, sys, time
from prosimos.simulation_engine import run_simulation
start = time.process_time()
run_simulation("prosimos.bpmn", "prosimos.json", int(sys.argv[1]), "stat.csv", "log.csv")
spent = time.process_time() - start
rows = sum(row["activity"] != "supp" for row in csv.DictReader(open("log.csv")))
print(rows, spent)
"""

SIMPY = """
import math, random, sys, time
import simpy
STEPS, STAFF, CASES = eval(sys.argv[1]), eval(sys.argv[2]), int(sys.argv[3])
DAY, dice, done = 86400.0, random.Random(1), 0
OPEN = ((8 * 3600, 12 * 3600), (13.5 * 3600, 17 * 3600))
def finish(t, work):
    while True:
        day, inside = divmod(t, DAY)
        if day % 7 < 5:
            for a, b in OPEN:
                if inside < b:
                    inside = max(inside, a)
                    if work <= b - inside:
                        return day * DAY + inside + work
                    work -= b - inside
                    inside = b
        t = (day + 1) * DAY
def draw(minutes):
    s2 = math.log1p(0.95 ** 2)
    return dice.lognormvariate(math.log(minutes * 60) - s2 / 2, math.sqrt(s2))
env = simpy.Environment()
pools = {r: simpy.PriorityResource(env, n) for r, n in STAFF.items()}
def step(name, due):
    global done
    role, minutes, _ = STEPS[name]
    with pools[role].request(priority=due) as wanted:
        yield wanted
        yield env.timeout(finish(env.now, draw(minutes)) - env.now)
    done += 1
def case(due):
    yield from step("receive", due)
    while True:
        yield from step("check", due)
        if dice.random() < 0.15:
            yield env.timeout(dice.expovariate(1 / (2 * DAY)))
            continue
        yield env.process(step("appraise", due)) & env.process(step("field", due))
        yield from step("sign", due)
        if dice.random() >= 0.05:
            break
    yield from step("ret", due)
def arrivals():
    for _ in range(CASES):
        yield env.timeout(finish(env.now, dice.expovariate(400 / 27000)) - env.now)
        env.process(case(env.now + 7 * DAY))
start = time.process_time()
env.process(arrivals())
env.run()
print(done, time.process_time() - start)
"""


PEERS = {
    "Prosimos 2.1.0": ("prosimos==2.1.0", PROSIMOS, [], 10_000),
    "SimPy 4.1.2": ("simpy==4.1.2", SIMPY, [repr(STEPS), repr(STAFF)], 10_000),
}


def installed(place: Path) -> dict[str, Path]:
    """The Python that has each peer which could be installed."""
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
    found = {}
    for name, (package, *_) in PEERS.items():
        pip = [python, "-m", "pip", "install", "-q", package]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            print(f"{name}: cannot be installed here, left out")
        else:
            found[name] = python
    return found


def peer_rate(name: str, python: Path, folder: Path, share: float) -> float:
    """Steps a second of a peer; 0 when it does not run."""
    _, script, arguments, dossiers = PEERS[name]
    ran = subprocess.run(
        [python, "-c", script, *arguments, str(round(dossiers * share))],
        capture_output=True,
        check=False,
        cwd=folder,
        text=True,
    )
    if ran.returncode:
        print(f"{name}: did not run: {ran.stderr.strip().splitlines()[-1][:200]}")
        return 0.0
    steps, seconds = ran.stdout.split()[-2:]
    return int(steps) / float(seconds)


def rates_of(
    folder: Path, pythons: dict[str, Path], share: float
) -> tuple[dict[str, float], float]:
    """Steps a second of all, and seconds of 100,000 dossiers; each has its turn three times."""
    large, small = (compile_model(scenario(folder, round(n * share))) for n in (100_000, 10_000))
    many, few = (cases_of(each.plans, each.scenario.procedures, 1) for each in (large, small))
    timed(large, many)  # compiles, or reads what was compiled
    rates: dict[str, float] = {}
    prosimos_file(folder)
    for _ in range(3):
        steps, seconds = timed(large, many)
        done, spent = timed(small, few, reference=True)
        seen = {"machine code": steps / seconds, "heapq": done / spent}
        seen |= {name: peer_rate(name, each, folder, share) for name, each in pythons.items()}
        rates = {name: max(rate, rates.get(name, 0.0)) for name, rate in seen.items()}
    return rates, steps / len(many.at) * 100_000 / rates["machine code"]


def million(share: float) -> tuple[int, int, float, float]:
    """Dossiers, steps, seconds and megabytes of a process that does nothing else."""
    with tempfile.TemporaryDirectory() as name:
        few = compile_model(scenario(Path(name), 400))
        timed(few, cases_of(few.plans, few.scenario.procedures, 1))  # reads what was compiled
        model = compile_model(scenario(Path(name), round(1_000_000 * share)))
        cases = cases_of(model.plans, model.scenario.procedures, 1)
        steps, seconds = timed(model, cases)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return len(cases.at), steps, seconds, peak


def pair(folder: Path, share: float) -> None:
    made = scenario(folder, round(100_000 * share))
    base = experiment(made, replications=30)
    more = changed(made, Change(add_staff=AddStaff(group="R2", count=1)))
    compare(base, experiment(more, replications=30))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--own", action="store_true")
    options.add_argument("--small", action="store_true")
    options.add_argument("--peers", type=Path)
    asked = options.parse_args()
    share = 0.1 if asked.small else 1.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pythons = {} if asked.own else installed((asked.peers or folder / "peers").absolute())
        rates, seconds = rates_of(folder, pythons, share)
        base = rates.get("Prosimos 2.1.0")
        print(
            f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {share:g} of the size"
        )
        print(f"{'':24}{'steps/s':>12}{'x Prosimos':>12}")
        for who, rate in rates.items():
            print(f"{who:24}{rate:12,.0f}{f'{rate / base:.1f}' if base else '-':>12}")
        print(f"100,000 dossiers: {seconds:.2f} s of one core (goal 0.6)")
        start, spent = time.perf_counter(), time.process_time()
        pair(folder, share)
        wall, spent = time.perf_counter() - start, time.process_time() - spent
        print(
            f"what-if pair, 30 x {round(100_000 * share):,}: {wall:.1f} s (goal 15 at full size),"
        )
        print(f"  {spent:.1f} s of processor time")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        dossiers, steps, seconds, peak = alone.submit(million, share).result()
    print(f"{dossiers:,} dossiers, {steps:,} steps: {seconds:.2f} s (goal 6 for 1,000,000),")
    print(f"  {peak:.0f} MB (goal 400)")


if __name__ == "__main__":
    main()
