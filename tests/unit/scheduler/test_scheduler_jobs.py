"""The job table itself: ticks are never skipped, never doubled, and hold no deadline."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from engine.clock import OFFICE_ZONE
from engine.config import Settings
from engine.scheduler.jobs import JOBS, NEVER_SKIPPED, Job
from engine.scheduler.process import Scheduler

ENGINE = Path(__file__).resolve().parents[3] / "engine"


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_says_when_in_office_time_and_why(job: Job) -> None:
    trigger = job.trigger()
    assert isinstance(trigger, IntervalTrigger)
    assert trigger.timezone == OFFICE_ZONE
    assert trigger.interval == timedelta(seconds=job.every_seconds)
    assert len(job.why) > 20
    assert job.does.__doc__


def test_names_are_unique() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)


def test_a_late_tick_is_done_once_and_never_beside_itself() -> None:
    assert NEVER_SKIPPED == {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def test_every_job_that_apscheduler_holds_is_never_skipped(tmp_path: Path) -> None:
    scheduler = Scheduler(Settings(database_url=f"sqlite:///{tmp_path}/x.db"))
    scheduler.schedule()
    held = scheduler.ticks.get_jobs()
    scheduler.books.dispose()
    assert {job.id for job in held} == {job.name for job in JOBS}
    for job in held:
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


def test_an_instant_is_looked_for_at_least_every_second() -> None:
    assert next(job for job in JOBS if job.name == "sweep").every_seconds == 1


def test_apscheduler_is_known_in_one_room_only_and_holds_no_deadline() -> None:
    users = set()
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.ImportFrom) and module.startswith("apscheduler"):
                users.add(path.relative_to(ENGINE).as_posix())
                assert "jobstores" not in module
                assert "date" not in module.split(".")[-1], "a date trigger would hold a deadline"
    assert users == {"scheduler/jobs.py", "scheduler/process.py"}
