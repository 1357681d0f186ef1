"""`motcua procedure migrate`: what would become of running cases on another version, then do it."""

from __future__ import annotations

from typing import Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import opened
from engine.cases.training import clock_of
from engine.database import reading, transaction
from engine.errors import OfficeError
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import check_revision
from engine.procedures.migrate_procedure import Outlook, migration


def _names(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    for old, sign, new in pairs:
        if not (old and sign and new):
            raise click.BadParameter(f"Expected OLD=NEW, but got {old + sign + new!r}")
    return {old: new for old, _, new in pairs}


@click.command()
@click.argument("code")
@click.option("--to", "to", type=int, required=True, metavar="N", help="The version to move to.")
@click.option("--apply", "is_applied", is_flag=True, help="Move the cases; else nothing changes.")
@click.option(
    "--map", "names", multiple=True, callback=_names, metavar="OLD=NEW",
    help="An element that has another id there; repeatable.",
)  # fmt: skip
@click.option(
    "--decision", metavar="NO", help="Decision by which limits that run are counted anew."
)
@json_option
def migrate(
    *,
    code: str,
    to: int,
    is_applied: bool,
    names: dict[str, str],
    decision: str | None,
    as_json: bool,
) -> None:
    """Running cases of CODE on version N: one line a case, what moves where or why not.

    A dry run unless --apply. Each case moves wholly or stays untouched; due dates never change.
    """
    with opened() as (settings, books):
        check_revision(books)
        with reading(books) as db:
            plan = migration(db, clock_of(db), code=code, to=to, names=names, decision=decision)
            outlooks = list(plan.outlooks(db))
        if is_applied:
            outlooks = [
                _applied(books, plan, outlook) if outlook.can_move else outlook
                for outlook in outlooks
            ]
            seal_journal(books, settings.anchor_file)
    moving = [each for each in outlooks if each.can_move]
    recounted = sum(bool(each.recounted) for each in moving)
    staying = len(outlooks) - len(moving)
    document = {
        "code": code,
        "to": to,
        "applied": is_applied,
        "summary": {"move": len(moving), "decide": staying, "deadlines_changed": recounted},
        "cases": [each.as_json() for each in outlooks],
    }
    verb = "đã chuyển" if is_applied else "chuyển được"
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            *(each.line() for each in outlooks),
            f"{len(moving)} {verb}, {staying} cần quyết định, {recounted} hạn thay đổi",
        ],
    )


def _applied(books: Any, plan: Any, outlook: Outlook) -> Outlook:
    """One case in its own transaction; one that fails is left as it was and says why."""
    try:
        with transaction(books) as db:
            done: Outlook = plan.apply(db, clock_of(db), number=outlook.number, by="designer")
            return done
    except OfficeError as refusal:
        return Outlook(
            outlook.number,
            outlook.status,
            outlook.version,
            reasons=(refusal.message,),
            codes=(refusal.code,),
        )
