"""The desk as a web application: the only place where its parts are put together."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, request
from flask_babel import get_locale
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from desk.access import (
    ADMIN,
    ANYBODY,
    DESIGNER,
    HEAD,
    LEADER,
    ONE_STOP,
    ROLE_NAMES,
    allow,
    install_access,
    me,
)
from desk.administration.calendar import calendar
from desk.administration.incidents import incidents
from desk.administration.incoming import incoming
from desk.administration.partners import partners
from desk.administration.views import administration
from desk.api.app import stand_beside
from desk.attachments.uploads import install_uploads
from desk.attachments.views import attachments
from desk.casework.batch import batch
from desk.casework.columns import columns
from desk.casework.identity import identity
from desk.casework.inbox import inbox, waiting_messages
from desk.casework.views import casework
from desk.dashboard.views import dashboard
from desk.designer.views import designer
from desk.errors import install_errors
from desk.feedback.views import feedback
from desk.headers import install_headers
from desk.language import LANGUAGES, install_language
from desk.limits import limiter
from desk.monitoring import install_monitoring
from desk.paper.letter_register import letter_register
from desk.paper.views import paper
from desk.procedures.rooms import procedures
from desk.reception.views import reception
from desk.rehearsal.start import start_worker
from desk.rehearsal.views import rehearsal
from desk.reports.views import reports
from desk.returns.views import returns
from desk.sign_in.openid import provider_of
from desk.sign_in.views import signing_in
from desk.tracking.views import tracking
from desk.transaction import SAFE_METHODS, finish, frame, install_books, request_books
from desk.wording import install_wording
from engine.database import open_database
from engine.migrations.upgrade import check_revision
from webhooks.inbound.blueprint import blueprint as partners_door

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Engine

    from engine.clock import Clock
    from engine.config import Settings

LARGEST_REQUEST = 1_000_000
"""Bytes of a form without files."""
STATIC_SECONDS = 31_536_000

ROOMS = (
    signing_in,
    casework,
    batch,
    identity,
    inbox,
    letter_register,
    columns,
    reception,
    returns,
    paper,
    attachments,
    feedback,
    dashboard,
    reports,
    rehearsal,
    tracking,
    administration,
    calendar,
    partners,
    incoming,
    incidents,
    procedures,
    designer,
)


class Desk(Flask):
    """Flask with one transaction a request, kept only when the answer is no refusal."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside the request's transaction."""
        with request_books() as books:
            response = self.make_response(super().dispatch_request())
            finish(books, response.status_code)
        return response


def create_app(settings: Settings, clock: Clock, *, books: Engine | None = None) -> Flask:
    """The desk on an office's books; `clock` is the wall's, a training office keeps its own.

    Raises:
        SchemaUnknownError: the books are empty or of another version.
    """
    app = Desk(__name__, static_folder="static", template_folder="templates")
    office = books or open_database(
        settings.database_url, lock_wait_seconds=settings.lock_wait_seconds
    )
    check_revision(office)
    app.extensions |= {
        "motcua_books": office,
        "motcua_settings": settings,
        "motcua_wall": clock,
        "motcua_start_rehearsals": start_worker,
    }
    app.config.update(
        SECRET_KEY=secret_of(settings.secret_file),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_SECONDS,
        SESSION_COOKIE_NAME="motcua",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a receipt may take a morning
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["motcua_provider"] = provider_of(app, settings)
    install_books(app)
    install_language(app)
    install_errors(app)
    install_headers(app)
    install_uploads(app)
    forms = CSRFProtect(app)
    install_access(app)
    limiter.init_app(app)
    install_wording(app)
    install_monitoring(app)
    for room in ROOMS:
        app.register_blueprint(room)
    # Partners' messages carry signatures of their own instead of a form's token.
    door = partners_door(office, clock)
    forms.exempt(door)
    app.register_blueprint(door)
    allow(ANYBODY)(app.view_functions["hooks.receive"])
    _install_frame(app, settings)
    stand_beside(app)
    return app


def secret_of(path: Path) -> bytes:
    """The installation's key; made once when there is none, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            path.hardlink_to(fresh)  # two processes that start at once end with one key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip().encode()


def _install_frame(app: Flask, settings: Settings) -> None:
    build = Path(app.static_folder or "") / "dist" / "build-id"
    build_id = build.read_text(encoding="ascii").strip() if build.exists() else "none"

    @app.context_processor
    def surroundings() -> dict[str, object]:
        return {
            "build_id": build_id,
            "languages": LANGUAGES,
            "locale": str(get_locale()),
            "person": me() if current_user.is_authenticated else None,
            "training": frame().training,
            "office_now": frame().clock.now(),
            "waiting_messages": waiting_messages,
            "role_names": ROLE_NAMES,
            "LARGEST_FILE": settings.attachment_most_bytes,
            "ROLE": {
                "one_stop": ONE_STOP,
                "leader": LEADER,
                "head": HEAD,
                "admin": ADMIN,
                "designer": DESIGNER,
            },
            "here": request.full_path.rstrip("?"),
            "changes": request.method not in SAFE_METHODS,
        }
