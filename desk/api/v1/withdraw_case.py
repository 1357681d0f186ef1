"""POST …/withdraw: on the applicant's request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Paragraph
from desk.transaction import db, office_clock
from engine.cases.intake.withdraw_case import withdraw_case as withdraw

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("withdraw_case", __name__, tag="Hồ sơ")


class Withdrawal(Body):
    """The applicant's request. Legal: R37"""

    reason: Paragraph


@endpoint.post("/cases/<number>/withdraw")
@endpoint.input(Withdrawal, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("withdraw"))
def withdraw_case(number: str, given: Withdrawal) -> ResponseReturnValue:
    """Give the dossier back on the applicant's request."""
    return change_case(
        number,
        lambda: withdraw(
            db(), office_clock(), number=number, by=program().code, reason=given.reason
        ),
    )
