"""What partner systems told the office and could not be acted on: why, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from desk.access import ADMIN, allow, me, staff
from desk.administration.partners import note_partner
from desk.errors import REFUSALS, UNPROCESSABLE, refusal_said
from desk.forms import CHOSEN, MAY_BE_EMPTY, ActForm, Ticks, errors_of, nfc, options, text
from desk.transaction import books, db, office_clock, wall
from engine.clock import office_date
from engine.database import reading
from engine.errors import OfficeError
from engine.staff.queries import staff_of
from webhooks.inbound import apply, inbox, senders
from webhooks.inbound.inbox import InboxState
from webhooks.inbound.messages import (
    DOSSIER_SUBMITTED,
    OPINION_GIVEN,
    PAYMENT_CONFIRMED,
    PORTAL_ANSWERED,
    RESULT_SIGNED,
    SUPPLEMENT_DELIVERED,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

RULE = staff(ADMIN)
MOST_CLOSED = 20
LONGEST_REASON = 500

SAID = {
    DOSSIER_SUBMITTED: _l("Nộp hồ sơ trực tuyến"),
    SUPPLEMENT_DELIVERED: _l("Nộp bổ sung"),
    PAYMENT_CONFIRMED: _l("Xác nhận thanh toán"),
    OPINION_GIVEN: _l("Trả lời ý kiến"),
    RESULT_SIGNED: _l("Kết quả đã ký"),
    PORTAL_ANSWERED: _l("Trả lời của Cổng quốc gia"),
}

incoming = Blueprint("incoming", __name__)


class SenderForm(ActForm):
    """A partner that may speak to the office, what it may say, and in whose name."""

    code = text(
        _l("Mã đối tác"), needed=True, longest=64, hint=_l("Chữ thường, số, dấu chấm, gạch ngang.")
    )
    name = text(_l("Tên đối tác"), needed=True)
    messages = Ticks(_l("Được nói"), [CHOSEN], choices=options(list(SAID.items())))
    officer = SelectField(_l("Văn phòng làm việc này nhân danh cán bộ"), [MAY_BE_EMPTY])
    agency = text(_l("Trả lời thay cơ quan"), hint=_l("Chỉ cần khi đối tác gửi trả lời ý kiến."))


@incoming.get("/admin/incoming")
@allow(RULE)
def waiting() -> ResponseReturnValue:
    """Messages that wait with their reason, and who may speak to the office."""
    return _page()


@incoming.post("/admin/incoming/retry")
@allow(RULE)
def retry() -> ResponseReturnValue:
    """Act again on one waiting message, or on all of them.

    Each is a transaction of its own: one that is refused again keeps no other from being done.
    """
    one = request.form.get("message", type=int)
    with reading(books()) as look:
        waited = {
            row["sender"] for row in inbox.inbox_rows(look) if one is None or row["id"] == one
        }
    done, tried = apply.retry(books(), None if one is None else [one])
    for sender in sorted(waited):
        note_partner(sender, "retried")
    words = gettext("Đã xử lý %(done)s trên %(tried)s tin.", done=done, tried=tried)
    flash(words, "good" if done == tried else "bad")
    return redirect(url_for("incoming.waiting"))


@incoming.post("/admin/incoming/<int:message>/close")
@allow(RULE)
def close(message: int) -> ResponseReturnValue:
    """Decide that a waiting message needs no action; why is kept with it."""
    reason = nfc(request.form.get("reason", ""))
    if not reason or len(reason) > LONGEST_REASON:
        return _page(wrong=message), UNPROCESSABLE
    sender = inbox.close_message(db(), wall(), id=message, reason=f"{reason} ({me().code})")
    note_partner(sender, "closed")
    flash(gettext("Đã đóng tin số %(num)s.", num=message), "good")
    return redirect(url_for("incoming.waiting"))


@incoming.route("/admin/incoming/senders/add", methods=["GET", "POST"])
@allow(RULE)
def add_sender() -> ResponseReturnValue:
    """Enter a sender; the secret it signs with is shown on the answer and never again."""
    form = SenderForm()
    today = office_date(office_clock().now())
    people = [(p["code"], f"{p['name']} ({p['code']})") for p in staff_of(db(), me().agency, today)]
    form.officer.choices = options([("", ""), *people])
    refused, status = None, 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.validate():
            code = form.code.data
            try:
                secret = senders.add_sender(
                    db(),
                    wall(),
                    code=code,
                    name=form.name.data,
                    messages=form.messages.data,
                    agency=form.agency.data or None,
                    officer=form.officer.data or None,
                )
            except OfficeError as refusal:
                status, refused = refusal_said(refusal)
            else:
                note_partner(code, "sender_added")
                return _secret(code, secret)
    page = render_template(
        "admin_sender_add.html", form=form, errors=errors_of(form), refused=refused
    )
    return page, status


@incoming.post("/admin/incoming/senders/<code>/rotate")
@allow(RULE)
def rotate_sender(code: str) -> ResponseReturnValue:
    """Give a sender a new secret; the old one counts for a day."""
    secret = senders.rotate_sender(db(), wall(), code=code)
    note_partner(code, "sender_rotated")
    return _secret(code, secret)


@incoming.post("/admin/incoming/senders/<code>/disable")
@allow(RULE)
def disable_sender(code: str) -> ResponseReturnValue:
    """Take no more messages of a sender."""
    senders.disable_sender(db(), wall(), code=code)
    note_partner(code, "sender_disabled")
    return redirect(url_for("incoming.waiting"))


def _secret(code: str, secret: str) -> str:
    return render_template(
        "admin_secret.html", code=code, secret=secret, on=url_for("incoming.waiting")
    )


def _page(*, wrong: int | None = None) -> str:
    return render_template(
        "admin_incoming.html",
        messages=inbox.inbox_rows(db(), InboxState.WAITING),
        closed=inbox.inbox_rows(db(), InboxState.CLOSED, MOST_CLOSED, newest_first=True),
        senders=senders.senders(db()),
        said=SAID,
        reasons=_reason,
        wrong=wrong,
        longest=LONGEST_REASON,
    )


def _reason(code: str | None) -> str:
    """Why a message waits, in plain words; the office's own sentence stands beside it."""
    return str(REFUSALS.get(code or "", REFUSALS["refused"])[1])
