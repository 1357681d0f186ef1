"""The job table: what the clock process does by itself, when, and why. Heartbeats, no deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apscheduler.triggers.interval import IntervalTrigger

from engine.clock import OFFICE_ZONE
from engine.scheduler import tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.scheduler.tasks import Duty

NEVER_SKIPPED: dict[str, Any] = {
    "misfire_grace_time": None,
    "coalesce": True,
    "max_instances": 1,
}
"""A tick that comes late is done once, whatever the delay, and never beside itself."""


@dataclass(frozen=True)
class Job:
    """One heartbeat: `every_seconds` of the wall, counted in office time."""

    name: str
    every_seconds: int
    does: Callable[[Duty], None]
    why: str

    def trigger(self) -> IntervalTrigger:
        """When APScheduler calls it."""
        return IntervalTrigger(seconds=self.every_seconds, timezone=OFFICE_ZONE)


JOBS: tuple[Job, ...] = (
    Job("sweep", 1, tasks.sweep_due_timers, "an instant that has come is fired within 2 s (R30)"),
    Job("openings", 20, tasks.do_openings, "digests and stuck cases at the office's opening"),
    Job("recount", 2, tasks.recount_deadlines, "open deadlines follow a changed calendar (R41)"),
    Job("deliver", 2, tasks.deliver_notices, "notices leave the books soon and are retried (R71)"),
    Job("seal", 60, tasks.seal, "journal rows are sealed and anchored within a minute (R70)"),
    Job("sums", 60, tasks.keep_sums, "reports of a year answer at once, from sums kept up (R48)"),
)
