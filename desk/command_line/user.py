"""`motcua user …`: who may sign in to the desk, and which programs may act for whom."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, writing
from desk.command_line.values import INSTANT
from desk.command_line.wording import day_and_hour
from engine.clock import SystemClock
from engine.staff.sign_in import set_password
from engine.staff.tokens import issue_token, revoke_token, tokens

if TYPE_CHECKING:
    from datetime import datetime

MADE_BYTES = 12

TOKEN_STATES = {
    "in_force": "còn hiệu lực",
    "not_yet": "chưa bắt đầu",
    "expired": "hết hạn",
    "revoked": "đã thu hồi",
}


@click.group()
def user() -> None:
    """Sign-ins of officers who are in the books."""


@user.command()
@click.argument("officer")
@click.option(
    "--password", help="Read from MOTCUA_PASSWORD or made when not given.", envvar="MOTCUA_PASSWORD"
)
@json_option
def add(*, officer: str, password: str | None, as_json: bool) -> None:
    """Give an officer a password, or a new one; his open sessions end."""
    made = password is None
    chosen = password or secrets.token_urlsafe(MADE_BYTES)
    with writing() as (db, clock):
        set_password(db, clock, officer_code=officer, password=chosen, by="command-line")
    document = {"officer": officer, "password": chosen if made else None}
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"{officer} đăng nhập được"
            + (f", mật khẩu: {chosen}" if made else " bằng mật khẩu đã cho")
        ],
    )


@user.group()
def token() -> None:
    """Bearer tokens (mã truy cập) of programs that use /api/v1."""


@token.command("add")
@click.argument("officer")
@click.option("--name", required=True, help="Which program, for what.")
@click.option("--role", "roles", multiple=True, help="Only this role of his; may be repeated.")
@click.option("--from", "valid_from", type=INSTANT, help="When it begins; now by default.")
@click.option("--until", "valid_to", type=INSTANT, help="When it ends; after a year by default.")
@json_option
def token_add(
    *,
    officer: str,
    name: str,
    roles: tuple[str, ...],
    valid_from: datetime | None,
    valid_to: datetime | None,
    as_json: bool,
) -> None:
    """Give a program a token that acts as an officer; it is shown this once only."""
    with writing() as (db, clock):
        key, secret = issue_token(
            db,
            clock,
            SystemClock(),
            officer_code=officer,
            name=name,
            roles=roles,
            valid_from=valid_from,
            valid_to=valid_to,
            by="command-line",
        )
    document = {"id": key, "officer": officer, "token": secret}
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"Mã truy cập số {key} của {officer}, chỉ hiện một lần này:",
            secret,
        ],
    )


@token.command("list")
@click.option("--officer", metavar="OFFICER", help="Only tokens that act as this officer.")
@json_option
def token_list(*, officer: str | None, as_json: bool) -> None:
    """Tokens with their roles, period and state; never the token itself."""
    with looking() as (db, _clock):
        items = tokens(db, SystemClock().now(), officer)
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: (
            [
                f"{i['id']:>4}  {i['officer']:<16} {TOKEN_STATES[i['state']]:<13} "
                f"đến {day_and_hour(i['valid_to'])}  "
                f"{', '.join(i['roles']) if i['roles'] else 'mọi vai trò'}  {i['name']}"
                for i in items
            ]
            or ["Chưa cấp mã truy cập nào."]
        ),
    )


@token.command("revoke")
@click.argument("token_id", type=click.IntRange(1, 2**31 - 1))
@json_option
def token_revoke(*, token_id: int, as_json: bool) -> None:
    """Make a token worth nothing, at once."""
    with writing() as (db, clock):
        revoke_token(db, clock, SystemClock(), token_id=token_id, by="command-line")
    answer(
        {"id": token_id, "state": "revoked"},
        as_json=as_json,
        lines=lambda: [f"Đã thu hồi mã truy cập số {token_id}"],
    )
