"""Endpoints: where events go, who wants which, and with which secrets they are signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, inspect, or_, select, update

from engine.errors import BadInputError, OfficeError
from engine.events.event import EVENT_TYPES
from engine.journal.tables import journal
from webhooks.address import read_target
from webhooks.payloads import spoken_type
from webhooks.signing import DEFAULT_OVERLAP, Direction, new_secret, rotate_secret
from webhooks.tables import delivery, endpoint, secret, subscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.clock import Clock

CODE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
LONGEST_OVERLAP = timedelta(days=30)


class Format(StrEnum):
    """In which words an endpoint is told."""

    EVENTS = "events"
    """Standard Webhooks, one message an event."""
    PORTAL = "portal"
    """Dossier and progress messages of the national portal. Legal: R67, R68"""


class EndpointState(StrEnum):
    """Whether anything is sent."""

    ACTIVE = "active"
    DISABLED = "disabled"


class EndpointUnknownError(OfficeError):
    """Somebody named an endpoint that is not in the books."""

    code = "endpoint_unknown"


class EndpointExistsError(OfficeError):
    """The code is taken."""

    code = "endpoint_exists"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as a courier needs it; empty sets mean: all."""

    code: str
    url: str
    format: Format
    is_registered: bool
    secrets: tuple[str, ...]
    events: frozenset[str]
    agencies: frozenset[str]
    procedures: frozenset[str]


def add_endpoint(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    url: str,
    form: Format = Format.EVENTS,
    events: Sequence[str] = (),
    agencies: Sequence[str] = (),
    procedures: Sequence[str] = (),
    personal_register: str | None = None,
    from_sequence: int | None = None,
) -> str:
    """Enter an endpoint; gives its secret, which is shown once.

    It is told what happens from now on, or from behind a journal sequence. Personal data needs
    the number under which the recipient is registered to get it.

    Raises:
        BadInputError: an address, code or event that cannot be. EndpointExistsError.
    """
    check_code(code)
    target = read_target(url)
    if form is Format.PORTAL and "?" in target.path:
        raise BadInputError("Expected the portal's address without '?', but it has one")
    if form is Format.PORTAL and not personal_register:
        raise BadInputError(
            "Expected the number of its registration (--personal-data): the portal's messages"
            " carry the owner's name, but none was given"
        )
    if personal_register is not None and not personal_register.strip():
        raise BadInputError("Expected the number of a registration, but it is empty")
    known = _event_names(events)
    if db.scalar(select(endpoint.c.code).where(endpoint.c.code == code)):
        raise EndpointExistsError(f"Expected a new code, but endpoint {code!r} exists", code=code)
    top = int(db.scalar(select(func.coalesce(func.max(journal.c.sequence), 0))) or 0)
    if from_sequence is not None and not 0 <= from_sequence <= top:
        raise BadInputError(f"Expected a sequence from 0 to {top}, but got {from_sequence}")
    now = clock.now()
    db.execute(
        insert(endpoint).values(
            code=code,
            url=url,
            format=str(form),
            personal_register=personal_register,
            state=str(EndpointState.ACTIVE),
            created_at=now,
            bookmark=top if from_sequence is None else from_sequence,
            delivered=0,
            fence=0,
        )
    )
    wanted = [
        {"endpoint_code": code, "kind": kind, "value": value}
        for kind, values in (("event", known), ("agency", agencies), ("procedure", procedures))
        for value in dict.fromkeys(values)
    ]
    if wanted:
        db.execute(insert(subscription), wanted)
    return new_secret(db, now, direction=Direction.OUT, code=code)


def rotate(db: Connection, clock: Clock, *, code: str, overlap: timedelta = DEFAULT_OVERLAP) -> str:
    """Give an endpoint a new secret; until the overlap ends messages carry both signatures.

    Raises:
        EndpointUnknownError, BadInputError.
    """
    require_endpoint(db, code)
    check_overlap(overlap)
    return rotate_secret(db, clock.now(), direction=Direction.OUT, code=code, overlap=overlap)


def disable(db: Connection, *, code: str, why: str) -> None:
    """Send nothing more; what happens meanwhile waits behind the bookmark.

    Raises:
        EndpointUnknownError.
    """
    require_endpoint(db, code)
    db.execute(
        update(endpoint)
        .where(endpoint.c.code == code)
        .values(state=str(EndpointState.DISABLED), disabled_why=why)
    )


def enable(db: Connection, *, code: str) -> None:
    """Send again, beginning with what waited.

    Raises:
        EndpointUnknownError.
    """
    require_endpoint(db, code)
    db.execute(
        update(endpoint)
        .where(endpoint.c.code == code)
        .values(state=str(EndpointState.ACTIVE), disabled_why=None, failing_since=None)
    )


def hold_all(db: Connection, *, why: str) -> list[str]:
    """Disable every active endpoint; gives their codes. Books without a courier hold none.

    Restored books know less than the partners were told, so people decide when to go on (F16).
    """
    if not inspect(db).has_table(endpoint.name):
        return []
    return sorted(
        db.scalars(
            update(endpoint)
            .where(endpoint.c.state == str(EndpointState.ACTIVE))
            .values(state=str(EndpointState.DISABLED), disabled_why=why)
            .returning(endpoint.c.code)
        )
    )


def require_endpoint(db: Connection, code: str) -> None:
    """Refuse a code that is not in the books.

    Raises:
        EndpointUnknownError.
    """
    if db.scalar(select(endpoint.c.code).where(endpoint.c.code == code)) is None:
        raise EndpointUnknownError(
            f"Expected the code of an endpoint, but {code!r} is not in the books", code=code
        )


def active_endpoints(db: Connection, now: datetime) -> dict[str, Endpoint]:
    """Every endpoint that is sent to, as it is set up now."""
    rows = db.execute(select(endpoint).where(endpoint.c.state == str(EndpointState.ACTIVE))).all()
    wanted: dict[tuple[str, str], set[str]] = {}
    for row in db.execute(select(subscription)):
        wanted.setdefault((row.endpoint_code, row.kind), set()).add(row.value)
    keys: dict[str, list[str]] = {}
    for code, key in db.execute(_valid_keys, {"b_now": now}):
        keys.setdefault(code, []).append(key)
    return {
        row.code: Endpoint(
            code=row.code,
            url=row.url,
            format=Format(row.format),
            is_registered=row.personal_register is not None,
            secrets=tuple(keys.get(row.code, ())),
            events=frozenset(wanted.get((row.code, "event"), ())),
            agencies=frozenset(wanted.get((row.code, "agency"), ())),
            procedures=frozenset(wanted.get((row.code, "procedure"), ())),
        )
        for row in rows
    }


def listed(db: Connection) -> list[dict[str, Any]]:
    """Every endpoint with how it fares, for people; secrets are not told."""
    counts: dict[tuple[str, str], int] = {
        (row.endpoint_code, row.state): row.n for row in db.execute(_counts)
    }
    wanted: dict[str, dict[str, list[str]]] = {}
    for row in db.execute(select(subscription).order_by(subscription.c.value)):
        wanted.setdefault(row.endpoint_code, {}).setdefault(row.kind, []).append(row.value)
    next_try: dict[str, datetime] = {
        row.endpoint_code: row.next_at for row in db.execute(_next_try)
    }
    top = int(db.scalar(select(func.coalesce(func.max(journal.c.sequence), 0))) or 0)
    return [
        {
            "code": row.code,
            "url": row.url,
            "format": row.format,
            "state": row.state,
            "why": row.disabled_why,
            "personal_data": row.personal_register,
            "events": [spoken_type(name) for name in wanted.get(row.code, {}).get("event", [])],
            "agencies": wanted.get(row.code, {}).get("agency", []),
            "procedures": wanted.get(row.code, {}).get("procedure", []),
            "bookmark": row.bookmark,
            "behind": top - row.bookmark,
            "delivered": row.delivered,
            "waiting": counts.get((row.code, "waiting"), 0),
            "dead": counts.get((row.code, "dead"), 0),
            "last_success_at": row.last_success_at,
            "failing_since": row.failing_since,
            "last_error": row.last_error,
            "next_try_at": next_try.get(row.code),
        }
        for row in db.execute(select(endpoint).order_by(endpoint.c.code))
    ]


def check_code(code: str) -> None:
    """Refuse a code that would not fit into an address.

    Raises:
        BadInputError.
    """
    if not CODE.fullmatch(code):
        raise BadInputError(
            f"Expected a code of a-z, 0-9, '-' and '.', at most 64, but got {code[:80]!r}"
        )


def check_overlap(overlap: timedelta) -> None:
    """Refuse a rotation that never ends.

    Raises:
        BadInputError.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise BadInputError(
            f"Expected an overlap of 0 to {LONGEST_OVERLAP.days} days, but got {overlap}"
        )


def _event_names(given: Iterable[str]) -> list[str]:
    """Events by either of their names: `CaseBecameLate` or `case.became_late`."""
    names = {spoken_type(name): name for name in EVENT_TYPES} | {name: name for name in EVENT_TYPES}
    unknown = [word for word in given if word not in names]
    if unknown:
        raise BadInputError(
            f"Expected events such as case.became_late, but there is no {', '.join(unknown)}",
            unknown=unknown,
        )
    return [names[word] for word in given]


_valid_keys = (
    select(secret.c.code, secret.c.secret)
    .where(
        secret.c.direction == str(Direction.OUT),
        or_(secret.c.expires_at.is_(None), secret.c.expires_at > bindparam("b_now")),
    )
    .order_by(secret.c.id.desc())
)
_counts = select(delivery.c.endpoint_code, delivery.c.state, func.count().label("n")).group_by(
    delivery.c.endpoint_code, delivery.c.state
)
_next_try = (
    select(delivery.c.endpoint_code, func.min(delivery.c.next_at).label("next_at"))
    .where(delivery.c.state == "waiting", delivery.c.next_at.is_not(None))
    .group_by(delivery.c.endpoint_code)
)
