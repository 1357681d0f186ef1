"""Files of a draft: as it stands, a picture, the decision's table; and the copies kept aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template

from desk.access import allow
from desk.designer.room import RULE, designer
from desk.designer.table import table_of
from desk.procedures.views import TYPES
from desk.transaction import db
from engine.catalog.draft_copies import copy_file
from engine.catalog.drafts import draft_of
from engine.catalog.export import exported

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@designer.get("/designer/<code>/draft/<form>")
@allow(RULE)
def file(code: str, form: str) -> ResponseReturnValue:
    """The draft as a file: `bpmn`, a picture, or the table of the decision's annex."""
    draft = draft_of(db(), code)
    name = f"{code}-ban-thao-{draft.revision}.{form.rpartition('.')[2]}"
    return _attached(exported(draft.bpmn, form=form), form, name)


@designer.get("/designer/<code>/table")
@allow(RULE)
def table(code: str) -> ResponseReturnValue:
    """The table as the draft is saved now, a part of the editor's page."""
    return render_template("designer_table.html", table=table_of(draft_of(db(), code).bpmn))


@designer.get("/designer/<code>/copies/<int:copy>")
@allow(RULE)
def copy(code: str, copy: int) -> ResponseReturnValue:
    """A copy that was kept aside."""
    return _attached(copy_file(db(), code=code, copy=copy), "bpmn", f"{code}-giu-lai-{copy}.bpmn")


def _attached(data: bytes, form: str, name: str) -> Response:
    answer = Response(data, content_type=TYPES[form])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
