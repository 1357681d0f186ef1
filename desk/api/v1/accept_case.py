"""POST …/accept: a submitted dossier is complete, the clock starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Instant
from desk.transaction import db, office_clock
from engine.cases.intake.accept_case import accept_case as accept

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("accept_case", __name__, tag="Hồ sơ")


class Acceptance(Body):
    """When it reached the office, if not just now. Legal: R13, R14"""

    handed_over_at: Instant | None = None
    competent_received_at: Instant | None = None


@endpoint.post("/cases/<number>/accept")
@endpoint.input(Acceptance, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("accept"))
def accept_case(number: str, given: Acceptance) -> ResponseReturnValue:
    """Accept a submitted dossier as complete."""
    return change_case(
        number,
        lambda: accept(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            handed_over_at=given.handed_over_at,
            competent_received_at=given.competent_received_at,
        ),
    )
