"""Several scheduler processes, killed, stopped and continued: each instant fires once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select, update

from engine.cases.tables import timer
from engine.cases.telling.duty_tables import heartbeat
from engine.cases.watch.heartbeat import pulse
from engine.clock import FrozenClock, SystemClock, office_instant
from engine.database import DatabaseBusyError, open_database, reading, transaction
from engine.journal.tables import journal
from engine.migrations.upgrade import upgrade
from engine.scheduler.sweep import Worker, sweep
from tests.builders import PROJECT, TrainingOffice
from tests.crash import dies_at
from tests.crowd import alerts, armed, crowd, rows_by_state, set_clock
from tests.databases import address_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

LATE = office_instant("2026-11-20T08:00")
LEASE = timedelta(seconds=30)


def _environment(url: str, folder: Path, **more: str) -> dict[str, str]:
    return os.environ | {
        "MOTCUA_DATABASE_URL": url,
        "MOTCUA_ANCHOR_FILE": str(folder / "journal.anchor"),
        "MOTCUA_LOCK_WAIT_SECONDS": "30",
        **more,
    }


def _once(url: str, folder: Path, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "desk.command_line.main", "scheduler", "--once", "--json"],
        env=_environment(url, folder, **more),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_f6_two_processes_fire_a_thousand_timers_each_once(
    office: TrainingOffice, tmp_path: Path
) -> None:
    crowd(office.books, office.receive("TINH-07"), 220)
    due = armed(office.books, LATE)
    assert due >= 1000
    set_clock(office.books, LATE)
    url = address_of(office.books)
    office.books.dispose()
    processes = [_once(url, tmp_path) for _ in range(2)]
    answers = [each.communicate() for each in processes]
    assert [each.returncode for each in processes] == [0, 0], answers
    assert armed(office.books, LATE) == 0
    raised = alerts(office.books)
    assert set(raised.values()) == {1}
    states = rows_by_state(office.books)
    with reading(office.books) as db:
        became_late = db.scalar(
            select(func.count()).select_from(journal).where(journal.c.type == "CaseBecameLate")
        )
        share = db.scalars(select(heartbeat.c.holder)).all()
    assert became_late == 221
    assert states["fired"] + states.get("dropped", 0) >= due
    assert len(share) == 2


def _arm_again(books: Engine, timer_id: int) -> None:
    with transaction(books) as db:
        db.execute(update(timer).where(timer.c.id != timer_id).values(state="dropped"))
        db.execute(
            update(timer)
            .where(timer.c.id == timer_id)
            .values(state="armed", fired_at=None, lease_until=None, failures=0, retry_at=None)
        )


def _one_timer(office: TrainingOffice) -> int:
    office.receive("TINH-07")
    with reading(office.books) as db:
        found: int = db.scalar(select(timer.c.id).where(timer.c.name == "DUE_SOON"))  # type: ignore[assignment]
    return found


def _raised(books: Engine) -> int:
    with reading(books) as db:
        return (
            db.scalar(
                select(func.count()).select_from(journal).where(journal.c.type == "AlertRaised")
            )
            or 0
        )


def test_f6_a_scheduler_killed_at_any_statement_loses_and_doubles_nothing(
    office: TrainingOffice,
) -> None:
    timer_id = _one_timer(office)
    url = address_of(office.books)
    wall = SystemClock().now()
    done = 0
    for n in range(1, 200):
        _arm_again(office.books, timer_id)
        office.books.dispose()
        died = dies_at(url, n, lambda books: sweep(books, FrozenClock(LATE)))
        later = Worker(wall=FrozenClock(wall + timedelta(days=1)))
        sweep(office.books, FrozenClock(LATE), later)
        done += 1
        assert _raised(office.books) == done, f"killed at statement {n}"
        if not died:
            break
    assert done > 10, "a sweep of one timer has more statements than that"


def _stop_at(url: str, n: int, wall: object) -> int:
    """A forked scheduler that stops itself (SIGSTOP) before its n-th statement."""
    pid = os.fork()
    if pid:
        return pid
    code = 3
    try:
        books = open_database(url, lock_wait_seconds=30, idle_seconds=1.0)
        count = 0

        def step(*_: object, **__: object) -> None:
            nonlocal count
            count += 1
            if count == n:
                os.kill(os.getpid(), signal.SIGSTOP)

        event.listen(books, "before_cursor_execute", step)
        event.listen(books, "commit", step)
        try:
            sweep(books, FrozenClock(LATE), Worker(wall=FrozenClock(wall)))  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001 (the database cut it off: the process would tick on)
            os._exit(2)
        code = 0 if count >= n else 1
    finally:
        os._exit(code)


def test_f7_stopped_past_its_lease_and_continued_no_late_write_is_accepted(
    office: TrainingOffice,
) -> None:
    timer_id = _one_timer(office)
    url = address_of(office.books)
    wall = SystemClock().now()
    done = 0
    for n in range(1, 200):
        _arm_again(office.books, timer_id)
        office.books.dispose()
        pid = _stop_at(url, n, wall)
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 1, "the sweep has fewer statements: the end"
            assert _raised(office.books) == done + 1
            break
        other = open_database(url, lock_wait_seconds=0.3 if "sqlite" in url else 3.0)
        taken_over = False
        try:
            later = Worker(wall=FrozenClock(wall + 2 * LEASE))
            taken_over = sweep(other, FrozenClock(LATE), later).fired == 1
        except DatabaseBusyError:
            pass  # SQLite: one process writes at a time, and that one is the stopped one
        finally:
            other.dispose()
        os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, 0)
        assert os.WIFEXITED(status)
        done += 1
        if not taken_over and _raised(office.books) < done:
            # Cut off by the database with nothing written: the next one has it.
            later = Worker(wall=FrozenClock(wall + 3 * LEASE))
            sweep(office.books, FrozenClock(LATE), later)
        assert _raised(office.books) == done, f"stopped at statement {n}"
    assert done > 10


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_cleanly_and_its_pulse_says_so(
    sqlite_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    books = open_database(sqlite_url)
    TrainingOffice(books)
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.scheduler"],
        env=_environment(sqlite_url, tmp_path),
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    beats: list[int] = []
    while process.poll() is None and not beats:
        time.sleep(0.2)
        with reading(books) as db:
            beats = [each["age_seconds"] for each in pulse(db, SystemClock().now())["schedulers"]]
    assert beats, process.communicate()
    process.send_signal(how)
    _, said = process.communicate()
    assert (process.returncode, said) == (0, "")
    with reading(books) as db:
        assert pulse(db, SystemClock().now())["schedulers"] == []
        assert db.scalar(select(heartbeat.c.stopped_at)) is not None
    books.dispose()


def test_a_scheduler_refuses_books_of_another_schema_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine.scheduler"],
        env=_environment(f"sqlite:///{tmp_path}/empty.db", tmp_path),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: schema_unknown: Expected")
    assert done.stderr.count("\n") == 1


ZONES = ("UTC", "Asia/Ho_Chi_Minh", "America/New_York")


def _told_under(zone: str, folder: Path) -> list[tuple[object, ...]]:
    folder.mkdir()
    url = f"sqlite:///{folder}/office.db"
    books = open_database(url)
    upgrade(books)
    office = TrainingOffice(books)
    number = office.receive("TINH-07")
    set_clock(books, LATE)
    process = _once(url, folder, TZ=zone)
    assert (process.communicate()[1], process.returncode) == ("", 0)
    told = [
        (e["type"], e["at"], e["data"].get("due_at"), e["data"].get("level"))
        for e in office.case(number)["journal"]
        if e["actor"] == "clock"
    ]
    books.dispose()
    return told


def test_f8_the_servers_time_zone_changes_nothing(tmp_path: Path) -> None:
    told = [_told_under(zone, tmp_path / zone.replace("/", "_")) for zone in ZONES]
    late = ("CaseBecameLate", "2026-11-20T08:00:00+07:00", "2026-11-19T10:00:00+00:00", None)
    assert late in told[0]
    assert told[0] == told[1] == told[2]
