"""`motcua procedure diff` and `abolish`: what a new version changes, and the end of a procedure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, writing
from desk.command_line.values import DATE, read_file
from engine.catalog.diagram import read_diagram
from engine.catalog.difference import differences
from engine.catalog.model import Decision
from engine.catalog.versions import version_number
from engine.clock import office_date
from engine.errors import BadInputError
from engine.procedures.abolish_procedure import abolish_procedure

if TYPE_CHECKING:
    from datetime import date

    from engine.catalog.graph import Process


@click.command()
@click.argument("code", metavar="CODE|FILE")
@click.argument("file", type=click.Path(path_type=Path), required=False, metavar="[FILE]")
@click.option("--from", "before", type=int, metavar="N", help="The earlier version; the one in "
              "force when it is left out.")  # fmt: skip
@click.option("--to", "after", type=int, metavar="M", help="The later version.")
@json_option
def diff(
    *, code: str, file: Path | None, before: int | None, after: int | None, as_json: bool
) -> None:
    """What changed in meaning: two versions of CODE, a version and a FILE, or two files.

    `diff CODE --from 1 --to 2`, `diff CODE FILE [--from 1]`, `diff OLD.bpmn NEW.bpmn`.
    """
    if (file is None) == (after is None):
        raise click.UsageError("Expected either --to M or a FILE to compare with")
    if file is not None and code.endswith(".bpmn"):
        old = _process(Path(code))
    else:
        with looking() as (db, clock):
            today = office_date(clock.now())
            old = version_number(db, code, before, today).process
            new_version = version_number(db, code, after, today) if after is not None else None
    new = _process(file) if file is not None else None
    if new is None:
        if new_version is None:
            raise click.UsageError("Expected --to M")
        new = new_version.process
    changes = differences(old, new)
    answer(
        {"changes": [change.as_json() for change in changes], "same": not changes},
        as_json=as_json,
        lines=lambda: [c.text() for c in changes] or ["Không có thay đổi về nội dung."],
    )


@click.command()
@click.argument("code")
@click.option("--decision", required=True, metavar="NO", help="Number of the decision.")
@click.option("--decided-on", type=DATE, required=True)
@click.option("--authority", required=True, metavar="NAME", help="Who decided.")
@click.option("--effective-on", type=DATE, required=True, help="No dossier is taken from then on.")
@json_option
def abolish(
    *,
    code: str,
    decision: str,
    decided_on: date,
    authority: str,
    effective_on: date,
    as_json: bool,
) -> None:
    """End a procedure (bãi bỏ); running cases go on to their end."""
    with writing() as (db, clock):
        event = abolish_procedure(
            db,
            clock,
            code=code,
            decision=Decision(decision.strip(), decided_on, authority.strip(), effective_on),
            by="designer",
        )
    answer(
        {"code": code, "decision": event.decision, "effective_on": effective_on.isoformat()},
        as_json=as_json,
        lines=lambda: [
            f"{code}: bãi bỏ theo {event.decision}, từ {effective_on:%d/%m/%Y}.",
            "Hồ sơ đang giải quyết tiếp tục đến khi có kết quả.",
        ],
    )


def _process(file: Path) -> Process:
    processes = read_diagram(read_file(file)).processes
    headed = [each for each in processes if each.extension is not None] or list(processes)
    if not headed:
        raise BadInputError(f"Expected a diagram with a process, but {file} has none")
    return headed[0]
