"""What a worker does: takes waiting rehearsals one by one, runs each within its budget, keeps it.

A second thread beats, so that everybody sees the worker is alive, and looks whether somebody
wants it to stop. A kernel that does not come back in time takes the whole process with it.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from desk.access import ROLE_NAMES
from desk.rehearsal.request import Request, Source
from desk.rehearsal.sources import drawn_as
from engine.cases.training import clock_of
from engine.catalog.proposals import Proposal
from engine.clock import SystemClock
from engine.database import DatabaseBusyError, reading, transaction
from engine.errors import OfficeError
from engine.reports.rehearsals import State, beat_rehearsal, end_rehearsal, take_rehearsal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine, Row

    from engine.clock import Clock
    from simulations.rehearsal import Rehearsed

log = logging.getLogger("motcua.rehearsal")

BEAT_SECONDS = 2.0
GRACE_SECONDS = 30.0
"""How long a run may take to notice that it is to stop, before its process is ended."""
GONE = 3
"""Exit code of a process that ended itself because its run did not stop."""
PREPARING, BASE, CHANGED, DAY = "prepare", "base", "changed", "day"


class StoppedError(OfficeError):
    """A run was told to stop, or used up its time."""

    code = "rehearsal_stopped"

    def __init__(self, state: State, message: str) -> None:
        super().__init__(message)
        self.state = state


@dataclass
class Watch:
    """Beats for one run, and says when it is to stop."""

    books: Engine
    number: int
    worker: str
    budget_seconds: float
    ends_process: bool
    wall: Clock = field(default_factory=SystemClock)
    stage: str = PREPARING
    done: int = 0
    most: int = 0
    stop: StoppedError | None = None

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat from a thread of its own until the run has ended."""
        over = Event()
        thread = Thread(target=self._beat_until, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def step(self, stage: str) -> Callable[[int, int], None]:
        """A progress function for one stage; it raises when the run is to stop."""
        self.stage, self.done, self.most = stage, 0, 0
        self.check()

        def told(done: int, most: int) -> None:
            self.done, self.most = done, most
            self.check()

        return told

    def check(self) -> None:
        """Stop here when somebody said so.

        Raises:
            StoppedError
        """
        if self.stop is not None:
            raise self.stop

    def _beat_until(self, over: Event) -> None:
        begun = time.monotonic()
        stopped_at: float | None = None
        while not over.wait(BEAT_SECONDS if self.stop is None else 0.5):
            now = time.monotonic()
            if self.stop is None and now - begun > self.budget_seconds:
                self.stop = StoppedError(
                    State.REFUSED,
                    f"Expected a rehearsal of at most {self.budget_seconds:.0f} s, but this one"
                    " takes longer: ask for fewer replications, weeks or dossiers",
                )
            if not self._beat() and self.stop is None:
                self.stop = StoppedError(State.CANCELLED, "Expected to go on, but it was cancelled")
            if self.stop is not None:
                stopped_at = stopped_at or now
                if self.ends_process and now - stopped_at > GRACE_SECONDS:
                    _end(self, self.stop.state, refusal=self.stop)
                    os._exit(GONE)

    def _beat(self) -> bool:
        try:
            with transaction(self.books) as db:
                return beat_rehearsal(
                    db,
                    number=self.number,
                    worker=self.worker,
                    now=self.wall.now(),
                    stage=self.stage,
                    done=self.done,
                    most=self.most,
                )
        except DatabaseBusyError:
            return True  # the next beat will do


def work_off(books: Engine, *, budget_seconds: float, ends_process: bool = False) -> int:
    """Run what waits, one after the other, until nothing does; gives how many were taken.

    Raises:
        KeyboardInterrupt: also when told to end; the run under way is then lost, and says so.
    """
    worker = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
    taken = 0
    while True:
        row = None
        try:
            with transaction(books, alone=True) as db:
                row = take_rehearsal(db, worker=worker, now=SystemClock().now())
            if row is None:
                return taken
            taken += 1
            _run(Watch(books, row.id, worker, budget_seconds, ends_process), row)
        except (KeyboardInterrupt, SystemExit):
            # Also between taking and running: a run that was just taken must not look alive.
            if row is not None:
                _end(Watch(books, row.id, worker, budget_seconds, ends_process), State.LOST)
            raise


def _run(watch: Watch, row: Row[Any]) -> None:
    try:
        with watch.beating():
            result = _result(watch, row.agency_code, Request.read(row.request))
    except StoppedError as stopped:
        _end(watch, stopped.state, refusal=stopped)
    except OfficeError as refusal:
        _end(watch, State.REFUSED, refusal=refusal)
    except Exception:
        # Nobody waits for a traceback here: the page says that it failed, the log says why.
        log.exception("rehearsal %d failed", row.id)
        _end(watch, State.LOST)
    else:
        _end(watch, State.DONE, result=json.dumps(result, ensure_ascii=False, allow_nan=False))


def _end(
    watch: Watch,
    state: State,
    *,
    result: str | None = None,
    refusal: OfficeError | None = None,
) -> None:
    with transaction(watch.books) as db:
        end_rehearsal(
            db,
            number=watch.number,
            worker=watch.worker,
            now=watch.wall.now(),
            state=state,
            result=result,
            refusal=None
            if refusal is None or state is State.CANCELLED
            else {"code": refusal.code, "message": refusal.message},
        )


def _result(watch: Watch, agency: str, request: Request) -> dict[str, Any]:
    # numba and the kernels take a second and a hundred megabytes: only a worker has them.
    from simulations.experiment import compare, experiment  # noqa: PLC0415 (see above)
    from simulations.findings.result import result_of  # noqa: PLC0415 (see above)
    from simulations.rehearsal import check_size, with_changes  # noqa: PLC0415 (see above)

    with tempfile.TemporaryDirectory(prefix="motcua-rehearsal-") as folder:
        asked = with_changes(
            _asked(watch.books, agency, request, Path(folder)),
            time_cut_percent=request.time_cut_percent,
            arrivals_percent=request.arrivals_percent,
            staff=request.staff,
            names=ROLE_NAMES,
        )
        base = comparison = None
        for each in filter(None, (asked.base, asked.scenario)):
            check_size(each, request.replications)
        if asked.base is not None:
            base = experiment(
                asked.base,
                replications=request.replications,
                seed=request.seed,
                progress=watch.step(BASE),
            )
        made = experiment(
            asked.scenario,
            replications=request.replications,
            seed=request.seed,
            progress=watch.step(CHANGED),
        )
        if base is not None:
            comparison = compare(base, made)
        watch.step(DAY)
        return result_of(made, comparison, focus=asked.focus)


def _asked(books: Engine, agency: str, request: Request, folder: Path) -> Rehearsed:
    from simulations.rehearsal import office_rehearsal, shipped  # noqa: PLC0415 (see `_result`)

    if request.source is Source.SCENARIO:
        return shipped(request.key, request.overlay)
    with reading(books) as db:
        drawn, code = None, request.key or None
        if request.source in {Source.DRAFT, Source.PROPOSAL}:
            drawn = drawn_as(db, request.source, request.key)
            code = drawn.procedure_code if isinstance(drawn, Proposal) else drawn.code
        return office_rehearsal(
            db,
            clock_of(db),
            agency=agency,
            code=code,
            drawn=drawn,
            folder=folder,
            weeks=request.weeks,
            per_day=request.arrivals_per_day,
            seed=request.seed,
        )
