"""How many cases run on each version of a procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.cases.tables import case
from engine.procedures.migrate_procedure import ENDED

if TYPE_CHECKING:
    from sqlalchemy import Connection


def running_by_version(db: Connection, code: str | None = None) -> dict[int, int]:
    """Id of a version → its running cases, those a migration would look at. Legal: R2"""
    query = (
        select(case.c.version_id, func.count().label("running"))
        .where(case.c.status.not_in([int(status) for status in ENDED]))
        .group_by(case.c.version_id)
    )
    if code is not None:
        query = query.where(case.c.procedure_code == code)
    return {row.version_id: row.running for row in db.execute(query)}
