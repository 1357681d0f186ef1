"""Kills and races for tests: a process that dies at its n-th statement, many hands at one gate."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import traceback
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from engine.database import open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

KILLED = 137
"""The exit code of a process that was killed with signal 9, as a shell shows it."""

MOST_STATEMENTS = 2000


class ChildFailedError(Exception):
    """The act did not die where it was told to, it failed by itself; the text is its traceback."""


def dies_at(url: str, n: int, act: Callable[[Engine], object]) -> bool:
    """Run `act` on books of its own process, which dies before its n-th statement or commit.

    False: the act has fewer of them and came through. Nothing of it is cleaned up: no rollback,
    no `finally`, no closed connection, just as after `kill -9`.
    """
    outcome = _Child(lambda: _act_until(url, n, act)).outcome()
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome is None


def crashes(fresh_url: Callable[[], str], act: Callable[[Engine], object]) -> Iterator[str]:
    """For n = 1, 2, … books in which `act` died at its n-th statement; ends when it passes.

    The last address given is that of the books in which the act came through.
    """
    for n in range(1, MOST_STATEMENTS):
        url = fresh_url()
        died = dies_at(url, n, act)
        yield url
        if not died:
            return
    raise AssertionError(f"the act has more than {MOST_STATEMENTS} statements")


@dataclass(frozen=True)
class Raced:
    """What each racer gave back, or the exception that met it, in the order of their numbers."""

    results: tuple[Any, ...]

    @property
    def winners(self) -> list[Any]:
        """What was given back by those who came through."""
        return [each for each in self.results if not isinstance(each, BaseException)]

    @property
    def losers(self) -> list[BaseException]:
        """Why the others did not."""
        return [each for each in self.results if isinstance(each, BaseException)]


def race(racers: int, act: Callable[[int], object]) -> Raced:
    """Let threads do `act(number)` at the same moment."""
    results: list[Any] = [None] * racers
    gate = threading.Barrier(racers)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = act(number)
        except Exception as refusal:  # noqa: BLE001 (a racer's refusal is a result)
            results[number] = refusal

    threads = [threading.Thread(target=run, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Raced(tuple(results))


def race_processes(url: str, racers: int, act: Callable[[Engine, int], object]) -> Raced:
    """Let processes, each with its own connection, do `act(books, number)` at the same moment."""
    gate = get_context("fork").Barrier(racers)

    def run(number: int) -> object:
        books = open_database(url)
        with books.connect():
            gate.wait()
        try:
            return act(books, number)
        finally:
            books.dispose()

    children = [_Child(lambda number=number: run(number)) for number in range(racers)]
    return Raced(tuple(child.outcome() for child in children))


def killed_after(
    words: int, seconds: float, act: Callable[[Callable[[str], None]], object]
) -> list[str]:
    """Run `act(say)` in a process of its own and kill it with signal 9 while it works.

    It dies so long after so many words; gives all that it said: work it had seen committed.
    """
    heard, said = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(heard)
            act(lambda word: _say(said, word))
        finally:
            os._exit(1)  # it was to work until it is killed
    os.close(said)
    with os.fdopen(heard, encoding="utf-8") as listening:
        first = [listening.readline() for _ in range(words)]
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        rest = listening.readlines()
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise ChildFailedError(f"the child ended by itself: {os.waitstatus_to_exitcode(status)}")
    return [word.rstrip("\n") for word in first + rest]


def _say(pipe: int, word: str) -> None:
    os.write(pipe, f"{word}\n".encode())


def _act_until(url: str, n: int, act: Callable[[Engine], object]) -> str:
    books = open_database(url)
    count = 0

    def step(*_: object, **__: object) -> None:
        nonlocal count
        count += 1
        if count == n:
            os._exit(KILLED)

    event.listen(books, "before_cursor_execute", step)
    event.listen(books, "commit", step)
    act(books)
    books.dispose()
    return "passed"


class _Child:
    """A forked process: it sees the parent's objects, but opens its own connections."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.answers, answer = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(answer)
            return
        os.close(self.answers)
        code = 1
        try:
            try:
                said = pickle.dumps(act())
            except Exception as error:  # noqa: BLE001 (told to the parent)
                said = _pickled(error)
            with os.fdopen(answer, "wb") as pipe:
                pipe.write(said)
            code = 0
        finally:
            os._exit(code)

    def outcome(self) -> Any:
        """What the child gave back or was refused; None when it was killed."""
        with os.fdopen(self.answers, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == KILLED:
            return None
        if code != 0 or not said:
            return ChildFailedError(f"the child ended with {code} and said nothing")
        return pickle.loads(said)


def _pickled(error: Exception) -> bytes:
    try:
        said = pickle.dumps(error)
        pickle.loads(said)
    except Exception:  # noqa: BLE001 (an exception that cannot travel travels as text)
        return pickle.dumps(ChildFailedError(traceback.format_exc()))
    return said
