"""The books' schema: from nothing, from every revision, after a kill at any statement (F15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from schema_dumps import schema_of
from sqlalchemy import Engine, text

from engine.migrations.draft import draft
from engine.migrations.schema import metadata
from engine.migrations.upgrade import (
    SchemaUnknownError,
    check_revision,
    known_revisions,
    newest_revision,
    revision_of,
    upgrade,
)
from tests.crash import dies_at, race
from tests.databases import address_of
from webhooks.tables import TABLES as COURIER_TABLES

if TYPE_CHECKING:
    from collections.abc import Callable


def test_empty_books_are_brought_to_the_newest_revision(bare_books: Engine) -> None:
    assert revision_of(bare_books) is None
    upgrade(bare_books)
    assert revision_of(bare_books) == newest_revision()
    check_revision(bare_books)


@pytest.mark.parametrize("revision", known_revisions())
def test_books_of_every_revision_end_with_the_same_schema(
    bare_books: Engine, clean_schema: str, revision: str
) -> None:
    upgrade(bare_books, to=revision)
    assert revision_of(bare_books) == revision
    upgrade(bare_books)
    assert schema_of(bare_books) == clean_schema


def test_migrated_schema_is_that_of_the_tables_in_code(books: Engine) -> None:
    with books.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert {table.name for table in COURIER_TABLES} <= set(metadata.tables)


def test_upgrading_twice_changes_nothing(books: Engine) -> None:
    before = schema_of(books)
    upgrade(books)
    assert schema_of(books) == before


def test_four_processes_may_upgrade_at_once(bare_books: Engine, clean_schema: str) -> None:
    assert race(4, lambda _number: upgrade(bare_books)).losers == []
    assert schema_of(bare_books) == clean_schema


def test_f15_a_migration_killed_at_any_statement_can_be_run_again(
    bare_books: Engine, clean_schema: str
) -> None:
    empty, url = schema_of(bare_books), address_of(bare_books)
    kills = 0
    while dies_at(url, kills + 1, upgrade):
        kills += 1
        # each kill must leave what was there: the next one begins from it
        assert schema_of(bare_books) == empty
        assert revision_of(bare_books) is None
    assert kills > 40, "every table and index is a statement of its own"
    assert schema_of(bare_books) == clean_schema


def test_f15_unmigrated_books_are_not_worked_on(bare_books: Engine) -> None:
    with pytest.raises(SchemaUnknownError, match="motcua init"):
        check_revision(bare_books)


@pytest.mark.parametrize("act", [check_revision, upgrade])
def test_f15_books_of_a_newer_program_are_refused(
    books: Engine, act: Callable[[Engine], None]
) -> None:
    with books.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = schema_of(books)
    with pytest.raises(SchemaUnknownError, match="newer program"):
        act(books)
    assert schema_of(books) == before


def test_a_database_that_holds_something_else_is_left_alone(bare_books: Engine) -> None:
    with bare_books.begin() as db:
        db.execute(text("CREATE TABLE payroll (id INTEGER)"))
    with pytest.raises(SchemaUnknownError, match="payroll"):
        upgrade(bare_books)
    assert "agency" not in schema_of(bare_books)


def test_draft_of_the_next_revision_is_empty_when_code_and_revision_agree() -> None:
    assert draft(from_empty=False).rstrip().endswith("pass")
    assert "op.create_table" in draft(from_empty=True)
