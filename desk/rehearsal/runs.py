"""Runs of rehearsals as pages list them: where they stand, in words and colours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from desk.errors import REFUSALS
from desk.rehearsal.request import Request
from desk.transaction import wall
from engine.reports.rehearsals import MOST_KEPT, MOST_UNDER_WAY, State, rehearsals_of, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from desk.rehearsal.request import Source

STATE_COLOURS = {
    State.WAITING: "grey",
    State.RUNNING: "blue",
    State.DONE: "green",
    State.REFUSED: "red",
    State.CANCELLED: "grey",
    State.LOST: "orange",
}


def runs_of(db: Connection, agency: str, source: Source, key: str) -> list[dict[str, Any]]:
    """An agency's runs of one thing, the newest first."""
    kept = rehearsals_of(db, agency, most=MOST_KEPT + MOST_UNDER_WAY)
    asked = ((row, Request.read(row.request)) for row in kept)
    return [run_line(row, {}) for row, each in asked if (each.source, each.key) == (source, key)]


def run_line(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """One run; `names` are those of officers."""
    state = standing(row, wall().now())
    asked = Request.read(row.request)
    return {
        "id": row.id,
        "title": row.title,
        "by": names.get(row.asked_by, row.asked_by),
        "asked_at": row.asked_at,
        "state": state,
        "colour": STATE_COLOURS[state],
        "words": _state_words()[state],
        "replications": asked.replications,
        "cancelling": row.cancel_asked_at is not None and state is State.RUNNING,
        "seconds": (row.ended_at - row.begun_at).total_seconds()
        if row.begun_at is not None and row.ended_at is not None
        else None,
    }


def _state_words() -> dict[State, str]:
    return {
        State.WAITING: gettext("Đang chờ"),
        State.RUNNING: gettext("Đang chạy"),
        State.DONE: gettext("Đã xong"),
        State.REFUSED: gettext("Không chạy được"),
        State.CANCELLED: gettext("Đã hủy"),
        State.LOST: gettext("Bị ngắt"),
    }


def progress_of(row: Any) -> dict[str, Any]:
    """How far a run is, or why it was refused."""
    stages = {
        "prepare": gettext("chuẩn bị"),
        "base": gettext("chạy như hiện nay"),
        "changed": gettext("chạy với thay đổi"),
        "day": gettext("ghi lại một ngày"),
    }
    refusal = json.loads(row.refusal) if row.refusal else None
    words = None
    if refusal is not None:
        words = REFUSALS.get(refusal["code"], REFUSALS["refused"])[1]
    return {
        "stage": stages.get(row.stage, ""),
        "done": row.done,
        "most": row.most,
        "percent": round(100 * row.done / row.most) if row.most else 0,
        "refusal": refusal,
        "refusal_words": words,
    }
