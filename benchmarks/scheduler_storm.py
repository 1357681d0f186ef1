"""Due timers by the thousand: a storm with kills, the morning after an outage, an idle office.

Each timer has its real effect: the case locked and looked at again, journal, inboxes, the next
rung of the escalation. Databases wait for the disk at each commit. Beside it, in the same run,
what an office without a timer table does: one APScheduler job per deadline.

    storm    36,000 timers due at one instant, 2 schedulers, 5 times kill -9: each once, ≤ 300 s
    outage   10,000 timers after 72 hours down, 1 scheduler: each once, ≤ 120 s
    idle     from the due instant to fired, a real scheduler process: p99 ≤ 2 s
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from engine.cases.tables import office as office_table
from engine.cases.tables import timer
from engine.clock import SystemClock, office_instant
from engine.database import open_database, reading, transaction
from engine.migrations.upgrade import upgrade
from tests.builders import PROJECT, TrainingOffice
from tests.crowd import alerts, crowd, only, set_clock
from tests.databases import address_of, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

KILLS = 5
AFTER_THREE_DAYS = office_instant("2026-11-22T17:00")
WARNINGS = ("OVERDUE", "DUE_SOON", "APOLOGY_MISSED")


def new_office(books: Engine) -> tuple[TrainingOffice, str]:
    """A training office with one case under examination, to be copied."""
    upgrade(books)
    office = TrainingOffice(books)
    number = office.receive("TINH-07")  # due 2026-11-19 17:00
    office.work_until(number, "examine")
    return office, number


def environment(url: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "MOTCUA_DATABASE_URL": url,
        "MOTCUA_ANCHOR_FILE": str(folder / "journal.anchor"),
        "MOTCUA_LOCK_WAIT_SECONDS": "30",
        "MOTCUA_SCHEDULER_LEASE_SECONDS": "10",
    }


def scheduler(url: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine.scheduler"],
        env=environment(url, folder),
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
    )


def verdict(books: Engine, due: int) -> str:
    """Fired once, lost, doubled: counted in the journal, which no timer row can flatter."""
    raised = alerts(books)
    doubled = sum(1 for count in raised.values() if count > 1)
    return f"{len(raised):>6} once of {due:>6}, lost {due - len(raised)}, doubled {doubled}"


def storm(books: Engine, url: str, folder: Path, timers: int, *, kills: int, workers: int) -> str:
    """Fire so many at once while schedulers are killed; gives a line of the table."""
    _office, number = new_office(books)
    crowd(books, number, timers // len(WARNINGS) - 1)
    due = only(books, *WARNINGS)
    set_clock(books, AFTER_THREE_DAYS)
    books.dispose()
    chance = random.Random(20)
    running = [scheduler(url, folder) for _ in range(workers)]
    begun = time.perf_counter()
    died_at = [due * (n + 1) // (kills + 1) for n in range(kills)]
    while (left := armed_warnings(books)) > 0:
        if died_at and due - left >= died_at[0]:
            died_at.pop(0)
            victim = chance.randrange(workers)
            running[victim].kill()
            running[victim].wait()
            running[victim] = scheduler(url, folder)
        time.sleep(1.0)
    took = time.perf_counter() - begun
    for each in running:
        each.send_signal(signal.SIGTERM)
        each.wait()
    return f"{verdict(books, due)}  {took:6.1f} s  {due / took:6.0f}/s"


def armed_warnings(books: Engine) -> int:
    with reading(books) as db:
        return (
            db.scalar(
                select(func.count())
                .select_from(timer)
                .where(
                    timer.c.state == "armed",
                    timer.c.due_at <= AFTER_THREE_DAYS,
                    timer.c.kind.in_(("alert", "late")),
                )
            )
            or 0
        )


def idle(books: Engine, url: str, folder: Path, timers: int) -> str:
    """A real office by the wall: instants come one after the other while nothing else is due."""
    _office, number = new_office(books)
    crowd(books, number, timers - 1)
    only(books, "DUE_SOON")
    now = SystemClock().now()
    chance = random.Random(21)
    with transaction(books) as db:
        db.execute(update(office_table).values(training=False, clock_at=None))
        for each in db.scalars(select(timer.c.id).where(timer.c.state == "armed")).all():
            at = now + timedelta(seconds=8 + chance.uniform(0, timers / 5))
            db.execute(update(timer).where(timer.c.id == each).values(due_at=at))
    books.dispose()
    process = scheduler(url, folder)
    time.sleep(8 + timers / 5 + 3)
    process.send_signal(signal.SIGTERM)
    process.wait()
    with reading(books) as db:
        rows = db.execute(
            select(timer.c.due_at, timer.c.fired_at).where(
                timer.c.name == "DUE_SOON", timer.c.state == "fired"
            )
        ).all()
    late = sorted((row.fired_at - row.due_at).total_seconds() for row in rows)
    p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
    return (
        f"{len(late):>6} once of {timers:>6}  p50 {statistics.median(late):.2f} s  "
        f"p99 {p99:.2f} s  max {late[-1]:.2f} s"
    )


NAIVE = """
import os, sys
from datetime import datetime, timedelta, timezone
from apscheduler.schedulers.background import BackgroundScheduler
import naive_deadline
url, action, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
s = BackgroundScheduler(timezone="Asia/Ho_Chi_Minh")
s.add_jobstore("sqlalchemy", url=url)
if action == "plan":
    s.start(paused=True)
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    for n in range(count):
        s.add_job(naive_deadline.fire, "date", run_date=at, args=[n], id=str(n))
    s.shutdown()
else:
    import time
    s.start()
    time.sleep(seconds)
    os._exit(0)
"""
NAIVE_JOB = """
import os
def fire(n):
    with open(os.environ["NAIVE_OUT"], "a") as out:
        out.write(f"{n}\\n")
"""


def naive(folder: Path, deadlines: int, *, down: bool, processes: int) -> str:
    """One APScheduler job per deadline with its defaults, in a database of its own."""
    (folder / "naive.py").write_text(NAIVE, encoding="utf-8")
    (folder / "naive_deadline.py").write_text(NAIVE_JOB, encoding="utf-8")
    out = folder / "naive.out"
    out.write_text("", encoding="utf-8")
    settings = os.environ | {"NAIVE_OUT": str(out), "PYTHONPATH": str(folder)}

    def run(action: str, seconds: float) -> subprocess.Popen[bytes]:
        words = [f"sqlite:///{folder}/naive.db", action, str(deadlines), str(seconds)]
        return subprocess.Popen(
            [sys.executable, str(folder / "naive.py"), *words],
            env=settings,
            stderr=subprocess.DEVNULL,
        )

    ahead = deadlines / 20 + 30  # ample for planning them all and for starting, on a busy machine
    run("plan", 0 if down else ahead).wait()
    if down:
        time.sleep(3)
    workers = [run("work", ahead + 30) for _ in range(processes)]
    for each in workers:
        each.wait()
    fired: dict[str, int] = {}
    for line in out.read_text(encoding="utf-8").split():
        fired[line] = fired.get(line, 0) + 1
    doubled = sum(1 for count in fired.values() if count > 1)
    return f"{len(fired):>6} of {deadlines:>6}, lost {deadlines - len(fired)}, doubled {doubled}"


@contextmanager
def databases(which: str) -> Iterator[tuple[str, Path]]:
    """Addresses of new databases of one kind, one a figure."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name:
        folder = Path(name)
        if which == "sqlite":
            yield "sqlite", folder
            return
        with postgres_server(durable=True) as server:
            yield server.render_as_string(hide_password=False), folder


def books_of(address: str, folder: Path, name: str) -> Engine:
    if address == "sqlite":
        return open_database(f"sqlite:///{folder}/{name}.db", lock_wait_seconds=30)
    admin = open_database(address)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql(f'CREATE DATABASE "bench_{name}_{os.getpid()}"')
    url = admin.url.set(database=f"bench_{name}_{os.getpid()}")
    admin.dispose()
    return open_database(url.render_as_string(hide_password=False), lock_wait_seconds=30)


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--storm", type=int, default=36_000)
    words.add_argument("--outage", type=int, default=10_000)
    words.add_argument("--idle", type=int, default=300)
    words.add_argument("--naive", type=int, default=1_000)
    words.add_argument("--only", choices=("sqlite", "postgresql"))
    words.add_argument("--figure", choices=("storm", "outage", "idle", "naive"))
    given = words.parse_args()
    for which in ("sqlite", "postgresql"):
        if given.only not in (None, which) or given.figure == "naive":
            continue
        with databases(which) as (address, folder):
            for name, act in (
                ("storm", lambda b, u: storm(b, u, folder, given.storm, kills=KILLS, workers=2)),
                ("outage", lambda b, u: storm(b, u, folder, given.outage, kills=0, workers=1)),
                ("idle", lambda b, u: idle(b, u, folder, given.idle)),
            ):
                if given.figure not in (None, name):
                    continue
                books = books_of(address, folder, name)
                print(f"{which:<11}{name:<8}{act(books, address_of(books))}", flush=True)
                books.dispose()
    if given.figure not in (None, "naive"):
        return
    for name, down, processes in (
        ("naive, one process", False, 1),
        ("naive, two processes", False, 2),
        ("naive, down over the deadline", True, 1),
    ):
        with tempfile.TemporaryDirectory(prefix="motcua-naive-") as folder_name:
            line = naive(Path(folder_name), given.naive, down=down, processes=processes)
            print(f"{name:<30}{line}", flush=True)


if __name__ == "__main__":
    main()
