"""POST …/record-opinion: the answer of a consulted agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Line, Paragraph
from desk.transaction import db, office_clock
from engine.cases.waiting.record_opinion import record_opinion as record

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("record_opinion", __name__, tag="Hồ sơ")


class Opinion(Body):
    """The opinion; `agency` when several were asked. Legal: R23"""

    opinion: Paragraph
    agency: Line | None = None


@endpoint.post("/cases/<number>/record-opinion")
@endpoint.input(Opinion, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("opinion"))
def record_opinion(number: str, given: Opinion) -> ResponseReturnValue:
    """Write down the opinion of a consulted agency."""
    return change_case(
        number,
        lambda: record(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            opinion=given.opinion,
            agency=given.agency,
        ),
    )
