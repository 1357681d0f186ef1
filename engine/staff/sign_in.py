"""Signing in: passwords as argon2 hashes, sessions kept by the office, guesses slowed down."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, func, insert, select, update

from engine.errors import BadInputError
from engine.events.staff import PasswordSet
from engine.journal.append import append_office
from engine.prepared import Prepared
from engine.staff.queries import officer_by_code
from engine.staff.tables import officer, sign_in, sign_in_session

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.clock import Clock

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
FREE_FAILURES = 5
"""Wrong passwords before the account waits; nobody is locked out for ever by somebody else."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)

_hasher = PasswordHasher()
_of_session = Prepared(
    select(sign_in_session.c.officer_code)
    .join(officer, officer.c.code == sign_in_session.c.officer_code)
    .where(
        sign_in_session.c.token_hash == bindparam("b_token"),
        sign_in_session.c.expires_at > bindparam("b_now"),
        officer.c.active_from <= bindparam("b_on"),
        officer.c.active_to.is_(None) | (officer.c.active_to >= bindparam("b_on")),
    )
)


def set_password(
    db: Connection, clock: Clock, *, officer_code: str, password: str, by: str
) -> None:
    """Give an officer a password; his open sessions end.

    Raises:
        OfficerUnknownError. BadInputError: too short or too long.
    """
    officer_by_code(db, officer_code)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInputError(
            f"Expected a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters, "
            f"but got {len(password)}"
        )
    values = {
        "password_hash": _hasher.hash(password),
        "changed_at": clock.now(),
        "failures": 0,
        "locked_until": None,
    }
    known = db.execute(select(sign_in.c.officer_code).where(sign_in.c.officer_code == officer_code))
    if known.first():
        db.execute(update(sign_in).where(sign_in.c.officer_code == officer_code).values(**values))
    else:
        db.execute(insert(sign_in).values(officer_code=officer_code, **values))
    db.execute(delete(sign_in_session).where(sign_in_session.c.officer_code == officer_code))
    append_office(db, at=clock.now(), actor=by, events=[PasswordSet(officer=officer_code)])


def password_fits(db: Connection, wall: Clock, *, officer_code: str, password: str) -> bool:
    """Check a password and count failures; a waiting account refuses even the right one.

    An unknown officer takes as long as a known one. The caller commits either answer.
    """
    row = db.execute(select(sign_in).where(sign_in.c.officer_code == officer_code)).one_or_none()
    fits = _verify(row.password_hash if row else _nobodys_hash(), password[:LONGEST_PASSWORD])
    if row is None:
        return False
    now = wall.now()
    if row.locked_until is not None and row.locked_until > now:
        return False
    mine = update(sign_in).where(sign_in.c.officer_code == officer_code)
    if fits:
        if row.failures:
            db.execute(mine.values(failures=0, locked_until=None))
        return True
    failures = row.failures + 1
    over = failures - FREE_FAILURES
    wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else None
    # The counter stands still at the longest wait, so that it never outgrows its column.
    db.execute(mine.values(failures=min(failures, 1000), locked_until=now + wait if wait else None))
    return False


def open_session(db: Connection, wall: Clock, *, officer_code: str, hours: float) -> str:
    """Begin a session; gives the token that only the browser keeps. Old sessions are cleared."""
    now = wall.now()
    db.execute(delete(sign_in_session).where(sign_in_session.c.expires_at <= now))
    token = secrets.token_urlsafe(32)
    db.execute(
        insert(sign_in_session).values(
            token_hash=_digest(token),
            officer_code=officer_code,
            opened_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return token


def end_session(db: Connection, *, token: str) -> None:
    """Sign out: the token is worth nothing from now on, wherever it was copied to."""
    db.execute(delete(sign_in_session).where(sign_in_session.c.token_hash == _digest(token)))


def officer_of_session(db: Connection, *, token: str, now: datetime, today: date) -> str | None:
    """Whose session it is: alive, and of an officer still on duty on the office's date."""
    row = _of_session.first(db, {"b_token": _digest(token), "b_now": now, "b_on": today})
    return str(row.officer_code) if row is not None else None


def officer_of_account(
    db: Connection, *, by: Literal["code", "email"], value: str, today: date
) -> str | None:
    """The officer on duty whom a provider's value names by code or by e-mail; never two of them."""
    named = (
        officer.c.code == value
        if by == "code"
        else func.lower(officer.c.email) == value.strip().lower()
    )
    found = db.scalars(
        select(officer.c.code)
        .where(
            named,
            officer.c.active_from <= today,
            officer.c.active_to.is_(None) | (officer.c.active_to >= today),
        )
        .limit(2)
    ).all()
    return str(found[0]) if len(found) == 1 else None


def officers_without_password(db: Connection) -> list[str]:
    """Codes of officers who cannot sign in yet."""
    return list(
        db.scalars(
            select(officer.c.code)
            .outerjoin(sign_in, sign_in.c.officer_code == officer.c.code)
            .where(sign_in.c.officer_code.is_(None))
            .order_by(officer.c.code)
        )
    )


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
