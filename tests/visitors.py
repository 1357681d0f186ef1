"""A desk for tests: the application on given books, and people who are signed in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from desk.app import create_app
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import open_database, transaction
from engine.staff.sign_in import open_session, set_password
from engine.staff.tables import officer, sign_in
from tests.builders import TrainingOffice
from tests.databases import copy_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PASSWORD = "mật khẩu thử"
CLERK, SPECIALIST, HEAD, SEAL, LEADER, DESIGNER, ADMIN = (
    "cb.tiepnhan1",
    "cv.thamdinh1",
    "tp.chuyenmon",
    "vt.dongdau",
    "ld.chutich",
    "ks.thutuc",
    "qt.hethong",
)
_FIELD = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Visitor:
    """Somebody with a browser: follows forms as they stand on the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **given: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **given)

    def token(self, path: str = "/track") -> str:
        """A CSRF token of this session."""
        found = _TOKEN.search(self.client.get(path).text)
        assert found, f"no form on {path}"
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, **given: Any) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **given)

    def submit(
        self, page: str, data: dict[str, Any] | None = None, *, to: str | None = None
    ) -> TestResponse:
        """Open a page and send its form, hidden fields included, to its own address or another."""
        shown = self.client.get(page)
        assert shown.status_code == 200, (page, shown.status_code, shown.text[:2000])
        return self.client.post(to or page, data={**hidden_fields(shown.text), **(data or {})})


def hidden_fields(page: str) -> dict[str, str]:
    """Token, key and version of the first form in the page's main part."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(page[page.index("<main") :]):
        if name in HIDDEN:
            found.setdefault(name, value)
    return found


HIDDEN = ("csrf_token", "key", "case_version")


class DeskOffice:
    """A training office with its desk open."""

    def __init__(self, office: TrainingOffice, settings: Settings) -> None:
        self.office = office
        self.books = office.books
        self.settings = settings
        self.app = create_app(settings, SystemClock(), books=office.books)

    def stranger(self) -> Visitor:
        """Somebody who is not signed in."""
        return Visitor(self.app.test_client())

    def person(self, code: str) -> Visitor:
        """An officer who signed in a moment ago."""
        with transaction(self.books) as db:
            token = open_session(db, SystemClock(), officer_code=code, hours=1)
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return Visitor(client)

    def next_step(self, number: str) -> str:
        """Task id of the first open step that its people complete on the page of the case."""
        steps = [s for s in self.office.case(number)["open_steps"] if s["kind"] != "apologise"]
        return str(steps[0]["task_id"])


@pytest.fixture(scope="session")
def office_file(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a training office in it, opened once and copied by each test."""
    path = tmp_path_factory.mktemp("desk") / "office.db"
    engine = open_database(copy_of(_sqlite_template, path))
    new_desk(TrainingOffice(engine), path.parent)
    engine.dispose()
    return path


def new_desk(office: TrainingOffice, folder: Path) -> DeskOffice:
    """Open the desk; everybody has the same password, hashed once."""
    settings = Settings(
        secret_file=folder / "desk.key",
        anchor_file=folder / "journal.anchor",
        attachments_folder=folder / "attachments",
        base_url="http://desk.test",
    )
    with transaction(office.books) as db:
        if db.execute(select(sign_in)).first() is None:
            set_password(db, SystemClock(), officer_code=CLERK, password=PASSWORD, by="test")
            kept = db.execute(select(sign_in)).one()
            others = db.scalars(select(officer.c.code).where(officer.c.code != CLERK))
            db.execute(
                insert(sign_in),
                [
                    {
                        "officer_code": code,
                        "password_hash": kept.password_hash,
                        "changed_at": kept.changed_at,
                        "failures": 0,
                    }
                    for code in others
                ],
            )
    return DeskOffice(office, settings)
