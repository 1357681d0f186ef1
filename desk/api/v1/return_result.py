"""POST …/return: the result is handed over, the case ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Cause, Line
from desk.transaction import db, office_clock
from engine.cases.return_result import return_result as hand_over

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("return_result", __name__, tag="Hồ sơ")


class HandOver(Body):
    """Receiver, channel, originals; a late case says why. Legal: R34, R39"""

    receiver: Line | None = None
    channel: Literal["counter", "postal", "online"] = "counter"
    originals_returned: bool = False
    cause: Cause | None = None
    cause_text: Line | None = None


@endpoint.post("/cases/<number>/return")
@endpoint.input(HandOver, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("return"))
def return_result(number: str, given: HandOver) -> ResponseReturnValue:
    """Hand the result over and close the case."""
    return change_case(
        number,
        lambda: hand_over(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            receiver=given.receiver,
            channel=given.channel,
            originals_returned=given.originals_returned,
            cause=given.cause,
            cause_text=given.cause_text,
        ),
    )
