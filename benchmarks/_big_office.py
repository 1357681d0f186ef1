"""A training office with as many cases as a figure wants, served as in production.

The cases are rows copied inside the database from two that real commands made: one just received,
one that waits for its examiner. So the engine's state, steps and timers of every open case are
real, and a clerk can complete any of them.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import column, insert, table, text

from desk.app import secret_of
from engine.cases.complete_step import complete_step
from engine.cases.intake.receive_case import receive_case
from engine.cases.search_text import folded
from engine.cases.steps import open_steps
from engine.cases.tables import case, case_state, step, timer
from engine.cases.training import clock_of
from engine.catalog.extension import StepKind
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import UtcInstant, open_database, transaction
from engine.migrations.upgrade import upgrade
from engine.open_office import TRAINING_AGENCY, open_office
from engine.staff.sign_in import open_session

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))  # the PostgreSQL server of the tests
from tests.databases import PostgresDatabases, postgres_server  # noqa: E402 (see above)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine, Table

PORT = int(os.environ.get("MOTCUA_BENCH_PORT", "8731"))
HOST = f"http://127.0.0.1:{PORT}"
NUMBER = f"{TRAINING_AGENCY}-260101-"
FIRST = 100_000

FAMILIES = ("Nguyễn Văn", "Trần Thị", "Lò Văn", "Giàng A", "Vàng Thị", "Phạm Đức", "Sùng A")
GIVEN = ("Hùng", "Lan", "Minh", "Páo", "Sua", "Thắng", "Mai", "Sơn", "Hoa", "Dế", "Yến")
DUES = 800

# Of 20 open cases: 1 submitted, 5 received, 11 under examination, 2 waiting, 1 to be returned.
STATUSES = (1, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 9)
FINISHED, RETURNED = 9, 10


@contextlib.contextmanager
def big_office(kind: str, *, cases: int, open_cases: int) -> Iterator[tuple[Engine, Settings]]:
    """Books of a kind with so many cases, of which so many are not returned yet."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        url = f"sqlite:///{folder}/office.db"
        if kind == "postgresql":
            databases = PostgresDatabases(
                stack.enter_context(postgres_server()), f"bench_{os.getpid()}"
            )
            stack.callback(databases.admin.dispose)
            address = stack.enter_context(databases.database())
            url = address.render_as_string(hide_password=False)
        settings = Settings(
            database_url=url,
            anchor_file=folder / "journal.anchor",
            secret_file=folder / "desk.key",
            bind=f"127.0.0.1:{PORT}",
            desk_workers=2,
        )
        books = open_database(url, lock_wait_seconds=30)
        stack.callback(books.dispose)
        upgrade(books)
        with transaction(books) as db:
            open_office(
                db, SystemClock(), root=settings.procedures_root, training=True, revision="bench"
            )
        start = time.perf_counter()
        _fill(books, cases, open_cases)
        spent = time.perf_counter() - start
        print(f"  {kind}: {cases:,} cases, {open_cases:,} open, made in {spent:.0f} s", flush=True)
        yield books, settings


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[None]:
    """The desk as `motcua serve` runs it: gunicorn, two workers."""
    given = {
        f"MOTCUA_{name.upper()}": str(getattr(settings, name))
        for name in ("database_url", "anchor_file", "secret_file", "bind", "desk_workers")
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "desk.command_line.main", "serve"],
        cwd=PROJECT,
        env={**os.environ, **given},
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{HOST}/track", timeout=5).read()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def cookie_of(books: Engine, settings: Settings, officer: str) -> str:
    """The session cookie of an officer who has just signed in."""
    with transaction(books) as db:
        token = open_session(db, SystemClock(), officer_code=officer, hours=4)
    app = Flask(__name__)
    app.secret_key = secret_of(settings.secret_file)
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"motcua={serializer.dumps({'_user_id': token, '_fresh': True})}"


def number_of(i: int) -> str:
    """The number of the i-th case, from 1."""
    return f"{NUMBER}{FIRST + i}"


def _fill(books: Engine, cases: int, open_cases: int) -> None:
    received, examined = _templates(books)
    with transaction(books) as db:
        _small_tables(db)
        for status in dict.fromkeys(STATUSES):
            places = [p for p, each in enumerate(STATUSES) if each == status]
            _copy_case(db, received, status, 1, open_cases, places)
        _copy_case(db, received, RETURNED, open_cases + 1, cases, None)
        for template, statuses in ((received, "2"), (examined, "4, 5")):
            _copy_rows(db, step, template, statuses, "AND t.state = 'open'")
            _copy_rows(db, case_state, template, statuses, "")
            _copy_rows(db, timer, template, statuses, "AND t.state = 'armed'")
        db.execute(
            text(
                "UPDATE step SET officer_code = 'cv.thamdinh1' "
                "WHERE kind = 'examine' AND state = 'open' AND case_id % 3 = 0"
            )
        )
    with books.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("ANALYZE"))


def _templates(books: Engine) -> tuple[int, int]:
    """Keys of a case just received and of one that waits for its examiner."""
    keys = []
    for until in (StepKind.RECEIVE, StepKind.EXAMINE):
        with transaction(books) as db:
            clock = clock_of(db)
            file = receive_case(
                db,
                clock,
                procedure="1.009994",
                agency=TRAINING_AGENCY,
                owner="Mẫu",
                channel="counter",
            )
            while (row := open_steps(db, file.id)[0]).kind != until:
                file = complete_step(db, clock, number=file.number, step_id=row.task_id)
            keys.append(file.id)
    return keys[0], keys[1]


def _small_tables(db: Connection) -> None:
    """Due dates from two weeks ago to six weeks ahead, and names."""
    instant = "timestamptz" if db.dialect.name == "postgresql" else "text"
    db.execute(text(f"CREATE TEMPORARY TABLE due (k INTEGER PRIMARY KEY, at {instant})"))
    db.execute(text("CREATE TEMPORARY TABLE owner (k INTEGER PRIMARY KEY, name TEXT, plain TEXT)"))
    now = clock_of(db).now()
    db.execute(
        insert(table("due", column("k"), column("at", UtcInstant))),
        [{"k": k, "at": now + timedelta(minutes=97 * (k - 200))} for k in range(DUES)],
    )
    names = [f"{family} {given}" for family in FAMILIES for given in GIVEN]
    db.execute(
        text("INSERT INTO owner VALUES (:k, :name, :plain)"),
        [{"k": k, "name": name, "plain": folded(name)} for k, name in enumerate(names)],
    )


def _copy_case(
    db: Connection, template: int, status: int, low: int, high: int, places: list[int] | None
) -> None:
    """Cases of one status; `places` are those of `STATUSES` that it has."""
    at = "due.at" if status != 1 else "NULL"
    given: dict[str, Any] = {
        "number": f"'{NUMBER}' || ({FIRST} + i)",
        "version": "1",
        "journal_length": "0",
        "journal_hash": "genesis.hash",
        "status": str(status),
        "owner_name": "owner.name",
        "search_text": f"'{NUMBER.lower()}' || ({FIRST} + i) || ' ' || owner.plain",
        "registered_at": "t.registered_at" if status < FINISHED else "due.at",
        "received_at": "NULL" if status == 1 else "t.received_at",
        "due_original_at": at,
        "due_appointed_at": at,
        "finished_at": "due.at" if status >= FINISHED else "NULL",
        "returned_at": "due.at" if status == RETURNED else "NULL",
        "verdict": "'on_time'" if status >= FINISHED else "NULL",
    }
    names = [c.name for c in case.columns if c.name != "id"]
    which = "" if places is None else f"AND i % {len(STATUSES)} IN ({str(places)[1:-1]})"
    db.execute(
        text(
            f"INSERT INTO case_file ({', '.join(names)}) "
            "WITH RECURSIVE numbers(i) AS (SELECT CAST(:low AS INTEGER) UNION ALL "
            "SELECT i + 1 FROM numbers WHERE i < :high) "
            f"SELECT {', '.join(given.get(name, f't.{name}') for name in names)} "
            "FROM numbers JOIN case_file t ON t.id = :template "
            f"JOIN due ON due.k = (i % 100003) * 7919 % {DUES} "
            f"JOIN owner ON owner.k = (i % 100003) * 31 % {len(FAMILIES) * len(GIVEN)} "
            "JOIN (SELECT previous_hash AS hash FROM journal WHERE stream_sequence = 1 LIMIT 1) "
            f"AS genesis ON 1 = 1 WHERE i <= :high {which}"
        ),
        {"low": low, "high": high, "template": template},
    )


def _copy_rows(db: Connection, rows: Table, template: int, statuses: str, which: str) -> None:
    """The template's rows of a table for every copied case of some statuses."""
    names = [c.name for c in rows.columns if c.name not in ("id", "case_id")]
    given = {"case_status": "c.status", "case_due_at": "c.due_original_at"}
    db.execute(
        text(
            f"INSERT INTO {rows.name} (case_id, {', '.join(names)}) "
            f"SELECT c.id, {', '.join(given.get(name, f't.{name}') for name in names)} "
            f"FROM {rows.name} t JOIN case_file c ON c.number LIKE '{NUMBER}%' "
            f"AND c.status IN ({statuses}) WHERE t.case_id = :template {which}"
        ),
        {"template": template},
    )
