"""POST …/refuse: Mẫu 03, at intake or after examination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Paragraph
from desk.transaction import db, office_clock
from engine.cases.intake.refuse_case import refuse_case as refuse

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("refuse_case", __name__, tag="Hồ sơ")


class Refusal(Body):
    """The reason, as the letter says it. Legal: R11, R35"""

    reason: Paragraph


@endpoint.post("/cases/<number>/refuse")
@endpoint.input(Refusal, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("refuse"))
def refuse_case(number: str, given: Refusal) -> ResponseReturnValue:
    """Refuse the dossier with a reason; the program's officer signs."""
    return change_case(
        number,
        lambda: refuse(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            signer=program().code,
            reason=given.reason,
        ),
    )
