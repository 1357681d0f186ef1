"""The forecast as a job of the clock process: a child process of its own makes it, now and then."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.cases.training import clock_of
from engine.database import reading
from engine.reports.forecasts import stale_agencies
from engine.scheduler.jobs import Job

if TYPE_CHECKING:
    from engine.scheduler.tasks import Duty

log = logging.getLogger(__name__)

REST_SECONDS = 1800.0
"""After a forecast that failed, so that it is not tried every minute."""
LONGEST_SECONDS = 3600.0
LOOK_SECONDS = 0.5
ENDING_SECONDS = 20


@dataclass
class Forecaster:
    """Remembers when a forecast failed last, by the monotonic clock."""

    command: tuple[str, ...] = (sys.executable, "-m", "desk.command_line.main", "forecast")
    rests_until: float = field(default=0.0)

    def refresh_forecasts(self, duty: Duty) -> None:
        """Forecast agencies whose last forecast is old, in a child: it counts for minutes.

        Inside this process it would hold up the sweep, which must fire within two seconds.
        """
        hours = duty.settings.forecast_hours
        if not hours or time.monotonic() < self.rests_until:
            return
        with reading(duty.books) as db:
            stale = stale_agencies(db, clock_of(db), hours=hours)
        if not stale:
            return
        words = [*self.command, "--older-than-hours", f"{hours:g}", "--json"]
        address = duty.books.url.render_as_string(hide_password=False)
        child = subprocess.Popen(  # noqa: S603 (this program, by its own name)
            words,
            env=os.environ | {"MOTCUA_DATABASE_URL": address},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun = time.monotonic()
        while child.poll() is None:
            if duty.stopping.wait(LOOK_SECONDS) or time.monotonic() - begun > LONGEST_SECONDS:
                child.send_signal(signal.SIGINT)
                break
        said = _last_words(child)
        if child.returncode and not duty.stopping.is_set():
            self.rests_until = time.monotonic() + REST_SECONDS
            log.warning("forecast: %s", " ".join(said.split())[-300:])


def _last_words(child: subprocess.Popen[str]) -> str:
    try:
        return child.communicate(timeout=ENDING_SECONDS)[1]
    except subprocess.TimeoutExpired:
        child.kill()
        return child.communicate()[1]


def forecast_job() -> Job:
    """The job, with a memory of its own."""
    return Job(
        "forecast",
        60,
        Forecaster().refresh_forecasts,
        "leaders see what will be late while there is time to act",
    )
