"""CSV logs as cases: one row an event, the columns found by the names that are in use."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

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
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

CASE = ("case:concept:name", "case_id", "caseid", "case id", "case", "ma_ho_so")
ACTIVITY = ("concept:name", "activity", "task", "event", "buoc")
END = ("time:timestamp", "end_time", "end_timestamp", "complete_time", "timestamp", "time")
START = ("start_timestamp", "start_time")
RESOURCE = ("org:resource", "resource", "user")
LONGEST_LINE = 1_000_000


def csv_cases(path: Path, attributes: Iterable[str] = ()) -> Iterator[LogCase]:
    """Every case of a CSV log (gzip or not), in order of first appearance.

    Columns `case:…` are attributes of the case, and so are those named in `attributes`; the first
    value that is not empty counts.

    Raises:
        LogRefusedError: no column for case, activity or time; a broken row; too large.
    """
    lines = _lines(path)
    header = next(lines, "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(_after(header, lines), delimiter=delimiter, strict=True)
    cases: dict[str, LogCase] = {}
    try:
        names = [name.strip() for name in next(reader, [])]
        columns = _Columns(path, names, set(attributes))
        for number, row in enumerate(reader, start=2):
            if row:
                columns.take(row, number, cases)
    except csv.Error as cause:
        raise LogRefusedError(
            f"Expected a CSV log, but {path} is broken: {cause}", file=str(path)
        ) from cause
    yield from cases.values()


class _Columns:
    """Where the columns stand, and what a row adds to the cases."""

    def __init__(self, path: Path, names: Sequence[str], wanted: set[str]) -> None:
        if len(names) > MOST_ATTRIBUTES:
            raise LogRefusedError(
                f"Expected at most {MOST_ATTRIBUTES} columns, but {path} has {len(names)}",
                file=str(path),
            )
        self._path = path
        lowered = [name.lower() for name in names]
        self._case = self._needed("case", CASE, lowered)
        self._activity = self._needed("activity", ACTIVITY, lowered)
        self._end = self._needed("time", END, lowered)
        self._start = _found(START, lowered)
        self._resource = _found(RESOURCE, lowered)
        self._width = len(names)
        self._attributes = {
            position: name.removeprefix("case:")
            for position, name in enumerate(names)
            if name.startswith("case:") or name in wanted or name.removeprefix("case:") in wanted
        }

    def take(self, row: Sequence[str], number: int, cases: dict[str, LogCase]) -> None:
        """Add one row."""
        where = f"{self._path}, row {number}"
        if len(row) != self._width:
            raise LogRefusedError(
                f"Expected {self._width} columns in {where}, but it has {len(row)}",
                file=str(self._path),
            )
        name = row[self._case]
        case = cases.get(name)
        if case is None:
            if len(cases) >= MOST_CASES:
                raise LogRefusedError(
                    f"Expected at most {MOST_CASES} cases, but {self._path} has more",
                    file=str(self._path),
                )
            case = cases[name] = LogCase(name)
        if len(case.events) >= MOST_EVENTS_PER_CASE:
            raise LogRefusedError(
                f"Expected at most {MOST_EVENTS_PER_CASE} events in a case, but {where} is one more"
            )
        for position, attribute in self._attributes.items():
            if row[position]:
                case.attributes.setdefault(attribute, row[position][:LONGEST_TEXT])
        begun = row[self._start] if self._start is not None else ""
        case.events.append(
            LogEvent(
                row[self._activity][:LONGEST_TEXT],
                log_instant(row[self._end], where),
                row[self._resource] if self._resource is not None else None,
                log_instant(begun, where) if begun else None,
            )
        )

    def _needed(self, what: str, known: Sequence[str], lowered: Sequence[str]) -> int:
        position = _found(known, lowered)
        if position is None:
            raise LogRefusedError(
                f"Expected a column for the {what} ({', '.join(known)}), but {self._path} has"
                f" {', '.join(lowered)[:300] or 'none'}",
                file=str(self._path),
            )
        return position


def _found(known: Sequence[str], lowered: Sequence[str]) -> int | None:
    return next((lowered.index(name) for name in known if name in lowered), None)


def _after(header: str, lines: Iterator[str]) -> Iterator[str]:
    yield header
    yield from lines


def _lines(path: Path) -> Iterator[str]:
    file = MeasuredFile(path)
    rest, first = b"", True
    try:
        while block := file.read(1 << 20):
            if first and block.startswith(b"\xef\xbb\xbf"):
                block = block[3:]
            first = False
            whole = (rest + block).split(b"\n")
            rest = whole.pop()
            if len(rest) > LONGEST_LINE:
                raise LogRefusedError(
                    f"Expected lines of at most {LONGEST_LINE} bytes, but {path} has a longer one",
                    file=str(path),
                )
            for line in whole:
                yield line.decode("utf-8") + "\n"
        if rest:
            yield rest.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise LogRefusedError(
            f"Expected text in UTF-8, but {path} holds other bytes: {cause.reason}", file=str(path)
        ) from cause
    finally:
        file.close()
