"""The inbox of the person who is signed in: warnings, digests, apologies to be signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from desk.access import LEADER, STAFF, allow, me
from desk.transaction import db, look, office_clock
from engine.cases.lateness.causes import CAUSES
from engine.cases.lateness.draft_apology import drafts_of
from engine.cases.telling.inbox import mark_read, messages, open_count, take_up

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Row

inbox = Blueprint("inbox", __name__)

MOST_SHOWN = 100


def waiting_messages() -> int:
    """How many messages wait for the person; pages of every kind, also of errors, show it."""
    if not current_user.is_authenticated:
        return 0
    with look() as looked:
        return open_count(looked, me().code)


@inbox.get("/desk/inbox")
@allow(STAFF)
def show() -> ResponseReturnValue:
    """What waits; with `tat-ca` what is over too."""
    person = me()
    closed = request.args.get("tat-ca") == "1"
    drafts: dict[str, list[dict[str, Any]]] = {"waiting": [], "signed": []}
    if person.holds(LEADER):
        drafts = {
            "waiting": _plain(drafts_of(db(), agency=person.agency, signed=False)),
            "signed": _plain(drafts_of(db(), agency=person.agency, signed=True))[-10:],
        }
    return render_template(
        "inbox.html",
        messages=messages(db(), officer=person.code, closed=closed, most=MOST_SHOWN),
        closed=closed,
        drafts=drafts,
        causes=CAUSES,
    )


@inbox.post("/desk/inbox/<int:message>/read")
@allow(STAFF)
def read(message: int) -> ResponseReturnValue:
    """One has seen it; a digest is over with that."""
    mark_read(db(), office_clock(), message=message, by=me().code)
    return redirect(url_for("inbox.show"))


@inbox.post("/desk/inbox/<int:message>/take-up")
@allow(STAFF)
def act(message: int) -> ResponseReturnValue:
    """One acts on it: it climbs no further."""
    told = take_up(db(), office_clock(), message=message, by=me().code)
    if told["number"] is not None:
        return redirect(url_for("casework.show", number=told["number"]))
    return redirect(url_for("inbox.show"))


def _plain(rows: Any) -> list[dict[str, Any]]:
    return [_draft(row) for row in rows]


def _draft(row: Row[Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(row.content)
    return {
        "number": row.number,
        "owner": row.owner_name,
        "due_at": row.due_original_at,
        "drafted_at": row.drafted_at,
        "letter": row.letter,
        "reason": content["reason"],
        "cause": content["cause"],
        "new_date": content["new_date"],
    }
