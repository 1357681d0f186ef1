"""The register of letters (sổ văn bản): every letter an agency issued, by kind and days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from desk.access import HEAD, LEADER, ONE_STOP, allow, me, staff
from desk.spans import span_of
from desk.transaction import db, office_clock
from engine.cases.lists.register import letters_of
from engine.catalog.regime import FormMeaning
from engine.clock import office_date
from engine.documents.plain_text import title_of
from engine.errors import BadInputError
from engine.staff.queries import officer_names

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

letter_register = Blueprint("letter_register", __name__)

SEAL = "van_thu"
KINDS = (
    FormMeaning.TIEP_NHAN,
    FormMeaning.BO_SUNG,
    FormMeaning.TU_CHOI,
    FormMeaning.XIN_LOI,
    FormMeaning.DUNG_GIAI_QUYET,
)


@letter_register.get("/desk/letters")
@allow(staff(ONE_STOP, LEADER, HEAD, SEAL))
def show() -> ResponseReturnValue:
    """Letters of a span of days; with `loai` those of one kind."""
    person = me()
    today = office_date(office_clock().now())
    first, last = span_of(today - timedelta(days=29), today)
    kind = _kind()
    return render_template(
        "letter_register.html",
        rows=letters_of(db(), agency=person.agency, first=first, last=last, meaning=kind),
        first=first,
        last=last,
        kind=kind,
        kinds=[(str(each), title_of(each, today)) for each in KINDS],
        names=officer_names(db(), person.agency),
    )


def _kind() -> str | None:
    text = request.args.get("loai")
    if not text:
        return None
    if text not in KINDS:
        raise BadInputError(
            f"Expected a kind of letter of {', '.join(KINDS)}, but got {text[:40]!r}"
        )
    return text
