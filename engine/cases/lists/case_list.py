"""The list of cases a clerk works from: filters with counts, by due date, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal, literal_column, or_, select, tuple_, union_all

from engine.cases.search_text import folded
from engine.cases.status import CaseStatus
from engine.cases.steps import OPEN
from engine.cases.tables import case, step
from engine.catalog.tables import procedure
from engine.clock import office_instant
from engine.errors import BadInputError
from engine.prepared import Prepared
from engine.sla.deadline import due_at
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery

    from engine.sla.office_hours import OfficeTime

MOST_COUNTED = 1000
"""Counting stops here: a clerk needs "1000+", not the exact number, and gets it at once."""
FEW_CASES = 1000
"""So many are looked up by their keys."""
SOON = Limit.parse("1wd")

RUNNING = (CaseStatus.RECEIVED, CaseStatus.PROCESSING)
ENDED = (
    CaseStatus.NOT_RECEIVED,
    CaseStatus.WITHDRAWN,
    CaseStatus.FINISHED,
    CaseStatus.RETURNED,
)


class View(StrEnum):
    """The system's filters."""

    OPEN = "dang-lam"
    NEW = "moi"
    DUE_SOON = "sap-den-han"
    OVERDUE = "qua-han"
    SUPPLEMENT = "cho-bo-sung"
    TO_RETURN = "cho-tra"


class Whose(StrEnum):
    """Whose work is shown."""

    MINE = "cua-toi"
    UNIT = "cua-phong"
    """What those with my roles have or may take."""
    AGENCY = "co-quan"


class Order(StrEnum):
    """What is on top."""

    DUE = "han"
    NEWEST = "moi-nhat"
    RISK = "nguy-co"
    """Likeliest to become late first; what the caller says each case's value is."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a clerk asks of the list; all of it stands in the page's address."""

    agency: str
    officer: str
    roles: Collection[str]
    view: View = View.OPEN
    whose: Whose = Whose.AGENCY
    order: Order = Order.DUE
    search: str = ""


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


@dataclass(frozen=True)
class Page:
    """One page of cases and where the next one begins; None on the last."""

    rows: Sequence[Row[Any]]
    steps: dict[int, list[Row[Any]]]
    after: str | None
    """Where the next page begins."""


@dataclass(frozen=True)
class Instants:
    """Now and the end of what is soon due: at, or their places in a prepared statement."""

    now: Any
    soon: Any

    @classmethod
    def at(cls, now: datetime, office: OfficeTime) -> Instants:
        """The instants of a list that is looked at now."""
        return cls(now, due_at(SOON, now, office))


@dataclass(frozen=True)
class _Standing:
    """Where it stands how a case does: on the case, and again on each of its open steps."""

    status: ColumnElement[int]
    due_at: ColumnElement[Any]
    was_late: ColumnElement[bool]
    is_open: ColumnElement[bool]
    is_running: ColumnElement[bool]


# What is open stands literally, so that both databases see which index holds it.
def _one_of(column: str, statuses: Iterable[CaseStatus]) -> ColumnElement[bool]:
    return literal_column(f"{column} IN ({', '.join(str(int(s)) for s in statuses)})")


_NOT_ENDED: ColumnElement[bool] = literal_column("case_file.status NOT IN (3, 7, 10)")
_IS_OPEN: ColumnElement[bool] = literal_column("case_file.status NOT IN (3, 7, 9, 10)")
_WAITS: ColumnElement[bool] = literal_column("step.state = 'open'")
_SORT = func.coalesce(case.c.due_original_at, case.c.registered_at, type_=case.c.registered_at.type)
_OF_CASE = _Standing(
    case.c.status,
    case.c.due_original_at,
    case.c.became_late_at.is_not(None),
    # Of what is overdue the index of open cases knows the place.
    _IS_OPEN,
    _one_of("case_file.status", RUNNING),
)
_OF_STEP = _Standing(
    step.c.case_status,
    step.c.case_due_at,
    step.c.case_late,
    _one_of("step.case_status", [s for s in CaseStatus if s not in ENDED]),
    _one_of("step.case_status", RUNNING),
)


_AGENCY: ColumnElement[str] = bindparam("b_agency")
_BOUND = Instants(
    bindparam("b_now", type_=case.c.due_original_at.type),
    bindparam("b_soon", type_=case.c.due_original_at.type),
)


def found_by_search(db: Connection, query: Query) -> Reach:
    """Cases with every word of the query's search, in whatever order."""
    words = folded(query.search).split()[:8]
    if not words:
        return Reach()
    has = [case.c.search_text.like(f"%{_escaped(word)}%", escape="\\") for word in words]
    keys = _few(db, select(case.c.id).where(case.c.agency_code == query.agency, _NOT_ENDED, *has))
    return Reach(keys) if keys is not None else Reach(asks=tuple(has))


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
    asked = _where(query, at, _whose(db, query, at).both(found))
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


def counts(db: Connection, query: Query, at: Instants, found: Reach) -> dict[View, int]:
    """How many cases each filter holds, for the same person and search; at most `MOST_COUNTED`."""
    counted: dict[View, int] = {}
    if not query.search:
        each = _counting(query.whose, len(query.roles))
        for row in each.all(db, _asked_by(query, at)):
            # Steps that were not all read may hide cases: those are counted by case, below.
            if row.rows <= MOST_COUNTED or row.cases >= MOST_COUNTED:
                counted[View(row.view)] = min(row.cases, MOST_COUNTED)
    return {
        view: counted[view] if view in counted else _count(db, replace(query, view=view), at, found)
        for view in View
    }


def _count(db: Connection, query: Query, at: Instants, found: Reach) -> int:
    reach = _whose(db, query, at).both(found)
    capped = select(case.c.id).where(*_where(query, at, reach)).limit(MOST_COUNTED)
    return db.scalar(select(func.count()).select_from(capped.subquery())) or 0


@lru_cache(maxsize=64)
def _counting(whose: Whose, roles: int) -> Prepared:
    """Every filter's cases and the rows they were found in, in one statement of so many roles."""
    return Prepared(union_all(*(_counted(view, whose, roles) for view in View)))


def _counted(view: View, whose: Whose, roles: int) -> Select[str, int, int]:
    if whose is Whose.AGENCY:
        capped = (
            select(case.c.id)
            .where(case.c.agency_code == _AGENCY, *_conditions(view, _OF_CASE, _BOUND))
            .limit(MOST_COUNTED)
            .subquery()
        )
        cases = func.count()
    else:
        capped = _waiting(view, whose, roles, MOST_COUNTED + 1)
        cases = func.count(capped.c.case_id.distinct())
    name: ColumnElement[str] = literal_column(f"'{view}'").label("view")
    return select(name, cases.label("cases"), func.count().label("rows")).select_from(capped)


def similar_open_cases(
    db: Connection, *, agency: str, procedure_code: str, owner: str, most: int = 5
) -> Sequence[Row[Any]]:
    """Open cases of the same owner's name and procedure: perhaps the same dossier twice."""
    rows: Sequence[Any] = db.execute(
        select(case.c.number, case.c.owner_name, case.c.registered_at, case.c.status)
        .where(
            case.c.agency_code == agency,
            case.c.procedure_code == procedure_code,
            _NOT_ENDED,
            case.c.search_text.like(f"% {_escaped(folded(owner))}", escape="\\"),
        )
        .order_by(case.c.id.desc())
        .limit(most)
    ).all()
    return rows


def _key(order: Order, risks: Subquery | None) -> ColumnElement[Any]:
    if order is Order.RISK and risks is not None:
        return func.coalesce(risks.c.value, -1.0, type_=risks.c.value.type)
    return case.c.registered_at if order is Order.NEWEST else _SORT


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


def _where(query: Query, at: Instants, reach: Reach) -> list[ColumnElement[bool]]:
    agency: ColumnElement[Any] = case.c.agency_code
    asked = [*_conditions(query.view, _OF_CASE, at), *reach.asks]
    if reach.keys is not None:
        asked.append(case.c.id.in_(sorted(reach.keys)))
        # Wrapped, so that the cases are fetched by their keys and not by their agency.
        agency = agency.concat("")
    return [agency == query.agency, *asked]


def overdue(now: datetime) -> list[ColumnElement[bool]]:
    """What a case must be to stand among the overdue."""
    return _conditions(View.OVERDUE, _OF_CASE, Instants(now, now))


def _conditions(view: View, of: _Standing, at: Instants) -> list[ColumnElement[bool]]:
    match view:
        case View.OPEN:
            return [of.is_open]
        case View.NEW:
            return [of.status == int(CaseStatus.NEW)]
        case View.DUE_SOON:
            return [of.is_running, of.due_at >= at.now, of.due_at <= at.soon]
        case View.OVERDUE:
            # A case whose clock stands is overdue only when it was so before it stood.
            late = [of.is_open, of.due_at < at.now, or_(of.is_running, of.was_late)]
            # The index of open cases is in the order of the list.
            return [*late, at.now > _SORT] if of is _OF_CASE else late
        case View.SUPPLEMENT:
            return [of.status == int(CaseStatus.SUPPLEMENT)]
        case View.TO_RETURN:
            return [of.status == int(CaseStatus.FINISHED)]


def _whose(db: Connection, query: Query, at: Instants) -> Reach:
    """Cases of the query's filter with a step for the person.

    The texts are wrapped so that no database looks for steps by role, again for every case, and a
    step is asked for by its key, so that PostgreSQL does not gather all of them first.
    """
    if query.whose is Whose.AGENCY:
        return Reach()
    waiting = _waiting_keys(query.view, query.whose, len(query.roles))
    keys = waiting.column(db, _asked_by(query, at))
    if len(keys) <= FEW_CASES:
        return Reach(frozenset(keys))
    has = [func.coalesce(step.c.officer_code, "") == query.officer]
    if query.whose is Whose.UNIT:
        has.append(func.coalesce(step.c.role, "").in_(sorted(query.roles)))
    theirs = select(step.c.id).where(step.c.case_id == case.c.id, _WAITS, or_(*has)).limit(1)
    return Reach(asks=(theirs.scalar_subquery().is_not(None),))


@lru_cache(maxsize=64)
def _waiting_keys(view: View, whose: Whose, roles: int) -> Prepared:
    waiting = _waiting(view, whose, roles, FEW_CASES + 1)
    return Prepared(select(waiting.c.case_id).limit(FEW_CASES + 1))


def _waiting(view: View, whose: Whose, roles: int, most: int) -> Subquery:
    """Keys of a filter's cases that wait for the person, one for each of their open steps.

    Each index gives up to `most`: a case may come twice.
    """
    of_whom = [step.c.officer_code == bindparam("b_officer")]
    if whose is Whose.UNIT and roles:
        of_whom.append(step.c.role.in_([bindparam(f"b_role_{n}") for n in range(roles)]))
    asked = _conditions(view, _OF_STEP, _BOUND)
    found = [
        select(step.c.case_id)
        .where(_WAITS, step.c.agency_code == _AGENCY, each, *asked)
        .limit(most)
        .subquery()
        for each in of_whom
    ]
    return union_all(*(select(each.c.case_id) for each in found)).subquery("waiting")


def _asked_by(query: Query, at: Instants) -> dict[str, Any]:
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


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
