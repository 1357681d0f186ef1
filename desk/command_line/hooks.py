"""`motcua hooks …`: partners' endpoints, what waits or was given up, and what came in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, opened, writing
from engine.clock import SystemClock, iso_office
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import check_revision
from webhooks import deliveries, endpoints
from webhooks.endpoints import Format
from webhooks.inbound import apply, inbox, senders
from webhooks.inbound.inbox import InboxState
from webhooks.inbound.messages import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATES = {"active": "đang gửi", "disabled": "đã tắt"}

WALL = SystemClock()
"""Messages travel by the wall's clock, in a training office too."""


@click.group()
def hooks() -> None:
    """Messages to and from partner systems (webhook)."""


@hooks.command()
@click.argument("code")
@click.argument("url")
@click.option("--event", "events", multiple=True, metavar="TYPE", help="Only these events.")
@click.option("--agency", "agencies", multiple=True, metavar="CODE", help="Only these agencies.")
@click.option("--procedure", "procedures", multiple=True, metavar="CODE", help="Only these.")
@click.option(
    "--personal-data",
    metavar="NUMBER",
    help="Tell personal data too; NUMBER is where the recipient is registered for it.",
)
@click.option("--format", "form", type=click.Choice([f.value for f in Format]), default="events")
@click.option("--from-sequence", type=click.IntRange(0), help="Begin behind this journal row.")
@json_option
def add(
    *,
    code: str,
    url: str,
    events: Sequence[str],
    agencies: Sequence[str],
    procedures: Sequence[str],
    personal_data: str | None,
    form: str,
    from_sequence: int | None,
    as_json: bool,
) -> None:
    """Enter an endpoint; its secret is shown once."""
    with writing() as (db, _clock):
        secret = endpoints.add_endpoint(
            db,
            WALL,
            code=code,
            url=url,
            form=Format(form),
            events=events,
            agencies=agencies,
            procedures=procedures,
            personal_register=personal_data,
            from_sequence=from_sequence,
        )
    _show_secret(code, secret, as_json=as_json)


@hooks.command("list")
@json_option
def list_all(*, as_json: bool) -> None:
    """Endpoints and senders, how they fare, and the incoming messages that wait with a reason."""
    with looking() as (db, _clock):
        document = {
            "items": _plain(endpoints.listed(db)),
            "senders": _plain(senders.senders(db)),
            "inbox": _plain(inbox.inbox_rows(db, InboxState.WAITING)),
        }
    answer(document, as_json=as_json, lines=lambda: _overview(document))


@hooks.command()
@click.argument("code")
@click.option("--overlap", "hours", type=click.FloatRange(0, 720), default=24.0, help="Hours.")
@json_option
def rotate(*, code: str, hours: float, as_json: bool) -> None:
    """Give an endpoint a new secret; the old one counts for the overlap too."""
    overlap = timedelta(hours=hours)
    with writing() as (db, _clock):
        secret = endpoints.rotate(db, WALL, code=code, overlap=overlap)
    _show_secret(code, secret, as_json=as_json)


@hooks.command()
@click.argument("code")
@click.option("--reason", default="tắt bằng lệnh", help="Why.")
@json_option
def disable(*, code: str, reason: str, as_json: bool) -> None:
    """Send an endpoint nothing more; what happens meanwhile waits."""
    with writing() as (db, _clock):
        endpoints.disable(db, code=code, why=reason)
    answer({"code": code}, as_json=as_json, lines=lambda: [f"Đã tắt {code}"])


@hooks.command()
@click.argument("code")
@json_option
def enable(*, code: str, as_json: bool) -> None:
    """Send again, beginning with what waited."""
    with writing() as (db, _clock):
        endpoints.enable(db, code=code)
    answer({"code": code}, as_json=as_json, lines=lambda: [f"Đã bật lại {code}"])


@hooks.command("dead-letters")
@click.argument("code", required=False)
@click.option("--waiting", is_flag=True, help="Those to be tried again instead.")
@json_option
def dead_letters(*, code: str | None, waiting: bool, as_json: bool) -> None:
    """Messages that were given up."""
    read = deliveries.waiting_letters if waiting else deliveries.dead_letters
    with looking() as (db, _clock):
        items = _plain(read(db, code=code))
    answer({"items": items}, as_json=as_json, lines=lambda: _letters(items))


@hooks.command()
@click.argument("code")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All dead letters of the endpoint.")
@json_option
def resend(*, code: str, ids: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Try dead letters anew, with the same message ids."""
    if bool(ids) == everything:
        raise click.UsageError("either numbers of dead letters, or --all")
    with writing() as (db, _clock):
        count = deliveries.resend(db, now=WALL.now(), code=code, ids=None if everything else ids)
    answer({"resent": count}, as_json=as_json, lines=lambda: [f"Gửi lại {count} thông điệp"])


@hooks.command()
@click.argument("ids", nargs=-1, type=int)
@json_option
def retry(*, ids: tuple[int, ...], as_json: bool) -> None:
    """Act again on incoming messages that wait, all or the named ones."""
    with opened() as (settings, books):
        check_revision(books)
        apply.apply_stored(books)
        done, tried = apply.retry(books, ids or None)
        seal_journal(books, settings.anchor_file)
    answer(
        {"applied": done, "tried": tried},
        as_json=as_json,
        lines=lambda: [f"Đã xử lý {done} trên {tried} thông điệp đang chờ"],
    )


@hooks.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it needs no action.")
@json_option
def close(*, number: int, reason: str, as_json: bool) -> None:
    """Decide that a waiting incoming message needs no action."""
    with writing() as (db, _clock):
        inbox.close_message(db, WALL, id=number, reason=reason)
    answer({"id": number}, as_json=as_json, lines=lambda: [f"Đã đóng thông điệp {number}"])


@hooks.group()
def sender() -> None:
    """Partners that may speak to the office at /hooks/CODE."""


@sender.command("add")
@click.argument("code")
@click.option("--name", required=True, help="What people call it.")
@click.option("--message", "words", multiple=True, required=True, type=click.Choice(list(WORDS)))
@click.option("--agency", help="The agency it gives opinions for.")
@click.option("--as", "officer", metavar="OFFICER", help="In whose name the office acts.")
@json_option
def add_sender(
    *,
    code: str,
    name: str,
    words: Sequence[str],
    agency: str | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Enter a sender; the secret it signs with is shown once."""
    with writing() as (db, _clock):
        secret = senders.add_sender(
            db, WALL, code=code, name=name, messages=words, agency=agency, officer=officer
        )
    _show_secret(code, secret, as_json=as_json)


@sender.command("rotate")
@click.argument("code")
@click.option("--overlap", "hours", type=click.FloatRange(0, 720), default=24.0, help="Hours.")
@json_option
def rotate_sender(*, code: str, hours: float, as_json: bool) -> None:
    """Give a sender a new secret; the old one counts for the overlap too."""
    overlap = timedelta(hours=hours)
    with writing() as (db, _clock):
        secret = senders.rotate_sender(db, WALL, code=code, overlap=overlap)
    _show_secret(code, secret, as_json=as_json)


@sender.command("disable")
@click.argument("code")
@json_option
def disable_sender(*, code: str, as_json: bool) -> None:
    """Take no more messages of a sender."""
    with writing() as (db, _clock):
        senders.disable_sender(db, WALL, code=code)
    answer({"code": code}, as_json=as_json, lines=lambda: [f"Đã tắt {code}"])


def _show_secret(code: str, secret: str, *, as_json: bool) -> None:
    answer(
        {"code": code, "secret": secret},
        as_json=as_json,
        lines=lambda: [f"{code}: khóa bí mật (chỉ hiện một lần)", f"  {secret}"],
    )


def _plain(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {k: iso_office(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows
    ]


def _overview(document: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{e['code']}  {STATES[e['state']]}  {e['url']}  đã gửi {e['delivered']}, chờ gửi lại "
        f"{e['waiting']}, không gửi được {e['dead']}, nhật ký chưa đọc {e['behind']} dòng"
        + (f"  ({_why(e)})" if _why(e) else "")
        for e in document["items"]
    ]
    lines += [
        f"{s['code']}  {'đã tắt' if s['disabled_at'] else 'đang nhận'}  {s['name']}: "
        f"{', '.join(s['messages'])}"
        for s in document["senders"]
    ]
    lines += [
        f"tin đến {m['id']} đang chờ xử lý  {m['sender']}  {m['type']}  {m['case'] or ''}  "
        f"{m['reason']}"
        for m in document["inbox"]
    ]
    return lines or ["Chưa có đối tác nào."]


def _why(item: Mapping[str, Any]) -> str:
    return str(item["why"] or (item["failing_since"] and item["last_error"]) or "")


def _letters(items: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{i['id']}  {i['endpoint']}  {i['type']}  {i['subject']}  "
        f"đã thử {i['attempts']} lần  {i['error'] or ''}"
        for i in items
    ] or ["Không có thông điệp nào."]
