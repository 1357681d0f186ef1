"""Ten endpoints, one of them hostile: how much later the other nine get their messages.

Twice the same stream of events, once with ten healthy endpoints and once with one that never
answers. The figure is the time from the commit of an event to its arrival at the nine. Goal: the
hostile one delays the others by at most 1 s.
"""

from __future__ import annotations

import socket
import statistics
import tempfile
import threading
import time
from typing import TYPE_CHECKING

from engine.clock import SystemClock
from engine.database import open_database, transaction
from engine.events.steps import StepClaimed
from engine.journal.append import GENESIS, Head, append
from engine.migrations.upgrade import upgrade
from tests.databases import PostgresDatabases, postgres_server
from tests.partners import Came, Reply, partner
from webhooks.address import Reach
from webhooks.courier import Courier
from webhooks.endpoints import add_endpoint

if TYPE_CHECKING:
    from sqlalchemy import Engine

EVENTS = 200
PAUSE_SECONDS = 0.1
OTHERS = 9
SETTLE_SECONDS = 120


def delays(books: Engine, *, hostile: bool) -> list[float]:
    """Seconds from commit to arrival, of every event at every one of the nine."""
    written: dict[str, float] = {}
    found: list[float] = []

    def note(came: Came) -> Reply:
        found.append(time.monotonic() - written[came.said["subject"]])
        return Reply()

    silent = socket.create_server(("127.0.0.1", 0), backlog=128)  # connects, never answers
    with partner(note) as there, partner() as tenth:
        bad = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with transaction(books) as db:
            for number in range(OTHERS):
                add_endpoint(db, SystemClock(), code=f"p{number}", url=there.url)
            add_endpoint(db, SystemClock(), code="bad", url=bad if hostile else tenth.url)
        stop = threading.Event()
        courier = Courier(books, SystemClock(), Reach.parse("127.0.0.1"))
        thread = threading.Thread(target=courier.run, args=(stop,))
        thread.start()
        time.sleep(3)  # all routes are up
        for number in range(EVENTS):
            case = f"H35.12-261116-{number:05}"
            written[case] = time.monotonic()
            with transaction(books) as db:
                append(
                    db,
                    stream=case,
                    head=Head(0, GENESIS),
                    at=SystemClock().now(),
                    actor="cb.a",
                    events=[StepClaimed(step="b", task="t", officer="cb.a")],
                )
            time.sleep(PAUSE_SECONDS)
        end = time.monotonic() + SETTLE_SECONDS
        while len(found) < EVENTS * OTHERS and time.monotonic() < end:
            time.sleep(0.1)
        stop.set()
        silent.close()
        thread.join()
    return found


def row(name: str, alone: list[float], beside: list[float]) -> str:
    """Both runs in one line."""

    def p99(values: list[float]) -> float:
        return statistics.quantiles(values, n=100)[98]

    whole = EVENTS * OTHERS
    return (
        f"{name:>10}  p50 {statistics.median(alone):.2f} → {statistics.median(beside):.2f} s"
        f"  p99 {p99(alone):.2f} → {p99(beside):.2f} s  max {max(alone):.2f} → {max(beside):.2f} s"
        f"  later by {p99(beside) - p99(alone):+.2f} s  arrived {len(beside)}/{whole}"
    )


def opened(url: str) -> Engine:
    """Migrated, empty books."""
    books = open_database(url, lock_wait_seconds=60)
    upgrade(books)
    return books


def main() -> None:
    """Print a line for each database."""
    print(f"{EVENTS} events to {OTHERS} endpoints, beside a healthy one → beside a hostile one")
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            delays(opened(f"sqlite:///{folder}/{hostile}.db"), hostile=hostile)
            for hostile in (False, True)
        ]
        print(row("SQLite", *runs))
    with postgres_server() as server:
        databases = PostgresDatabases(server, "bench")
        runs = []
        for hostile in (False, True):
            with databases.database() as address:
                books = opened(address.render_as_string(hide_password=False))
                runs.append(delays(books, hostile=hostile))
                books.dispose()
        print(row("PostgreSQL", *runs))
        databases.admin.dispose()


if __name__ == "__main__":
    main()
