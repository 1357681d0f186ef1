"""GET /procedures/{code}: one procedure with what it asks for and its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import STAFF, allow
from desk.api.documents import Procedure
from desk.api.values import WHOLE, Body
from desk.transaction import db, office_clock
from engine.catalog.versions import version_number, versions_of
from engine.catalog.views import whole
from engine.clock import office_date

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("show_procedure", __name__, tag="Thủ tục")


class Asked(Body):
    """Another version than the one in force."""

    version: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = None


@endpoint.get("/procedures/<code>")
@endpoint.input(Asked, location="query", arg_name="asked")
@endpoint.output(Procedure)
@allow(STAFF)
def show_procedure(code: str, asked: Asked) -> ResponseReturnValue:
    """One procedure: limit, decision, components, fees, steps."""
    version = version_number(db(), code, asked.version, office_date(office_clock().now()))
    return whole(version, [number for number, _ in versions_of(db(), code)])
