"""`motcua rehearse`: the process that runs rehearsals asked for on the desk's pages."""

from __future__ import annotations

import logging
import os
import signal
from typing import TYPE_CHECKING

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import opened
from desk.rehearsal.work import work_off
from engine.migrations.upgrade import check_revision

if TYPE_CHECKING:
    from types import FrameType

KINDNESS = 10


@click.command()
@json_option
def rehearse(*, as_json: bool) -> None:
    """Run the rehearsals that wait, one after the other, until none does.

    The desk starts this by itself when somebody asks for a rehearsal; by hand it takes up what
    was left waiting. It gives way to everything else on the machine.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, _ended)
    os.nice(KINDNESS)
    with opened() as (settings, books):
        check_revision(books)
        taken = work_off(books, budget_seconds=settings.rehearsal_seconds, ends_process=True)
    answer({"taken": taken}, as_json=as_json, lines=lambda: [f"Đã chạy {taken} lượt diễn tập"])


def _ended(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
