"""Books for every test that wants them: the same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from engine.database import open_database
from engine.migrations.upgrade import upgrade
from tests.databases import PostgresDatabases, copy_of, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

# A busy machine is no reason for an example to fail.
hypothesis.settings.register_profile("office", deadline=None)
hypothesis.settings.load_profile("office")

BOTH = ("sqlite", "postgresql")
LOCK_WAIT_SECONDS = 30.0  # a busy machine is no reason for a test to fail


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # the last connection to go folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Makes databases on a server that starts when the first test asks for it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with postgres_server() as server:
        databases = PostgresDatabases(server, f"motcua_{worker}_{os.getpid()}")
        yield databases
        databases.admin.dispose()


@pytest.fixture(scope="session")
def _postgres_template(postgres_databases: PostgresDatabases) -> Iterator[URL]:
    with postgres_databases.database() as address:
        engine = open_database(address.render_as_string(hide_password=False))
        upgrade(engine)
        engine.dispose()
        yield address


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """Address of migrated, empty books in a SQLite file."""
    return copy_of(_sqlite_template, tmp_path / "motcua.db")


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases, _postgres_template: URL) -> Iterator[str]:
    """Address of migrated, empty books in a PostgreSQL database."""
    with postgres_databases.database(_postgres_template) as address:
        yield address.render_as_string(hide_password=False)


@pytest.fixture(params=BOTH)
def books_url(request: pytest.FixtureRequest) -> str:
    """Address of migrated, empty books, of each kind in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def books(books_url: str) -> Iterator[Engine]:
    """Open, migrated, empty books, of each kind in turn."""
    with _opened(books_url) as engine:
        yield engine


@pytest.fixture
def sqlite_books(sqlite_url: str) -> Iterator[Engine]:
    """Open books in a SQLite file."""
    with _opened(sqlite_url) as engine:
        yield engine


@pytest.fixture
def postgres_books(postgres_url: str) -> Iterator[Engine]:
    """Open books in a PostgreSQL database."""
    with _opened(postgres_url) as engine:
        yield engine


@pytest.fixture(params=BOTH)
def bare_books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table, of each kind in turn."""
    if request.param == "sqlite":
        with _opened(f"sqlite:///{tmp_path / 'bare.db'}") as engine:
            yield engine
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    with (
        databases.database() as address,
        _opened(address.render_as_string(hide_password=False)) as engine,
    ):
        yield engine


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_database(url, lock_wait_seconds=LOCK_WAIT_SECONDS)
    try:
        yield engine
    finally:
        engine.dispose()
