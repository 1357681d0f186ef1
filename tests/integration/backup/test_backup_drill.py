"""The restore drill: backups taken while another process writes, each restored (F16)."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from engine.backup import backup_books, restore_books
from engine.database import open_database, reading, transaction
from engine.journal.seal import seal_journal
from engine.journal.tables import journal
from engine.journal.verify import verify
from tests.databases import PostgresDatabases, address_of
from tests.plain_rows import CASE, plain_case

if TYPE_CHECKING:
    from sqlalchemy import Engine

PROJECT = Path(__file__).resolve().parents[3]
WRITER = """
import sys
from engine.database import open_database, transaction
from tests.plain_rows import write_rows
books = open_database(sys.argv[1], lock_wait_seconds=30)
written = 0
while True:
    with transaction(books) as db:
        write_rows(db, sys.argv[2], 2)
    written += 2
    print(written, flush=True)
"""


class Writer:
    """A process that journals as fast as it can and says what is kept."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, url, CASE],
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        self._kept = 0
        self._first = threading.Event()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def acknowledged(self) -> int:
        """Rows that are kept at the least by now."""
        assert self._first.wait(60), "the writer began to write"
        return self._kept

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self._listener.join()
        self.process.wait()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._kept = int(line)
            self._first.set()


def _drill(
    books: Engine, backups: int, tmp_path: Path, databases: PostgresDatabases | None
) -> None:
    anchor = tmp_path / "journal.anchor"
    with transaction(books) as db:
        plain_case(db, CASE)
    writer = Writer(address_of(books))
    counts = []
    try:
        for number in range(backups):
            kept = writer.acknowledged()
            seal_journal(books, anchor)
            target = tmp_path / f"backup-{number}"
            backup_books(books, target)
            counts.append(_restored(target, tmp_path, databases, anchor))
            assert counts[-1] >= kept, "what was acknowledged before a backup is in it"
    finally:
        writer.kill()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "the writer wrote meanwhile"
    with reading(books) as db:
        assert verify(db, anchor).findings == []


def _restored(
    target: Path, tmp_path: Path, databases: PostgresDatabases | None, anchor: Path
) -> int:
    if databases is None:
        place = tmp_path / "restored.db"
        place.unlink(missing_ok=True)
        return _restore_and_check(target, f"sqlite:///{place}", anchor)
    with databases.database() as address:
        return _restore_and_check(target, address.render_as_string(hide_password=False), anchor)


def _restore_and_check(target: Path, url: str, anchor: Path) -> int:
    engine = open_database(url)
    restore_books(target, engine)
    with reading(engine) as db:
        assert verify(db, anchor).findings == []
        rows: Any = db.scalar(select(func.count()).select_from(journal))
        assert rows == db.scalar(text("SELECT journal_length FROM case_file"))
    engine.dispose()
    return int(rows)


def test_f16_ten_sqlite_backups_under_load_restore(sqlite_books: Engine, tmp_path: Path) -> None:
    _drill(sqlite_books, 10, tmp_path, None)


def test_f16_ten_postgresql_backups_under_load_restore(
    postgres_books: Engine, tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    _drill(postgres_books, 10, tmp_path, postgres_databases)


@pytest.mark.slow
def test_f16_thirty_sqlite_backups_under_load_restore(sqlite_books: Engine, tmp_path: Path) -> None:
    _drill(sqlite_books, 30, tmp_path, None)


@pytest.mark.slow
def test_f16_thirty_postgresql_backups_under_load_restore(
    postgres_books: Engine, tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    _drill(postgres_books, 30, tmp_path, postgres_databases)
