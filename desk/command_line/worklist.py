"""`motcua worklist`: the open steps, what is due first on top."""

from __future__ import annotations

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking
from desk.command_line.wording import day_and_hour
from engine.cases.lists.worklist import work


@click.command()
@click.option("--role", metavar="ROLE", help="Only steps of a role.")
@click.option("--officer", metavar="OFFICER", help="Only what an officer has or may take.")
@click.option("--due-within", metavar="LIMIT", help="Case due within a limit such as 1wd.")
@click.option("--overdue", is_flag=True, help="Only cases past their original due date.")
@click.option("--limit", "most", type=click.IntRange(1, 10_000), default=500)
@json_option
def worklist(
    *,
    role: str | None,
    officer: str | None,
    due_within: str | None,
    overdue: bool,
    most: int,
    as_json: bool,
) -> None:
    """Open steps of the office, by due date."""
    with looking() as (db, clock):
        items = work(
            db,
            clock,
            role=role,
            officer=officer,
            due_within=due_within,
            overdue=overdue,
            most=most,
        )
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: (
            [
                f"{i['number']}  {i['name']}  hạn hồ sơ {day_and_hour(i['case_due_at'])}"
                f"{'  QUÁ HẠN' if i['overdue'] else ''}"
                for i in items
            ]
            or ["Không có việc nào."]
        ),
    )
