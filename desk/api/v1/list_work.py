"""GET /worklist: open steps, what is due first on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import STAFF, allow
from desk.api.access import program
from desk.api.documents import WorkList
from desk.api.paging import Paged, from_cursor, paged, to_cursor
from desk.api.values import AskedTruth, Code, TimeLimit
from desk.transaction import db, office_clock
from engine.cases.lists.worklist import work
from engine.clock import office_instant
from engine.errors import BadInputError

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("list_work", __name__, tag="Việc")


class Asked(Paged):
    """Which steps: of a role, of an officer, of cases due soon or overdue."""

    role: Code | None = None
    officer: Code | None = None
    due_within: TimeLimit | None = None
    overdue: AskedTruth = False


@endpoint.get("/worklist")
@endpoint.input(Asked, location="query", arg_name="asked")
@endpoint.output(WorkList)
@allow(STAFF)
def list_work(asked: Asked) -> ResponseReturnValue:
    """Open steps of the program's agency."""
    found = work(
        db(),
        office_clock(),
        agency=program().agency,
        role=asked.role,
        officer=asked.officer,
        due_within=asked.due_within,
        overdue=asked.overdue,
        after=_after(asked.cursor),
        most=asked.limit + 1,
    )
    shown = found[: asked.limit]
    return paged(
        [dict(row) for row in shown],
        to_cursor(*shown[-1].key) if len(found) > len(shown) else None,
    )


def _after(cursor: str | None) -> tuple[datetime, int, int] | None:
    key = from_cursor(cursor, str, int, int)
    if key is None:
        return None
    try:
        return office_instant(key[0]), key[1], key[2]
    except OverflowError as cause:
        raise BadInputError(f"Expected a cursor of this list, but got {cursor!r}") from cause
