"""The books as tests get them."""

from __future__ import annotations

from sqlalchemy import Engine

from engine.migrations.upgrade import newest_revision, revision_of


def test_books_are_migrated(books: Engine) -> None:
    assert revision_of(books) == newest_revision()
