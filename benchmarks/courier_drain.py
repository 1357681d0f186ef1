"""A queue of 100,000 events, drained by couriers of their own process to one endpoint.

First a healthy endpoint: goal ≥ 200 messages a second. Then one that refuses every tenth request,
while the courier is killed with signal 9 again and again: goal 0 lost, order per case kept. In
that run the courier's clock runs 600 times faster, so that the waits of the schedule fit.
`python benchmarks/courier_drain.py [EVENTS]` takes another number.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.clock import SystemClock
from engine.database import open_database, reading, transaction
from engine.events.steps import StepClaimed
from engine.journal.append import GENESIS, Head, append
from engine.migrations.upgrade import upgrade
from tests.databases import PostgresDatabases, postgres_server
from webhooks.address import Reach
from webhooks.courier import Courier
from webhooks.endpoints import add_endpoint, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = 100_000
EACH = 10
KILLS = 5
FAST = 600.0
GIVE_UP_SECONDS = 1800


@dataclass(frozen=True)
class FastClock:
    """Runs so many times faster than the wall's since an instant that all processes know."""

    since: datetime
    factor: float

    def now(self) -> datetime:
        """The instant by this clock."""
        return self.since + (SystemClock().now() - self.since) * self.factor


class Receiver:
    """Notes every message; refuses a share of them."""

    def __init__(self, refuse: float) -> None:
        self.refuse = refuse
        self.chance = random.Random(1)
        self.requests = 0
        self.taken: dict[bytes, int] = {}
        self.first_taken: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                more = _received(connection)
                if not more:
                    return
                buffer += more
            head, buffer = buffer.split(b"\r\n\r\n", 1)
            fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
            length = int(fields[b"Content-Length"])
            while len(buffer) < length:
                more = _received(connection)
                if not more:
                    return
                buffer += more
            buffer = buffer[length:]
            self.requests += 1
            if self.chance.random() < self.refuse:
                answer = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
            else:
                message_id = fields[b"webhook-id"]
                if message_id not in self.taken:
                    self.first_taken.append(message_id)
                self.taken[message_id] = self.taken.get(message_id, 0) + 1
                answer = b"HTTP/1.1 204 OK\r\n\r\n"
            try:
                connection.sendall(answer)
            except OSError:
                return


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""


def fill(url: str, events: int, endpoint: str) -> dict[bytes, bytes]:
    """Real journal rows of made-up cases; gives the case of every message id."""
    books = open_database(url, lock_wait_seconds=60)
    upgrade(books)
    at = SystemClock().now()
    happened = [StepClaimed(step=f"b{n:02}", task=f"t{n}", officer="cb.a") for n in range(EACH)]
    with transaction(books) as db:
        for case in range(events // EACH):
            append(
                db,
                stream=f"H35.12-261116-{case:05}",
                head=Head(0, GENESIS),
                at=at,
                actor="cb.a",
                events=happened,
            )
        add_endpoint(db, SystemClock(), code="p", url=endpoint, from_sequence=0)
    with reading(books) as db:
        rows = db.exec_driver_sql("SELECT sequence, hash, stream FROM journal ORDER BY sequence")
        cases = {
            f"evt_{row.sequence}_{bytes(row.hash)[:12].hex()}".encode(): row.stream.encode()
            for row in rows
        }
    books.dispose()
    return cases


@contextmanager
def courier(url: str, since: datetime, factor: float) -> Iterator[subprocess.Popen[bytes]]:
    """A courier in a process of its own; it ends by signal 9."""
    words = [sys.executable, __file__, "courier", url, since.isoformat(), str(factor)]
    process = subprocess.Popen(words)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(receiver: Receiver, count: int) -> None:
    """Until so many different messages were taken."""
    end = time.monotonic() + GIVE_UP_SECONDS
    while len(receiver.taken) < count and time.monotonic() < end:
        time.sleep(0.05)


def healthy(url: str, events: int) -> str:
    """Messages a second, from the first one taken to the last."""
    receiver = Receiver(0.0)
    fill(url, events, receiver.url)
    with courier(url, SystemClock().now(), 1.0):
        wait_for(receiver, 1)
        start = time.monotonic()
        wait_for(receiver, events)
        seconds = time.monotonic() - start
    lost = events - len(receiver.taken)
    return f"{events / seconds:>8.0f}/s  lost {lost}  sent twice {receiver.requests - events}"


def failing(url: str, events: int) -> str:
    """What is lost, and what came out of order, while couriers are killed."""
    receiver = Receiver(0.1)
    cases = fill(url, events, receiver.url)
    since = SystemClock().now()
    start = time.monotonic()
    for kill in range(KILLS):
        with courier(url, since, FAST):
            wait_for(receiver, events * (kill + 1) // (KILLS + 1))
    with courier(url, since, FAST):
        wait_for(receiver, events)
        settled = _settled(url)
    seconds = time.monotonic() - start
    lost = events - len(receiver.taken)
    twice = sum(receiver.taken.values()) - len(receiver.taken)
    last: dict[bytes, int] = {}
    astray = 0
    for message_id in receiver.first_taken:
        sequence = int(message_id.split(b"_")[1])
        case = cases[message_id]
        astray += sequence < last.get(case, 0)
        last[case] = max(sequence, last.get(case, 0))
    return (
        f"{events / seconds:>8.0f}/s  lost {lost}  out of order {astray}  taken twice {twice}  "
        f"refused {receiver.requests - twice - len(receiver.taken)}  left waiting {settled}"
    )


def _settled(url: str) -> int:
    """Rows that still wait once the books say that nothing is behind; 0 in the end."""
    books = open_database(url, lock_wait_seconds=60)
    end = time.monotonic() + GIVE_UP_SECONDS
    while True:
        with reading(books) as db:
            (state,) = listed(db)
        left = int(state["waiting"] + state["dead"] + state["behind"])
        if left == 0 or time.monotonic() > end:
            books.dispose()
            return left
        time.sleep(0.2)


def main() -> None:
    """Print a line for each database and run."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    print(f"{events} events; goals: healthy ≥ 200/s, failing with {KILLS} kills: 0 lost")
    runs = (("healthy", healthy), ("10 % fail", failing))
    for name, run in runs:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{'SQLite':>10}  {name:>9}  {run(f'sqlite:///{folder}/books.db', events)}")
    with postgres_server() as server:
        databases = PostgresDatabases(server, "bench")
        for name, run in runs:
            with databases.database() as address:
                url = address.render_as_string(hide_password=False)
                print(f"{'PostgreSQL':>10}  {name:>9}  {run(url, events)}")
        databases.admin.dispose()


if __name__ == "__main__":
    if sys.argv[1:2] == ["courier"]:
        clock = FastClock(datetime.fromisoformat(sys.argv[3]), float(sys.argv[4]))
        books_here = open_database(sys.argv[2], lock_wait_seconds=60)
        Courier(books_here, clock, Reach.parse("127.0.0.1")).run(threading.Event())
    else:
        main()
