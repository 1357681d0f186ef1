"""POST …/steps/{step_id}/claim: one accountable person takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow, staff
from desk.api.access import program
from desk.api.change import change_case
from desk.api.documents import CaseSummary
from desk.api.v1.own_step import own_step
from desk.transaction import db, office_clock
from engine.cases.claim_step import claim_step as claim

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.cases.file import CaseFile

endpoint = APIBlueprint("claim_step", __name__, tag="Bước")


@endpoint.post("/cases/<number>/steps/<step_id>/claim")
@endpoint.output(CaseSummary)
@allow(staff(of_case=True))
def claim_step(number: str, step_id: str) -> ResponseReturnValue:
    """Take an open step."""

    def act() -> CaseFile:
        own_step(number, step_id)
        return claim(db(), office_clock(), number=number, step_id=step_id, by=program().code)

    return change_case(number, act)
