"""A crowd of cases: copies of one real case with its steps and timers, made by the thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.cases import agenda
from engine.cases.tables import case, case_state, step, timer
from engine.cases.training import set_training_clock
from engine.database import reading, transaction
from engine.journal.append import GENESIS
from engine.journal.tables import journal

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine, Table

PAGE = 500


def crowd(books: Engine, number: str, copies: int) -> list[str]:
    """Copy a case so many times; gives the numbers of the copies.

    A copy's journal begins with what happens to the copy: the original's rows tell of another.
    """
    numbers = [f"{number[:14]}-{9_000_000 + n}" for n in range(copies)]
    with reading(books) as db:
        original = dict(db.execute(select(case).where(case.c.number == number)).one()._mapping)
        parts = {
            table: [
                dict(row._mapping)
                for row in db.execute(select(table).where(table.c.case_id == original["id"]))
            ]
            for table in (case_state, step, timer)
        }
    original |= {"journal_length": 0, "journal_hash": GENESIS}
    for start in range(0, copies, PAGE):
        some = numbers[start : start + PAGE]
        with transaction(books) as db:
            db.execute(insert(case), [_without_id(original) | {"number": n} for n in some])
            ids = db.scalars(select(case.c.id).where(case.c.number.in_(some))).all()
            for table, rows in parts.items():
                copied = [_without_id(row) | {"case_id": i} for i in ids for row in rows]
                if copied:
                    db.execute(insert(table), copied)
    return numbers


def only(books: Engine, *names: str) -> int:
    """Leave only timers of these names armed; gives how many there are."""
    with transaction(books) as db:
        db.execute(
            update(timer)
            .where(timer.c.state == agenda.ARMED, timer.c.name.not_in(names))
            .values(state=agenda.DROPPED)
        )
        return (
            db.scalar(select(func.count()).select_from(timer).where(timer.c.state == agenda.ARMED))
            or 0
        )


def set_clock(books: Engine, at: datetime) -> None:
    """Move a training clock and fire nothing: an outage that ends at an instant."""
    with transaction(books) as db:
        set_training_clock(db, at)


def armed(books: Engine, by: datetime) -> int:
    """How many timers are due by an instant and not fired."""
    with reading(books) as db:
        return (
            db.scalar(
                select(func.count())
                .select_from(timer)
                .where(timer.c.state == agenda.ARMED, timer.c.due_at <= by)
            )
            or 0
        )


def rows_by_state(books: Engine) -> dict[str, int]:
    """How many timers stand in which state."""
    with reading(books) as db:
        rows = db.execute(select(timer.c.state, func.count()).group_by(timer.c.state))
        return {row[0]: row[1] for row in rows}


def alerts(books: Engine) -> dict[tuple[str, str], int]:
    """How often each warning stands in the journal, by case and level."""
    import json

    found: dict[tuple[str, str], int] = {}
    with reading(books) as db:
        for row in db.execute(
            select(journal.c.stream, journal.c.data).where(journal.c.type == "AlertRaised")
        ):
            data = json.loads(row.data)
            key = (row.stream, f"{data['level']}:{data.get('step', '')}")
            found[key] = found.get(key, 0) + 1
    return found


def all_of(books: Engine, table: Table) -> list[dict[str, Any]]:
    """Every row of a table as plain values."""
    with reading(books) as db:
        return [dict(row._mapping) for row in db.execute(select(table))]


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "id"}
