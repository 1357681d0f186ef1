"""What a clean install looks like, to hold others against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from schema_dumps import schema_of

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture
def clean_schema(bare_books: Engine, request: pytest.FixtureRequest) -> str:
    """The schema of a clean install on the kind of database that `bare_books` are."""
    is_sqlite = bare_books.dialect.name == "sqlite"
    return schema_of(request.getfixturevalue("sqlite_books" if is_sqlite else "postgres_books"))
