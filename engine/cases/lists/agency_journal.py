"""The journal of an agency's cases, for programs that follow it by sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.cases.tables import case
from engine.journal.read import entry_columns, entry_of_row
from engine.journal.tables import journal, journal_batch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.journal.append import Entry


def sealed_entries_after(db: Connection, *, agency: str, after: int, most: int) -> list[Entry]:
    """Sealed entries behind a sequence, in order.

    A sequence is given before its row is committed, so a reader could pass over one that comes
    late. Sealing waits until no write is under way: behind the last seal nothing comes late.
    """
    sealed = select(func.coalesce(func.max(journal_batch.c.last_sequence), 0)).scalar_subquery()
    rows = db.execute(
        select(*entry_columns)
        .join(case, case.c.number == journal.c.stream)
        .where(
            journal.c.sequence > after,
            journal.c.sequence <= sealed,
            case.c.agency_code == agency,
        )
        .order_by(journal.c.sequence)
        .limit(most)
    )
    return [entry_of_row(row) for row in rows]
