"""A partner system that speaks to the office, for tests."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.clock import SystemClock
from engine.database import reading, transaction
from webhooks.inbound.blueprint import application
from webhooks.inbound.inbox import InboxState, inbox_rows
from webhooks.inbound.messages import WORDS
from webhooks.inbound.senders import add_sender
from webhooks.signing import signed_headers

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy import Engine
    from werkzeug.test import TestResponse


class Speaker:
    """A partner system that speaks to the office over HTTP."""

    def __init__(self, books: Engine, code: str = "lgsp", **given: Any) -> None:
        self.books = books
        self.code = code
        given = {"messages": list(WORDS), "agency": "Sở Xây dựng", "name": "LGSP"} | given
        with transaction(books) as db:
            self.secret = add_sender(db, SystemClock(), code=code, **given)
        self.door: FlaskClient = application(books).test_client()

    def headers(self, message_id: str, body: bytes, *, age: int = 0) -> dict[str, str]:
        at = SystemClock().now() - timedelta(seconds=age)
        return signed_headers([self.secret], message_id=message_id, at=at, body=body)

    def post(self, body: bytes, headers: dict[str, str]) -> TestResponse:
        return self.door.post(f"/hooks/{self.code}", data=body, headers=headers)

    def say(self, message_id: str, word: str, /, **data: Any) -> TestResponse:
        body = json.dumps({"type": word, "data": data}, ensure_ascii=False).encode()
        return self.post(body, self.headers(message_id, body))

    def waiting(self) -> list[dict[str, Any]]:
        with reading(self.books) as db:
            return inbox_rows(db, InboxState.WAITING)

    def stored(self) -> int:
        with reading(self.books) as db:
            return len(inbox_rows(db, None))
