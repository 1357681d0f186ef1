"""`motcua inbox`, `notices`, `escalation`: who was told what, and whom the office tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, writing
from desk.command_line.wording import day_and_hour
from engine.cases.lateness.escalation import policy_text, set_policy
from engine.cases.telling import inbox as inboxes
from engine.cases.telling import outbox
from engine.clock import SystemClock
from engine.errors import BadInputError
from engine.staff.commands import set_email

if TYPE_CHECKING:
    from collections.abc import Iterable

by_option = click.option("--officer", metavar="OFFICER", required=True, help="Whose inbox.")


@click.group(invoke_without_command=True)
@click.option("--officer", metavar="OFFICER", help="Only one officer's.")
@click.option("--all", "closed", is_flag=True, help="What is over too.")
@click.option("--limit", "most", type=click.IntRange(1, 10_000), default=500)
@json_option
@click.pass_context
def inbox(
    context: click.Context, *, officer: str | None, closed: bool, most: int, as_json: bool
) -> None:
    """Warnings and digests of the officers, newest first."""
    if context.invoked_subcommand is not None:
        return
    with looking() as (db, _clock):
        items = inboxes.messages(db, officer=officer, closed=closed, most=most)
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: [_line(each) for each in items] or ["Hộp việc trống."],
    )


@inbox.command("read")
@click.argument("message", type=int)
@by_option
@json_option
def read_(*, message: int, officer: str, as_json: bool) -> None:
    """Mark a message as read."""
    with writing() as (db, clock):
        document = inboxes.mark_read(db, clock, message=message, by=officer)
    answer(document, as_json=as_json, lines=lambda: [_line(document)])


@inbox.command("act")
@click.argument("message", type=int)
@by_option
@json_option
def act_(*, message: int, officer: str, as_json: bool) -> None:
    """Take a warning up: it climbs no further."""
    with writing() as (db, clock):
        document = inboxes.take_up(db, clock, message=message, by=officer)
    answer(document, as_json=as_json, lines=lambda: [_line(document)])


@inbox.command("address")
@click.argument("email")
@by_option
@click.option("--by", required=True, metavar="OFFICER", help="Who enters it.")
@json_option
def address(*, email: str, officer: str, by: str, as_json: bool) -> None:
    """Enter the e-mail address where an officer's warnings go too."""
    with writing() as (db, clock):
        set_email(db, clock, officer_code=officer, email=email, by=by)
    answer(
        {"officer": officer, "email": email}, as_json=as_json, lines=lambda: [f"{officer}: {email}"]
    )


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice(["waiting", "sent", "dead", "no_address"]))
@click.option("--case", "number", metavar="NUMBER", help="Only those of one case.")
@click.option("--limit", "most", type=click.IntRange(1, 10_000), default=500)
@json_option
@click.pass_context
def notices(
    context: click.Context, *, state: str | None, number: str | None, most: int, as_json: bool
) -> None:
    """What the office tells applicants and officers by e-mail, and how far it got."""
    if context.invoked_subcommand is not None:
        return
    with looking() as (db, _clock):
        items = outbox.notices(db, state=state, number=number, most=most)
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: (
            [
                f"{i['id']}  {i['state']}  {i['what']}  {i['number'] or ''}  {i['to']}"
                f"{'  ' + i['last_error'] if i['last_error'] else ''}"
                for i in items
            ]
            or ["Không có thông báo nào."]
        ),
    )


@notices.command("resend")
@click.argument("notice", type=int)
@json_option
def resend(*, notice: int, as_json: bool) -> None:
    """Try a notice again that was given up or had no address."""
    with writing() as (db, _clock):
        outbox.send_again(db, SystemClock().now(), notice_id=notice)
    answer({"id": notice}, as_json=as_json, lines=lambda: [f"Sẽ gửi lại thông báo {notice}."])


@click.group()
def escalation() -> None:
    """Who is warned, when and how."""


@escalation.command("show")
@json_option
def show(*, as_json: bool) -> None:
    """Print the policy in force; it can be kept in a file and changed there."""
    with looking() as (db, _clock):
        text = policy_text(db)
    answer({"policy": text}, as_json=as_json, lines=lambda: _lines(text))


@escalation.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, metavar="OFFICER", help="Who decides it.")
@json_option
def set_(*, file: Path, by: str, as_json: bool) -> None:
    """Put another policy in force."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as cause:
        raise BadInputError(f"Expected a policy in UTF-8, but {file} is not") from cause
    with writing() as (db, clock):
        set_policy(db, clock, text=text, by=by)
    answer({"policy": text}, as_json=as_json, lines=lambda: ["Đã đặt chính sách cảnh báo mới."])


def _lines(text: str) -> Iterable[str]:
    return text.splitlines()


def _line(each: dict[str, Any]) -> str:
    if each["kind"] == "digest":
        what = each["content"]["summary"]
    else:
        what = f"{each['title']}: {each['number']}"
    marks = "".join(
        f"  [{word}]"
        for word, at in (
            ("đã đọc", each["read_at"]),
            ("đã nhận xử lý", each["acted_at"]),
            ("đã xong", each["closed_at"]),
        )
        if at
    )
    instead = f" (thay {each['standing_in_for']})" if each["standing_in_for"] else ""
    raised = day_and_hour(each["raised_at"])
    return f"{each['id']}  {raised}  {each['officer']}{instead}  {what}{marks}"
