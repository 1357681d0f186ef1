"""What a clerk may ask of the list, and what each filter asks of a case or of its open steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal_column, or_

from engine.cases.status import CaseStatus
from engine.cases.tables import case, step
from engine.sla.deadline import due_at
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from engine.sla.office_hours import OfficeTime

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
class Instants:
    """Now and the end of what is soon due: instants, or their places in a prepared statement."""

    now: Any
    soon: Any

    @classmethod
    def at(cls, now: datetime, office: OfficeTime) -> Instants:
        """The instants of a list that is looked at now."""
        return cls(now, due_at(SOON, now, office))


@dataclass(frozen=True)
class Standing:
    """Where it stands how a case does: on the case, and again on each of its open steps."""

    status: ColumnElement[int]
    due_at: ColumnElement[Any]
    was_late: ColumnElement[bool]
    is_open: ColumnElement[bool]
    is_running: ColumnElement[bool]


def _one_of(column: str, statuses: Iterable[CaseStatus]) -> ColumnElement[bool]:
    # Statuses stand literally, so that both databases see which index holds them.
    return literal_column(f"{column} IN ({', '.join(str(int(s)) for s in statuses)})")


NOT_ENDED: ColumnElement[bool] = literal_column("case_file.status NOT IN (3, 7, 10)")
_IS_OPEN: ColumnElement[bool] = literal_column("case_file.status NOT IN (3, 7, 9, 10)")
WAITS: ColumnElement[bool] = literal_column("step.state = 'open'")
BY_DUE = func.coalesce(
    case.c.due_original_at, case.c.registered_at, type_=case.c.registered_at.type
)
"""A case without a due date yet stands where it was registered."""
OF_CASE = Standing(
    case.c.status,
    case.c.due_original_at,
    case.c.became_late_at.is_not(None),
    # Of what is overdue the index of open cases knows the place.
    _IS_OPEN,
    _one_of("case_file.status", RUNNING),
)
OF_STEP = Standing(
    step.c.case_status,
    step.c.case_due_at,
    step.c.case_late,
    _one_of("step.case_status", [s for s in CaseStatus if s not in ENDED]),
    _one_of("step.case_status", RUNNING),
)
AGENCY: ColumnElement[str] = bindparam("b_agency")
BOUND = Instants(
    bindparam("b_now", type_=case.c.due_original_at.type),
    bindparam("b_soon", type_=case.c.due_original_at.type),
)


def overdue(now: datetime) -> list[ColumnElement[bool]]:
    """What a case must be to stand among the overdue."""
    return conditions(View.OVERDUE, OF_CASE, Instants(now, now))


def conditions(view: View, of: Standing, at: Instants) -> list[ColumnElement[bool]]:
    """What a filter asks of a case, or of an open step that says how its case stands."""
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
            return [*late, at.now > BY_DUE] if of is OF_CASE else late
        case View.SUPPLEMENT:
            return [of.status == int(CaseStatus.SUPPLEMENT)]
        case View.TO_RETURN:
            return [of.status == int(CaseStatus.FINISHED)]
