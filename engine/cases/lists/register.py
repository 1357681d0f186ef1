"""The register of cases (sổ theo dõi hồ sơ): one line a case, by date of receipt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.cases.status import CaseStatus
from engine.cases.tables import case, letter
from engine.catalog.tables import procedure
from engine.clock import office_instant

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

MOST_LINES = 5000


def letters_of(
    db: Connection, *, agency: str, first: date, last: date, meaning: str | None = None
) -> list[dict[str, Any]]:
    """Letters an agency issued on dates of a span, both inclusive, in the order of issue.

    At most 5,000. Legal: R8, R26
    """
    rows = (
        select(letter, case.c.number.label("case_number"), case.c.owner_name)
        .join(case, case.c.id == letter.c.case_id)
        .where(
            case.c.agency_code == agency,
            letter.c.issued_at >= office_instant(f"{first.isoformat()}T00:00"),
            letter.c.issued_at <= office_instant(f"{last.isoformat()}T23:59:59.999999"),
        )
        .order_by(letter.c.issued_at, letter.c.id)
        .limit(MOST_LINES)
    )
    if meaning is not None:
        rows = rows.where(letter.c.meaning == meaning)
    return [
        {
            "id": row.id,
            "number": row.number,
            "meaning": row.meaning,
            "form": row.form,
            "issued_at": row.issued_at,
            "case": row.case_number,
            "owner": row.owner_name,
            "signer": row.signer,
            "prepared_by": row.prepared_by,
            "content": json.loads(row.content),
        }
        for row in db.execute(rows)
    ]


def register_of(db: Connection, *, agency: str, first: date, last: date) -> list[dict[str, Any]]:
    """Cases an agency registered on dates of a span, both inclusive, at most 5,000. Legal: R8"""
    rows = db.execute(
        select(case, procedure.c.name.label("procedure_name"))
        .join(procedure, procedure.c.code == case.c.procedure_code)
        .where(
            case.c.agency_code == agency,
            case.c.registered_at >= office_instant(f"{first.isoformat()}T00:00"),
            case.c.registered_at <= office_instant(f"{last.isoformat()}T23:59:59.999999"),
        )
        .order_by(case.c.registered_at, case.c.id)
        .limit(MOST_LINES)
    )
    return [
        {
            "number": row.number,
            "procedure": row.procedure_name,
            "owner": row.owner_name,
            "phone": json.loads(row.owner_data).get("phone", ""),
            "received_at": row.received_at or row.registered_at,
            "due_at": row.due_appointed_at,
            "finished_at": row.finished_at,
            "returned_at": row.returned_at,
            "returned_to": row.returned_to,
            "status_name": CaseStatus(row.status).vietnamese,
        }
        for row in rows
    ]
