"""POST …/notify: the applicant is told again that the result is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.transaction import db, office_clock
from engine.cases.return_result import notify_result_ready

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("notify_result", __name__, tag="Hồ sơ")


@endpoint.post("/cases/<number>/notify")
@endpoint.output(CaseSummary)
@allow(as_action("notify"))
def notify_result(number: str) -> ResponseReturnValue:
    """Tell the applicant again that the result is ready."""
    return change_case(
        number,
        lambda: notify_result_ready(db(), office_clock(), number=number, by=program().code),
    )
