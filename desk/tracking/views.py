"""Look-up for citizens: number and a second secret, plain words; then their own word."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext
from sqlalchemy import bindparam, select

from desk.access import ANYBODY, allow
from desk.errors import CONFLICT, UNPROCESSABLE, refusal_words
from desk.forms import errors_of
from desk.limits import LOOK_UPS, VOICES, limiter
from desk.tracking.plain_words import told
from desk.tracking.token import token_fits
from desk.tracking.voice import (
    TrackFactsForm,
    TrackFeedbackForm,
    TrackSatisfactionForm,
    demand_pass,
    pass_for,
    send_facts,
    send_feedback,
    send_satisfaction,
    voices_of,
)
from desk.transaction import db, office_clock
from engine.cases.file import read_case
from engine.cases.tables import case
from engine.errors import OfficeError
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from desk.forms import ActForm
    from engine.cases.file import CaseFile

SECRET_DIGITS = 4
LONGEST_NUMBER = 64
NOBODY = '{"phone": "", "id_number": ""}'
FORMS: dict[str, type[ActForm]] = {
    "feedback": TrackFeedbackForm,
    "facts": TrackFactsForm,
    "satisfaction": TrackSatisfactionForm,
}
"""What may be said on the page of a case."""

_known = Prepared(select(case.c.id).where(case.c.number == bindparam("b_number")))

tracking = Blueprint("tracking", __name__)


def _typed_number() -> str:
    return f"number:{request.form.get('number', '').strip().upper()[:LONGEST_NUMBER]}"


@tracking.get("/track")
@allow(ANYBODY)
def look_up() -> ResponseReturnValue:
    """The form."""
    return render_template("track.html", number="", found=None, error=None)


@tracking.post("/track")
@allow(ANYBODY)
@limiter.limit(LOOK_UPS)
@limiter.limit(LOOK_UPS, key_func=_typed_number)
def find() -> ResponseReturnValue:
    """Show the case when both secrets fit; a wrong one and an unknown case are told alike."""
    number = request.form.get("number", "").strip().upper()[:LONGEST_NUMBER]
    digits = request.form.get("digits", "").strip()
    if not _fits(number, digits):
        page = render_template(
            "track.html",
            number=number,
            found=None,
            error=gettext(
                "Không tìm thấy hồ sơ với hai thông tin này. Kiểm tra lại mã hồ sơ và bốn số cuối."
            ),
        )
        return page, UNPROCESSABLE
    return _shown(number)


@tracking.get("/track/<number>/<token>")
@allow(ANYBODY)
@limiter.limit(LOOK_UPS)
def scanned(number: str, token: str) -> ResponseReturnValue:
    """The address in the QR code of a receipt."""
    known = _known.first(db(), {"b_number": number}) is not None
    if not (token_fits(number, token) and known):
        abort(404)
    return _shown(number)


@tracking.post("/track/<number>/feedback")
@allow(ANYBODY)
@limiter.limit(VOICES)
def feedback(number: str) -> ResponseReturnValue:
    """Feedback (phản ánh, kiến nghị) of whoever was shown the case a moment ago."""
    demand_pass(number)
    form = TrackFeedbackForm()
    return _said(
        number,
        form,
        lambda file: send_feedback(file, form),
        gettext("Đã ghi phản ánh, kiến nghị của ông/bà. Trả lời sẽ hiện ở trang này."),
    )


@tracking.post("/track/<number>/feedback/<int:feedback_id>")
@allow(ANYBODY)
@limiter.limit(VOICES)
def facts(number: str, feedback_id: int) -> ResponseReturnValue:
    """The facts that the office asked for."""
    demand_pass(number)
    form = TrackFactsForm()
    return _said(
        number,
        form,
        lambda file: send_facts(file, feedback_id, form),
        gettext("Đã gửi thông tin bổ sung."),
    )


@tracking.post("/track/<number>/satisfaction")
@allow(ANYBODY)
@limiter.limit(VOICES)
def satisfaction(number: str) -> ResponseReturnValue:
    """The one answer to the question of satisfaction."""
    demand_pass(number)
    form = TrackSatisfactionForm()
    return _said(
        number,
        form,
        lambda file: send_satisfaction(file, form),
        gettext("Cảm ơn ông/bà đã trả lời."),
    )


def _said(
    number: str, form: ActForm, act: Callable[[CaseFile], None], thanks: str
) -> ResponseReturnValue:
    if not form.validate():
        return _shown(number, given=form), UNPROCESSABLE
    try:
        act(read_case(db(), office_clock(), number))
    except OfficeError as refusal:
        status, words = refusal_words(refusal)
        if status not in (UNPROCESSABLE, CONFLICT):
            raise
        return _shown(number, given=form, refused=words), status
    return _shown(number, thanks=thanks)


def _shown(
    number: str,
    *,
    given: ActForm | None = None,
    refused: str | None = None,
    thanks: str | None = None,
) -> str:
    file = read_case(db(), office_clock(), number)
    voice = voices_of(file)
    seen = pass_for(number)
    forms: dict[str, ActForm] = {}
    for name, kind in FORMS.items():
        if isinstance(given, kind):
            forms[name] = given
        elif name in voice["may"]:
            forms[name] = kind(formdata=None)
            forms[name].stamp(0)
        else:
            continue
        forms[name]["seen"].data = seen
    return render_template(
        "track.html",
        number=number,
        found=told(file),
        error=None,
        forms=forms,
        voice=voice,
        errors=errors_of(given) if given is not None else [],
        refused=refused,
        thanks=thanks,
    )


def _fits(number: str, digits: str) -> bool:
    kept = db().scalar(select(case.c.owner_data).where(case.c.number == number))
    # An unknown case is looked at as long as a known one with a wrong secret.
    owner = json.loads(kept or NOBODY)
    fits = False
    for name in ("phone", "id_number"):
        secret = "".join(c for c in str(owner.get(name, "")) if c.isdigit())[-SECRET_DIGITS:]
        same = hmac.compare_digest(secret.encode(), digits.encode())
        fits |= same and len(secret) == SECRET_DIGITS
    return fits
