"""POST …/steps/{step_id}/complete: the form is filled in, the token moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from apiflask import APIBlueprint
from pydantic import Field, StringConstraints

from desk.access import allow, staff
from desk.api.access import program
from desk.api.change import change_case
from desk.api.documents import CaseSummary
from desk.api.v1.own_step import own_step
from desk.api.values import SEVERAL_LINES, Body
from desk.transaction import db, office_clock
from engine.cases.complete_step import complete_step as complete

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.cases.file import CaseFile

endpoint = APIBlueprint("complete_step", __name__, tag="Bước")

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FieldText = Annotated[str, StringConstraints(max_length=4000, pattern=SEVERAL_LINES)]
FieldNumber = Annotated[float, Field(ge=-(10**15), le=10**15, allow_inf_nan=False)]
FieldWhole = Annotated[int, Field(ge=-(10**15), le=10**15)]


class FilledForm(Body):
    """The step's form; without `data` its defaults apply, as on the normal path."""

    data: (
        Annotated[
            dict[FieldName, bool | FieldWhole | FieldNumber | FieldText | None],
            Field(max_length=100),
        ]
        | None
    ) = None


@endpoint.post("/cases/<number>/steps/<step_id>/complete")
@endpoint.input(FilledForm, arg_name="given")
@endpoint.output(CaseSummary)
@allow(staff(of_case=True))
def complete_step(number: str, step_id: str, given: FilledForm) -> ResponseReturnValue:
    """Complete an open step."""

    def act() -> CaseFile:
        own_step(number, step_id)
        return complete(
            db(),
            office_clock(),
            number=number,
            step_id=step_id,
            by=program().code,
            data=given.data,
        )

    return change_case(number, act)
