"""POST …/consult: other agencies are asked for their opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Line, Paragraph, TimeLimit
from desk.transaction import db, office_clock
from engine.cases.waiting.consult import consult

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("consult_agencies", __name__, tag="Hồ sơ")


class Question(Body):
    """Whom to ask, what, until when. Legal: R23, R24"""

    agencies: Annotated[list[Line], Field(min_length=1, max_length=20)]
    content: Paragraph
    deadline: TimeLimit
    mode: Literal["electronic", "paper"] = "electronic"


@endpoint.post("/cases/<number>/consult")
@endpoint.input(Question, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("consult"))
def consult_agencies(number: str, given: Question) -> ResponseReturnValue:
    """Ask other agencies; the case's clock goes on."""
    return change_case(
        number,
        lambda: consult(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            agencies=given.agencies,
            content=given.content,
            deadline=given.deadline,
            mode=given.mode,
        ),
    )
