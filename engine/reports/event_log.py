"""The journal as an event log for process mining: XES and CSV that PM4Py reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from engine.clock import iso_office
from engine.errors import BadInputError
from engine.journal.export import harmless
from engine.reports.case_detail import by_case
from engine.reports.case_fold import RECEIVED, instant
from engine.reports.steps import STEP_COMPLETED, STEP_TAKEN_BACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from engine.reports.case_fold import Happening

MILESTONES = (
    RECEIVED,
    "SupplementRequested",
    "SupplementReceived",
    "PaymentRequested",
    "PaymentConfirmed",
    "OpinionRequested",
    "OpinionRecorded",
    "ApologyIssued",
    "CaseBecameLate",
    "CaseStopped",
    "CaseResumed",
    "CaseRefused",
    "CaseWithdrawn",
    "CaseFinished",
    "ResultReturned",
)
EVENT_LOG_TYPES = (STEP_COMPLETED, *MILESTONES, "DueMoved", "CaseCorrected", STEP_TAKEN_BACK)
"""The journal's words an event log is made from."""

CSV_COLUMNS = (
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "start_timestamp",
    "org:resource",
    "org:role",
    "lifecycle:transition",
    "case:procedure",
    "case:version",
    "case:agency",
    "case:field",
    "case:level",
    "case:channel",
    "case:received_at",
    "case:due_at",
    "case:finished_at",
)

_XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name"/>
<string key="concept:name" value="motcua"/>
"""


@dataclass(frozen=True)
class LoggedEvent:
    """An event of a trace; `started_at` is known of steps only."""

    activity: str
    at: datetime
    started_at: datetime | None
    resource: str | None
    role: str | None


@dataclass(frozen=True)
class Trace:
    """A received case as an event log has it."""

    number: str
    attributes: Mapping[str, str]
    instants: Mapping[str, datetime]
    events: tuple[LoggedEvent, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """Its steps in the order they were finished."""
        return tuple(event.activity for event in self.events if event.started_at is not None)


def traces(events: Iterable[Happening], *, in_order: bool = False) -> Iterator[Trace]:
    """Every received case; a step's activity is its id, a milestone's is the journal's word."""
    for number, entries in by_case(events, in_order=in_order):
        trace = _trace(number, entries)
        if trace is not None:
            yield trace


def event_log_rows(
    events: Iterable[Happening], form: str, *, in_order: bool = True
) -> Iterator[str]:
    """The text of an event log, `xes` or `log-csv`, a piece at a time.

    Raises:
        BadInputError: another format was asked for.
    """
    if form not in ("xes", "log-csv"):
        raise BadInputError(f"Expected xes or log-csv, but got {form!r}")
    found = traces(events, in_order=in_order)
    return _xes(found) if form == "xes" else _csv(found)


def _trace(number: str, entries: list[Happening]) -> Trace | None:
    receipt = next((entry for entry in entries if entry.type == RECEIVED), None)
    if receipt is None:
        return None
    data = dict(receipt.data)
    for entry in entries:
        if entry.type == "CaseCorrected":
            data |= entry.data
    instants = {"received_at": instant(data["received_at"])}
    if data.get("due_at") is not None:
        instants["due_at"] = instant(data["due_at"])
    events: list[LoggedEvent] = []
    for entry in entries:
        if entry.type in {"SupplementReceived", "PaymentConfirmed", "CaseResumed", "DueMoved"}:
            after = entry.data.get("due_after") or entry.data.get("after")
            if after is not None:
                instants["due_at"] = instant(after)
        if entry.type in {"CaseFinished", "CaseWithdrawn"}:
            instants["finished_at"] = entry.at
        if entry.type == STEP_TAKEN_BACK:
            _annul(events, entry.data["step"])
        elif entry.type not in {"DueMoved", "CaseCorrected"}:
            events.append(_event(entry))
    attributes = {name: str(data[name]) for name in _ATTRIBUTES if data.get(name) is not None}
    return Trace(number, attributes, instants, tuple(events))


def _annul(events: list[LoggedEvent], step: str) -> None:
    """A step that was taken back was not finished."""
    for place in range(len(events) - 1, -1, -1):
        if events[place].activity == step and events[place].started_at is not None:
            del events[place]
            return


_ATTRIBUTES = ("procedure", "version", "agency", "field", "level", "channel")


def _event(entry: Happening) -> LoggedEvent:
    data: Mapping[str, Any] = entry.data
    if entry.type == STEP_COMPLETED:
        begun = data.get("started_at") or data.get("created_at")
        started_at = entry.at if begun is None else instant(begun)
        return LoggedEvent(data["step"], entry.at, started_at, data["officer"], data.get("role"))
    return LoggedEvent(entry.type, entry.at, None, data.get("officer") or data.get("signer"), None)


def _xes(found: Iterable[Trace]) -> Iterator[str]:
    yield _XES_HEAD
    for trace in found:
        lines = ["<trace>", _string("concept:name", trace.number)]
        lines += [_string(name, value) for name, value in trace.attributes.items()]
        lines += [_date(name, at) for name, at in trace.instants.items()]
        for event in trace.events:
            lines.append("<event>")
            lines.append(_string("concept:name", event.activity))
            lines.append(_date("time:timestamp", event.at))
            lines.append(_string("lifecycle:transition", "complete"))
            if event.started_at is not None:
                lines.append(_date("start_timestamp", event.started_at))
            if event.resource:
                lines.append(_string("org:resource", event.resource))
            if event.role:
                lines.append(_string("org:role", event.role))
            lines.append("</event>")
        lines.append("</trace>\n")
        yield "".join(lines)
    yield "</log>\n"


def _csv(found: Iterable[Trace]) -> Iterator[str]:
    yield _line(CSV_COLUMNS)
    for trace in found:
        instants = [
            iso_office(trace.instants[name]) if name in trace.instants else ""
            for name in ("received_at", "due_at", "finished_at")
        ]
        head = [trace.attributes.get(name, "") for name in _ATTRIBUTES]
        for event in trace.events:
            yield _line(
                (
                    trace.number,
                    event.activity,
                    iso_office(event.at),
                    "" if event.started_at is None else iso_office(event.started_at),
                    event.resource or "",
                    event.role or "",
                    "complete",
                    *head,
                    *instants,
                )
            )


def _string(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(_printable(value))}/>"


def _date(key: str, at: datetime) -> str:
    return f'<date key={quoteattr(key)} value="{iso_office(at)}"/>'


def _printable(text: str) -> str:
    """Text without the letters XML cannot hold."""
    return "".join(letter if letter >= " " or letter in "\t\n\r" else "�" for letter in text)


def _line(values: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(value) for value in values])
    return buffer.getvalue()
