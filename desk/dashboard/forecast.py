"""What will become late: the newest forecast for the board, and how true the earlier ones were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from desk.transaction import db, office_clock
from engine.cases.tables import case
from engine.reports.forecast_score import score_forecasts
from engine.reports.forecasts import latest_forecast

if TYPE_CHECKING:
    from collections.abc import Mapping

WORST_ON_BOARD = 10
WORST_ON_PAGE = 300
SCORED_DAYS = 60
"""Forecasts made in these days are scored: what an older office did says little of today's."""
PLOT = 300
SMALLEST, LARGEST = 4.0, 14.0


@dataclass(frozen=True)
class Dot:
    """A point of the calibration plot: what was said against what came, larger with more cases."""

    x: float
    y: float
    radius: float
    said: float
    came: float
    cases: int


def panel(agency: str, *, most: int = WORST_ON_BOARD) -> dict[str, Any] | None:
    """The newest forecast of an agency with its worst cases; None before the first."""
    found = latest_forecast(db(), agency, most=most)
    if found is None:
        return None
    numbers = [item["number"] for item in found["items"]]
    owners = {
        row.number: row.owner_name
        for row in db().execute(
            select(case.c.number, case.c.owner_name).where(case.c.number.in_(numbers))
        )
    }
    made_at = datetime.fromisoformat(found["made_at"])
    return {
        **found,
        "low": None
        if found["expected_late_low"] is None
        else max(float(found["expected_late_low"]), 0.0),
        "items": [
            {**item, "owner": owners.get(item["number"], "")}
            for item in found["items"]
            if item["late_probability"] > 0
        ],
        "hours_old": max((office_clock().now() - made_at).total_seconds() / 3600, 0.0),
        "best": next((m for m in found["one_more_officer"] if m["saves_late_cases"] > 0), None),
    }


def score(agency: str) -> dict[str, Any]:
    """The score of the last weeks' forecasts, with the dots of its plot."""
    since = office_clock().now() - timedelta(days=SCORED_DAYS)
    found = score_forecasts(db(), agency=agency, since=since)
    return {**found, "dots": _dots(found), "days": SCORED_DAYS}


def _dots(found: Mapping[str, Any]) -> list[Dot]:
    most = max((each["cases"] for each in found["bins"]), default=1)
    return [
        Dot(
            x=round(each["said"] * PLOT, 1),
            y=round((1.0 - each["became_late"]) * PLOT, 1),
            radius=round(SMALLEST + (LARGEST - SMALLEST) * (each["cases"] / most) ** 0.5, 1),
            said=each["said"],
            came=each["became_late"],
            cases=each["cases"],
        )
        for each in found["bins"]
    ]
