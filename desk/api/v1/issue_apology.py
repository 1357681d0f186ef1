"""POST …/apologise: the leader's letter and the new date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Cause, Day, Paragraph
from desk.transaction import db, office_clock
from engine.cases.lateness.issue_apology import issue_apology as apologise

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("issue_apology", __name__, tag="Hồ sơ")


class Apology(Body):
    """Cause, reason and new date. Legal: R25–R29, R34, R72"""

    cause: Cause
    reason: Paragraph
    new_date: Day | None = None


@endpoint.post("/cases/<number>/apologise")
@endpoint.input(Apology, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("apologise"))
def issue_apology(number: str, given: Apology) -> ResponseReturnValue:
    """Apologise and give a new date (Mẫu 04); the program's officer signs."""
    return change_case(
        number,
        lambda: apologise(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            signer=program().code,
            cause=given.cause,
            reason=given.reason,
            new_date=given.new_date,
        ),
    )
