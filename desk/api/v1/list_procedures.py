"""GET /procedures: what is in force today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import STAFF, allow
from desk.api.documents import ProcedureList
from desk.api.paging import Paged, from_cursor, paged, to_cursor
from desk.transaction import db, office_clock
from engine.catalog.versions import procedures_in_force
from engine.catalog.views import head
from engine.clock import office_date

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("list_procedures", __name__, tag="Thủ tục")


@endpoint.get("/procedures")
@endpoint.input(Paged, location="query", arg_name="asked")
@endpoint.output(ProcedureList)
@allow(STAFF)
def list_procedures(asked: Paged) -> ResponseReturnValue:
    """Procedures in force today, by code."""
    key = from_cursor(asked.cursor, str)
    behind = [
        version
        for version in procedures_in_force(db(), office_date(office_clock().now()))
        if key is None or version.procedure_code > key[0]
    ]
    shown = behind[: asked.limit]
    return paged(
        [head(version) for version in shown],
        to_cursor(shown[-1].procedure_code) if len(behind) > len(shown) else None,
    )
