"""Rehearsals as they were asked for, as they go on, and what they found.

A rehearsal is no legal fact and stands in no journal. Its row is all that is known of it, so every
process of the desk sees the same: who waits, how far it is, whether its worker is still alive.
"""

from __future__ import annotations

import json
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from engine.database import UtcInstant, metadata
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

rehearsal_run = Table(
    "rehearsal_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency_code", ForeignKey("agency.code"), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UtcInstant, nullable=False),  # by the office's clock; the rest by the wall
    Column("title", String(200), nullable=False),
    Column("request", Text, nullable=False),  # JSON: what is rehearsed and what is changed
    Column("state", String(12), nullable=False),
    Column("worker", String(64)),
    Column("begun_at", UtcInstant),
    Column("beat_at", UtcInstant),
    Column("ended_at", UtcInstant),
    Column("cancel_asked_at", UtcInstant),
    Column("stage", String(40), nullable=False),
    Column("done", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("refusal", Text),  # JSON: code, message
    Column("result", Text),  # JSON
    Index("ix_rehearsal_run_agency", "agency_code", "id"),
    Index("ix_rehearsal_run_state", "state", "id"),
)

MOST_UNDER_WAY = 5
"""Rehearsals of one agency that wait or run."""
MOST_KEPT = 100
"""Ended rehearsals of one agency; the oldest beyond them are forgotten."""
SILENT = timedelta(seconds=30)
"""A worker that has not beaten for so long is gone."""


class State(StrEnum):
    """Where a rehearsal stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LOST = "lost"
    """Its worker ended without a word: the machine or the desk was stopped."""


UNDER_WAY = (State.WAITING, State.RUNNING)


class TooManyRehearsalsError(OfficeError):
    """An agency has as many rehearsals under way as it may have."""

    code = "too_many_rehearsals"


class RehearsalUnknownError(OfficeError):
    """There is no such rehearsal in the agency."""

    code = "rehearsal_unknown"


class RehearsalEndedError(OfficeError):
    """It has ended already, or has not yet: what was asked makes no sense now."""

    code = "rehearsal_state"


_SHOWN = [each for each in rehearsal_run.c if each.name != "result"]


def ask_rehearsal(
    db: Connection,
    *,
    agency: str,
    by: str,
    at: datetime,
    title: str,
    request: Mapping[str, Any],
) -> int:
    """Put a rehearsal in the queue; gives its number. The oldest ended ones are forgotten.

    Raises:
        TooManyRehearsalsError: the agency has enough under way.
    """
    under_way = db.scalar(
        select(func.count()).where(
            rehearsal_run.c.agency_code == agency, rehearsal_run.c.state.in_(UNDER_WAY)
        )
    )
    if (under_way or 0) >= MOST_UNDER_WAY:
        raise TooManyRehearsalsError(
            f"Expected fewer than {MOST_UNDER_WAY} rehearsals under way at {agency}, but there are"
            f" {under_way}",
            agency=agency,
        )
    ended = db.scalars(
        select(rehearsal_run.c.id)
        .where(rehearsal_run.c.agency_code == agency, rehearsal_run.c.state.not_in(UNDER_WAY))
        .order_by(rehearsal_run.c.id.desc())
        .offset(MOST_KEPT - 1)
    ).all()
    if ended:
        db.execute(delete(rehearsal_run).where(rehearsal_run.c.id.in_(ended)))
    number: int = db.execute(
        insert(rehearsal_run)
        .values(
            agency_code=agency,
            asked_by=by,
            asked_at=at,
            title=title,
            request=json.dumps(request, ensure_ascii=False, sort_keys=True),
            state=State.WAITING,
            stage="",
            done=0,
            most=0,
        )
        .returning(rehearsal_run.c.id)
    ).scalar_one()
    return number


def rehearsals_of(db: Connection, agency: str, *, most: int = 30) -> Sequence[Row[Any]]:
    """The newest rehearsals of an agency, without their results."""
    rows: Sequence[Row[Any]] = db.execute(
        select(*_SHOWN)
        .where(rehearsal_run.c.agency_code == agency)
        .order_by(rehearsal_run.c.id.desc())
        .limit(most)
    ).all()
    return rows


def rehearsal_of(
    db: Connection, agency: str, number: int, *, with_result: bool = False
) -> Row[Any]:
    """One rehearsal of an agency.

    Raises:
        RehearsalUnknownError: it has none of that number.
    """
    columns = [*rehearsal_run.c] if with_result else _SHOWN
    row = db.execute(
        select(*columns).where(rehearsal_run.c.id == number, rehearsal_run.c.agency_code == agency)
    ).one_or_none()
    if row is None:
        raise RehearsalUnknownError(
            f"Expected a rehearsal of {agency}, but number {number} is none", number=number
        )
    return row


def standing(row: Row[Any], now: datetime) -> State:
    """Where a rehearsal stands by the wall's clock: a silent worker's is lost."""
    if row.state == State.RUNNING and _is_silent(row, now):
        return State.LOST
    return State(row.state)


def _is_silent(row: Any, now: datetime) -> bool:
    return row.beat_at is None or now - row.beat_at > SILENT


def cancel_rehearsal(db: Connection, *, agency: str, number: int, now: datetime) -> State:
    """Take a waiting rehearsal out of the queue, or ask a running one to stop; gives its state.

    Raises:
        RehearsalUnknownError; RehearsalEndedError: it has ended.
    """
    row = rehearsal_of(db, agency, number)
    now_state = standing(row, now)
    if now_state not in UNDER_WAY:
        raise RehearsalEndedError(
            f"Expected a rehearsal under way, but number {number} is {now_state}", number=number
        )
    if now_state is State.WAITING:
        _set(db, number, state=State.CANCELLED, ended_at=now)
        return State.CANCELLED
    _set(db, number, cancel_asked_at=now)
    return State.RUNNING


def repeat_rehearsal(db: Connection, *, agency: str, number: int, by: str, at: datetime) -> int:
    """Ask once more for what an earlier rehearsal asked; gives the new one's number.

    Raises:
        RehearsalUnknownError, TooManyRehearsalsError.
    """
    row = rehearsal_of(db, agency, number)
    return ask_rehearsal(
        db, agency=agency, by=by, at=at, title=row.title, request=json.loads(row.request)
    )


# -- what a worker does ---------------------------------------------------------


def take_rehearsal(db: Connection, *, worker: str, now: datetime) -> Row[Any] | None:
    """The next rehearsal in the queue, now this worker's; None when it is empty or one runs.

    The books hold other writers back meanwhile (`transaction(alone=True)`), so two workers never
    take the same. One runs at a time: a rehearsal uses every core there is.
    """
    for row in db.execute(
        select(rehearsal_run.c.id, rehearsal_run.c.beat_at).where(
            rehearsal_run.c.state == State.RUNNING
        )
    ).all():
        if not _is_silent(row, now):
            return None
        _set(db, row.id, state=State.LOST, ended_at=now)
    number = db.scalar(
        select(rehearsal_run.c.id)
        .where(rehearsal_run.c.state == State.WAITING)
        .order_by(rehearsal_run.c.id)
        .limit(1)
    )
    if number is None:
        return None
    _set(db, number, state=State.RUNNING, worker=worker, begun_at=now, beat_at=now)
    return db.execute(select(*_SHOWN).where(rehearsal_run.c.id == number)).one()


def is_left_waiting(db: Connection, now: datetime) -> bool:
    """True when something waits and no worker is alive to take it: after a restart."""
    states = db.execute(
        select(rehearsal_run.c.state, rehearsal_run.c.beat_at).where(
            rehearsal_run.c.state.in_(UNDER_WAY)
        )
    ).all()
    alive = any(row.state == State.RUNNING and not _is_silent(row, now) for row in states)
    return not alive and any(row.state == State.WAITING for row in states)


def beat_rehearsal(
    db: Connection, *, number: int, worker: str, now: datetime, stage: str, done: int, most: int
) -> bool:
    """Say how far it is; False when the worker is to stop, because somebody said so."""
    row = db.execute(
        update(rehearsal_run)
        .where(
            rehearsal_run.c.id == number,
            rehearsal_run.c.worker == worker,
            rehearsal_run.c.state == State.RUNNING,
        )
        .values(beat_at=now, stage=stage, done=done, most=most)
        .returning(rehearsal_run.c.cancel_asked_at)
    ).one_or_none()
    return row is not None and row.cancel_asked_at is None


def end_rehearsal(
    db: Connection,
    *,
    number: int,
    worker: str,
    now: datetime,
    state: State,
    result: str | None = None,
    refusal: Mapping[str, str] | None = None,
) -> bool:
    """Write down how it ended; False when it is no longer this worker's."""
    done = db.execute(
        update(rehearsal_run)
        .where(
            rehearsal_run.c.id == number,
            rehearsal_run.c.worker == worker,
            rehearsal_run.c.state == State.RUNNING,
        )
        .values(
            state=state,
            ended_at=now,
            result=result,
            refusal=None if refusal is None else json.dumps(dict(refusal), ensure_ascii=False),
        )
    )
    return done.rowcount == 1


def _set(db: Connection, number: int, **values: Any) -> None:
    db.execute(update(rehearsal_run).where(rehearsal_run.c.id == number).values(**values))
