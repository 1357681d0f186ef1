"""`motcua rollup`: bring the sums that big reports are answered from up to the journal."""

from __future__ import annotations

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import opened
from engine.cases.training import clock_of
from engine.database import transaction
from engine.migrations.upgrade import check_revision
from engine.reports.rollup_books import roll_up


@click.command()
@click.option("--anew", is_flag=True, help="Forget all sums and make them from the first entry.")
@json_option
def rollup(*, anew: bool, as_json: bool) -> None:
    """Sum up what the journal holds behind the bookmark; reports then answer at once."""
    with opened() as (_settings, books):
        check_revision(books)
        with transaction(books, alone=True) as db:
            document = roll_up(db, clock_of(db).now(), anew=anew)
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"Đã cộng dồn đến dòng {document['sequence']} ({document['rows']} dòng mới):"
            f" {document['blocks']} ô, {document['open_cases']} hồ sơ đang mở"
            + ("" if document["usable"] else "; KHÔNG dùng được, báo cáo đọc thẳng nhật ký")
        ],
    )
