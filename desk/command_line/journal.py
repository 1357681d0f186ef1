"""`motcua journal …`: prove that the record is whole, and give it away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import opened
from engine.database import reading
from engine.errors import OfficeError
from engine.journal.export import export_rows
from engine.journal.read import last_sequence, lines_by_stream
from engine.journal.verify import verify as verify_journal
from engine.reports.event_log import EVENT_LOG_TYPES, event_log_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


class JournalBrokenError(OfficeError):
    """The record is not what was written."""

    code = "journal_broken"


@click.group()
def journal() -> None:
    """The journal (nhật ký): append-only, chained, anchored outside the database."""


@journal.command()
@json_option
def verify(*, as_json: bool) -> None:
    """Check every row, chain, batch and anchor line; exit 1 when anything was changed."""
    with opened() as (settings, books), reading(books) as db:
        result = verify_journal(db, settings.anchor_file)
    document = result.as_json()
    if not result.ok:
        raise JournalBrokenError(
            f"Expected an unbroken journal, but {result.findings[0].message}", **document
        )
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"Nhật ký nguyên vẹn: {result.rows} dòng, {result.batches} lô đã niêm phong"
        ],
    )


@journal.command()
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv", "xes", "log-csv"]), required=True
)
@click.option("--out", type=click.Path(path_type=Path), help="A file; else standard output.")
@json_option
def export(*, form: str, out: Path | None, as_json: bool) -> None:
    """Write all entries in order; xes and log-csv are event logs for process mining."""
    rows = 0
    with opened() as (_settings, books), reading(books) as db:
        lines = export_rows(db, form) if form in ("jsonl", "csv") else _event_log(db, form)
        if out is None:
            for line in lines:
                sys.stdout.write(line)
            return
        partial = out.with_suffix(out.suffix + ".partial")
        with partial.open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
                rows += 1
        partial.replace(out)
    answer({"out": str(out), "lines": rows}, as_json=as_json, lines=lambda: [f"Đã ghi {out}"])


def _event_log(db: Connection, form: str) -> Iterator[str]:
    lines = lines_by_stream(db, up_to=last_sequence(db), types=EVENT_LOG_TYPES)
    return event_log_rows(lines, form)
