"""GET /cases/{number}: everything the books say of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import Response, request

from desk.access import allow, staff
from desk.api.change import etag_of
from desk.api.documents import Case
from desk.transaction import db, office_clock
from engine.cases.file import read_case
from engine.cases.views import whole

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("show_case", __name__, tag="Hồ sơ")


@endpoint.get("/cases/<number>")
@endpoint.output(Case)
@allow(staff(of_case=True))
def show_case(number: str) -> ResponseReturnValue:
    """One case with its clock, letters and journal; 304 while its ETag is the program's."""
    file = read_case(db(), office_clock(), number)
    etag = etag_of(file["version"])
    if request.if_none_match.contains_weak(str(file["version"])):
        return Response(status=304, headers={"ETag": etag})
    return whole(file) | {"etag": etag}, 200, {"ETag": etag}
