"""Programs for tests: clients of the API with a token, that read an ETag before they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cases.training import clock_of
from engine.clock import SystemClock
from engine.database import transaction
from engine.staff.tokens import issue_token

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.visitors import DeskOffice

API = "/api/v1"


class Program:
    """Another system with its token."""

    def __init__(self, desk: DeskOffice, officer: str | None, **given: Any) -> None:
        self.client = desk.app.test_client()
        self.token_id = 0
        self.headers: dict[str, str] = {}
        if officer is not None:
            with transaction(desk.books) as db:
                self.token_id, token = issue_token(
                    db,
                    clock_of(db),
                    SystemClock(),
                    officer_code=officer,
                    name="phần mềm thử",
                    by="test",
                    **given,
                )
            self.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read."""
        return self.client.get(API + path, headers=self.headers | named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send as it is."""
        given = {"json": body} if body is not None else {}
        return self.client.post(API + path, headers=self.headers | named(headers), **given)

    def change(self, number: str, action: str, body: Any = None, **headers: str) -> TestResponse:
        """Read the case's ETag, then change it."""
        etag = self.get(f"/cases/{number}").headers["ETag"]
        return self.post(f"/cases/{number}/{action}", body, if_match=etag, **headers)

    def receive(self, procedure: str = "1.009994", **given: Any) -> str:
        """Receive a dossier; gives its number."""
        answer = self.post(
            "/cases",
            {"procedure": procedure, "owner": {"name": "Nguyễn Văn A"}, "channel": "online"}
            | given,
        )
        assert answer.status_code == 201, answer.json
        return str(answer.json["number"]) if answer.json else ""


def named(headers: dict[str, str]) -> dict[str, str]:
    """`if_match` as the header is spelt."""
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


def code_of(answer: TestResponse) -> str:
    """The stable code of a refusal, whose shape is checked on the way."""
    assert answer.content_type == "application/problem+json", answer.text
    problem = answer.json
    assert problem is not None
    assert problem["type"] == f"urn:motcua:problem:{problem['code'].lower()}"
    assert problem["status"] == answer.status_code
    assert problem["title"].strip()
    return str(problem["code"])
