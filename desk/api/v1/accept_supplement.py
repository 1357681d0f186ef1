"""POST …/accept-supplement: the supplement came, the clock goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Line
from desk.transaction import db, office_clock
from engine.cases.waiting.accept_supplement import accept_supplement as take_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("accept_supplement", __name__, tag="Hồ sơ")


class SupplementCame(Body):
    """`still_missing` says why the request stays open. Legal: R19, R21"""

    still_missing: Line | None = None


@endpoint.post("/cases/<number>/accept-supplement")
@endpoint.input(SupplementCame, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("supplement-came"))
def accept_supplement(number: str, given: SupplementCame) -> ResponseReturnValue:
    """Take in the supplement; a faulty one leaves the request open."""
    return change_case(
        number,
        lambda: take_in(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            still_missing=given.still_missing,
        ),
    )
