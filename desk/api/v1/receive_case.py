"""POST /cases: a dossier comes in; number, due date, first step, receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import url_for
from pydantic import Field

from desk.access import ONE_STOP, allow, staff
from desk.api.access import program
from desk.api.change import CREATED, once_for_key, summary
from desk.api.documents import CaseSummary
from desk.api.values import Body, Code, Instant, Line
from desk.transaction import db, office_clock
from engine.cases.intake.receive_case import receive_case as receive

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("receive_case", __name__, tag="Hồ sơ")


class Owner(Body):
    """The owner of the dossier (chủ hồ sơ)."""

    name: Line
    id_number: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    address: Line | None = None
    kind: Line | None = None


class Dossier(Body):
    """What was handed in; without `components` each required one came as asked.

    With `submitted_only` nobody has checked it yet: the clock does not start.
    """

    procedure: Code
    owner: Owner
    channel: Literal["counter", "online", "postal"]
    components: (
        Annotated[
            dict[Code, Literal["original", "certified", "copy", "missing"]], Field(max_length=100)
        ]
        | None
    ) = None
    submitted_only: bool = False
    handed_over_at: Instant | None = None
    competent_received_at: Instant | None = None
    receiving_agency: Code | None = None


@endpoint.post("/cases")
@endpoint.input(Dossier, arg_name="given")
@endpoint.output(CaseSummary, status_code=CREATED)
@allow(staff(ONE_STOP))
def receive_case(given: Dossier) -> ResponseReturnValue:
    """Receive a dossier for the program's own agency."""

    def effect() -> dict[str, Any]:
        return summary(
            receive(
                db(),
                office_clock(),
                procedure=given.procedure,
                agency=program().agency,
                owner=given.owner.name,
                channel=given.channel,
                by=program().code,
                data={
                    "owner": given.owner.model_dump(exclude={"name"}, exclude_none=True),
                    "components": given.components,
                },
                submitted_only=given.submitted_only,
                handed_over_at=given.handed_over_at,
                competent_received_at=given.competent_received_at,
                receiving_agency=given.receiving_agency,
            )
        )

    document = once_for_key(effect)
    place = url_for("show_case.show_case", number=document["number"])
    return document, CREATED, {"ETag": str(document["etag"]), "Location": place}
