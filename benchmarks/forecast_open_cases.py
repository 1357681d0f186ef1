"""Forecast of 25,000 open cases, 200 replications, on this machine's cores: goal 60 s.

The cases stand evenly over the steps of a shipped diagram, spread over ten agencies' worth of
staff; new dossiers come until the horizon. Reading the books is not in the figure.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from engine.catalog.diagram import read_diagram
from engine.catalog.years import seed_calendar
from engine.clock import office_instant
from engine.sla.office_hours import OfficeTime
from simulations.calibrating.history import CaseSample, History
from simulations.compiling.flattening import tables_of
from simulations.compiling.model import compile_model
from simulations.compiling.tables import Kind
from simulations.inputs.scenario import Window
from simulations.office.forecast import _document
from simulations.office.model import OfficePicture, OfficeProcedure, OfficeStaff, scenario_of
from simulations.office.play_on import play_forecast
from simulations.office.start import OpenCase, Start, arriving_between, live_arrays

OPEN, REPLICATIONS, PER_DAY, STAFF = 25_000, 200, 2_000, 450
DIAGRAM = Path(__file__).parent.parent / "bpmn/procedures/1.009994/1.009994.bpmn"


def made(folder: Path) -> Start:
    now = office_instant("2026-11-18T09:00")
    today = date(2026, 11, 18)
    bpmn = next(iter(DIAGRAM.parent.glob("*.bpmn"))).read_bytes()
    (folder / "d.bpmn").write_bytes(bpmn)
    table = tables_of(read_diagram(bpmn), None)
    office = OfficeTime(seed_calendar())
    history = History(since=now - timedelta(days=30), until=now)
    days = 21
    for n in range(PER_DAY * days):
        at = now - timedelta(days=n % 30, minutes=n % 60)
        history.cases.append(CaseSample(str(n), "P", at, None))
    steps = [n.element for n in table.nodes if n.kind is Kind.TASK and n.scope == 0]
    roles = sorted({n.role for n in table.nodes if n.kind is Kind.TASK and n.role})
    picture = OfficePicture(
        agency="H35",
        level="tỉnh",
        office=office,
        procedures=[
            OfficeProcedure(
                "P@1 7wd PAUSE_WD",
                "P",
                "P",
                "d.bpmn",
                None,
                "7wd",
                "PAUSE_WD",
                table,
                in_force=True,
            )
        ],
        staff=[OfficeStaff((role,), STAFF) for role in roles],
    )
    scenario = scenario_of(
        picture,
        history,
        Window(first_on=today, last_on=today + timedelta(days=130), warm_up_days=30),
        seed=1,
        about="",
    )
    until = date(2026, 12, 3)
    scenario = arriving_between(scenario, today, until).model_copy(update={"folder": folder})
    model = compile_model(scenario, office)
    cases = tuple(
        OpenCase(
            id=n,
            number=f"C{n}",
            code="P",
            version_id=1,
            limit="7wd",
            policy="PAUSE_WD",
            due_at=now + timedelta(hours=n % 240),
            held_since=None,
            tokens=((steps[n % len(steps)], (), None),),
        )
        for n in range(OPEN)
    )
    return Start("H35", now, until, scenario, model, cases, (), live_arrays(model, cases, now))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        start = made(Path(folder))
        play_forecast(start, range(2))  # compiled once, as at installation
        began, cpu = time.perf_counter(), time.process_time()
        replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
        played = play_forecast(start, range(replications))
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        document = _document(start, played, "10wd", 1, replications, [])
    print(f"{'open cases':<28}{OPEN:>10}")
    print(f"{'new until the horizon':<28}{PER_DAY * 10:>10}")
    print(f"{'replications':<28}{replications:>10}")
    print(f"{'expected late':<28}{document['expected_late']:>10}")
    print(f"{'CPU seconds':<28}{cpu:>10.1f}")
    print(f"{'seconds':<28}{wall:>10.1f}")
    print(f"{'cases a second of CPU':<28}{OPEN * replications / cpu:>10.0f}")
    print(f"{'of the goal of 60 s':<28}{np.round(wall / 60, 2):>10}")


if __name__ == "__main__":
    main()
