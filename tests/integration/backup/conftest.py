"""Books with some history, and the database's own programs where the tests can find them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.database import transaction
from engine.journal.seal import seal_journal
from tests.databases import postgres_programs
from tests.plain_rows import CASE, plain_case, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = postgres_programs()
    if programs:
        monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)


@pytest.fixture
def anchor(tmp_path: Path) -> Path:
    return tmp_path / "journal.anchor"


@pytest.fixture
def written_books(books: Engine, anchor: Path) -> Engine:
    """Thirty sealed rows and three unsealed ones."""
    with transaction(books) as db:
        plain_case(db, CASE)
        write_rows(db, CASE, 30)
    seal_journal(books, anchor)
    with transaction(books) as db:
        write_rows(db, CASE, 3)
    return books
