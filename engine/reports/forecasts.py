"""Forecasts as they were made: shown on the boards, scored when the cases have ended (R36, R49).

A forecast is no legal fact: it moves no case and stands in no journal. What became of a case is
read from the books, by the same verdict the office reports.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from engine.cases.tables import case
from engine.clock import iso_office, office_date
from engine.database import UtcInstant, metadata
from engine.prepared import Prepared
from engine.staff.queries import office_time_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection, Subquery

    from engine.clock import Clock

forecast = Table(
    "forecast",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency_code", ForeignKey("agency.code"), nullable=False),
    Column("made_at", UtcInstant, nullable=False),
    Column("horizon_until", Date, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("replications", Integer, nullable=False),
    Column("summary", Text, nullable=False),  # JSON: the document without its cases
    Index("ix_forecast_agency_made", "agency_code", "made_at"),
)

forecast_case = Table(
    "forecast_case",
    metadata,
    Column("forecast_id", ForeignKey("forecast.id"), primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), primary_key=True),
    Column("due_at", UtcInstant, nullable=False),
    Column("late_probability", Float, nullable=False),
    Column("expected_finish_at", UtcInstant, nullable=False),
    Column("p80_finish_at", UtcInstant),
    Index("ix_forecast_case_case", "case_id"),
)

KEEP_DAYS = 180
"""How long a forecast is kept to be scored."""


_newest = Prepared(
    select(forecast.c.id)
    .where(forecast.c.agency_code == bindparam("b_agency"))
    .order_by(forecast.c.made_at.desc(), forecast.c.id.desc())
    .limit(1)
)


def agencies_with_open_cases(db: Connection) -> list[str]:
    """Codes of agencies whose clock runs for somebody, in order."""
    return list(
        db.scalars(
            select(case.c.agency_code)
            .where(case.c.received_at.is_not(None), case.c.finished_at.is_(None))
            .distinct()
            .order_by(case.c.agency_code)
        )
    )


def agencies_with_cases(db: Connection) -> list[str]:
    """Codes of agencies that ever received a case, in order."""
    return list(db.scalars(select(case.c.agency_code).distinct().order_by(case.c.agency_code)))


def keep_forecast(db: Connection, document: Mapping[str, Any]) -> int:
    """Write a forecast down; gives its number."""
    summary = {name: value for name, value in document.items() if name != "items"}
    number: int = db.execute(
        insert(forecast)
        .values(
            agency_code=document["agency"],
            made_at=datetime.fromisoformat(document["made_at"]),
            horizon_until=datetime.fromisoformat(document["horizon_until"]).date(),
            seed=document["seed"],
            replications=document["replications"],
            summary=json.dumps(summary, ensure_ascii=False, sort_keys=True),
        )
        .returning(forecast.c.id)
    ).scalar_one()
    if document["items"]:
        db.execute(
            insert(forecast_case),
            [
                {
                    "forecast_id": number,
                    "case_id": item["case_id"],
                    "due_at": datetime.fromisoformat(item["due_at"]),
                    "late_probability": item["late_probability"],
                    "expected_finish_at": datetime.fromisoformat(item["expected_finish_at"]),
                    "p80_finish_at": None
                    if item["p80_finish_at"] is None
                    else datetime.fromisoformat(item["p80_finish_at"]),
                }
                for item in document["items"]
            ],
        )
    return number


def latest_forecast(db: Connection, agency: str, *, most: int = 500) -> dict[str, Any] | None:
    """The newest forecast of an agency, worst cases first; None before the first."""
    row = db.execute(
        select(forecast)
        .where(forecast.c.agency_code == agency)
        .order_by(forecast.c.made_at.desc(), forecast.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    cases = db.execute(
        select(forecast_case, case.c.number, case.c.procedure_code)
        .join(case, case.c.id == forecast_case.c.case_id)
        .where(forecast_case.c.forecast_id == row.id, case.c.finished_at.is_(None))
        .order_by(forecast_case.c.late_probability.desc(), forecast_case.c.due_at, case.c.id)
        .limit(most)
    )
    return {
        **json.loads(row.summary),
        "forecast_id": row.id,
        "items": [
            {
                "number": each.number,
                "procedure": each.procedure_code,
                "due_at": iso_office(each.due_at),
                "late_probability": each.late_probability,
                "expected_finish_at": iso_office(each.expected_finish_at),
                "p80_finish_at": each.p80_finish_at and iso_office(each.p80_finish_at),
            }
            for each in cases
        ],
    }


def stale_agencies(db: Connection, clock: Clock, *, hours: float) -> list[str]:
    """Agencies with open cases whose newest forecast is older than that, or none, in order.

    At night and on days off nothing goes on, so a forecast made since the last working minute is
    as good as new.
    """
    now = clock.now()
    newest = {
        row.agency_code: row.made_at
        for row in db.execute(
            select(forecast.c.agency_code, func.max(forecast.c.made_at).label("made_at")).group_by(
                forecast.c.agency_code
            )
        )
    }
    found = []
    for agency in agencies_with_open_cases(db):
        made_at = newest.get(agency)
        if made_at is not None and timedelta() <= now - made_at:
            if now - made_at < timedelta(hours=hours):
                continue
            if not office_time_of(db, agency).working_minutes_between(made_at, now):
                continue
        found.append(agency)
    return found


def thin_forecasts(db: Connection, agency: str, *, keep_days: int = KEEP_DAYS) -> int:
    """Forget all but the newest forecast and the first of each day; gives how many went.

    The first of each day is enough to be scored, and the books must not grow with every hour.
    """
    rows = db.execute(
        select(forecast.c.id, forecast.c.made_at)
        .where(forecast.c.agency_code == agency)
        .order_by(forecast.c.made_at, forecast.c.id)
    ).all()
    if not rows:
        return 0
    last = rows[-1]
    first_of: dict[date, int] = {}
    for row in rows:
        first_of.setdefault(office_date(row.made_at), row.id)
    oldest = last.made_at - timedelta(days=keep_days)
    gone = [
        row.id
        for row in rows
        if row.id != last.id
        and (row.made_at < oldest or first_of[office_date(row.made_at)] != row.id)
    ]
    for number in gone:
        db.execute(delete(forecast_case).where(forecast_case.c.forecast_id == number))
        db.execute(delete(forecast).where(forecast.c.id == number))
    return len(gone)


def newest_forecast_id(db: Connection, agency: str) -> int | None:
    """The number of an agency's newest forecast."""
    row = _newest.first(db, {"b_agency": agency})
    return row.id if row is not None else None


def risks_of(forecast_id: int) -> Subquery:
    """(case_id, value): how likely each case of a forecast becomes late, to sort a list by."""
    return (
        select(forecast_case.c.case_id, forecast_case.c.late_probability.label("value"))
        .where(forecast_case.c.forecast_id == forecast_id)
        .subquery()
    )


def risks_in(db: Connection, forecast_id: int, case_ids: Sequence[int]) -> dict[int, float]:
    """How likely these cases become late, by their ids; cases it does not know are left out."""
    rows = db.execute(
        select(forecast_case.c.case_id, forecast_case.c.late_probability).where(
            forecast_case.c.forecast_id == forecast_id, forecast_case.c.case_id.in_(case_ids)
        )
    )
    return {row.case_id: row.late_probability for row in rows}
