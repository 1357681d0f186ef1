"""A log from elsewhere as an observed office: the same measures, its late cases named both ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.clock import office_instant
from engine.errors import BadInputError
from engine.reports.case_fold import RECEIVED
from engine.reports.counts import RULES
from engine.reports.measures import DEFINITION, Window, as_rows, measure
from engine.reports.observed.log import LogRefusedError, log_instant
from engine.reports.observed.table import csv_cases
from engine.reports.observed.xes import xes_cases
from engine.reports.quantiles import quantile
from engine.reports.rounding import SEED_STYLE, percent
from engine.sla.limit import CountingRule, Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.reports.observed.log import LogCase

STARTS = ("received_at", "startdate", "start_date", "registered_at")
ENDS = ("finished_at", "enddate", "end_date", "closed_at")
DUES = ("due_at", "deadline", "due_date")
"""Attributes of a case that are taken when none is named."""

AGENCIES = ("agency", "department", "org:group")
CHANNELS = ("channel",)
ONLINE = frozenset({"online", "internet", "web", "trực tuyến", "email", "e-mail"})

_OFFICE_ZONE = timezone(timedelta(hours=7))
_MOST_VARIANTS = 10


class Compare(StrEnum):
    """What is compared with a deadline: the day of R47, or the moment."""

    MOMENTS = "moments"
    DATES = "dates"


@dataclass(frozen=True)
class ObservedCase:
    """A case of a log: when it began, was due and ended, in the zone its stamps were written in."""

    name: str
    agency: str
    field: str
    procedure: str
    channel: str
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    variant: tuple[str, ...]

    def is_late(self, compare: Compare) -> bool:
        """Whether it ended behind its due; an open case or one without a due is not."""
        if self.ended_at is None or self.due_at is None:
            return False
        if compare is Compare.MOMENTS:
            return self.ended_at > self.due_at
        return self.ended_at.date() > self.due_at.date()


@dataclass(frozen=True, slots=True)
class ObservedEvent:
    """What the one ruler reads of an observed case."""

    stream: str
    type: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class ObservedLog:
    """A whole log: its cases, which attributes were read, and its last stamp."""

    name: str
    cases: tuple[ObservedCase, ...]
    events: int
    attributes: dict[str, str | None]
    first_on: date
    last_at: datetime


def observe(
    path: Path,
    *,
    deadline_attribute: str | None = None,
    limit: Limit | None = None,
    start_attribute: str | None = None,
    end_attribute: str | None = None,
) -> ObservedLog:
    """Read an XES or CSV log, packed or not.

    A case begins at its start attribute or first event and ends at its end attribute; in a log
    that has none it ends with its last event. A limit is counted in calendar days from the start:
    the days off of a foreign log are not known.

    Raises:
        LogRefusedError: it cannot be read. BadInputError: both deadline and limit, another kind
        of limit, or an attribute that no case has.
    """
    if deadline_attribute is not None and limit is not None:
        raise BadInputError("Expected --deadline-attribute or --limit, but got both")
    if limit is not None and limit.rule is not CountingRule.CALENDAR_DAYS:
        raise BadInputError(
            f"Expected a limit in calendar days such as 56d, because the calendar of a log from"
            f" elsewhere is not known, but got {limit}"
        )
    named = {
        "start": start_attribute,
        "end": end_attribute,
        "deadline": deadline_attribute,
    }
    cases = list(_read(path, [name for name in named.values() if name]))
    if not any(case.events or case.attributes for case in cases):
        raise LogRefusedError(f"Expected a log with cases, but {path} has none", file=str(path))
    chosen = {
        "start": _attribute(path, cases, start_attribute, STARTS),
        "end": _attribute(path, cases, end_attribute, ENDS),
        "deadline": None
        if limit is not None
        else _attribute(path, cases, deadline_attribute, DUES),
    }
    seen: Counter[str] = Counter()
    made = tuple(
        observed
        for case in cases
        if (observed := _observed(path, case, chosen, limit, seen)) is not None
    )
    stamps = [event.at for case in cases for event in case.events]
    stamps += [case.started_at for case in made]
    stamps += [case.ended_at for case in made if case.ended_at is not None]
    if not stamps:
        raise LogRefusedError(f"Expected a log with instants, but {path} has none", file=str(path))
    return ObservedLog(
        name=path.name,
        cases=made,
        events=sum(len(case.events) for case in cases),
        attributes=chosen,
        first_on=min(case.started_at.date() for case in made),
        last_at=max(stamps),
    )


def observed_figures(
    log: ObservedLog,
    *,
    compare: Compare = Compare.DATES,
    first: date | None = None,
    last: date | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """The figures of a log as `motcua measure --log` gives them; late cases by both comparisons.

    Legal: R47, R49
    """
    last_on = log.last_at.date()
    window = Window(first or log.first_on, last or last_on)
    now = office_instant((max(last_on, window.last) + timedelta(days=1)).isoformat())
    rows = measure(observed_events(log.cases, compare), window, now=now, by=by)
    closed = [case for case in log.cases if case.ended_at is not None]
    return {
        "log": log.name,
        "cases": len(log.cases),
        "events": log.events,
        "attributes": log.attributes,
        "from": window.first.isoformat(),
        "to": window.last.isoformat(),
        "by": by,
        "definition": DEFINITION,
        "compare": str(compare),
        "rounding": {
            name: f"{rule.rounding} to {rule.decimals} digits" for name, rule in RULES.items()
        },
        "late": {str(each): _lateness(closed, each) for each in Compare},
        "without_due": sum(case.due_at is None for case in log.cases),
        "lead_time_days": lead_times(closed),
        "variants": variants(log.cases),
        "items": as_rows(rows),
    }


def observed_events(cases: Iterable[ObservedCase], compare: Compare) -> Iterator[ObservedEvent]:
    """The cases as events of an office whose wall clock is that of the log.

    Days are those of the log's own stamps; compared by moments, an end is read in the zone of
    its deadline, so that a change to summer time makes nobody late.
    """
    for case in cases:
        zone = case.due_at.tzinfo if compare is Compare.MOMENTS and case.due_at else None
        started_at = _on_the_wall(case.started_at, None)
        data = {
            "agency": case.agency,
            "field": case.field,
            "level": "log",
            "procedure": case.procedure,
            "channel": case.channel,
            "officer": "",
            "received_at": started_at,
            "due_at": None if case.due_at is None else _on_the_wall(case.due_at, zone),
            "hour_based": compare is Compare.MOMENTS,
        }
        yield ObservedEvent(case.name, RECEIVED, started_at, data)
        if case.ended_at is not None:
            ended_at = _on_the_wall(case.ended_at, zone)
            yield ObservedEvent(case.name, "CaseFinished", ended_at, {"outcome": "OBSERVED"})


def lead_times(closed: Iterable[ObservedCase]) -> dict[str, Any]:
    """P50 and P90 of the time from start to end, in calendar days to 2 digits."""
    days = sorted(
        (case.ended_at - case.started_at) / timedelta(days=1)
        for case in closed
        if case.ended_at is not None
    )
    return {
        "cases": len(days),
        "p50": None if not days else round(quantile(days, 50), 2),
        "p90": None if not days else round(quantile(days, 90), 2),
    }


def variants(cases: Iterable[ObservedCase]) -> dict[str, Any]:
    """How many ways cases went, and the most frequent of them."""
    seen = Counter(case.variant for case in cases)
    return {
        "count": len(seen),
        "most_frequent": [
            {"cases": count, "activities": list(way)}
            for way, count in sorted(seen.items(), key=lambda each: (-each[1], each[0]))[
                :_MOST_VARIANTS
            ]
        ],
    }


def _lateness(closed: Sequence[ObservedCase], compare: Compare) -> dict[str, Any]:
    late = sum(case.is_late(compare) for case in closed)
    in_time = len(closed) - late
    shown = percent(in_time, len(closed), SEED_STYLE)
    return {
        "closed": len(closed),
        "late": late,
        "on_time": in_time,
        "percent": None if shown is None else str(shown),
    }


def _read(path: Path, attributes: Sequence[str]) -> Iterator[LogCase]:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".csv"):
        return csv_cases(path, attributes)
    if name.endswith((".xes", ".xml")):
        return xes_cases(path)
    raise LogRefusedError(
        f"Expected a log named .xes, .xes.gz, .csv or .csv.gz, but got {path.name}",
        file=str(path),
    )


def _attribute(
    path: Path, cases: Sequence[LogCase], named: str | None, known: Sequence[str]
) -> str | None:
    held = {name for case in cases for name in case.attributes}
    if named is None:
        return next((name for name in known if name in held), None)
    if named not in held:
        raise BadInputError(
            f"Expected an attribute of the cases, but no case of {path.name} has {named!r}; there"
            f" is {', '.join(sorted(held))[:500] or 'none'}",
            attribute=named,
        )
    return named


def _observed(
    path: Path,
    case: LogCase,
    chosen: Mapping[str, str | None],
    limit: Limit | None,
    seen: Counter[str],
) -> ObservedCase | None:
    events = sorted(case.events, key=lambda event: event.at)
    started_at = _stamp(path, case, chosen["start"])
    if started_at is None:
        if not events:
            return None
        started_at = min(event.started_at or event.at for event in events)
    ended_at = _stamp(path, case, chosen["end"])
    if chosen["end"] is None and events:
        ended_at = events[-1].at
    due_at = _stamp(path, case, chosen["deadline"])
    if limit is not None:
        due_at = started_at + timedelta(days=limit.units)
    channel = _first(case, CHANNELS, "")
    seen[case.name] += 1  # two traces of one name are two cases
    return ObservedCase(
        name=case.name if seen[case.name] == 1 else f"{case.name} ({seen[case.name]})",
        agency=_first(case, AGENCIES, "log"),
        field=_first(case, ("field",), "log"),
        procedure=_first(case, ("procedure",), "log"),
        channel="online" if channel.lower() in ONLINE else "counter",
        started_at=started_at,
        due_at=due_at,
        ended_at=ended_at,
        variant=tuple(event.activity for event in events),
    )


def _first(case: LogCase, names: Sequence[str], otherwise: str) -> str:
    return next((case.attributes[name] for name in names if name in case.attributes), otherwise)


def _stamp(path: Path, case: LogCase, name: str | None) -> datetime | None:
    text = case.attributes.get(name) if name is not None else None
    return None if not text else log_instant(text, f"{name} of {case.name} in {path.name}")


def _on_the_wall(at: datetime, zone: Any) -> datetime:
    here = at if zone is None else at.astimezone(zone)
    return here.replace(tzinfo=_OFFICE_ZONE).astimezone(UTC)
