"""Following the journal: how far every row is committed, so that no reader skips a late one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, text

from engine.database import JOURNAL_LOCK
from engine.journal.tables import journal

if TYPE_CHECKING:
    from sqlalchemy import Connection

_top = select(func.coalesce(func.max(journal.c.sequence), 0))
_writers = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND classid = 0"
    " AND objid = :b_lock AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(bindparam("b_lock", JOURNAL_LOCK))


class Horizon:
    """The highest sequence below which nothing can appear any more.

    PostgreSQL gives out a sequence number before the commit: a row with a higher number may be
    visible while one with a lower number is still under way. Every write holds the journal's
    lock until its end, so a number is safe once all who held the lock when it was first seen
    have let go. Nobody is made to wait for it. SQLite has one writer: what is seen is safe.
    """

    def __init__(self) -> None:
        self.sequence = 0
        self._seen = 0
        self._writers: frozenset[str] = frozenset()

    def look(self, db: Connection) -> int:
        """Look again; gives the safe sequence. `db` must show each statement what is committed.

        A later look never gives less than an earlier one.
        """
        top = int(db.scalar(_top) or 0)
        if db.dialect.name != "postgresql":
            self.sequence = max(self.sequence, top)
            return self.sequence
        under_way = frozenset(db.scalars(_writers))  # after `top`: who wrote below it is in here
        if self._seen > self.sequence and not self._writers & under_way:
            self.sequence = self._seen
        if top > self.sequence and (self._seen <= self.sequence):
            self._seen, self._writers = top, under_way
            if not under_way:
                self.sequence = top
        return self.sequence
