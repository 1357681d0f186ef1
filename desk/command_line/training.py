"""`motcua training …`: the training office's own clock, and a story that shows the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, opened
from desk.command_line.story import tell
from desk.command_line.values import INSTANT
from desk.command_line.wording import day_and_hour
from engine.cases.training import TrainingOnlyError, is_training
from engine.clock import iso_office
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import check_revision
from engine.scheduler.sweep import advance_training_clock

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def training() -> None:
    """A training office: its clock moves only when it is told to."""


@training.command()
@json_option
def now(*, as_json: bool) -> None:
    """Show the training clock."""
    with looking() as (db, clock):
        if not is_training(db):
            raise TrainingOnlyError("Expected a training office, but this office is a real one")
        document = {"now": iso_office(clock.now())}
    answer(document, as_json=as_json, lines=lambda: [day_and_hour(document["now"])])


@training.command("advance-to")
@click.argument("to", type=INSTANT)
@json_option
def advance_to(*, to: datetime, as_json: bool) -> None:
    """Move the clock forward; everything due on the way happens at its own instant."""
    with opened() as (settings, books):
        check_revision(books)
        swept = advance_training_clock(books, to)
        seal_journal(books, settings.anchor_file)
    document = {
        "now": iso_office(to),
        "fired": swept.fired,
        "dropped": swept.dropped,
        "failed": swept.failed,
    }
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"Đồng hồ: {day_and_hour(iso_office(to))}; {swept.fired} hẹn giờ, {swept.failed} sự cố"
        ],
    )


@training.command()
@json_option
def story(*, as_json: bool) -> None:
    """A few days of a training office: receipt, supplement, lateness, apology, return."""
    document = tell(quiet=as_json)
    answer(document, as_json=as_json, lines=list)
