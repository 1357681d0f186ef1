"""`POST /hooks/<sender>`: where partners' messages come in over HTTP.

The desk registers `blueprint(books)`; it carries its own signatures, so the desk's form tokens
and sign-in do not apply to it. `application(books)` is the same alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, jsonify, make_response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from engine.clock import SystemClock
from engine.database import DatabaseBusyError
from engine.errors import OfficeError
from webhooks.inbound.inbox import LARGEST_MESSAGE, take_in

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.clock import Clock

STATUSES = {
    "signature_refused": 401,
    "message_id_reused": 409,
    "message_refused": 422,
    "bad_input": 422,
    "database_busy": 503,
}


def blueprint(books: Engine, clock: Clock | None = None) -> Blueprint:
    """The door, on given books; `clock` is the wall's unless a test stands it still."""
    hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
    wall = clock or SystemClock()

    @hooks.post("/<sender>")
    def receive(sender: str) -> Response:
        """202 once the message is in the books; acting on it comes later."""
        request.max_content_length = LARGEST_MESSAGE
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return _refusal(413, "message_too_large", f"Expected at most {LARGEST_MESSAGE} bytes")
        except ClientDisconnected:
            return _refusal(400, "message_cut", "Expected the whole message, but it was cut")
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            stored = take_in(books, wall, sender=sender, headers=headers, body=body)
        except OfficeError as refusal:
            answer = _refusal(STATUSES.get(refusal.code, 422), refusal.code, refusal.message)
            if isinstance(refusal, DatabaseBusyError):
                answer.headers["Retry-After"] = "5"
            return answer
        return make_response(jsonify({"id": stored.id, "new": stored.is_new}), 202)

    return hooks


def application(books: Engine, clock: Clock | None = None) -> Flask:
    """The door as a WSGI application of its own."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(blueprint(books, clock))
    return app


def _refusal(status: int, code: str, message: str) -> Response:
    document = {
        "type": f"urn:motcua:error:{code}",
        "title": code,
        "status": status,
        "detail": message,
    }
    answer = make_response(jsonify(document), status)
    answer.headers["Content-Type"] = "application/problem+json"
    return answer
