"""POST …/stop: processing stops by a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Code, Paragraph
from desk.transaction import db, office_clock
from engine.cases.waiting.stop_case import stop_case as stop

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("stop_case", __name__, tag="Hồ sơ")


class Stop(Body):
    """The applicant's request and the decision's number. Legal: R38"""

    reason: Paragraph
    decision: Code


@endpoint.post("/cases/<number>/stop")
@endpoint.input(Stop, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("stop"))
def stop_case(number: str, given: Stop) -> ResponseReturnValue:
    """Stop processing by a decision; the program's officer signs."""
    return change_case(
        number,
        lambda: stop(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            signer=program().code,
            request=given.reason,
            decision=given.decision,
        ),
    )
