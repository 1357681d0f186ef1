"""What will become of the cases under way: probability to be late, worst first.

Every open case goes on from its present tokens through its own diagram, with today's queues,
staff and calendar, as often as there are replications.
"""

from __future__ import annotations

import math
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.clock import iso_office, office_date
from engine.database import reading, transaction
from engine.reports.forecasts import keep_forecast, thin_forecasts
from engine.sla.limit import Limit
from simulations.compiling.model import compile_model
from simulations.inputs.scenario import Group, Leave
from simulations.office.model import MANY
from simulations.office.play_on import Played, play_forecast
from simulations.office.start import NothingToForecastError, Start, start_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine

    from engine.clock import Clock

WEEK = 5
"""Working days one more officer is there."""
ROLES_TRIED = 4
"""Roles in which one more officer is tried: those whose files wait longest."""
EIGHTY = 0.8
FEWEST_FOR_INTERVAL = 10


def forecast(
    start: Start,
    *,
    horizon: str,
    seed: int = 1,
    replications: int = 200,
    officers: bool = True,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """The forecast of one agency as plain values, worst cases first. Needs no books any more.

    Raises:
        ScenarioError, RunStoppedError, CalendarYearMissingError.
    """
    seeds = range(seed, seed + replications)

    def told(what: str) -> Callable[[int, int], None] | None:
        return None if progress is None else lambda done, of: progress(what, done, of)

    played = play_forecast(start, seeds, workers=workers, progress=told("dự báo"))
    more = one_more_officer(start, played, seeds, workers, told) if officers else []
    return _document(start, played, horizon, seed, replications, more)


def one_more_officer(
    start: Start,
    base: Played,
    seeds: Sequence[int],
    workers: int | None,
    told: Callable[[str], Callable[[int, int], None] | None],
) -> list[dict[str, Any]]:
    """What one more officer in one role this week would save: late cases, paired with the base."""
    inside = _inside(start)
    before = base.late[inside].sum(axis=0)
    order = sorted(range(len(start.model.roles)), key=lambda n: -base.waits[n])
    held = {role for each in start.scenario.staff if each.count < MANY for role in each.roles}
    found = []
    used = seeds[: max(len(seeds) // 4, min(len(seeds), 20))]
    week_on = start.model.clock.office.calendar.add_working_days(office_date(start.now), WEEK - 1)
    for number in order[:ROLES_TRIED]:
        role = start.model.roles[number]
        if base.waits[number] == 0 or role not in held:
            continue
        extra = Group(
            key=f"+1 {role}",
            count=1,
            roles=(role,),
            leave=(
                Leave(
                    first_on=week_on + timedelta(days=1),
                    last_on=start.scenario.window.last_on + timedelta(days=600),
                ),
            ),
        )
        scenario = start.scenario.model_copy(update={"staff": (*start.scenario.staff, extra)})
        model = compile_model(scenario, start.model.clock.office)
        played = play_forecast(
            start, used, model=model, workers=workers, progress=told(f"+1 {role}")
        )
        saved = before[: len(used)] - played.late[inside].sum(axis=0)
        mean, half = _mean_and_half(saved)
        found.append(
            {
                "role": role,
                "saves_late_cases": round(mean, 2),
                "low": None if half is None else round(mean - half, 2),
                "high": None if half is None else round(mean + half, 2),
                "replications": len(used),
                "until": week_on.isoformat(),
            }
        )
    return sorted(found, key=lambda each: -each["saves_late_cases"])


def _mean_and_half(values: Any) -> tuple[float, float | None]:
    from scipy.special import stdtrit  # noqa: PLC0415 (only when an interval is asked for)

    count = len(values)
    mean = float(values.mean())
    if count < FEWEST_FOR_INTERVAL:
        return mean, None
    spread = float(values.std(ddof=1)) / math.sqrt(count)
    return mean, float(stdtrit(count - 1, 0.975)) * spread


def _inside(start: Start) -> Any:
    """Cases whose due moment lies inside the horizon, or lies behind already."""
    return np.array([office_date(each.due_at) <= start.until for each in start.cases])


def _document(
    start: Start,
    played: Played,
    horizon: str,
    seed: int,
    replications: int,
    more: list[dict[str, Any]],
) -> dict[str, Any]:
    clock = start.model.clock
    probability = played.late.mean(axis=1)
    expected = played.ended.mean(axis=1)
    place = math.ceil(EIGHTY * replications) - 1
    p80 = np.partition(played.ended, place, axis=1)[:, place]
    unfinished = played.open_still.mean(axis=1)
    inside = _inside(start)
    order = np.lexsort((np.array([each.due_at.timestamp() for each in start.cases]), -probability))
    items = []
    for n in order:
        each = start.cases[n]
        items.append(
            {
                "number": each.number,
                "procedure": each.code,
                "due_at": iso_office(each.due_at),
                "inside_horizon": bool(inside[n]),
                "late_probability": round(float(probability[n]), 4),
                "expected_finish_at": iso_office(clock.instant(round(float(expected[n])))),
                "p80_finish_at": iso_office(clock.instant(int(p80[n])))
                if unfinished[n] < 1 - EIGHTY
                else None,
                "unfinished_share": round(float(unfinished[n]), 4),
                "case_id": each.id,
            }
        )
    late = played.late[inside].sum(axis=0) if inside.any() else np.zeros(replications)
    mean, half = _mean_and_half(late)
    return {
        "agency": start.agency,
        "made_at": iso_office(start.now),
        "horizon": horizon,
        "horizon_until": start.until.isoformat(),
        "seed": seed,
        "replications": replications,
        "open_cases": len(start.cases) + len(start.left_out),
        "due_inside": int(inside.sum()),
        "expected_late": round(mean, 2),
        "expected_late_low": None if half is None else round(mean - half, 2),
        "expected_late_high": None if half is None else round(mean + half, 2),
        "one_more_officer": more,
        "left_out": [{"number": number, "why": why} for number, why in start.left_out],
        "assumptions": list(start.scenario.assumptions),
        "items": items,
    }


def refresh_forecast(
    books: Engine,
    clock: Clock,
    *,
    agency: str,
    horizon: str = "10wd",
    seed: int = 1,
    replications: int = 200,
    officers: bool = True,
    keep: bool = True,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Make a forecast and keep it, so that it can be shown and scored: what a job calls.

    The books are read in one transaction and written in another, and nobody waits meanwhile.

    Raises:
        NothingToForecastError, BadInputError, AgencyUnknownError, ScenarioError.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-forecast-") as folder:
        with reading(books) as db:
            start = start_of(
                db,
                clock,
                agency=agency,
                horizon=Limit.parse(horizon),
                seed=seed,
                folder=Path(folder),
            )
        document = forecast(
            start,
            horizon=horizon,
            seed=seed,
            replications=replications,
            officers=officers,
            workers=workers,
            progress=progress,
        )
    if keep:
        with transaction(books) as db:
            document["forecast_id"] = keep_forecast(db, document)
            thin_forecasts(db, agency)
    return document


__all__ = ["NothingToForecastError", "forecast", "refresh_forecast"]
