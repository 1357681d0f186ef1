"""Backups restore, and nothing is overwritten on the way (P12, F16)."""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.engine import make_url

from engine.backup import (
    BackupExistsError,
    BackupUnusableError,
    BooksNotEmptyError,
    FilesMissingError,
    ToolMissingError,
    backup_books,
    restore_books,
)
from engine.cases.intake.attachment_tables import attachment
from engine.database import metadata, open_database, reading, transaction
from engine.documents.file_store import open_file, path_of, put_file
from engine.errors import BadInputError
from engine.journal.seal import seal_journal
from engine.journal.verify import verify
from engine.migrations.upgrade import SchemaUnknownError, check_revision
from tests import papers
from tests.plain_rows import CASE, plain, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def empty_books(
    written_books: Engine, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Engine]:
    """Books of the same kind as the written ones, without a table."""
    with contextlib.ExitStack() as stack:
        if written_books.dialect.name == "sqlite":
            url = f"sqlite:///{tmp_path / 'elsewhere' / 'books.db'}"
        else:
            databases = request.getfixturevalue("postgres_databases")
            address = stack.enter_context(databases.database())
            url = address.render_as_string(hide_password=False)
        engine = open_database(url)
        stack.callback(engine.dispose)
        yield engine


def _contents(books: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with reading(books) as db:
        return {
            table.name: sorted(map(tuple, db.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def _tables(books: Engine) -> int:
    with books.connect() as db:
        if books.dialect.name == "sqlite":
            return int(db.scalar(text("SELECT count(*) FROM sqlite_master")))
        return int(db.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")))


def test_p12_a_restored_backup_holds_every_row(
    written_books: Engine, empty_books: Engine, tmp_path: Path, anchor: Path
) -> None:
    said = backup_books(written_books, tmp_path / "backup")
    assert (said["journal_rows"], said["journal_batches"], said["unsealed_rows"]) == (33, 1, 3)
    restored = restore_books(tmp_path / "backup", empty_books)
    assert restored["journal_rows"] == 33
    assert _contents(empty_books) == _contents(written_books)
    check_revision(empty_books)
    with reading(empty_books) as db:
        assert verify(db, anchor).ok


def test_p12_work_goes_on_in_restored_books(
    written_books: Engine, empty_books: Engine, tmp_path: Path, anchor: Path
) -> None:
    backup_books(written_books, tmp_path / "backup")
    restore_books(tmp_path / "backup", empty_books)
    with transaction(empty_books) as db:
        write_rows(db, CASE, 2)
    seal_journal(empty_books, anchor)
    with reading(empty_books) as db:
        result = verify(db, anchor)
    assert (result.rows, result.findings) == (35, [])


def test_r70_restored_rows_are_still_written_once(
    written_books: Engine, empty_books: Engine, tmp_path: Path
) -> None:
    backup_books(written_books, tmp_path / "backup")
    restore_books(tmp_path / "backup", empty_books)
    with pytest.raises(Exception, match="append-only"), transaction(empty_books) as db:
        db.execute(text("DELETE FROM journal"))


def test_a_backup_is_for_its_owner_alone_and_one_file(
    written_books: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "folder"
    backup_books(written_books, folder / "backup")
    assert [path.name for path in folder.iterdir()] == ["backup"]
    assert (folder / "backup").stat().st_mode & 0o077 == 0


def test_a_backup_never_overwrites_a_file(written_books: Engine, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    target.write_text("last month's")
    with pytest.raises(BackupExistsError):
        backup_books(written_books, target)
    assert target.read_text() == "last month's"


def test_a_restore_never_overwrites_books(written_books: Engine, tmp_path: Path) -> None:
    backup_books(written_books, tmp_path / "backup")
    with transaction(written_books) as db:
        write_rows(db, CASE, 1)
    before = _contents(written_books)
    with pytest.raises(BooksNotEmptyError, match="nothing was overwritten"):
        restore_books(tmp_path / "backup", written_books)
    assert _contents(written_books) == before


def test_p14_a_broken_journal_is_backed_up_under_another_name_and_refused(
    written_books: Engine, tmp_path: Path
) -> None:
    with written_books.begin() as db:
        db.execute(text("UPDATE case_file SET journal_length = 7"))
    with pytest.raises(BackupUnusableError, match="knows of 7 rows"):
        backup_books(written_books, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    assert (tmp_path / "backup.unverified").stat().st_size > 0


def test_p14_a_backup_with_a_broken_journal_is_not_restored(
    written_books: Engine, empty_books: Engine, tmp_path: Path
) -> None:
    with written_books.begin() as db:
        db.execute(text("UPDATE case_file SET journal_length = 7"))
    with pytest.raises(BackupUnusableError):
        backup_books(written_books, tmp_path / "backup")
    with pytest.raises(BackupUnusableError, match="knows of 7 rows"):
        restore_books(tmp_path / "backup.unverified", empty_books)
    assert _tables(empty_books) == 0


def test_f16_a_damaged_backup_is_refused_and_nothing_is_left_of_it(
    written_books: Engine, empty_books: Engine, tmp_path: Path
) -> None:
    backup_books(written_books, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    damaged = tmp_path / "damaged"
    for size in (20, len(whole) // 3, len(whole) // 2, len(whole) - 5000):
        damaged.write_bytes(whole[:size])
        with pytest.raises(BackupUnusableError):
            restore_books(damaged, empty_books)
        assert _tables(empty_books) == 0
    restore_books(tmp_path / "backup", empty_books)


@pytest.mark.parametrize("content", [b"", b"not a backup at all, just words"])
def test_what_is_no_backup_is_refused(empty_books: Engine, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "words").write_bytes(content)
    with pytest.raises(BadInputError, match="words is none"):
        restore_books(tmp_path / "words", empty_books)
    with pytest.raises(BadInputError, match="No such file"):
        restore_books(tmp_path / "missing", empty_books)


def test_books_without_an_office_are_not_backed_up(empty_books: Engine, tmp_path: Path) -> None:
    with pytest.raises(SchemaUnknownError):
        backup_books(empty_books, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_sqlite_backup_is_not_restored_into_postgresql(
    sqlite_books: Engine, postgres_databases: Any, tmp_path: Path
) -> None:
    backup_books(sqlite_books, tmp_path / "backup")
    with postgres_databases.database() as address:
        engine = create_engine(address)
        with pytest.raises(BadInputError, match="postgresql"):
            restore_books(tmp_path / "backup", engine)
        engine.dispose()


def test_a_missing_program_is_named_with_its_package(
    postgres_books: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissingError, match="postgresql-client"):
        backup_books(postgres_books, tmp_path / "backup")
    assert list(tmp_path.glob("backup*")) == []


def test_a_password_is_given_to_the_program_by_a_file_of_its_own(
    postgres_books: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\necho "$@" > "$SEEN/words"\n'
        'for w in "$@"; do case $w in --dbname=*passfile=*) f=${w##*passfile=};; esac; done\n'
        'cat "$(printf \'%b\' "$(echo "$f" | sed \'s/%2F/\\//g\')")" > "$SEEN/password"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=os.pathsep)
    monkeypatch.setenv("SEEN", str(tmp_path))
    address = make_url(str(postgres_books.url)).set(password="a:b\\c")
    engine = create_engine(address)
    backup_books(engine, tmp_path / "backup")
    engine.dispose()
    assert (tmp_path / "password").read_text() == "*:*:*:*:a\\:b\\\\c\n"
    assert "a:b" not in (tmp_path / "words").read_text()


def _attach(books: Engine, folder: Path, content: bytes) -> str:
    stored = put_file(folder, io.BytesIO(content), most_bytes=10_000)
    with transaction(books) as db:
        db.execute(
            insert(attachment).values(
                **plain(attachment, case_id=1, kind=stored.kind.name, sha256=stored.sha256)
            )
        )
    return stored.sha256


def test_files_of_cases_are_saved_beside_the_books_and_come_back(
    written_books: Engine, empty_books: Engine, tmp_path: Path
) -> None:
    store, elsewhere = tmp_path / "store", tmp_path / "elsewhere-files"
    sha256 = _attach(written_books, store, papers.PDF)
    assert backup_books(written_books, tmp_path / "saved" / "one", files=store)["files"] == 1
    assert backup_books(written_books, tmp_path / "saved" / "two", files=store)["files"] == 1
    kept = [path for path in (tmp_path / "saved" / "attachments").rglob("*") if path.is_file()]
    assert len(kept) == 1, "both backups share one copy"
    said = restore_books(tmp_path / "saved" / "one", empty_books, files=elsewhere)
    assert (said["files"], said["files_missing"]) == (1, [])
    with open_file(elsewhere, sha256) as found:
        assert found.read() == papers.PDF


def test_a_backup_says_which_files_are_lost_and_keeps_the_rest(
    written_books: Engine, empty_books: Engine, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    good, bad = (_attach(written_books, store, each) for each in (papers.PDF, papers.PNG))
    path_of(store, bad).write_bytes(b"rot")
    with pytest.raises(FilesMissingError) as refusal:
        backup_books(written_books, tmp_path / "saved" / "one", files=store)
    assert refusal.value.details["missing"] == [bad]
    said = restore_books(tmp_path / "saved" / "one", empty_books, files=tmp_path / "new")
    assert (said["files"], said["files_missing"]) == (1, [bad])
    open_file(tmp_path / "new", good).close()


def test_a_backup_of_books_with_files_is_refused_without_their_folder(
    written_books: Engine, tmp_path: Path
) -> None:
    _attach(written_books, tmp_path / "store", papers.PDF)
    with pytest.raises(FilesMissingError):
        backup_books(written_books, tmp_path / "one")
