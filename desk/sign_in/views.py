"""Signing in and out; the front page leads everybody to his own work."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import NotFound

from desk.access import ADMIN, ANYBODY, DESIGNER, LEADER, ONE_STOP, allow, me, person_of
from desk.errors import refusal_words
from desk.language import local_path
from desk.limits import SIGN_INS, limiter
from desk.sign_in.provider import PasswordSignInOffError, SignInNobodyError
from desk.transaction import apart, db, frame, settings, wall
from engine.cases.training import clock_of
from engine.clock import office_date
from engine.errors import OfficeError
from engine.staff.queries import officers_for_sign_in
from engine.staff.sign_in import end_session, officer_of_account, open_session, password_fits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from desk.access import Person
    from desk.sign_in.provider import SignInProvider

log = logging.getLogger("motcua.desk")

AIM = "sign_in_aim"
UNAUTHORISED = 401

signing_in = Blueprint("sign_in", __name__)


@signing_in.get("/")
@allow(ANYBODY)
def page() -> ResponseReturnValue:
    """The sign-in page; who is signed in goes to his work."""
    if current_user.is_authenticated:
        return redirect(_first_page(me()))
    return _form()


@signing_in.post("/")
@allow(ANYBODY)
@limiter.limit(SIGN_INS)
def enter() -> ResponseReturnValue:
    """Check the password; a session of its own begins, whatever cookie was there before."""
    if not settings().password_sign_in:
        return _refused(PasswordSignInOffError("Expected no password, but one was sent"))
    code = request.form.get("officer", "").strip()
    password = request.form.get("password", "")
    token = None
    with apart() as books:
        if password_fits(books, wall(), officer_code=code, password=password):
            hours = settings().session_hours
            token = open_session(books, wall(), officer_code=code, hours=hours)
    person = person_of(token) if token else None
    if person is None:
        return _form(code=code, error=_wrong_password()), UNAUTHORISED
    return _welcome(person, request.form.get("next"))


@signing_in.get("/sign-in/elsewhere")
@allow(ANYBODY)
@limiter.limit(SIGN_INS)
def elsewhere() -> ResponseReturnValue:
    """Go to the identity provider, when the office has one."""
    given = _provider()
    try:
        answer = given.lead_away(settings().base_url.rstrip("/") + url_for("sign_in.back"))
    except OfficeError as refusal:
        return _refused(refusal)
    aim = local_path(request.args.get("next"))
    session[AIM] = aim if aim != "/" else None
    return answer


@signing_in.get("/sign-in/back")
@allow(ANYBODY)
@limiter.limit(SIGN_INS)
def back() -> ResponseReturnValue:
    """Come back from the provider: the officer is found, never made, and his session begins."""
    given = _provider()
    try:
        account = given.learn_who()
        with apart() as books:
            code = officer_of_account(
                books,
                by=settings().oidc_matches,
                value=account.value,
                today=office_date(clock_of(books).now()),
            )
            if code is None:
                raise SignInNobodyError("Expected an officer on duty here, but there is none")
            hours = settings().session_hours
            token = open_session(books, wall(), officer_code=code, hours=hours)
    except OfficeError as refusal:
        return _refused(refusal)
    person = person_of(token)
    if person is None:  # he was taken off duty in this very moment
        return _refused(SignInNobodyError("Expected an officer on duty here, but he is not"))
    return _welcome(person, session.get(AIM))


@signing_in.post("/sign-out")
@allow(ANYBODY)
def leave() -> ResponseReturnValue:
    """End the session here and everywhere its cookie was copied to."""
    if current_user.is_authenticated:
        end_session(db(), token=me().id)
        logout_user()
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept
    return redirect(url_for("sign_in.page"))


def _first_page(person: Person) -> str:
    if person.holds(LEADER) and not person.holds(ONE_STOP):
        return url_for("dashboard.board")
    if person.roles == {DESIGNER}:
        return url_for("procedures.overview")
    if person.roles == {ADMIN}:
        return url_for("administration.overview")
    return url_for("casework.worklist")


def _welcome(person: Person, aim: str | None) -> ResponseReturnValue:
    """Begin a session of its own, whatever cookie was there before."""
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept
    login_user(person)
    return redirect(local_path(aim) if aim else _first_page(person))


def _provider() -> SignInProvider:
    given: SignInProvider | None = current_app.extensions["motcua_provider"]
    if given is None:
        raise NotFound
    return given


def _refused(refusal: OfficeError) -> ResponseReturnValue:
    log.warning("sign-in refused: %s: %s", refusal.code, refusal.message)
    status, words = refusal_words(refusal)
    return _form(error=words), status


def _wrong_password() -> str:
    return str(gettext("Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang phải chờ."))


def _form(*, code: str = "", error: str | None = None) -> str:
    given: SignInProvider | None = current_app.extensions["motcua_provider"]
    return render_template(
        "sign_in.html",
        code=code,
        next=request.values.get("next", ""),
        error=error,
        provider=given.name if given else None,
        by_password=settings().password_sign_in,
        demo=officers_for_sign_in(db()) if frame().training else [],
    )
