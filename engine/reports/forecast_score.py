"""How true the kept forecasts were: Brier score beside the base rate's, calibration plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case as sql_case
from sqlalchemy import func, select

from engine.cases.tables import case
from engine.reports.forecasts import forecast, forecast_case

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

BINS = 10
"""Classes of probability in the calibration plot."""
KNOWN_BEFORE, NOT_ENDED = -2, -1
"""Places of what is not scored."""


def score_forecasts(
    db: Connection, *, agency: str | None = None, since: datetime | None = None
) -> dict[str, Any]:
    """How true the kept forecasts were, of cases whose outcome is known by now.

    Only cases that were not late yet when the forecast was made are scored: of the others
    everybody knows. The Brier score is the mean squared error of the probability; its base rate
    is that of somebody who always says the share that became late. `since`: made at that instant
    or later. Counted by the database: there may be millions. Legal: R36, R47
    """
    said = forecast_case.c.late_probability
    late = sql_case(
        (case.c.finished_at.is_not(None), sql_case((case.c.verdict == "late", 1.0), else_=0.0)),
        (case.c.became_late_at.is_not(None), 1.0),
    )
    before = forecast_case.c.due_at <= forecast.c.made_at
    place = sql_case(
        (before, KNOWN_BEFORE),
        (late.is_(None), NOT_ENDED),
        *((said < (number + 1) / BINS, number) for number in range(BINS - 1)),
        else_=BINS - 1,
    )
    inner = (
        select(place.label("place"), said.label("said"), late.label("late"))
        .join(forecast, forecast.c.id == forecast_case.c.forecast_id)
        .join(case, case.c.id == forecast_case.c.case_id)
        .where(
            *([] if agency is None else [forecast.c.agency_code == agency]),
            *([] if since is None else [forecast.c.made_at >= since]),
        )
        .subquery()
    )
    error = inner.c.said - inner.c.late
    rows = db.execute(
        select(
            inner.c.place,
            func.count().label("cases"),
            func.sum(inner.c.said).label("said"),
            func.sum(inner.c.late).label("late"),
            func.sum(error * error).label("error"),
        ).group_by(inner.c.place)
    ).all()
    counted = {row.place: row for row in rows}
    places = [
        Place(number, each.cases, each.said, round(each.late), each.error)
        for number in range(BINS)
        if (each := counted.get(number)) is not None
    ]
    outside = {row.place: row.cases for row in rows}
    return {
        "agency": agency,
        "not_ended_yet": outside.get(NOT_ENDED, 0),
        "late_before_the_forecast": outside.get(KNOWN_BEFORE, 0),
        **score_of(places),
    }


@dataclass(frozen=True)
class Place:
    """Forecasts of about the same probability, summed."""

    number: int
    cases: int
    said: float
    """Sum of the probabilities."""
    late: int
    error: float
    """Sum of the squared errors."""


def scored(said: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """The score of (probability, became late) one by one."""
    places = []
    for number in range(BINS):
        inside = [(p, late) for p, late in said if min(int(p * BINS), BINS - 1) == number]
        if inside:
            places.append(
                Place(
                    number,
                    len(inside),
                    sum(p for p, _ in inside),
                    sum(late for _, late in inside),
                    sum((p - late) ** 2 for p, late in inside),
                )
            )
    return score_of(places)


def score_of(places: Sequence[Place]) -> dict[str, Any]:
    """Brier score, its base rate, skill, and the points of the calibration plot."""
    count = sum(each.cases for each in places)
    if not count:
        return {"scored": 0, "brier": None, "brier_of_base_rate": None, "skill": None, "bins": []}
    base = sum(each.late for each in places) / count
    brier = sum(each.error for each in places) / count
    of_base = base * (1.0 - base)
    return {
        "scored": count,
        "became_late": base,
        "brier": brier,
        "brier_of_base_rate": of_base,
        "skill": None if of_base == 0 else 1.0 - brier / of_base,
        "bins": [
            {
                "from": each.number / BINS,
                "to": (each.number + 1) / BINS,
                "cases": each.cases,
                "said": each.said / each.cases,
                "became_late": each.late / each.cases,
            }
            for each in places
        ],
    }
