"""GET /cases: the agency's cases, oldest first, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import STAFF, allow
from desk.api.access import program
from desk.api.change import etag_of
from desk.api.documents import CaseList
from desk.api.paging import Paged, from_cursor, paged, to_cursor
from desk.api.values import WHOLE, Code
from desk.transaction import db
from engine.cases.lists.agency_cases import agency_cases

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("list_cases", __name__, tag="Hồ sơ")


class Asked(Paged):
    """Which cases: of a national status, of a procedure."""

    status: Annotated[int, Field(ge=1, le=10), WHOLE] | None = None
    procedure: Code | None = None


@endpoint.get("/cases")
@endpoint.input(Asked, location="query", arg_name="asked")
@endpoint.output(CaseList)
@allow(STAFF)
def list_cases(asked: Asked) -> ResponseReturnValue:
    """Cases of the program's agency in the order they came in."""
    key = from_cursor(asked.cursor, int)
    found = agency_cases(
        db(),
        agency=program().agency,
        status=asked.status,
        procedure=asked.procedure,
        after=key[0] if key else 0,
        most=asked.limit + 1,
    )
    shown = found[: asked.limit]
    items = [
        {name: value for name, value in row.items() if name not in ("id", "row_version")}
        | {"etag": etag_of(row["row_version"])}
        for row in shown
    ]
    return paged(items, to_cursor(shown[-1]["id"]) if len(found) > len(shown) else None)
