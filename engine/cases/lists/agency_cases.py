"""The cases of an agency in the order they came in, closed ones too: what a program reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.cases.status import CaseStatus
from engine.cases.tables import case
from engine.catalog.tables import procedure_version
from engine.clock import iso_office

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def agency_cases(
    db: Connection,
    *,
    agency: str,
    status: int | None = None,
    procedure: str | None = None,
    after: int = 0,
    most: int,
) -> list[dict[str, Any]]:
    """Cases behind a row's key, as plain values without the applicant's data but the name."""
    rows = (
        select(case, procedure_version.c.number.label("version_number"))
        .join(procedure_version, procedure_version.c.id == case.c.version_id)
        .where(case.c.agency_code == agency, case.c.id > after)
        .order_by(case.c.id)
        .limit(most)
    )
    if status is not None:
        rows = rows.where(case.c.status == status)
    if procedure is not None:
        rows = rows.where(case.c.procedure_code == procedure)
    return [
        {
            "id": row.id,
            "row_version": row.version,
            "number": row.number,
            "status": row.status,
            "status_name": CaseStatus(row.status).vietnamese,
            "outcome": row.outcome,
            "procedure": row.procedure_code,
            "version": row.version_number,
            "channel": row.channel,
            "owner": row.owner_name,
            "registered_at": iso_office(row.registered_at),
            "received_at": _at(row.received_at),
            "due_at": _at(row.due_original_at),
            "appointed_at": _at(row.due_appointed_at),
            "finished_at": _at(row.finished_at),
            "returned_at": _at(row.returned_at),
            "verdict": row.verdict,
        }
        for row in db.execute(rows)
    ]


def _at(instant: datetime | None) -> str | None:
    return iso_office(instant) if instant is not None else None
