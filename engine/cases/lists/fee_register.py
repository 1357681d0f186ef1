"""What was paid at an agency's desk on which days (sổ thu phí, lệ phí), and how much in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.cases.tables import case, fee
from engine.catalog.tables import procedure
from engine.clock import office_instant

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

MOST_LINES = 5000


@dataclass(frozen=True)
class FeesPaid:
    """Payments of a span of days, at most 5,000 lines; the sum and the count are of all."""

    lines: list[dict[str, Any]]
    payments: int
    total_dong: int


def fees_between(db: Connection, *, agency: str, first: date, last: date) -> FeesPaid:
    """Payments taken by an agency on dates of a span, both inclusive, the first one first."""
    where: list[ColumnElement[bool]] = [
        case.c.agency_code == agency,
        fee.c.collected_at >= office_instant(f"{first.isoformat()}T00:00"),
        fee.c.collected_at <= office_instant(f"{last.isoformat()}T23:59:59.999999"),
    ]
    joined = fee.join(case, case.c.id == fee.c.case_id)
    rows = db.execute(
        select(
            fee.c.amount_dong,
            fee.c.receipt,
            fee.c.collected_at,
            fee.c.collected_by,
            case.c.number,
            case.c.owner_name,
            procedure.c.name.label("procedure_name"),
        )
        .select_from(joined)
        .join(procedure, procedure.c.code == case.c.procedure_code)
        .where(*where)
        .order_by(fee.c.collected_at, fee.c.id)
        .limit(MOST_LINES)
    )
    lines = [
        {
            "number": row.number,
            "owner": row.owner_name,
            "procedure": row.procedure_name,
            "amount_dong": row.amount_dong,
            "receipt": row.receipt,
            "collected_at": row.collected_at,
            "collected_by": row.collected_by,
        }
        for row in rows
    ]
    sums = db.execute(
        select(func.count(fee.c.id), func.coalesce(func.sum(fee.c.amount_dong), 0))
        .select_from(joined)
        .where(*where)
    ).one()
    return FeesPaid(lines, int(sums[0]), int(sums[1]))
