"""Bearer tokens of programs: each acts as one officer, in some of his roles, for a time."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from engine.clock import iso_office, office_date
from engine.errors import BadInputError, OfficeError
from engine.events.staff import TokenIssued, TokenRevoked
from engine.journal.append import append_office
from engine.staff.queries import officer_by_code, roles_of
from engine.staff.tables import api_token, officer

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.clock import Clock

PREFIX = "mc_"
"""So that a token that leaked into a file is recognised as one."""
SECRET_BYTES = 32
LONGEST_NAME = 200
DEFAULT_DAYS, LONGEST_DAYS = 365, 1096


class TokenUnknownError(OfficeError):
    """Somebody named a token that is not in the books."""

    code = "token_unknown"


@dataclass(frozen=True)
class Bearer:
    """Whose token it is; `roles` of None means every role he holds."""

    id: int
    officer: str
    roles: frozenset[str] | None


def issue_token(
    db: Connection,
    clock: Clock,
    wall: Clock,
    *,
    officer_code: str,
    name: str,
    by: str,
    roles: Collection[str] = (),
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> tuple[int, str]:
    """Make a token; gives its key in the books and the token itself, which is shown only now.

    Its time is wall time, in a training office too. Without a period it begins now and lasts a
    year.

    Raises:
        OfficerUnknownError. BadInputError: no name, a role he does not hold, or a period that
        ends before it begins, has ended, or is longer than three years.
    """
    officer_by_code(db, officer_code)
    label = name.strip()
    if not label or len(label) > LONGEST_NAME:
        raise BadInputError(
            f"Expected what the token is for in 1 to {LONGEST_NAME} letters, but got {name[:40]!r}"
        )
    held = roles_of(db, officer_code, office_date(clock.now()))
    foreign = sorted(set(roles) - set(held))
    if foreign:
        raise BadInputError(
            f"Expected roles that {officer_code} holds ({', '.join(held) or 'none'}), "
            f"but got {', '.join(foreign)}"
        )
    now = wall.now()
    begins = valid_from or now
    ends = valid_to or begins + timedelta(days=DEFAULT_DAYS)
    if not max(begins, now) < ends <= begins + timedelta(days=LONGEST_DAYS):
        raise BadInputError(
            f"Expected a period of at most {LONGEST_DAYS} days that has not ended, "
            f"but got {iso_office(begins)} to {iso_office(ends)}"
        )
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    key = db.execute(
        insert(api_token)
        .values(
            officer_code=officer_code,
            name=label,
            token_hash=_digest(token),
            roles=json.dumps(sorted(set(roles))) if roles else None,
            valid_from=begins,
            valid_to=ends,
            issued_at=now,
            issued_by=by,
        )
        .returning(api_token.c.id)
    ).scalar_one()
    append_office(
        db,
        at=clock.now(),
        actor=by,
        events=[
            TokenIssued(
                token=key,
                officer=officer_code,
                roles=tuple(sorted(set(roles))) or None,
                valid_from=begins,
                valid_to=ends,
            )
        ],
    )
    return key, token


def revoke_token(db: Connection, clock: Clock, wall: Clock, *, token_id: int, by: str) -> None:
    """From now on the token is worth nothing.

    Raises:
        TokenUnknownError: there is none by that key, or it was revoked before.
    """
    done = db.execute(
        update(api_token)
        .where(api_token.c.id == token_id, api_token.c.revoked_at.is_(None))
        .values(revoked_at=wall.now(), revoked_by=by)
    )
    if done.rowcount != 1:
        raise TokenUnknownError(
            f"Expected a token that can be revoked, but {token_id} is not in the books or is "
            "revoked already",
            token=token_id,
        )
    append_office(db, at=clock.now(), actor=by, events=[TokenRevoked(token=token_id)])


def tokens(db: Connection, now: datetime, officer_code: str | None = None) -> list[dict[str, Any]]:
    """Every token with its period and state, without the token itself."""
    rows = select(api_token).order_by(api_token.c.id)
    if officer_code is not None:
        officer_by_code(db, officer_code)
        rows = rows.where(api_token.c.officer_code == officer_code)
    return [
        {
            "id": row.id,
            "officer": row.officer_code,
            "name": row.name,
            "roles": json.loads(row.roles) if row.roles else None,
            "valid_from": iso_office(row.valid_from),
            "valid_to": iso_office(row.valid_to),
            "issued_at": iso_office(row.issued_at),
            "issued_by": row.issued_by,
            "revoked_at": iso_office(row.revoked_at) if row.revoked_at else None,
            "state": _state(row, now),
        }
        for row in db.execute(rows)
    ]


def bearer_of(db: Connection, *, token: str, now: datetime, today: date) -> Bearer | None:
    """Whose token this is; None unless it is in force and its officer is on duty."""
    row = db.execute(
        select(api_token.c.id, api_token.c.officer_code, api_token.c.roles)
        .join(officer, officer.c.code == api_token.c.officer_code)
        .where(
            api_token.c.token_hash == _digest(token),
            api_token.c.revoked_at.is_(None),
            api_token.c.valid_from <= now,
            api_token.c.valid_to > now,
            officer.c.active_from <= today,
            or_(officer.c.active_to.is_(None), officer.c.active_to >= today),
        )
    ).one_or_none()
    if row is None:
        return None
    roles = frozenset(json.loads(row.roles)) if row.roles else None
    return Bearer(row.id, row.officer_code, roles)


def _state(row: Any, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.valid_from > now:
        return "not_yet"
    return "in_force" if row.valid_to > now else "expired"


def _digest(token: str) -> str:
    # The token is 256 random bits, so that a fast hash keeps it as well as a slow one.
    return hashlib.sha256(token.encode()).hexdigest()
