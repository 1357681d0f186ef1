"""POST …/confirm-payment: the obligation is met, the clock goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Code
from desk.transaction import db, office_clock
from engine.cases.waiting.confirm_payment import confirm_payment as confirm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("confirm_payment", __name__, tag="Hồ sơ")


class Payment(Body):
    """The payment's receipt. Legal: R22"""

    receipt: Code | None = None


@endpoint.post("/cases/<number>/confirm-payment")
@endpoint.input(Payment, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("paid"))
def confirm_payment(number: str, given: Payment) -> ResponseReturnValue:
    """Confirm the payment; the clock goes on."""
    return change_case(
        number,
        lambda: confirm(
            db(), office_clock(), number=number, by=program().code, receipt=given.receipt
        ),
    )
