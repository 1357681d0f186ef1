"""Alembic's entrance: runs inside the connection and transaction it is given."""

from __future__ import annotations

from alembic import context

from engine.database import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller's transaction holds everything, version row included
)
context.run_migrations()
