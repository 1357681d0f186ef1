"""Backups (sao lưu): a copy taken while the office works, proved before it is called one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, MetaData, inspect, text

from engine.cases.intake.attach_file import contents_in_use
from engine.cases.intake.attachment_tables import attachment
from engine.database import open_database, reading, transaction
from engine.documents.file_store import copy_files
from engine.errors import BadInputError, OfficeError
from engine.journal.verify import Verification, verify
from engine.migrations.upgrade import SchemaUnknownError, known_revisions, revision_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

SQLITE_HEAD = b"SQLite format 3\0"
POSTGRES_HEAD = b"PGDMP"
FILES_BESIDE = "attachments"
"""Folder beside a backup for files of cases; all backups of one folder share it."""


class BackupExistsError(OfficeError):
    """A backup is never written over something that is there."""

    code = "backup_exists"


class BackupUnusableError(OfficeError):
    """A file is not a whole, unbroken copy of an office's books."""

    code = "backup_unusable"


class BackupUnwritableError(OfficeError):
    """The place for a backup cannot be written, or is full."""

    code = "backup_unwritable"


class BooksNotEmptyError(OfficeError):
    """A backup is never put over books that hold something."""

    code = "books_not_empty"


class FilesMissingError(OfficeError):
    """The books are saved, but files that they name are lost or damaged."""

    code = "files_missing"


class ToolMissingError(OfficeError):
    """A program of the database that the machine lacks."""

    code = "tool_missing"


def backup_books(books: Engine, target: Path, *, files: Path | None = None) -> dict[str, Any]:
    """Copy the books as they are at one moment; the office goes on writing meanwhile.

    `files` is the folder with files of cases: those that the books name go into the folder
    `attachments` beside the target, each content once for all backups there.

    The copy's journal is verified. When that fails the copy is kept as TARGET.unverified, for
    it may be all that is left, and refused.

    Raises:
        BackupExistsError: the target is there already.
        BackupUnwritableError: the target cannot be written.
        BackupUnusableError: the books are damaged or their journal is broken.
        FilesMissingError: the books are saved, but some of their files could not be.
        SchemaUnknownError: the books are not an office's.
        ToolMissingError: pg_dump is not on PATH (PostgreSQL only).
    """
    _refuse_existing(target)
    _refuse_unknown(revision_of(books))
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)  # people's data: for its owner alone
    except OSError as cause:
        raise BackupUnwritableError(
            f"Expected a place for the backup at {target}, but {cause.strerror}", target=str(target)
        ) from cause
    try:
        copy = _copy_sqlite if books.dialect.name == "sqlite" else _dump_postgres
        result = copy(books, partial)
        _refuse_existing(target)
        kept = target if result.ok else target.with_name(target.name + ".unverified")
        _put_in_place(partial, kept)
    finally:
        partial.unlink(missing_ok=True)
    if not result.ok:
        raise BackupUnusableError(
            f"Expected an unbroken journal, but {result.findings[0].message}: the copy is kept"
            f" as {kept.name}",
            findings=result.as_json()["findings"],
        )
    # Rows are never deleted: what the books name now is at least what the copy names.
    kept_files, lost = _copy_files(books, files, target.parent / FILES_BESIDE)
    if lost:
        raise FilesMissingError(
            f"Expected every file of a case, but {len(lost)} of {kept_files + len(lost)} are lost"
            f" or damaged: the books and the other files are saved at {target}",
            missing=lost,
        )
    return _summary(target, books, result) | {"files": kept_files}


def restore_books(source: Path, books: Engine, *, files: Path | None = None) -> dict[str, Any]:
    """Put a backup where no books are yet; its journal is verified first.

    `files` is the folder that gets the files of cases; `files_missing` in the answer names those
    that the backup has not: the books are worth having without them.

    A backup of an older revision is restored as it is: `motcua init` upgrades it.

    Raises:
        BooksNotEmptyError: there is something in the books; it is left as it was.
        BackupUnusableError: the backup is damaged, or its journal is broken.
        SchemaUnknownError: the backup is of a newer program, or not of an office.
        BadInputError: the backup is of another kind of database.
        ToolMissingError: pg_restore is not on PATH (PostgreSQL only).
    """
    _refuse_other_kind(source, books)
    with books.connect() as db:
        tables = inspect(db).get_table_names()
    if tables:
        raise BooksNotEmptyError(
            f"Expected empty books to restore into, but they hold {len(tables)} tables:"
            " nothing was overwritten",
            tables=sorted(tables),
        )
    put = _put_sqlite if books.dialect.name == "sqlite" else _load_postgres
    result = put(source, books)
    target = files if files is not None else source.parent / FILES_BESIDE
    kept_files, lost = _copy_files(books, source.parent / FILES_BESIDE, target)
    return _summary(source, books, result) | {"files": kept_files, "files_missing": lost}


def _copy_files(books: Engine, source: Path | None, target: Path) -> tuple[int, list[str]]:
    with reading(books) as db:
        if not inspect(db).has_table(attachment.name):
            return 0, []  # books of an older revision
        wanted = contents_in_use(db)
    lost = copy_files(wanted, source, target) if source is not None else wanted
    return len(wanted) - len(lost), lost


def _copy_sqlite(books: Engine, partial: Path) -> Verification:
    with closing(books.raw_connection()) as source, closing(sqlite3.connect(partial)) as copy:
        raw: Any = source.driver_connection
        raw.backup(copy)  # one step: writers go on, a reader's view is what is copied
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, readable from any medium
    return _proved_sqlite(partial)


def _put_sqlite(source: Path, books: Engine) -> Verification:
    place = Path(books.url.database or "")
    partial = place.with_name(place.name + ".restoring")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        address = f"{source.resolve().as_uri()}?mode=ro"
        with (
            _damage_told(source),
            closing(sqlite3.connect(address, uri=True)) as backup,
            closing(sqlite3.connect(partial)) as copy,
        ):
            backup.backup(copy)
        result = _proved_sqlite(partial)
        _refuse_broken(source, result)
        books.dispose()
        for left_over in ("-wal", "-shm"):
            place.with_name(place.name + left_over).unlink(missing_ok=True)
        _put_in_place(partial, place)
    finally:
        partial.unlink(missing_ok=True)
    return result


def _proved_sqlite(copy: Path) -> Verification:
    with _damage_told(copy), closing(sqlite3.connect(copy)) as db:
        said = db.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise BackupUnusableError(f"Expected whole books in {copy.name}, but {said}")
    engine = open_database(f"sqlite:///{copy}")
    try:
        _refuse_unknown(revision_of(engine))
        with reading(engine) as db:
            result = verify(db, None)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(copy)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    return result


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as cause:
        raise BackupUnusableError(f"Expected whole books in {file.name}, but {cause}") from cause


def _dump_postgres(books: Engine, partial: Path) -> Verification:
    program = _program("pg_dump")
    with books.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        # What is verified and what is dumped is the same moment, while others go on writing.
        moment = db.scalar(text("SELECT pg_export_snapshot()"))
        result = verify(db, None)
        with _libpq_address(books.url) as address:
            _run(
                [
                    program,
                    "--format=custom",
                    "--no-owner",
                    "--no-privileges",
                    f"--snapshot={moment}",
                    f"--file={partial}",
                    f"--dbname={address}",
                ]
            )
    return result


def _load_postgres(source: Path, books: Engine) -> Verification:
    program = _program("pg_restore")
    with _libpq_address(books.url) as address:
        _run(
            [
                program,
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                f"--dbname={address}",
                str(source),
            ]
        )
    try:
        _refuse_unknown(revision_of(books))
        with reading(books) as db:
            result = verify(db, None)
        _refuse_broken(source, result)
    except OfficeError:
        with transaction(books) as db:
            _empty(db)
        raise
    return result


def _empty(db: Connection) -> None:
    restored = MetaData()
    restored.reflect(db)
    restored.drop_all(db)
    db.execute(text("DROP FUNCTION IF EXISTS refuse_change()"))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissingError(
            f"Expected {name} on PATH, but it is not there: apt-get install postgresql-client",
            program=name,
        )
    return found


@contextmanager
def _libpq_address(url: URL) -> Iterator[str]:
    public = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query=url.query,
    )
    if not url.password:
        yield public.render_as_string()
        return
    # A password in the address would be seen by everybody who lists processes.
    with TemporaryDirectory() as folder:
        password_file = Path(folder) / "pgpass"
        password_file.touch(mode=0o600)
        escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
        password_file.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
        yield public.update_query_dict({"passfile": str(password_file)}).render_as_string()


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise BackupUnusableError(
            f"Expected {Path(words[0]).name} to succeed, but it said: {said[0]}",
            exit_code=done.returncode,
        )


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise BackupExistsError(
            f"Expected a new file, but {target} is there: nothing was overwritten",
            file=str(target),
        )


def _refuse_unknown(revision: str | None) -> None:
    if revision not in known_revisions():
        raise SchemaUnknownError(
            f"Expected books of a known revision, but they are at {revision or 'none'}",
            found=revision,
        )


def _refuse_broken(source: Path, result: Verification) -> None:
    if not result.ok:
        raise BackupUnusableError(
            f"Expected an unbroken journal in {source.name}, but {result.findings[0].message}",
            findings=result.as_json()["findings"],
        )


def _refuse_other_kind(source: Path, books: Engine) -> None:
    try:
        with source.open("rb") as file:
            head = file.read(len(SQLITE_HEAD))
    except OSError as cause:
        raise BadInputError(
            f"Expected a backup at {source}, but {cause.strerror}", file=str(source)
        ) from cause
    kinds = {"sqlite": SQLITE_HEAD, "postgresql": POSTGRES_HEAD}
    if not head.startswith(kinds[books.dialect.name]):
        raise BadInputError(
            f"Expected a backup of {books.dialect.name} books, but {source.name} is none",
            file=str(source),
        )


def _put_in_place(partial: Path, target: Path) -> None:
    _see_on_disk(partial)
    partial.replace(target)
    _see_on_disk(target.parent)


def _see_on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _summary(file: Path, books: Engine, result: Verification) -> dict[str, Any]:
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        "revision": revision_of(books),
        "journal_rows": result.rows,
        "journal_batches": result.batches,
        "unsealed_rows": result.unsealed_rows,
    }
