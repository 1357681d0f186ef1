"""POST …/resume: a stopped case goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.transaction import db, office_clock
from engine.cases.waiting.stop_case import resume_case as resume

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("resume_case", __name__, tag="Hồ sơ")


@endpoint.post("/cases/<number>/resume")
@endpoint.output(CaseSummary)
@allow(as_action("resume"))
def resume_case(number: str) -> ResponseReturnValue:
    """Let a stopped case go on; the program's officer signs."""
    return change_case(
        number,
        lambda: resume(db(), office_clock(), number=number, signer=program().code),
    )
