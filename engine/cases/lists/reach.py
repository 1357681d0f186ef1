"""Which cases somebody's roles or his search reach: by their keys when they are few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, union_all

from engine.cases.lists.filters import (
    AGENCY,
    BOUND,
    NOT_ENDED,
    OF_CASE,
    OF_STEP,
    WAITS,
    Whose,
    conditions,
)
from engine.cases.search_text import folded
from engine.cases.tables import case, step
from engine.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Subquery

    from engine.cases.lists.filters import Instants, Query, View

FEW_CASES = 1000
"""So many are looked up by their keys."""


@dataclass(frozen=True)
class Reach:
    """The cases that somebody or his search reaches.

    By their keys when they are few, else by what each case is asked: among a hundred thousand
    cases the few of a small unit are long to find, and so many keys are long to list.
    """

    keys: frozenset[int] | None = None
    asks: tuple[ColumnElement[bool], ...] = ()

    def both(self, other: Reach) -> Reach:
        """What both reach."""
        if self.keys is None or other.keys is None:
            keys = other.keys if self.keys is None else self.keys
        else:
            keys = self.keys & other.keys
        return Reach(keys, self.asks + other.asks)


def found_by_search(db: Connection, query: Query) -> Reach:
    """Cases with every word of the query's search, in whatever order."""
    words = folded(query.search).split()[:8]
    if not words:
        return Reach()
    has = [case.c.search_text.like(f"%{escaped(word)}%", escape="\\") for word in words]
    keys = _few(db, select(case.c.id).where(case.c.agency_code == query.agency, NOT_ENDED, *has))
    return Reach(keys) if keys is not None else Reach(asks=tuple(has))


def reach_of(db: Connection, query: Query, at: Instants) -> Reach:
    """Cases of the query's filter with a step for the person.

    The texts are wrapped so that no database looks for steps by role, again for every case, and a
    step is asked for by its key, so that PostgreSQL does not gather all of them first.
    """
    if query.whose is Whose.AGENCY:
        return Reach()
    theirs = waiting_keys(query.view, query.whose, len(query.roles))
    keys = theirs.column(db, bound_by(query, at))
    if len(keys) <= FEW_CASES:
        return Reach(frozenset(keys))
    has = [func.coalesce(step.c.officer_code, "") == query.officer]
    if query.whose is Whose.UNIT:
        has.append(func.coalesce(step.c.role, "").in_(sorted(query.roles)))
    step_of = select(step.c.id).where(step.c.case_id == case.c.id, WAITS, or_(*has)).limit(1)
    return Reach(asks=(step_of.scalar_subquery().is_not(None),))


def where(query: Query, at: Instants, reach: Reach) -> list[ColumnElement[bool]]:
    """What a case must be: of the agency, in the filter and within reach."""
    agency: ColumnElement[Any] = case.c.agency_code
    asked = [*conditions(query.view, OF_CASE, at), *reach.asks]
    if reach.keys is not None:
        asked.append(case.c.id.in_(sorted(reach.keys)))
        # Wrapped, so that the cases are fetched by their keys and not by their agency.
        agency = agency.concat("")
    return [agency == query.agency, *asked]


@lru_cache(maxsize=64)
def waiting_keys(view: View, whose: Whose, roles: int) -> Prepared:
    """A little more than a few keys of a filter's cases that wait for one with so many roles."""
    waiting = waiting_steps(view, whose, roles, FEW_CASES + 1)
    return Prepared(select(waiting.c.case_id).limit(FEW_CASES + 1))


def waiting_steps(view: View, whose: Whose, roles: int, most: int) -> Subquery:
    """Keys of a filter's cases that wait for a person, one for each of their open steps.

    Each index gives up to `most`: a case may come twice.
    """
    of_whom = [step.c.officer_code == bindparam("b_officer")]
    if whose is Whose.UNIT and roles:
        of_whom.append(step.c.role.in_([bindparam(f"b_role_{n}") for n in range(roles)]))
    asked = conditions(view, OF_STEP, BOUND)
    found = [
        select(step.c.case_id)
        .where(WAITS, step.c.agency_code == AGENCY, each, *asked)
        .limit(most)
        .subquery()
        for each in of_whom
    ]
    return union_all(*(select(each.c.case_id) for each in found)).subquery("waiting")


def bound_by(query: Query, at: Instants) -> dict[str, Any]:
    """The values that prepared statements of the list are given."""
    return {
        "b_agency": query.agency,
        "b_officer": query.officer,
        "b_now": at.now,
        "b_soon": at.soon,
    } | {f"b_role_{n}": role for n, role in enumerate(sorted(query.roles))}


def _few(db: Connection, which: Select[Any]) -> frozenset[int] | None:
    """The keys when they are few; None when there are more, found without reading them all."""
    keys = db.scalars(which.limit(FEW_CASES + 1)).all()
    return frozenset(keys) if len(keys) <= FEW_CASES else None


def escaped(text: str) -> str:
    """A text for LIKE in which a percent sign is a percent sign."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
