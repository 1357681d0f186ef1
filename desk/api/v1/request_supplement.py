"""POST …/request-supplement: what is missing and why, once and in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import LEADER, allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Code, Day, Line, Paragraph
from desk.transaction import db, office_clock
from engine.cases.waiting.request_supplement import request_supplement as ask

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("request_supplement", __name__, tag="Hồ sơ")


class SupplementAsked(Body):
    """What is missing and why. Legal: R10, R18, R19"""

    reason: Paragraph
    components: Annotated[list[Code], Field(min_length=1, max_length=50)]
    override_ground: Line | None = None
    expected_on: Day | None = None


@endpoint.post("/cases/<number>/request-supplement")
@endpoint.input(SupplementAsked, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("supplement"))
def request_supplement(number: str, given: SupplementAsked) -> ResponseReturnValue:
    """Ask the applicant for a supplement; once the one-stop has sent it the clock stands."""
    return change_case(
        number,
        lambda: ask(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            reason=given.reason,
            components=given.components,
            override_ground=given.override_ground,
            signer=program().code if program().holds(LEADER) else None,
            expected_on=given.expected_on,
        ),
    )
