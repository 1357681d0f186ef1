"""The list of cases a clerk works from: by due date, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, tuple_

from engine.cases.lists.filters import BY_DUE, NOT_ENDED, Order
from engine.cases.lists.reach import escaped, reach_of, where
from engine.cases.search_text import folded
from engine.cases.steps import OPEN
from engine.cases.tables import case, step
from engine.catalog.tables import procedure
from engine.clock import office_instant
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Subquery

    from engine.cases.lists.filters import Instants, Query
    from engine.cases.lists.reach import Reach


@dataclass(frozen=True)
class Page:
    """One page of cases and where the next one begins; None on the last."""

    rows: Sequence[Row[Any]]
    steps: dict[int, list[Row[Any]]]
    after: str | None
    """Where the next page begins."""


def page_of(
    db: Connection,
    query: Query,
    at: Instants,
    found: Reach,
    *,
    after: str | None = None,
    most: int = 30,
    risks: Subquery | None = None,
) -> Page:
    """Cases of a query behind a cursor, with their open steps; `found` is what its search finds.

    `risks` gives cases a value by (case_id, value), for the order of risk; without it that order
    is by due date.

    Raises:
        BadInputError: the cursor is not one of ours.
    """
    order = Order.DUE if query.order is Order.RISK and risks is None else query.order
    key = _key(order, risks)
    place = tuple_(key, case.c.id)
    asked = where(query, at, reach_of(db, query, at).both(found))
    if after is not None:
        edge = _edge(order, key, after)
        asked.append(place > edge if order is Order.DUE else place < edge)
    source = case.join(procedure, procedure.c.code == case.c.procedure_code)
    if order is Order.RISK and risks is not None:
        source = source.outerjoin(risks, risks.c.case_id == case.c.id)
    rows = db.execute(
        select(case, procedure.c.name.label("procedure_name"), key.label("sort_key"))
        .select_from(source)
        .where(*asked)
        .order_by(*(each.asc() if order is Order.DUE else each.desc() for each in (key, case.c.id)))
        .limit(most + 1)
    ).all()
    shown = rows[:most]
    last = shown[-1] if len(rows) > most else None
    return Page(
        rows=shown,
        steps=_open_steps_of(db, [row.id for row in shown]),
        after=f"{_written(last.sort_key)}~{last.id}" if last is not None else None,
    )


def similar_open_cases(
    db: Connection, *, agency: str, procedure_code: str, owner: str, most: int = 5
) -> Sequence[Row[Any]]:
    """Open cases of the same owner's name and procedure: perhaps the same dossier twice."""
    rows: Sequence[Any] = db.execute(
        select(case.c.number, case.c.owner_name, case.c.registered_at, case.c.status)
        .where(
            case.c.agency_code == agency,
            case.c.procedure_code == procedure_code,
            NOT_ENDED,
            case.c.search_text.like(f"% {escaped(folded(owner))}", escape="\\"),
        )
        .order_by(case.c.id.desc())
        .limit(most)
    ).all()
    return rows


def _key(order: Order, risks: Subquery | None) -> ColumnElement[Any]:
    if order is Order.RISK and risks is not None:
        return func.coalesce(risks.c.value, -1.0, type_=risks.c.value.type)
    return case.c.registered_at if order is Order.NEWEST else BY_DUE


def _edge(order: Order, key: ColumnElement[Any], after: str) -> ColumnElement[Any]:
    """The place of the last row that was shown."""
    text, _, number = after.partition("~")
    try:
        value = float(text) if order is Order.RISK else office_instant(text)
        return tuple_(literal(value, type_=key.type), int(number))
    except ValueError as cause:
        raise BadInputError(f"Expected a page of this list, but got {after[:60]!r}") from cause


def _written(key: datetime | float) -> str:
    return repr(key) if isinstance(key, float) else key.isoformat()


def _open_steps_of(db: Connection, case_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {case_id: [] for case_id in case_ids}
    if case_ids:
        rows = db.execute(
            select(step)
            .where(step.c.case_id.in_(case_ids), step.c.state == OPEN)
            .order_by(step.c.id)
        )
        for row in rows:
            found[row.case_id].append(row)
    return found
