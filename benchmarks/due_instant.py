"""How long the legal clock takes: a due instant, its ledger on demand, and `motcua due`.

Goals: due instant of 30 working days with two pauses ≤ 0.2 ms, its ledger ≤ 2 ms, the same over
any number of years; `motcua due` from the shell ≤ 0.5 s. In-process figures are processor time
(nothing in them waits); those from the shell are the time a person waits.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from engine.catalog.years import seed_calendar
from engine.clock import office_instant
from engine.sla.ledger import ledger_of
from engine.sla.limit import Limit
from engine.sla.office_hours import OfficeTime
from engine.sla.pauses import Pause, PausePolicy
from engine.sla.reckoning import reckon

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15
CALLS = 400
SHELL_RUNS = 9
RECEIVED = office_instant("2026-03-02T08:00")
OFFICE = OfficeTime(seed_calendar())


def pauses(received: Any) -> list[Pause]:
    """Two supplements: one over a fortnight, one over some days."""
    start = received + timedelta(days=5)
    later = received + timedelta(days=30)
    return [
        Pause(start, start + timedelta(days=14), PausePolicy.PAUSE_WD, "Phiếu 01"),
        Pause(later, later + timedelta(days=4), PausePolicy.PAUSE_WD, "Phiếu 02"),
    ]


def milliseconds(work: Callable[[], object]) -> float:
    """Time of one call: the median round of many."""
    work()
    rounds = []
    for _ in range(ROUNDS):
        begun = process_time()
        for _ in range(CALLS):
            work()
        rounds.append((process_time() - begun) / CALLS * 1000)
    return median(rounds)


def due_of(text: str, received: Any = RECEIVED, stood: int = 2) -> Callable[[], object]:
    limit, given = Limit.parse(text), pauses(received)[:stood]
    return lambda: reckon(limit, received, OFFICE, given)


def ledger_time(text: str) -> Callable[[], object]:
    found = reckon(Limit.parse(text), RECEIVED, OFFICE, pauses(RECEIVED))
    return lambda: ledger_of(found)


def shell(*words: str) -> tuple[float, float, float]:
    """Seconds of `motcua …` as a child process: the first run, the median of more, its processor.

    Python keeps its byte code in a folder of our own, so that the first run finds none.
    """
    command = [str(Path(sys.executable).with_name("motcua")), *words]
    waited, used = [], []
    with tempfile.TemporaryDirectory() as folder:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        kept["PYTHONPYCACHEPREFIX"] = folder
        for _ in range(SHELL_RUNS + 1):
            begun, busy = perf_counter(), _busy()
            subprocess.run(command, check=True, capture_output=True, timeout=60, env=kept)
            waited.append(perf_counter() - begun)
            used.append(_busy() - busy)
    return waited[0], median(waited[1:]), median(used[1:])


def _busy() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def row(name: str, found: float, unit: str, goal: float | None, ratio: float) -> None:
    wanted = f"≤ {goal:g} {unit}" if goal is not None else ""
    print(f"{name:<58}{found:>10.4f} {unit:<3}{wanted:>12}{ratio:>9.2f}")


def main() -> None:
    old = office_instant("2017-03-02T08:00")
    base = milliseconds(due_of("30wd"))
    print(f"{'what':<58}{'median':>14}{'goal':>12}{'ratio':>9}")
    row("due instant, 30 working days, two pauses", base, "ms", 0.2, base / 0.2)
    told = milliseconds(ledger_time("30wd"))
    row("its ledger, on demand", told, "ms", 2, told / 2)
    hours = milliseconds(due_of("240wh"))
    row("due instant, 240 working hours, two pauses", hours, "ms", 0.2, hours / 0.2)
    calendar = milliseconds(due_of("45d"))
    row("due instant, 45 calendar days, two pauses", calendar, "ms", 0.2, calendar / 0.2)
    print("\nThe same over years (ratio to one year)")
    one = milliseconds(due_of("250wd", old, 0))
    for years in (1, 2, 5, 10):
        taken = milliseconds(due_of(f"{250 * years}wd", old, 0))
        row(f"due instant, {250 * years} working days from 2017", taken, "ms", None, taken / one)
    one = milliseconds(due_of("2000wh", old, 0))
    for years in (1, 2, 5, 10):
        taken = milliseconds(due_of(f"{2000 * years}wh", old, 0))
        row(f"due instant, {2000 * years} working hours from 2017", taken, "ms", None, taken / one)
    print("\nFrom the shell (child processes)")
    words = ("due", "--limit", "30wd", "--received", "2026-03-02T08:00")
    first, after, busy = shell(*words)
    row("motcua due --limit, first run after installation", first, "s", None, first / 0.5)
    row("motcua due --limit", after, "s", 0.5, after / 0.5)
    row("  its processor time", busy, "s", None, busy / 0.5)
    words = ("due", "--procedure", "1.009994", "--agency", "H35.12")
    _, after, busy = shell(*words, "--received", "2026-03-02T08:00", "--explain")
    row("motcua due --procedure --agency --explain", after, "s", 0.5, after / 0.5)
    row("  its processor time", busy, "s", None, busy / 0.5)


if __name__ == "__main__":
    main()
