"""Changes of an agency: the office hours it keeps from a date on, the procedures it takes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.catalog.tables import procedure
from engine.clock import office_date
from engine.errors import BadInputError
from engine.events.office import OfficeHoursSet
from engine.events.procedures import AgencyTookProcedure
from engine.journal.append import append_office
from engine.sla.office_hours import DEFAULT_HOURS
from engine.staff.hours import read_hours
from engine.staff.queries import agency_accepts, agency_by_code
from engine.staff.tables import agency, agency_procedure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from engine.clock import Clock


def set_hours(
    db: Connection,
    clock: Clock,
    *,
    agency_code: str,
    since: date,
    hours: Sequence[str],
    by: str,
    saturday: Sequence[str] = (),
) -> None:
    """Let an agency keep other office hours from a date on; the days before stay as they were.

    `saturday` are openings to hand in dossiers; no limit runs in them. Legal: R43

    Raises:
        AgencyUnknownError. BadInputError: the hours cannot be, or the date is past or not after
        those of the hours set before.
    """
    stored = hours_from(
        db, clock, agency_code=agency_code, since=since, hours=hours, saturday=saturday
    )
    db.execute(update(agency).where(agency.c.code == agency_code).values(hours=stored))
    append_office(
        db,
        at=clock.now(),
        actor=by,
        events=[
            OfficeHoursSet(
                agency=agency_code, since=since, hours=tuple(hours), saturday=tuple(saturday)
            )
        ],
    )


def hours_from(
    db: Connection,
    clock: Clock,
    *,
    agency_code: str,
    since: date,
    hours: Sequence[str],
    saturday: Sequence[str] = (),
) -> str:
    """The agency's hours as the books would hold them; `set_hours` says what is refused."""
    stored = agency_by_code(db, agency_code).hours
    rows: list[dict[str, Any]] = json.loads(stored) if stored else [_default()]
    first = max(office_date(clock.now()), *(_begins(row) + timedelta(days=1) for row in rows))
    if since < first:
        raise BadInputError(f"Expected a first day from {first} on, but got {since}")
    row: dict[str, Any] = {"from": since.isoformat(), "hours": list(hours)}
    if saturday:
        row["saturday"] = list(saturday)
    rows.append(row)
    read_hours(rows)
    return json.dumps(rows)


def take_procedure(
    db: Connection, clock: Clock, *, agency_code: str, procedure_code: str, by: str
) -> None:
    """Let an agency take dossiers of a procedure.

    Raises:
        AgencyUnknownError. BadInputError: an unknown procedure, or the agency takes it already.
    """
    if agency_accepts(db, agency_code, procedure_code):
        raise BadInputError(
            f"Expected a procedure that is new to {agency_code}, but it takes {procedure_code}"
        )
    if db.execute(select(procedure).where(procedure.c.code == procedure_code)).first() is None:
        raise BadInputError(
            f"Expected a published procedure, but {procedure_code!r} is not in the books"
        )
    db.execute(
        insert(agency_procedure).values(agency_code=agency_code, procedure_code=procedure_code)
    )
    append_office(
        db,
        at=clock.now(),
        actor=by,
        events=[AgencyTookProcedure(agency=agency_code, procedure=procedure_code)],
    )


def _default() -> dict[str, Any]:
    """The default hours as plain values, in force since ever."""
    (schedule,) = DEFAULT_HOURS.schedules
    return {"hours": [f"{a:%H:%M}-{b:%H:%M}" for a, b in schedule.intervals]}


def _begins(row: dict[str, Any]) -> date:
    return date.fromisoformat(row["from"]) if row.get("from") else date.min
