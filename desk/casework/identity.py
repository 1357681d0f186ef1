"""The whole identity number on the page of a case: asked for with a reason, shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from desk.access import allow, me, staff
from desk.casework.case_page import case_page
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import ActForm, text
from desk.transaction import db, office_clock
from engine.cases.file import read_case
from engine.cases.intake.show_identity import show_identity
from engine.errors import BadInputError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

identity = Blueprint("identity", __name__)


class IdentityForm(ActForm):
    """Why somebody wants to see the number."""

    identity_reason = text(_l("Lý do xem số định danh"), needed=True)


@identity.post("/desk/cases/<number>/identity")
@allow(staff(of_case=True))
def show(number: str) -> ResponseReturnValue:
    """Write down who looks and why, then show the page with the number this once."""
    form = IdentityForm()
    if not form.validate():
        return _page(number, refused=str(form.identity_reason.errors[0])), UNPROCESSABLE
    try:
        shown = show_identity(
            db(), office_clock(), number=number, reason=form.identity_reason.data, by=me().code
        )
    except BadInputError as refusal:
        status, said = refusal_said(refusal)
        return _page(number, refused=said), status
    return _page(number, identity_number=shown)


def _page(number: str, *, refused: str | None = None, identity_number: str | None = None) -> str:
    file = read_case(db(), office_clock(), number)
    return render_template(
        "case.html",
        **case_page(file, me(), refused=refused),
        identity_number=identity_number,
    )
