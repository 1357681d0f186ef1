"""GET /procedures/{code}/versions: every version that was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import STAFF, allow
from desk.api.documents import VersionList
from desk.api.paging import Paged, from_cursor, paged, to_cursor
from desk.transaction import db, office_clock
from engine.catalog.versions import version_number, versions_of
from engine.catalog.views import head
from engine.clock import office_date

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("list_versions", __name__, tag="Thủ tục")


@endpoint.get("/procedures/<code>/versions")
@endpoint.input(Paged, location="query", arg_name="asked")
@endpoint.output(VersionList)
@allow(STAFF)
def list_versions(code: str, asked: Paged) -> ResponseReturnValue:
    """Every version of a procedure, oldest first, with its decision."""
    today = office_date(office_clock().now())
    version_number(db(), code, None, today)
    key = from_cursor(asked.cursor, int)
    behind = [n for n, _ in versions_of(db(), code) if key is None or n > key[0]]
    shown = behind[: asked.limit]
    return paged(
        [head(version_number(db(), code, number, today)) for number in shown],
        to_cursor(shown[-1]) if len(behind) > len(shown) else None,
    )
