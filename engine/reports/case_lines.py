"""The journal of some agencies' cases in a window, found by the books' list of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from engine.cases.tables import case
from engine.journal.read import lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from engine.journal.read import Line
    from engine.reports.measures import Window

BATCH = 500
ROWS_A_CASE = 10
"""Journal rows of a case that reports read, about: what is seen of a case of five steps."""


def numbers_behind(
    db: Connection, window: Window | None, agencies: Collection[str] | None, after: str = ""
) -> Sequence[str]:
    """The next cases that may have a part in a window, by number; None means all.

    Cases that ended before it, or came after it, have none; of the others their journal decides.
    """
    return db.scalars(
        select(case.c.number)
        .where(case.c.number > after, *_within(window, agencies))
        .order_by(case.c.number)
        .limit(BATCH)
    ).all()


def rows_of_cases(db: Connection, window: Window | None, agencies: Collection[str] | None) -> int:
    """How many journal rows a report of these cases reads, about."""
    cases = db.scalar(select(func.count()).select_from(case).where(*_within(window, agencies)))
    return (cases or 0) * ROWS_A_CASE


def case_lines(
    db: Connection,
    window: Window | None,
    agencies: Collection[str] | None,
    *,
    up_to: int,
    types: Sequence[str],
) -> Iterator[Line]:
    """Their rows of some types up to a sequence, case by case, each in its order."""
    after = ""
    while numbers := numbers_behind(db, window, agencies, after):
        yield from lines_of(db, numbers, up_to=up_to, types=types)
        after = numbers[-1]


def _within(window: Window | None, agencies: Collection[str] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if agencies is not None:
        found.append(case.c.agency_code.in_(sorted(agencies)))
    if window is not None:
        # By post a case may be received before it was registered, otherwise after.
        found.append(or_(case.c.registered_at < window.end_at, case.c.received_at < window.end_at))
        found.append(or_(case.c.finished_at.is_(None), case.c.finished_at >= window.start_at))
    return found
