"""How steps went: late or not by their own minutes, and how long they took, in working minutes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import BadInputError
from engine.reports.case_fold import RECEIVED, instant
from engine.reports.counts import Rate
from engine.reports.quantiles import quantile_of_counts
from engine.reports.rounding import SEED_STYLE
from engine.sla.verdict import Verdict, leg_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from engine.reports.case_fold import Happening
    from engine.reports.measures import Window

STEP_COMPLETED = "StepCompleted"
STEP_TAKEN_BACK = "StepTakenBack"
CORRECTED = "CaseCorrected"
STEP_TYPES = (RECEIVED, CORRECTED, STEP_COMPLETED, STEP_TAKEN_BACK)
"""The events step figures are made from."""
STEP_ENTRIES = frozenset({STEP_COMPLETED, STEP_TAKEN_BACK})

NOBODY = "–"


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step that was finished; `result` is None where it had no time allotted. Legal: R45"""

    case: str
    procedure: str
    agency: str
    field: str
    level: str
    channel: str
    step: str
    unit: str
    role: str
    officer: str
    kind: str
    at: datetime
    allotted_minutes: int | None
    used_minutes: int
    annulled: bool = False
    """It was taken back: the entry that undoes an earlier one."""

    @property
    def result(self) -> Verdict | None:
        """Early, on time or late by its minutes, as on the control slip. Legal: R17, R45"""
        if self.allotted_minutes is None:
            return None
        return leg_result(self.allotted_minutes, self.used_minutes)


STEP_GROUPS: dict[str, Callable[[StepDone], str]] = {
    "step": lambda done: f"{done.procedure} {done.step}",
    "unit": lambda done: done.unit,
    "role": lambda done: done.role,
    "officer": lambda done: done.officer,
    "procedure": lambda done: done.procedure,
    "agency": lambda done: done.agency,
    "field": lambda done: done.field,
    "level": lambda done: done.level,
    "channel": lambda done: done.channel,
}
"""What rows of steps may be made by."""


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """Finished steps of one group. Legal: R45"""

    key: str
    done: int
    early: int
    on_time: int
    late: int
    without_limit: int
    p50_minutes: int | None
    p90_minutes: int | None

    @property
    def rate(self) -> Rate:
        """Steps in time among those that had a time allotted."""
        in_time = self.early + self.on_time
        return Rate("R_step", in_time, in_time + self.late, SEED_STYLE)

    def as_json(self) -> dict[str, Any]:
        """Plain values; times in working minutes."""
        return {
            "key": self.key,
            "done": self.done,
            "early": self.early,
            "on_time": self.on_time,
            "late": self.late,
            "without_limit": self.without_limit,
            "working_minutes": {"p50": self.p50_minutes, "p90": self.p90_minutes},
            "rates": {self.rate.name: self.rate.as_json()},
        }


def steps_done(events: Iterable[Happening], window: Window, *, now: datetime) -> Iterator[StepDone]:
    """Steps finished inside a window and known at `now`.

    One that was taken back inside the window comes a second time, annulled; the sums take it off.
    """
    start_at, end_at = window.start_at, window.end_at
    cases: dict[str, Mapping[str, Any]] = {}
    for event in events:
        if event.type == RECEIVED:
            cases[event.stream] = event.data
        elif event.type == CORRECTED and event.stream in cases and event.at <= now:
            cases[event.stream] = {**cases[event.stream], **event.data}
        elif event.type in STEP_ENTRIES and start_at <= event.at < end_at and event.at <= now:
            case = cases.get(event.stream)
            if case is not None and _finished_at(event) >= start_at:
                yield step_done(event, case)


def _finished_at(event: Happening) -> datetime:
    return instant(event.data["completed_at"]) if event.type == STEP_TAKEN_BACK else event.at


def step_done(event: Happening, case: Mapping[str, Any]) -> StepDone:
    """A finished step out of its event and the receipt of its case."""
    data = event.data
    return StepDone(
        case=event.stream,
        procedure=case["procedure"],
        agency=case["agency"],
        field=case["field"],
        level=case["level"],
        channel=case["channel"],
        step=data["step"],
        unit=data.get("unit") or NOBODY,
        role=data.get("role") or NOBODY,
        officer=data["officer"],
        kind=data.get("kind") or NOBODY,
        at=event.at,
        allotted_minutes=data.get("allotted_minutes"),
        used_minutes=data.get("used_minutes") or 0,
        annulled=event.type == STEP_TAKEN_BACK,
    )


def measure_steps(
    events: Iterable[Happening], window: Window, *, now: datetime, by: str | None = None
) -> tuple[StepRow, ...]:
    """Count the steps of a window: one row in all, or one a key in the order of keys.

    Quantiles are by nearest rank. Legal: R17, R45

    Raises:
        BadInputError: `by` is not one of `STEP_GROUPS`.
    """
    if by is not None and by not in STEP_GROUPS:
        raise BadInputError(f"Expected steps by {', '.join(STEP_GROUPS)}, but got {by!r}", by=by)
    key_of = STEP_GROUPS[by] if by is not None else (lambda _done: "all")
    tallies: dict[str, StepTally] = {} if by is not None else {"all": StepTally()}
    for done in steps_done(events, window, now=now):
        tallies.setdefault(key_of(done), StepTally()).add(done)
    return tuple(tallies[key].row(key) for key in sorted(tallies))


class StepTally:
    """Sums of one row of steps; minutes are kept as value → how often."""

    __slots__ = ("_minutes", "_seen", "_without")

    def __init__(self) -> None:
        self._minutes: Counter[int] = Counter()
        self._seen: Counter[Verdict] = Counter()
        self._without = 0

    def add(self, done: StepDone) -> None:
        """Count one step, or take an annulled one off."""
        count = -1 if done.annulled else 1
        self._minutes[done.used_minutes] += count
        result = done.result
        if result is None:
            self._without += count
        else:
            self._seen[result] += count

    def row(self, key: str) -> StepRow:
        """The finished row."""
        return StepRow(
            key=key,
            done=sum(self._minutes.values()),
            early=self._seen[Verdict.EARLY],
            on_time=self._seen[Verdict.ON_TIME],
            late=self._seen[Verdict.LATE],
            without_limit=self._without,
            p50_minutes=quantile_of_counts(self._minutes, 50),
            p90_minutes=quantile_of_counts(self._minutes, 90),
        )
