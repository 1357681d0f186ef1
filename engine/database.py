"""The books: one engine, one transaction, instants that are always UTC and aware."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from engine.errors import BadInputError, OfficeError
from engine.prepared import run_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the office; the rooms add theirs."""

_WRITES = "motcua_writes"
_WITHOUT_ZONE = len("2026-11-16T00:30:00.000000")
JOURNAL_LOCK = 0x6D6F7463
"""Advisory lock on PostgreSQL: writers share it, the journal's sealer takes it alone."""


class DatabaseBusyError(OfficeError):
    """Somebody else held the books longer than a write may wait; nothing was changed."""

    code = "database_busy"


@lru_cache(maxsize=1024)  # a command writes its one instant into many rows
def instant_text(at: datetime) -> str:
    """An instant's one spelling, in SQLite and in hashes: UTC, microseconds, sortable."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:_WITHOUT_ZONE] + "Z"


class UtcInstant(TypeDecorator[datetime]):
    """An aware UTC instant: timestamptz on PostgreSQL, sortable ISO text on SQLite."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The column type of this database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What is written; a naive instant is a programming error and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive instant must not reach the database")
        if dialect.name == "postgresql":
            return value
        return instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What is read: UTC and aware."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]  # psycopg gives aware datetimes
        return datetime.fromisoformat(value)


def open_database(
    url: str, *, lock_wait_seconds: float = 5.0, idle_seconds: float | None = None
) -> Engine:
    """Connect to the books; creates the folder of a SQLite file, not its tables.

    `idle_seconds`: PostgreSQL ends a transaction whose process says nothing for so long, so that
    one that was stopped holds no lock for ever. SQLite cannot: there one process writes at a time.

    Raises:
        BadInputError: the address is not one of SQLite or PostgreSQL.
    """
    try:
        address = make_url(url)
    except ArgumentError as cause:
        raise BadInputError(f"Expected a database address, but got {url!r}") from cause
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, connect_args={"timeout": lock_wait_seconds})
        _make_sqlite_durable(engine)
    elif address.get_backend_name() == "postgresql":
        # A plan made for any value reads whole tables where one agency's few rows are asked for.
        told = ["plan_cache_mode=force_custom_plan"]
        if idle_seconds is not None:
            told.append(f"idle_in_transaction_session_timeout={int(idle_seconds * 1000)}")
        options = {"options": " ".join(f"-c {each}" for each in told)}
        engine = create_engine(address, pool_pre_ping=True, connect_args=options)
        _make_postgres_polite(engine, lock_wait_seconds)
    else:
        raise BadInputError(
            f"Expected sqlite:///… or postgresql+psycopg://…, but got {address.drivername}"
        )
    return engine


@contextmanager
def transaction(engine: Engine, *, alone: bool = False) -> Iterator[Connection]:
    """One command's work: all of it is kept, or nothing. This is the only place that commits.

    `alone` waits until no other write is under way and lets none begin before the end: every
    journal row up to the highest visible sequence is then committed, so a reader that follows
    the journal by sequence cannot skip one that came late.

    Raises:
        DatabaseBusyError: the write waited too long for another one.
    """
    try:
        with engine.connect().execution_options(
            **{_WRITES: "alone" if alone else "shared"}
        ) as connection:
            connection.begin()
            yield connection
            connection.commit()
    except OperationalError as cause:
        if _is_busy(cause):
            raise DatabaseBusyError(
                "Expected the books to be free within the waiting time, but another write"
                " holds them: nothing was saved, try again"
            ) from cause
        raise


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A look at the books that changes nothing.

    SQLite shows one moment, PostgreSQL shows each statement the moment in which it begins.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.begin()  # a prepared statement does not begin by itself
        yield connection


def _make_sqlite_durable(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves, see below
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A deferred transaction that turns into a write fails at once when another one
        # writes; an immediate one waits its turn.
        writes = _WRITES in connection.get_execution_options()
        run_plain(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_postgres_polite(engine: Engine, lock_wait_seconds: float) -> None:
    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        if writes:
            lock = "pg_advisory_xact_lock" if writes == "alone" else "pg_advisory_xact_lock_shared"
            run_plain(
                connection,
                f"SET LOCAL lock_timeout = {int(lock_wait_seconds * 1000)};"
                f"SELECT {lock}({JOURNAL_LOCK})",
            )


def _is_busy(error: OperationalError) -> bool:
    text = str(error.orig)
    return "database is locked" in text or "lock timeout" in text or "lock_not_available" in text
