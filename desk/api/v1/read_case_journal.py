"""GET /cases/{number}/journal: what happened to one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow, staff
from desk.api.documents import CaseJournal
from desk.api.paging import Paged, from_cursor, paged, to_cursor
from desk.api.v1.entries import entry_document
from desk.transaction import db
from engine.journal.read import entries_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("read_case_journal", __name__, tag="Nhật ký")


@endpoint.get("/cases/<number>/journal")
@endpoint.input(Paged, location="query", arg_name="asked")
@endpoint.output(CaseJournal)
@allow(staff(of_case=True))
def read_case_journal(number: str, asked: Paged) -> ResponseReturnValue:
    """Entries of one case, oldest first."""
    key = from_cursor(asked.cursor, int)
    behind = [e for e in entries_of(db(), number) if key is None or e.stream_sequence > key[0]]
    shown = behind[: asked.limit]
    return paged(
        [entry_document(e) for e in shown],
        to_cursor(shown[-1].stream_sequence) if len(behind) > len(shown) else None,
    )
