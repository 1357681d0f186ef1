"""What the commands of `motcua case` share: their arguments, and one change with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.command_line.answer import answer
from desk.command_line.books import writing
from desk.command_line.case_lines import summary_lines
from engine.cases import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.clock import Clock

number_argument = click.argument("number")
officer_option = click.option(
    "--as", "officer", metavar="OFFICER", help="Who acts; a training office picks somebody."
)
signer_option = click.option("--signer", metavar="OFFICER", help="The leader who signs by name.")
reason_option = click.option("--reason", required=True, help="The reason, as the letter says it.")


def change(act: Callable[[Connection, Clock], CaseFile], *, as_json: bool) -> None:
    """Run a command in a transaction of its own and say how the case stands then."""
    with writing() as (db, clock):
        document = views.summary(act(db, clock))
    answer(document, as_json=as_json, lines=lambda: summary_lines(document))
