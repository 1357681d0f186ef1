"""POST …/steps/{step_id}/release: back to its role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow, staff
from desk.api.access import program
from desk.api.change import change_case
from desk.api.documents import CaseSummary
from desk.api.v1.own_step import own_step
from desk.transaction import db, office_clock
from engine.cases.claim_step import release_step as release

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.cases.file import CaseFile

endpoint = APIBlueprint("release_step", __name__, tag="Bước")


@endpoint.post("/cases/<number>/steps/<step_id>/release")
@endpoint.output(CaseSummary)
@allow(staff(of_case=True))
def release_step(number: str, step_id: str) -> ResponseReturnValue:
    """Give a claimed step back."""

    def act() -> CaseFile:
        own_step(number, step_id)
        return release(db(), office_clock(), number=number, step_id=step_id, by=program().code)

    return change_case(number, act)
