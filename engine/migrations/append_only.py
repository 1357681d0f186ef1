"""Triggers that let the database itself refuse to change what is written once (R70)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

if TYPE_CHECKING:
    from types import ModuleType

    from sqlalchemy import Connection


def protect(op: ModuleType, table: str) -> None:
    """Refuse every UPDATE and DELETE of a table, on either database; `op` is Alembic's."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    # INSERT OR REPLACE deletes the row it meets at a key without asking a DELETE trigger.
    for position, key in enumerate(_keys(op.get_bind(), table), start=1):
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        met = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (our own names)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{position} BEFORE INSERT ON {table} "
            f"WHEN {met} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _keys(db: Connection, table: str) -> list[list[str]]:
    found = inspect(db)
    primary = found.get_pk_constraint(table)["constrained_columns"]
    others = [unique["column_names"] for unique in found.get_unique_constraints(table)]
    return [primary, *sorted(others)]
