"""XES files as a stream of cases: no entities, no network, no tree in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from engine.reports.observed.log import (
    LONGEST_TEXT,
    MOST_ATTRIBUTES,
    MOST_CASES,
    MOST_EVENTS_PER_CASE,
    LogCase,
    LogEvent,
    LogRefusedError,
    MeasuredFile,
    log_instant,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

COMPLETE, START = "complete", "start"
_IGNORED = frozenset({"schedule", "assign", "withdraw", "reassign", "suspend", "resume"})


def xes_cases(path: Path) -> Iterator[LogCase]:
    """Every trace of an XES file (gzip or not), one in memory at a time.

    Of an event's transitions `complete` counts; a `start` of the same activity gives its begin.

    Raises:
        LogRefusedError: it is no XES, is broken, holds a DOCTYPE, or is too large.
    """
    file = MeasuredFile(path)
    try:
        yield from _traces(path, file)
    except etree.XMLSyntaxError as cause:
        raise LogRefusedError(
            f"Expected an XES log, but {path} is not well-formed XML: {cause.msg}", file=str(path)
        ) from cause
    finally:
        file.close()


def _traces(path: Path, file: MeasuredFile) -> Iterator[LogCase]:
    found = cases = events = 0
    parser = etree.iterparse(
        file,
        events=("start", "end"),
        tag=("{*}log", "{*}trace", "{*}event"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for happened, element in parser:
        name = etree.QName(element).localname
        if happened == "start":
            found += 1
            if found == 1:
                _check_root(path, element, name)
            if name == "trace":
                events = 0
            continue
        if name == "event":
            events += 1
            if events > MOST_EVENTS_PER_CASE:
                raise LogRefusedError(
                    f"Expected at most {MOST_EVENTS_PER_CASE} events in a trace, but {path} has"
                    f" more near line {element.sourceline}",
                    file=str(path),
                )
        elif name == "trace":
            cases += 1
            if cases > MOST_CASES:
                raise LogRefusedError(
                    f"Expected at most {MOST_CASES} traces, but {path} has more", file=str(path)
                )
            yield _case(path, element, cases)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    if not found:
        raise LogRefusedError(f"Expected an XES log, but {path} holds no log", file=str(path))


def _check_root(path: Path, root: _Element, name: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise LogRefusedError(
            f"Expected an XES log without a DOCTYPE, but {path} has one", file=str(path)
        )
    if name != "log" or root.getparent() is not None:
        raise LogRefusedError(
            f"Expected an XES log, but {path} begins with something else", file=str(path)
        )


def _case(path: Path, trace: _Element, number: int) -> LogCase:
    attributes: dict[str, str] = {}
    events: list[LogEvent] = []
    begun: dict[str, list[LogEvent]] = {}
    for child in trace:
        if etree.QName(child).localname == "event":
            _take_event(path, child, events, begun)
        else:
            key, value = child.get("key"), child.get("value")
            if key is not None and value is not None:
                attributes[key] = value[:LONGEST_TEXT]
    if len(attributes) > MOST_ATTRIBUTES:
        raise LogRefusedError(
            f"Expected at most {MOST_ATTRIBUTES} attributes of a trace, but {path} has more near"
            f" line {trace.sourceline}",
            file=str(path),
        )
    return LogCase(attributes.get("concept:name", f"trace-{number}"), attributes, events)


def _take_event(
    path: Path, event: _Element, events: list[LogEvent], begun: dict[str, list[LogEvent]]
) -> None:
    values = {child.get("key"): child.get("value") for child in event if isinstance(child.tag, str)}
    where = f"{path}, line {event.sourceline}"
    stamp, activity = values.get("time:timestamp"), values.get("concept:name")
    if stamp is None or activity is None:
        missing = "time:timestamp" if stamp is None else "concept:name"
        raise LogRefusedError(
            f"Expected {missing} in every event, but it is missing in {where}", file=str(path)
        )
    transition = (values.get("lifecycle:transition") or COMPLETE).lower()
    if transition in _IGNORED:
        return
    begun_at = values.get("start_timestamp")
    made = LogEvent(
        activity[:LONGEST_TEXT],
        log_instant(stamp, where),
        values.get("org:resource"),
        None if begun_at is None else log_instant(begun_at, where),
    )
    if transition == START:
        begun.setdefault(activity, []).append(made)
        return
    waiting = begun.get(activity)
    if waiting:
        made = LogEvent(made.activity, made.at, made.resource, waiting.pop(0).at)
    events.append(made)
