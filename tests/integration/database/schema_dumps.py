"""The schema of a database as text, so that two can be compared."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.databases import postgres_programs

if TYPE_CHECKING:
    from sqlalchemy import Engine


def schema_of(books: Engine) -> str:
    """Tables, indexes, triggers and functions, in an order that does not depend on the past."""
    if books.dialect.name == "sqlite":
        with books.connect() as db:
            rows = db.execute(
                text("SELECT coalesce(sql, name) FROM sqlite_master ORDER BY type, name")
            )
            return "\n".join(rows.scalars())
    programs = postgres_programs()
    address = books.url.set(drivername="postgresql").render_as_string(hide_password=False)
    dump = subprocess.run(
        [str(programs / "pg_dump") if programs else "pg_dump", "--schema-only", "-d", address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    # newer versions of pg_dump guard their output with a word that is new each time
    return "\n".join(
        line for line in dump.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    )
