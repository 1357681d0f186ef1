"""One replication: `run(scenario, seed)` is pure and gives a summary that can be merged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.sla.calendar import CalendarYearMissingError
from simulations.arrivals import cases_of
from simulations.compiled import HAS_NUMBA
from simulations.compiling.model import Model, compile_model
from simulations.errors import RunStoppedError
from simulations.findings.figures import RunFigures, figures_of
from simulations.inputs.scenario import Scenario
from simulations.layout import FINE, NO_CALENDAR, RUNAWAY, TOO_LONG, TWO_PAUSES, TWO_TOKENS
from simulations.live import nothing_live

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulations.arrivals import Cases
    from simulations.layout import Outcome
    from simulations.live import LiveStart


@dataclass(frozen=True)
class Summary:
    """The figures of some replications of one scenario, in order of their seeds."""

    name: str
    runs: tuple[RunFigures, ...]

    def merged(self, *others: Summary) -> Summary:
        """All their replications together; one seed stands once."""
        found = {run.seed: run for each in (self, *others) for run in each.runs}
        return Summary(self.name, tuple(found[seed] for seed in sorted(found)))


@lru_cache(maxsize=16)
def _compiled(text: str, folder: str) -> Model:
    found = Scenario.model_validate_json(text)
    return compile_model(found.model_copy(update={"folder": Path(folder) if folder else None}))


def model_of(scenario: Scenario) -> Model:
    """The compiled scenario; equal scenarios are compiled once."""
    return _compiled(scenario.model_dump_json(), str(scenario.folder or ""))


def run(scenario: Scenario, seed: int) -> Summary:
    """One replication. The same scenario and seed give the same figures, anywhere and ever.

    Raises:
        RunStoppedError: steps follow one another without end, or two tokens share a place.
        CalendarYearMissingError: time runs beyond the loaded calendars.
    """
    return run_model(model_of(scenario), seed)


def run_model(model: Model, seed: int) -> Summary:
    """`run` on a scenario that is compiled already."""
    cases = cases_of(model.plans, model.scenario.procedures, seed)
    found = play(model, cases)
    return Summary(model.scenario.name, (figures_of(model, cases, found, seed),))


def merge(summaries: Iterable[Summary]) -> Summary:
    """Summaries of one scenario as one.

    Raises:
        ValueError: there are none.
    """
    first, *others = summaries
    return first.merged(*others)


def play(
    model: Model,
    cases: Cases,
    live: LiveStart | None = None,
    *,
    trace: bool = False,
    reference: bool = False,
) -> Outcome:
    """Run a kernel on given cases: the fast one, or the reference where numba is missing.

    Raises:
        RunStoppedError, CalendarYearMissingError: as `run`.
    """
    start = live if live is not None else nothing_live(len(cases.at))
    if HAS_NUMBA and not reference:
        from simulations.fast.loop import run_fast  # noqa: PLC0415 (numba may be missing)

        found = run_fast(model, cases, start, trace=trace)
    else:
        from simulations.reference.loop import run_reference  # noqa: PLC0415 (seldom needed)

        found = run_reference(model, cases, start, trace=trace)
    if found.status != FINE:
        raise _stopped(model, found)
    return found


def _stopped(model: Model, found: Outcome) -> Exception:
    if found.status == NO_CALENDAR:
        years = [each.year for each in model.clock.office.calendar.years]
        last = max(years)
        reached = model.clock.date(min(found.stopped_at, model.clock.days * 86_400 - 1)).year
        return CalendarYearMissingError(max(reached, last) + (reached >= last), years)
    where: Any = ""
    if found.status in {RUNAWAY, TWO_PAUSES} and 0 <= found.where < len(model.nodes):
        procedure, node = model.nodes[found.where]
        where = f" at '{node.element}' of '{model.scenario.procedures[procedure].key}'"
    text = {
        RUNAWAY: "steps that come to an end, but a case goes round without one",
        TWO_TOKENS: "one token at a time in a subprocess, but a second one came in",
        TWO_PAUSES: "one pause of the clock at a time, but a second one began",
        TOO_LONG: "a log that fits into memory, but it does not",
    }[found.status]
    return RunStoppedError(f"Expected {text}{where}")
