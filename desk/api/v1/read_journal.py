"""GET /journal: what happened to the agency's cases, behind a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from apiflask import APIBlueprint
from pydantic import Field

from desk.access import STAFF, allow
from desk.api.access import program
from desk.api.documents import Journal
from desk.api.paging import DEFAULT_ROWS, links
from desk.api.v1.entries import entry_document
from desk.api.values import WHOLE, Body
from desk.transaction import db
from engine.cases.lists.agency_journal import sealed_entries_after

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("read_journal", __name__, tag="Nhật ký")


class Asked(Body):
    """`after` is the last sequence the program has; 0 begins at the beginning."""

    after: Annotated[int, Field(ge=0, le=2**53), WHOLE] = 0
    limit: Annotated[int, Field(ge=1, le=1000), WHOLE] = DEFAULT_ROWS


@endpoint.get("/journal")
@endpoint.input(Asked, location="query", arg_name="asked")
@endpoint.output(Journal)
@allow(STAFF)
def read_journal(asked: Asked) -> ResponseReturnValue:
    """Entries in order, without gaps: only what is sealed is shown, so that none comes late."""
    found = sealed_entries_after(
        db(), agency=program().agency, after=asked.after, most=asked.limit + 1
    )
    shown = found[: asked.limit]
    last = shown[-1].sequence if shown else asked.after
    more = len(found) > len(shown)
    return (
        {"items": [entry_document(e) | {"case": e.stream} for e in shown], "after": last},
        200,
        links(after=last) if more else {},
    )
