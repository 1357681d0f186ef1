"""GET /measures: counts of biểu 06 and the named on-time rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import ADMIN, HEAD, LEADER, allow, staff
from desk.api.documents import Measures
from desk.api.values import Body, Day
from desk.transaction import db, office_clock
from engine.reports.figures import figures

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("show_measures", __name__, tag="Số liệu")


class Asked(Body):
    """A window of dates, both inclusive, and what makes a row."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    by: Literal["agency", "field", "level", "procedure", "month"] | None = None


@endpoint.get("/measures")
@endpoint.input(Asked, location="query", arg_name="asked")
@endpoint.output(Measures)
@allow(staff(LEADER, HEAD, ADMIN))
def show_measures(asked: Asked) -> ResponseReturnValue:
    """Figures of the office from its journal, for those who see the leaders' board."""
    return figures(db(), office_clock(), first=asked.first, last=asked.last, by=asked.by)
