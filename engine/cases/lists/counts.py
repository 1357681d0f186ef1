"""How many cases each filter holds, for the tabs above the list."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import func, literal_column, select, union_all

from engine.cases.lists.filters import AGENCY, BOUND, OF_CASE, View, Whose, conditions
from engine.cases.lists.reach import bound_by, reach_of, waiting_steps, where
from engine.cases.tables import case
from engine.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

    from engine.cases.lists.filters import Instants, Query
    from engine.cases.lists.reach import Reach

MOST_COUNTED = 1000
"""Counting stops here: a clerk needs "1000+", not the exact number, and gets it at once."""


def counts(db: Connection, query: Query, at: Instants, found: Reach) -> dict[View, int]:
    """How many cases each filter holds, for the same person and search; at most `MOST_COUNTED`."""
    counted: dict[View, int] = {}
    if not query.search:
        each = _counting(query.whose, len(query.roles))
        for row in each.all(db, bound_by(query, at)):
            # Steps that were not all read may hide cases: those are counted by case, below.
            if row.rows <= MOST_COUNTED or row.cases >= MOST_COUNTED:
                counted[View(row.view)] = min(row.cases, MOST_COUNTED)
    return {
        view: counted[view] if view in counted else _count(db, replace(query, view=view), at, found)
        for view in View
    }


def _count(db: Connection, query: Query, at: Instants, found: Reach) -> int:
    reach = reach_of(db, query, at).both(found)
    capped = select(case.c.id).where(*where(query, at, reach)).limit(MOST_COUNTED)
    return db.scalar(select(func.count()).select_from(capped.subquery())) or 0


@lru_cache(maxsize=64)
def _counting(whose: Whose, roles: int) -> Prepared:
    """Every filter's cases and the rows they were found in, in one statement of so many roles."""
    return Prepared(union_all(*(_counted(view, whose, roles) for view in View)))


def _counted(view: View, whose: Whose, roles: int) -> Select[str, int, int]:
    if whose is Whose.AGENCY:
        capped = (
            select(case.c.id)
            .where(case.c.agency_code == AGENCY, *conditions(view, OF_CASE, BOUND))
            .limit(MOST_COUNTED)
            .subquery()
        )
        cases = func.count()
    else:
        capped = waiting_steps(view, whose, roles, MOST_COUNTED + 1)
        cases = func.count(capped.c.case_id.distinct())
    name: ColumnElement[str] = literal_column(f"'{view}'").label("view")
    return select(name, cases.label("cases"), func.count().label("rows")).select_from(capped)
