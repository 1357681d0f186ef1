"""The courier's bookkeeping: who serves an endpoint, what was delivered, what waits, what is dead.

A bookmark says: everything up to here is delivered, but for the rows of `webhook_delivery`. Both
are written in one transaction, and only by the courier whose fence is the newest, so that one
that slept past its lease writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, insert, literal, or_, select, update

from engine.errors import OfficeError
from engine.journal.tables import journal
from webhooks.endpoints import EndpointState, require_endpoint
from webhooks.outbox import message_id
from webhooks.payloads import spoken_type
from webhooks.tables import delivery, endpoint

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from webhooks.outbox import Item

WAITING = "waiting"
DEAD = "dead"


class LeaseLostError(OfficeError):
    """Another courier serves the endpoint now: what this one knows is not written."""

    code = "lease_lost"


class DeliveryUnknownError(OfficeError):
    """Somebody named a dead letter that is not there."""

    code = "delivery_unknown"


@dataclass(frozen=True)
class Claim:
    """The right to serve an endpoint, from its bookmark on."""

    fence: int
    bookmark: int


@dataclass(frozen=True)
class Outcome:
    """What became of one try."""

    item: Item
    taken: bool
    next_at: datetime | None = None
    """When to try again; None for one that was not taken: it is given up."""
    status: int | None = None
    error: str | None = None
    excerpt: str | None = None
    is_silent: bool = False
    """True when the format has no message for the event: nothing was sent."""


@dataclass(frozen=True)
class Report:
    """What a route has to write down at once."""

    bookmark: int
    outcomes: Sequence[Outcome]
    parked: Sequence[Item]
    """Events whose case has an earlier one waiting."""
    disable_why: str | None = None


def claim(db: Connection, code: str, *, now: datetime, lease: timedelta) -> Claim | None:
    """Take an endpoint that nobody serves, or whose server let the lease run out.

    A lease much further ahead than it can be is of a clock that was set back: it does not count.
    """
    row = db.execute(
        update(endpoint)
        .where(
            endpoint.c.code == code,
            endpoint.c.state == str(EndpointState.ACTIVE),
            or_(
                endpoint.c.lease_until.is_(None),
                endpoint.c.lease_until <= now,
                endpoint.c.lease_until > now + 2 * lease,
            ),
        )
        .values(fence=endpoint.c.fence + 1, lease_until=now + lease)
        .returning(endpoint.c.fence, endpoint.c.bookmark)
    ).one_or_none()
    return None if row is None else Claim(row.fence, row.bookmark)


def release(db: Connection, code: str, held: Claim) -> None:
    """Give the endpoint back, so that another courier need not wait for the lease."""
    db.execute(
        update(endpoint)
        .where(endpoint.c.code == code, endpoint.c.fence == held.fence)
        .values(lease_until=None)
    )


def write_down(
    db: Connection,
    code: str,
    held: Claim,
    report: Report,
    *,
    now: datetime,
    lease: timedelta,
) -> dict[str, int]:
    """Write what happened and lengthen the lease; gives how many rows wait in the cases touched.

    Raises:
        LeaseLostError: another courier has taken the endpoint.
    """
    changes: dict[str, Any] = {"bookmark": report.bookmark, "lease_until": now + lease}
    changes |= _standing(report.outcomes, now)
    if report.disable_why is not None:
        changes |= {
            "state": str(EndpointState.DISABLED),
            "disabled_why": report.disable_why,
            "lease_until": None,
        }
    done = db.execute(
        update(endpoint)
        .where(endpoint.c.code == code, endpoint.c.fence == held.fence)
        .values(**changes)
    )
    if done.rowcount != 1:
        raise LeaseLostError(
            f"Expected to serve {code}, but another courier has taken it", endpoint=code
        )
    touched = _write_rows(db, code, report, now)
    return _let_heads_go(db, code, touched, now) if touched else {}


def waiting_streams(db: Connection, code: str) -> set[str]:
    """Cases of which an event waits: what follows it waits behind it."""
    return set(db.scalars(_streams, {"b_endpoint": code}))


def known_rows(db: Connection, code: str, *, after: int, to: int) -> set[int]:
    """Sequences in a span that have a row already, from before a crash."""
    given = {"b_endpoint": code, "b_after": after, "b_to": to}
    return set(db.scalars(_known, given))


def dead_letters(
    db: Connection, *, code: str | None = None, most: int = 500
) -> list[dict[str, Any]]:
    """What was given up, oldest first."""
    return _rows(db, DEAD, code, most)


def waiting_letters(
    db: Connection, *, code: str | None = None, most: int = 500
) -> list[dict[str, Any]]:
    """What is to be tried again, or waits behind such a one."""
    return _rows(db, WAITING, code, most)


def resend(db: Connection, *, now: datetime, code: str, ids: Collection[int] | None = None) -> int:
    """Let dead letters be tried anew, with the same message ids; gives how many.

    Raises:
        EndpointUnknownError. DeliveryUnknownError: one of them is not a dead letter of it.
    """
    require_endpoint(db, code)
    mine = and_(delivery.c.endpoint_code == code, delivery.c.state == DEAD)
    if ids is not None:
        found = set(db.scalars(select(delivery.c.id).where(mine, delivery.c.id.in_(ids))))
        missing = sorted(set(ids) - found)
        if missing:
            raise DeliveryUnknownError(
                f"Expected dead letters of {code}, but {', '.join(map(str, missing))} is none",
                ids=missing,
            )
        mine = and_(mine, delivery.c.id.in_(ids))
    done = db.execute(update(delivery).where(mine).values(state=WAITING, attempts=0, next_at=now))
    return int(done.rowcount)


def _standing(outcomes: Sequence[Outcome], now: datetime) -> dict[str, Any]:
    """How the endpoint fares after these tries."""
    outcomes = [outcome for outcome in outcomes if not outcome.is_silent]
    if not outcomes:
        return {}
    taken = sum(outcome.taken for outcome in outcomes)
    changes: dict[str, Any] = {}
    if taken:
        changes |= {"delivered": endpoint.c.delivered + taken, "last_success_at": now}
    last = outcomes[-1]
    if last.taken:
        changes["failing_since"] = None
    elif taken:
        changes["failing_since"] = now
    else:
        changes["failing_since"] = func.coalesce(
            endpoint.c.failing_since, literal(now, endpoint.c.failing_since.type)
        )
    if not last.taken:
        changes["last_error"] = last.error
    return changes


def _write_rows(db: Connection, code: str, report: Report, now: datetime) -> set[str]:
    """Rows of what failed, was parked or came through at last; gives the cases touched."""
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    gone: list[int] = []
    touched: set[str] = set()
    for outcome in report.outcomes:
        item = outcome.item
        if outcome.taken:
            if item.row is not None:
                gone.append(item.row)
                touched.add(item.stream)
            continue
        touched.add(item.stream)
        values = {
            "state": DEAD if outcome.next_at is None else WAITING,
            "attempts": item.attempts + 1,
            "next_at": outcome.next_at,
            "status": outcome.status,
            "error": outcome.error,
            "excerpt": outcome.excerpt,
            "tried_at": now,
        }
        if item.row is None:
            fresh.append(_identity(code, item) | values)
        else:
            changed.append(values | {"b_id": item.row})
    for item in report.parked:
        touched.add(item.stream)
        fresh.append(_identity(code, item) | _UNTRIED)
    if gone:
        db.execute(delete(delivery).where(delivery.c.id.in_(gone)))
    if changed:
        db.execute(_change, changed)
    if fresh:
        db.execute(insert(delivery), fresh)
    return touched


def _let_heads_go(db: Connection, code: str, streams: set[str], now: datetime) -> dict[str, int]:
    """The earliest waiting row of a case is the one to be tried; the others wait behind it."""
    heads = db.execute(
        select(
            delivery.c.stream, func.min(delivery.c.sequence).label("head"), func.count().label("n")
        )
        .where(
            delivery.c.endpoint_code == code,
            delivery.c.state == WAITING,
            delivery.c.stream.in_(streams),
        )
        .group_by(delivery.c.stream)
    ).all()
    if heads:
        db.execute(
            update(delivery)
            .where(
                delivery.c.endpoint_code == code,
                delivery.c.sequence.in_([row.head for row in heads]),
                delivery.c.state == WAITING,
                delivery.c.next_at.is_(None),
            )
            .values(next_at=now)
        )
    return dict.fromkeys(streams, 0) | {row.stream: row.n for row in heads}


def _identity(code: str, item: Item) -> dict[str, Any]:
    return {"endpoint_code": code, "sequence": item.sequence, "stream": item.stream}


_UNTRIED: dict[str, Any] = {
    "state": WAITING,
    "attempts": 0,
    "next_at": None,
    "status": None,
    "error": None,
    "excerpt": None,
    "tried_at": None,
}


def _rows(db: Connection, state: str, code: str | None, most: int) -> list[dict[str, Any]]:
    wanted = (
        select(delivery, journal.c.type, journal.c.at, journal.c.hash)
        .join(journal, journal.c.sequence == delivery.c.sequence)
        .where(delivery.c.state == state)
        .order_by(delivery.c.id)
        .limit(most)
    )
    if code is not None:
        require_endpoint(db, code)
        wanted = wanted.where(delivery.c.endpoint_code == code)
    return [
        {
            "id": row.id,
            "endpoint": row.endpoint_code,
            "sequence": row.sequence,
            "message_id": message_id(row.sequence, row.hash),
            "type": spoken_type(row.type),
            "subject": row.stream,
            "at": row.at,
            "attempts": row.attempts,
            "next_at": row.next_at,
            "status": row.status,
            "error": row.error,
            "excerpt": row.excerpt,
            "tried_at": row.tried_at,
        }
        for row in db.execute(wanted)
    ]


_change = update(delivery).where(delivery.c.id == bindparam("b_id"))
_streams = (
    select(delivery.c.stream)
    .where(delivery.c.endpoint_code == bindparam("b_endpoint"), delivery.c.state == WAITING)
    .distinct()
)
_known = select(delivery.c.sequence).where(
    delivery.c.endpoint_code == bindparam("b_endpoint"),
    delivery.c.sequence > bindparam("b_after"),
    delivery.c.sequence <= bindparam("b_to"),
)
