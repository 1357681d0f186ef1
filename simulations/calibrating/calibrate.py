"""Scenarios fitted to what happened: an office's own journal, or an event log from elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from engine.catalog.years import seed_calendar
from engine.clock import iso_office, office_date
from engine.errors import BadInputError
from engine.reports.observed.log import LogRefusedError
from engine.reports.observed.table import csv_cases
from engine.reports.observed.xes import xes_cases
from engine.staff.queries import agency_by_code, office_time_of
from simulations.calibrating.log_scenario import (
    FEWEST_CASES,
    REPLICATIONS,
    Validation,
    compared,
    fit_log,
    shifted,
    simulated,
    validate_log,
    wasserstein,
)
from simulations.calibrating.observed_log import observed_log
from simulations.compiling.model import compile_model
from simulations.errors import ScenarioError
from simulations.inputs.scenario import Window
from simulations.office.books import newest_cases, office_history, procedures_of, staff_of
from simulations.office.model import OfficePicture, scenario_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.clock import Clock
    from simulations.calibrating.history import CaseSample, History
    from simulations.inputs.scenario import Scenario

HELD_OUT = 0.5
"""Share of a log's cases, the last ones, that a fit is tried on before all are used."""

# -- scenarios as files -----------------------------------------------------------


def calibrate_log(path: Path, out: Path, *, limit: str | None = None) -> dict[str, Any]:
    """A scenario file and its diagram from an XES or CSV log, and how near the fit comes.

    Raises:
        LogRefusedError: it cannot be read or has no events. ScenarioError: `out` exists.
    """
    diagram = _free(out).with_suffix(".bpmn")
    log = observed_log(_cases(path))
    if not log.cases:
        raise LogRefusedError(f"Expected a log with events, but {path} has none", file=str(path))
    try:
        checked: Validation | None = None
        if len(log.cases) >= 2 * FEWEST_CASES + 1:
            checked = validate_log(log, _folder(out), share=1 - HELD_OUT, diagram_file=diagram.name)
        fitted = fit_log(
            log, name=path.name, diagram_file=diagram.name, folder=_folder(out), limit=limit
        )
        window, weeks = shifted(
            fitted.scenario.window, [each.year for each in seed_calendar().years]
        )
        notes = list(fitted.scenario.assumptions)
        if weeks:
            notes.append(f"Ngày của nhật ký được dời {weeks} tuần vào các năm có lịch làm việc")
        notes.append(_told(checked))
        scenario = fitted.scenario.model_copy(
            update={"window": window, "assumptions": tuple(notes)}
        )
        _write(out, scenario)
    except BaseException:
        diagram.unlink(missing_ok=True)
        raise
    return {
        "log": path.name,
        "cases": len(log.cases),
        "events": sum(len(each) for each in log.cases),
        "out": out.name,
        "diagram": diagram.name,
        "has_starts": log.has_starts,
        "fits": fitted.fits,
        "groups": [
            {"key": g.key, "people": g.count, "hours": g.hours, "roles": list(g.roles)}
            for g in scenario.staff
        ],
        "validation": None if checked is None else checked.as_json(),
        "validated": checked is not None and checked.validated and log.has_starts,
        "assumptions": list(scenario.assumptions),
    }


def calibrate_office(
    db: Connection, clock: Clock, out: Path, *, agency: str, days: int = 365
) -> dict[str, Any]:
    """A scenario file of an agency from its own journal, and how near the fit comes.

    Raises:
        ScenarioError: `out` exists, or nothing was received in that time. AgencyUnknownError.
    """
    _free(out)
    now = clock.now()
    since = now - timedelta(days=days)
    history = office_history(db, agency=agency, since=since, until=now)
    if not history.cases:
        raise ScenarioError(
            f"Expected cases received at {agency} in the last {days} days, but there are none",
            agency=agency,
        )
    checked = _validate_office(db, agency, history, _folder(out))
    today = office_date(now)
    scenario, refused = _office_scenario(
        db,
        agency,
        history,
        _folder(out),
        Window(first_on=office_date(history.since), last_on=today),
    )
    notes = (*scenario.assumptions, *refused, _told(checked))
    _write(out, scenario.model_copy(update={"assumptions": notes}))
    started = sum(each.started_at is not None for each in history.steps)
    return {
        "agency": agency,
        "from": iso_office(history.since),
        "to": iso_office(now),
        "cases": len(history.cases),
        "events": len(history.steps),
        "out": out.name,
        "steps_with_start": started,
        "has_starts": started > 0,
        "validation": None if checked is None else checked.as_json(),
        "validated": checked is not None and checked.validated,
        "assumptions": list(notes),
    }


def _office_scenario(
    db: Connection, agency: str, history: History, folder: Path, window: Window
) -> tuple[Scenario, list[str]]:
    today = office_date(history.until)
    wanted = newest_cases(db, agency, history)
    specs, refused = procedures_of(db, wanted, history, today, folder)
    if not specs:
        why = next(iter(refused.values()), "none is")
        raise ScenarioError(f"Expected diagrams that can be simulated, but {why}", agency=agency)
    picture = OfficePicture(
        agency=agency,
        level=agency_by_code(db, agency).level,
        office=office_time_of(db, agency),
        procedures=specs,
        staff=staff_of(db, agency, today, specs),
    )
    about = f"Hiệu chỉnh từ nhật ký: {len(history.cases)} hồ sơ"
    scenario = scenario_of(picture, history, window, seed=1, about=about)
    return scenario.model_copy(update={"folder": folder}), list(refused.values())


def _validate_office(
    db: Connection, agency: str, history: History, folder: Path
) -> Validation | None:
    """Fit to the first part of the time, simulate the last; None when there are too few cases."""
    ended = sorted(
        (each for each in history.cases if each.ended_at is not None), key=lambda c: c.arrived_at
    )
    if len(ended) < 2 * FEWEST_CASES:
        return None
    cut = ended[int(len(ended) * (1 - HELD_OUT))].arrived_at
    seen = office_history(db, agency=agency, since=history.since, until=cut)
    # Cases open at the cut would lend the fit what it must not know.
    known = [_hours(e) for e in ended if e.ended_at is not None and e.ended_at <= cut]
    held = [_hours(e) for e in ended if e.arrived_at > cut]
    if min(len(known), len(held)) < FEWEST_CASES:
        return None
    window = Window(
        first_on=office_date(cut) + timedelta(days=1), last_on=office_date(history.until),
        warm_up_days=min((cut - history.since).days, 60),
    )  # fmt: skip
    scenario, _ = _office_scenario(db, agency, seen, folder, window)
    model = compile_model(scenario, office_time_of(db, agency))
    leads = [simulated(model, number)[0] for number in range(REPLICATIONS)]
    leads = [each for each in leads if len(each)]
    if not leads:
        return None
    random = np.random.default_rng(1)
    every = np.array([_hours(each) for each in ended])
    halves = []
    for _ in range(20):
        order = random.permutation(len(every))
        half = len(order) // 2
        halves.append(wasserstein(every[order[:half]], every[order[half:]]))
    floor = float(np.mean(halves))
    one, other = np.array(known), np.array(held)
    return compared(
        before=(one, one), real=(other, other), floors=(floor, floor), leads=leads, events=leads
    )


def _hours(each: CaseSample) -> float:
    ended = each.ended_at or each.arrived_at
    return (ended - each.arrived_at).total_seconds() / 3600


def _cases(path: Path) -> Any:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".xes"):
        return xes_cases(path)
    if name.endswith(".csv"):
        return csv_cases(path)
    raise BadInputError(
        f"Expected a log named .xes, .xes.gz, .csv or .csv.gz, but got {path.name}", file=str(path)
    )


def _free(out: Path) -> Path:
    if out.exists() or out.with_suffix(".bpmn").exists():
        raise ScenarioError(f"Expected a new file to write, but {out} or its diagram exists")
    if not out.parent.is_dir():
        raise ScenarioError(f"Expected a folder to write into, but {out.parent} is none")
    return out


def _folder(out: Path) -> Path:
    return out.parent


def _told(checked: Validation | None) -> str:
    if checked is None:
        return f"Chưa kiểm chứng: cần ít nhất {2 * FEWEST_CASES} hồ sơ đã xong"
    if checked.validated:
        return "Đã kiểm chứng trên phần hồ sơ giữ lại"
    return "Chưa kiểm chứng: " + "; ".join(checked.reasons)


def _write(out: Path, scenario: Scenario) -> None:
    """All of the file, or nothing."""
    plain = scenario.model_dump(mode="json", exclude_defaults=True)
    text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
    part = out.with_name(f".{out.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(out)
