"""POST …/request-payment: a financial obligation; the clock stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Code, Line
from desk.transaction import db, office_clock
from engine.cases.waiting.request_payment import request_payment as ask

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("request_payment", __name__, tag="Hồ sơ")


class PaymentAsked(Body):
    """What is owed. Legal: R22"""

    amount_dong: Annotated[int, Field(ge=1, le=10**13)] | None = None
    notice: Code | None = None
    reason: Line


@endpoint.post("/cases/<number>/request-payment")
@endpoint.input(PaymentAsked, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("payment"))
def request_payment(number: str, given: PaymentAsked) -> ResponseReturnValue:
    """Ask for a payment; the clock stands until it is confirmed."""
    return change_case(
        number,
        lambda: ask(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            amount_dong=given.amount_dong,
            notice=given.notice,
            reason=given.reason,
        ),
    )
