"""The books as a command uses them: one transaction a command, then the journal is sealed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.cases.training import clock_of
from engine.config import Settings
from engine.database import open_database, reading, transaction
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import check_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from engine.clock import Clock


@contextmanager
def opened() -> Iterator[tuple[Settings, Engine]]:
    """Settings and the open books, whatever is in them."""
    settings = Settings.from_env()
    books = open_database(settings.database_url, lock_wait_seconds=settings.lock_wait_seconds)
    try:
        yield settings, books
    finally:
        books.dispose()


@contextmanager
def writing() -> Iterator[tuple[Connection, Clock]]:
    """One command that changes the books: all of it is kept, or nothing."""
    with opened() as (settings, books):
        check_revision(books)
        with transaction(books) as db:
            yield db, clock_of(db)
        seal_journal(books, settings.anchor_file)


@contextmanager
def looking() -> Iterator[tuple[Connection, Clock]]:
    """One command that only looks."""
    with opened() as (_settings, books):
        check_revision(books)
        with reading(books) as db:
            yield db, clock_of(db)
