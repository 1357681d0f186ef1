"""The clock process: APScheduler calls the jobs, a signal ends it cleanly."""

from __future__ import annotations

import logging
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from engine.cases.watch.heartbeat import first_beat, last_beat
from engine.clock import OFFICE_ZONE, SystemClock
from engine.database import open_database, transaction
from engine.errors import OfficeError
from engine.migrations.upgrade import check_revision
from engine.scheduler.jobs import JOBS, NEVER_SKIPPED
from engine.scheduler.sweep import Worker
from engine.scheduler.tasks import Duty

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.config import Settings
    from engine.scheduler.jobs import Job

log = logging.getLogger(__name__)

# That a tick is skipped while a long sweep goes on is as it should be, every second of it.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

CLOCK_JUMP_SECONDS = 5.0
"""A wall clock that moved so far against the monotonic one was set."""


class Scheduler:
    """One clock process, or the same inside another process; several may share the books."""

    def __init__(self, settings: Settings, *, more: Sequence[Job] = ()) -> None:
        self.settings = settings
        self.jobs = (*JOBS, *more)
        self.stopping = Event()
        self.said_hello = False
        lease = timedelta(seconds=settings.scheduler_lease_seconds)
        self.books = open_database(
            settings.database_url,
            lock_wait_seconds=settings.lock_wait_seconds,
            idle_seconds=settings.scheduler_lease_seconds,
        )
        worker = Worker(lease=lease, stopping=self.stopping, on_progress=self._progress)
        self.duty = Duty(self.books, settings, worker, stopping=self.stopping)
        self.ticks = BackgroundScheduler(
            timezone=OFFICE_ZONE,
            executors={"default": ThreadPoolExecutor(len(self.jobs))},
            job_defaults=NEVER_SKIPPED,
        )

    def start(self) -> None:
        """Check the books, say hello, begin to tick.

        Raises:
            SchemaUnknownError: the books have another schema.
        """
        self._hello()
        self.schedule()
        self.ticks.start()

    def schedule(self) -> None:
        """Hand the job table to APScheduler."""
        for job in self.jobs:
            self.ticks.add_job(
                self._tick, job.trigger(), args=(job,), id=job.name, name=job.why, **NEVER_SKIPPED
            )

    def once(self) -> None:
        """Do every job of the office one time, in order, without ticking.

        Raises:
            SchemaUnknownError: the books have another schema.
        """
        self._hello()
        for job in JOBS:
            job.does(self.duty)

    def watch(self) -> None:
        """Wait until told to stop; when somebody sets the wall clock, tick on from there.

        APScheduler's next ticks are instants of the wall: set back by an hour, they would all
        wait an hour.
        """
        drift = self._drift()
        while not self.stopping.wait(1.0):
            moved = self._drift() - drift
            if abs(moved) > CLOCK_JUMP_SECONDS:
                log.warning("the wall clock was set by %.0f s", moved)
                drift += moved
                for job in self.ticks.get_jobs():
                    job.modify(next_run_time=SystemClock().now())

    def stop(self) -> None:
        """Finish the transaction under way, begin no other, say goodbye."""
        self.stopping.set()
        if self.ticks.running:
            self.ticks.shutdown(wait=True)
        if self.said_hello:
            try:
                with transaction(self.books) as db:
                    last_beat(db, self.duty.worker.name, SystemClock().now())
            except (OfficeError, DBAPIError) as error:
                log.warning("no goodbye could be written: %s", error)
        self.books.dispose()

    def _hello(self) -> None:
        check_revision(self.books)
        with transaction(self.books) as db:
            first_beat(db, self.duty.worker.name, SystemClock().now())
        self.said_hello = True

    def _tick(self, job: Job) -> None:
        if self.stopping.is_set():
            return
        try:
            job.does(self.duty)
        except (OfficeError, DBAPIError, OSError) as error:
            # The database, the disk or the mail server is away: the next tick tries again.
            log.warning("%s: %s", job.name, " ".join(str(error).split())[:300])

    def _progress(self, swept: object) -> None:
        self.duty.has_done(swept)  # type: ignore[arg-type]

    @staticmethod
    def _drift() -> float:
        return SystemClock().now().timestamp() - time.monotonic()


@contextmanager
def stopped_by_signals(scheduler: Scheduler) -> Iterator[None]:
    """SIGTERM and SIGINT ask the scheduler to stop."""

    def ask(_signal: int, _frame: object) -> None:
        scheduler.stopping.set()

    before = {each: signal.signal(each, ask) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def run_scheduler(settings: Settings, *, once: bool = False, more: Sequence[Job] = ()) -> Duty:
    """The clock process from start to end; gives what it did.

    `more` are jobs of the floors above, which the office does not know of.
    """
    scheduler = Scheduler(settings, more=more)
    with stopped_by_signals(scheduler):
        try:
            if once:
                scheduler.once()
            else:
                scheduler.start()
                scheduler.watch()
        finally:
            scheduler.stop()
    return scheduler.duty
