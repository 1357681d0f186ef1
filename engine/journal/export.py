"""Giving the journal away: one JSON document a line, or a table that opens safely."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from engine.clock import iso_office
from engine.errors import BadInputError
from engine.journal.read import entries_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.journal.append import Entry

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
COLUMNS = ("sequence", "stream", "stream_sequence", "type", "at", "actor", "data")


def export_rows(db: Connection, form: str) -> Iterator[str]:
    """Lines of `jsonl` or `csv`, in order of sequence, times of the office.

    Raises:
        BadInputError: another format was asked for.
    """
    if form not in ("jsonl", "csv"):
        raise BadInputError(f"Expected jsonl or csv, but got {form!r}")
    if form == "csv":
        yield _csv_line(COLUMNS)
    for entry in entries_after(db):
        yield _csv_line(_values(entry)) if form == "csv" else _json_line(entry)


def harmless(text: str) -> str:
    """Text that a spreadsheet shows as text, never runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _json_line(entry: Entry) -> str:
    document = {
        "sequence": entry.sequence,
        "stream": entry.stream,
        "stream_sequence": entry.stream_sequence,
        "type": entry.type,
        "at": iso_office(entry.at),
        "actor": entry.actor,
        "data": entry.data,
    }
    return json.dumps(document, ensure_ascii=False) + "\n"


def _values(entry: Entry) -> tuple[str, ...]:
    return (
        str(entry.sequence),
        entry.stream,
        str(entry.stream_sequence),
        entry.type,
        iso_office(entry.at),
        entry.actor,
        json.dumps(entry.data, ensure_ascii=False, sort_keys=True),
    )


def _csv_line(values: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(value) for value in values])
    return buffer.getvalue()
