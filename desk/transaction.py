"""One transaction a request: a look for GET, a write for everything else, kept only on success."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, g, request

from engine.cases.training import clock_of, kind_and_clock
from engine.database import reading, transaction
from engine.journal.seal import seal_journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Connection, Engine

    from engine.clock import Clock
    from engine.config import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_REFUSAL = 400


class RequestBooks:
    """The books of one request, opened when a view first asks for them."""

    def __init__(self, books: Engine, *, writes: bool) -> None:
        self._books = books
        self._stack = ExitStack()
        self._db: Connection | None = None
        self._alone = False
        self.writes = writes

    def open(self) -> Connection:
        """The request's connection; begun on first use."""
        if self._db is None:
            opened = (
                transaction(self._books, alone=self._alone) if self.writes else reading(self._books)
            )
            self._db = self._stack.enter_context(opened)
        return self._db

    def hold_writers(self) -> None:
        """Begin alone: no other write is under way, none begins before the end.

        Raises:
            DatabaseBusyError: another write took too long.
        """
        if self._db is not None or not self.writes:
            raise AssertionError("a request holds writers before its first look at the books")
        self._alone = True
        self.open()

    def close(self, error: BaseException | None, *, keep: bool) -> bool:
        """End the transaction; gives whether something was written."""
        g.pop("request_books", None)
        written = self.writes and keep and self._db is not None
        if self._db is not None and not keep:
            self._db.rollback()
        kind = type(error) if error else None
        self._stack.__exit__(kind, error, error.__traceback__ if error else None)
        return written


def books() -> Engine:
    """The office's books as the application was given them."""
    engine: Engine = current_app.extensions["motcua_books"]
    return engine


def settings() -> Settings:
    """The installation's settings."""
    given: Settings = current_app.extensions["motcua_settings"]
    return given


def wall() -> Clock:
    """The clock on the wall: sessions and guesses are real time, also in a training office."""
    clock: Clock = current_app.extensions["motcua_wall"]
    return clock


def db() -> Connection:
    """The request's connection."""
    connection: Connection = g.request_books.open()
    return connection


def alone() -> None:
    """Hold all other writers back until the request ends; before the first `db()`."""
    g.request_books.hold_writers()


@dataclass(frozen=True)
class Frame:
    """What stands around every page: the kind of office and its clock."""

    training: bool
    clock: Clock


def frame() -> Frame:
    """Asked once a request; error pages have it too."""
    if "frame" not in g:
        with look() as connection:
            g.frame = Frame(*kind_and_clock(connection))
    found: Frame = g.frame
    return found


def office_clock() -> Clock:
    """The office's clock: the wall's, or a training office's own; a write asks on its own."""
    if request.method in SAFE_METHODS:
        return frame().clock
    if "office_clock" not in g:
        g.office_clock = clock_of(db())
    clock: Clock = g.office_clock
    return clock


def install_books(app: Flask) -> None:
    """End the look of a request that no view answered: a refusal, an error's page."""

    @app.teardown_request
    def forget(error: BaseException | None) -> None:
        if "request_books" in g:
            g.request_books.close(error, keep=False)


@contextmanager
def look() -> Iterator[Connection]:
    """The books for what stands around a view: who asks, the office's clock, messages.

    A GET has one look for everything. A write's own connection begins in its view, so what is
    asked around it is read apart.
    """
    if request.method in SAFE_METHODS:
        yield _begun().open()
    else:
        with reading(books()) as connection:
            yield connection


@contextmanager
def request_books() -> Iterator[RequestBooks]:
    """Open nothing yet; a view's `db()` begins, the end of the request keeps or forgets."""
    found = _begun()
    try:
        yield found
    except BaseException as error:
        found.close(error, keep=False)
        raise


def _begun() -> RequestBooks:
    if "request_books" not in g:
        g.request_books = RequestBooks(books(), writes=request.method not in SAFE_METHODS)
    begun: RequestBooks = g.request_books
    return begun


def finish(found: RequestBooks, status: int) -> None:
    """Keep what was written when the answer is no refusal, then seal the journal."""
    if found.close(None, keep=status < FIRST_REFUSAL):
        seal()


def seal() -> None:
    """Seal the journal after writes of their own; a request's own write is sealed at its end."""
    seal_journal(books(), settings().anchor_file)


@contextmanager
def apart() -> Iterator[Connection]:
    """A write of its own, kept whatever becomes of the request: counted guesses, rows of a batch.

    The request's own connection must not write meanwhile.
    """
    with transaction(books()) as connection:
        yield connection
