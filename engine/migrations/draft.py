"""A draft of the next revision: what the tables in code have that the newest revision has not.

`python -m engine.migrations.draft` prints it; `--from-empty` prints all tables, which is how the
first revision is kept in step until it is released. Tables of rooms above the engine are seen
when their module is named too: `python -m engine.migrations.draft webhooks.tables`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from engine.database import open_database
from engine.migrations.schema import metadata
from engine.migrations.upgrade import newest_revision, upgrade

_FILE = '''"""WORDS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant
from engine.migrations.append_only import protect

revision = "{revision}"
down_revision = {down_revision!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """WORDS."""
{body}
'''


def draft(*, from_empty: bool) -> str:
    """A revision's file, to be read, named and formatted by its author."""
    books = open_database("sqlite:///:memory:")
    if not from_empty:
        upgrade(books)
    with books.connect() as db:
        context = MigrationContext.configure(
            db, opts={"target_metadata": metadata, "include_object": _is_ours}
        )
        changes = produce_migrations(context, metadata).upgrade_ops
        if changes is None:
            raise AssertionError("Alembic always gives upgrade_ops for one database")
        code = render_python_code(changes, migration_context=context)
    lines = [
        line for line in code.splitlines() if line.strip() and not line.strip().startswith("#")
    ]
    return _FILE.format(
        revision="0001" if from_empty else f"{int(newest_revision()) + 1:04}",
        down_revision=None if from_empty else newest_revision(),
        body="\n".join(lines).replace("engine.database.UtcInstant", "UtcInstant"),
    )


def _is_ours(_object: Any, _name: str | None, kind: str, reflected: bool, in_code: Any) -> bool:
    """False for a table in the books that no loaded module defines: it is not to be dropped."""
    return not (kind == "table" and reflected and in_code is None)


if __name__ == "__main__":
    for module in sys.argv[1:]:
        if not module.startswith("-"):
            importlib.import_module(module)
    sys.stdout.write(draft(from_empty="--from-empty" in sys.argv))
