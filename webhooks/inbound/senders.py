"""Senders: partner systems that may speak to the office, what they may say and in whose name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.cases.training import is_training
from engine.errors import BadInputError, OfficeError
from engine.staff.queries import officer_by_code
from webhooks.endpoints import check_code, check_overlap
from webhooks.inbound.messages import OPINION_GIVEN, PORTAL_ANSWERED, RESULT_SIGNED, WORDS
from webhooks.signing import DEFAULT_OVERLAP, Direction, new_secret, rotate_secret
from webhooks.tables import sender

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from sqlalchemy import Connection

    from engine.clock import Clock

NAMELESS = frozenset({RESULT_SIGNED, PORTAL_ANSWERED})
"""Words for which no officer stands in: the message names the signer (R72), or nobody acts."""


class SenderUnknownError(OfficeError):
    """Somebody named a sender that is not in the books."""

    code = "sender_unknown"


class SenderExistsError(OfficeError):
    """The code is taken."""

    code = "sender_exists"


@dataclass(frozen=True)
class Sender:
    """A partner system; `officer` is the one in whose name the office acts on its messages."""

    code: str
    messages: frozenset[str]
    agency: str | None
    officer: str | None


def add_sender(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    name: str,
    messages: Sequence[str],
    agency: str | None = None,
    officer: str | None = None,
) -> str:
    """Enter a sender; gives the secret it signs with, which is shown once.

    Raises:
        BadInputError, SenderExistsError, OfficerUnknownError.
    """
    check_code(code)
    unknown = [word for word in messages if word not in WORDS]
    if unknown or not messages:
        raise BadInputError(
            f"Expected messages of {', '.join(WORDS)}, but got {', '.join(unknown) or 'none'}"
        )
    if OPINION_GIVEN in messages and not agency:
        raise BadInputError(
            f"Expected the agency that {code} gives opinions for (--agency), but none was given"
        )
    if officer is not None:
        officer_by_code(db, officer)
    elif not set(messages) <= NAMELESS and not is_training(db):
        raise BadInputError(
            "Expected the officer in whose name the office acts (--as), but none was given"
        )
    if db.scalar(select(sender.c.code).where(sender.c.code == code)):
        raise SenderExistsError(f"Expected a new code, but sender {code!r} exists", code=code)
    now = clock.now()
    db.execute(
        insert(sender).values(
            code=code,
            name=name,
            messages=json.dumps(sorted(set(messages))),
            agency=agency,
            officer_code=officer,
            created_at=now,
        )
    )
    return new_secret(db, now, direction=Direction.IN, code=code)


def rotate_sender(
    db: Connection, clock: Clock, *, code: str, overlap: timedelta = DEFAULT_OVERLAP
) -> str:
    """Give a sender a new secret; the old one counts until the overlap ends.

    Raises:
        SenderUnknownError, BadInputError.
    """
    _require(db, code)
    check_overlap(overlap)
    return rotate_secret(db, clock.now(), direction=Direction.IN, code=code, overlap=overlap)


def disable_sender(db: Connection, clock: Clock, *, code: str) -> None:
    """Take no more messages of a sender.

    Raises:
        SenderUnknownError.
    """
    _require(db, code)
    db.execute(update(sender).where(sender.c.code == code).values(disabled_at=clock.now()))


def known_sender(db: Connection, code: str) -> Sender | None:
    """A sender that may speak; None when it is unknown or disabled."""
    row = db.execute(
        select(sender).where(sender.c.code == code, sender.c.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Sender(row.code, frozenset(json.loads(row.messages)), row.agency, row.officer_code)


def senders(db: Connection) -> list[dict[str, Any]]:
    """Every sender, for people; secrets are not told."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "messages": json.loads(row.messages),
            "agency": row.agency,
            "officer": row.officer_code,
            "disabled_at": row.disabled_at,
        }
        for row in db.execute(select(sender).order_by(sender.c.code))
    ]


def _require(db: Connection, code: str) -> None:
    if db.scalar(select(sender.c.code).where(sender.c.code == code)) is None:
        raise SenderUnknownError(
            f"Expected the code of a sender, but {code!r} is not in the books", code=code
        )
