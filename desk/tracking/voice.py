"""What a citizen who proved himself may say of his case: feedback, facts, satisfaction.

The page that shows a case carries a pass for it, good for an hour: it proves that the number and
the second secret were given, so that neither is asked twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, current_app, request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import bindparam, select
from wtforms import HiddenField

from desk.feedback.forms import STATES, TOPICS
from desk.forms import ActForm, choice, long_text, text
from desk.returns.hand_over import SatisfactionForm
from desk.transaction import db, office_clock
from engine.cases.idempotency import once
from engine.cases.status import CaseStatus
from engine.citizens.feedback import ASKED, receive_feedback, supply_facts
from engine.citizens.satisfaction import TRACK, answer_of, record_satisfaction
from engine.citizens.tables import feedback
from engine.errors import BadInputError
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.cases.file import CaseFile

PASS_SECONDS = 3600
PURPOSE = "motcua track pass 1"
MOST_OPEN = 10
"""Pieces of feedback that may be open for one case; more are said by telephone."""


_pieces = Prepared(
    select(feedback)
    .where(feedback.c.case_id == bindparam("b_case"), feedback.c.channel == "track")
    .order_by(feedback.c.id.desc())
)


class PassForm(ActForm):
    """A form on the page of a case that a citizen looks at."""

    seen = HiddenField()


class TrackFeedbackForm(PassForm):
    """Feedback about the case he looks at. Legal: R59"""

    topic = choice(_l("Về việc"), TOPICS)
    content = long_text(_l("Nội dung phản ánh, kiến nghị"), needed=True)
    contact = text(
        _l("Điện thoại hoặc thư điện tử để trả lời"),
        hint=_l("Bỏ trống thì xem trả lời ở trang này."),
    )


class TrackFactsForm(PassForm):
    """The facts the office asked for."""

    facts = long_text(_l("Thông tin bổ sung"), needed=True)


class TrackSatisfactionForm(SatisfactionForm):
    """How satisfied he is. Legal: R60"""

    seen = HiddenField()


def pass_for(number: str) -> str:
    """Proof that whoever holds it was shown this case a moment ago."""
    return str(_signer().dumps(number))


def demand_pass(number: str) -> None:
    """Go on only with the pass of this case; anything else is a page that does not exist."""
    try:
        shown = _signer().loads(request.form.get("seen", ""), max_age=PASS_SECONDS)
    except BadSignature:
        shown = None
    if shown != number:
        abort(404)


def voices_of(file: CaseFile) -> dict[str, Any]:
    """What the page shows below the state: own feedback with its answers, what may be said."""
    pieces = _pieces.all(db(), {"b_case": file.id})
    answered = answer_of(db(), file.id) is not None
    may = {"feedback"}
    if any(piece.state == ASKED for piece in pieces):
        may.add("facts")
    if file.status is CaseStatus.RETURNED and not answered:
        may.add("satisfaction")
    return {
        "pieces": pieces,
        "may": may,
        "states": STATES,
        "topics": dict(TOPICS),
        "answered": answered,
    }


def send_feedback(file: CaseFile, form: TrackFeedbackForm) -> None:
    """Enter it in the books in the citizen's own words.

    Raises:
        BadInputError: too much is open already.
    """
    waiting = select(feedback.c.id).where(
        feedback.c.case_id == file.id, feedback.c.state != "closed"
    )
    if len(db().execute(waiting.limit(MOST_OPEN)).all()) >= MOST_OPEN:
        raise BadInputError(
            f"Expected at most {MOST_OPEN} open pieces of feedback for a case, but there are more"
        )
    _once(
        file,
        form,
        lambda: receive_feedback(
            db(),
            office_clock(),
            agency=file["agency_code"],
            channel="track",
            topic=form.topic.data,
            content=form.content.data,
            sender_name=file["owner_name"],
            sender_contact=form.contact.data or "",
            case_number=file.number,
        ),
    )


def send_facts(file: CaseFile, key: int, form: TrackFactsForm) -> None:
    """Add the facts the office asked for to the citizen's own feedback."""
    mine = select(feedback.c.id).where(
        feedback.c.id == key,
        feedback.c.case_id == file.id,
        feedback.c.channel == "track",
        feedback.c.state == ASKED,
    )

    def act() -> None:
        if db().scalar(mine) is None:
            abort(404)
        supply_facts(db(), office_clock(), key=key, text=form.facts.data)

    _once(file, form, act)


def send_satisfaction(file: CaseFile, form: TrackSatisfactionForm) -> None:
    """Write down his answer."""
    _once(
        file,
        form,
        lambda: record_satisfaction(
            db(),
            office_clock(),
            number=file.number,
            answer=form.satisfied.data,
            themes=form.themes.data or (),
            comment=form.comment.data or "",
            channel=TRACK,
        ),
    )


def _once(file: CaseFile, form: ActForm, act: Callable[[], object]) -> None:
    """A second press of the button does nothing."""

    def effect() -> Mapping[str, Any]:
        act()
        return {"number": file.number}

    once(
        db(),
        office_clock(),
        key=f"track:{file.id}:{form.key.data[:64]}" if form.key.data else None,
        request={"path": request.path},
        act=effect,
    )


def _signer() -> URLSafeTimedSerializer:
    key = current_app.secret_key
    if not isinstance(key, bytes):
        raise TypeError("the desk's key is bytes, see desk/app.py")
    return URLSafeTimedSerializer(key, salt=PURPOSE)
