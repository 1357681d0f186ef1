"""Partner systems that are told of events: endpoints, their secrets, what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from desk.access import ADMIN, allow, me, staff
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import ActForm, choice, errors_of, long_text, text, tick
from desk.transaction import db, office_clock, wall
from engine.errors import OfficeError
from engine.events.office import PartnerChanged
from engine.journal.append import append_office
from webhooks import deliveries, endpoints
from webhooks.endpoints import EndpointUnknownError, Format

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

RULE = staff(ADMIN)
MOST_LETTERS = 100

partners = Blueprint("partners", __name__)


class EndpointForm(ActForm):
    """Where events go and which."""

    code = text(
        _l("Mã đối tác"), needed=True, longest=64, hint=_l("Chữ thường, số, dấu chấm, gạch ngang.")
    )
    url = text(
        _l("Địa chỉ nhận tin (URL)"), needed=True, longest=2000, hint=_l("Bắt đầu bằng https://")
    )
    form = choice(
        _l("Dạng tin"),
        [
            (str(Format.EVENTS), _l("Từng sự kiện (Standard Webhooks)")),
            (str(Format.PORTAL), _l("Bản tin hồ sơ của Cổng Dịch vụ công quốc gia")),
        ],
        default=str(Format.EVENTS),
    )
    events = long_text(
        _l("Chỉ những sự kiện này"),
        hint=_l("Mỗi dòng một loại, ví dụ case.became_late. Để trống: mọi sự kiện."),
    )
    own_only = tick(_l("Chỉ hồ sơ của cơ quan mình"))
    procedures = text(
        _l("Chỉ những thủ tục này"),
        hint=_l("Mã thủ tục, cách nhau bằng dấu phẩy. Để trống: tất cả."),
    )
    personal_register = text(
        _l("Số đăng ký nhận dữ liệu cá nhân"),
        hint=_l("Chỉ điền khi đối tác đã đăng ký; không có thì tin không kèm tên, lý do."),
    )


@partners.get("/admin/webhooks")
@allow(RULE)
def listing() -> ResponseReturnValue:
    """Every endpoint and how it fares."""
    return render_template("admin_webhooks.html", endpoints=endpoints.listed(db()))


@partners.route("/admin/webhooks/add", methods=["GET", "POST"])
@allow(RULE)
def add() -> ResponseReturnValue:
    """Enter an endpoint; its secret is shown on the answer and never again."""
    form = EndpointForm()
    refused, status = None, 200
    if request.method == "GET":
        form.own_only.data = True
    else:
        status = UNPROCESSABLE
        if form.validate():
            code = form.code.data
            try:
                secret = endpoints.add_endpoint(
                    db(),
                    wall(),
                    code=code,
                    url=form.url.data,
                    form=Format(form.form.data),
                    events=_words(form.events.data),
                    agencies=[me().agency] if form.own_only.data else [],
                    procedures=_words(form.procedures.data),
                    personal_register=form.personal_register.data or None,
                )
            except OfficeError as refusal:
                status, refused = refusal_said(refusal)
            else:
                note_partner(code, "added")
                return _secret(code, secret)
    page = render_template(
        "admin_webhook_add.html", form=form, errors=errors_of(form), refused=refused
    )
    return page, status


@partners.get("/admin/webhooks/<code>")
@allow(RULE)
def show(code: str) -> ResponseReturnValue:
    """One endpoint: how it fares, what was given up, what is to be tried again."""
    return render_template(
        "admin_webhook.html",
        endpoint=_one(code),
        dead=deliveries.dead_letters(db(), code=code, most=MOST_LETTERS),
        waiting=deliveries.waiting_letters(db(), code=code, most=MOST_LETTERS),
        most=MOST_LETTERS,
    )


@partners.post("/admin/webhooks/<code>/rotate")
@allow(RULE)
def rotate(code: str) -> ResponseReturnValue:
    """Give it a new secret; the old one counts for a day, so that the partner can follow."""
    secret = endpoints.rotate(db(), wall(), code=code)
    note_partner(code, "rotated")
    return _secret(code, secret, rotated=True)


@partners.post("/admin/webhooks/<code>/disable")
@allow(RULE)
def disable(code: str) -> ResponseReturnValue:
    """Send nothing more; what happens meanwhile waits."""
    why = gettext("%(name)s tắt trên trang quản trị", name=me().name)
    endpoints.disable(db(), code=code, why=why)
    note_partner(code, "disabled")
    return redirect(url_for("partners.show", code=code))


@partners.post("/admin/webhooks/<code>/enable")
@allow(RULE)
def enable(code: str) -> ResponseReturnValue:
    """Send again, beginning with what waited."""
    endpoints.enable(db(), code=code)
    note_partner(code, "enabled")
    return redirect(url_for("partners.show", code=code))


@partners.post("/admin/webhooks/<code>/resend")
@allow(RULE)
def resend(code: str) -> ResponseReturnValue:
    """Try dead letters anew: the ticked ones, or all of the endpoint."""
    everything = "all" in request.form
    ticked = request.form.getlist("letter", type=int)
    if not everything and not ticked:
        endpoints.require_endpoint(db(), code)
        flash(gettext("Hãy chọn ít nhất một tin để gửi lại."), "bad")
        return redirect(url_for("partners.show", code=code))
    count = deliveries.resend(db(), now=wall().now(), code=code, ids=None if everything else ticked)
    note_partner(code, "resent")
    flash(gettext("Sẽ gửi lại %(num)s tin.", num=count), "good")
    return redirect(url_for("partners.show", code=code))


def _one(code: str) -> dict[str, Any]:
    for each in endpoints.listed(db()):
        if each["code"] == code:
            return each
    raise EndpointUnknownError(
        f"Expected the code of an endpoint, but {code!r} is not in the books", code=code
    )


def _secret(code: str, secret: str, *, rotated: bool = False) -> str:
    return render_template(
        "admin_secret.html",
        code=code,
        secret=secret,
        rotated=rotated,
        on=url_for("partners.show", code=code),
    )


def note_partner(code: str, change: str) -> None:
    """Journal that an administrator changed something of a partner."""
    append_office(
        db(),
        at=office_clock().now(),
        actor=me().code,
        events=[PartnerChanged(partner=code, change=change)],
    )


def _words(given: str | None) -> list[str]:
    return (given or "").replace(",", " ").split()
