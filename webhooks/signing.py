"""Secrets and signatures by Standard Webhooks; two secrets count while one replaces another."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, or_, select, update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from engine.errors import OfficeError
from webhooks.tables import secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

SECRET_BYTES = 32
DEFAULT_OVERLAP = timedelta(days=1)


class Direction(StrEnum):
    """Who signs with a secret."""

    OUT = "out"
    """We, to an endpoint."""
    IN = "in"
    """A sender, to us."""


class SignatureRefusedError(OfficeError):
    """A message is not from whom it says, was changed, or is too old or too new."""

    code = "signature_refused"


_valid = (
    select(secret.c.secret)
    .where(
        secret.c.direction == bindparam("b_direction"),
        secret.c.code == bindparam("b_code"),
        or_(secret.c.expires_at.is_(None), secret.c.expires_at > bindparam("b_now")),
    )
    .order_by(secret.c.id.desc())
)


def new_secret(db: Connection, at: datetime, *, direction: Direction, code: str) -> str:
    """Make a secret and give it; it is shown to a person once."""
    made = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    db.execute(
        insert(secret).values(direction=str(direction), code=code, secret=made, created_at=at)
    )
    return made


def rotate_secret(
    db: Connection, at: datetime, *, direction: Direction, code: str, overlap: timedelta
) -> str:
    """Make a new secret; the one before stays valid for the overlap, older ones end now."""
    mine = (secret.c.direction == str(direction)) & (secret.c.code == code)
    db.execute(
        update(secret)
        .where(mine, secret.c.expires_at.is_not(None), secret.c.expires_at > at)
        .values(expires_at=at)
    )
    db.execute(
        update(secret).where(mine, secret.c.expires_at.is_(None)).values(expires_at=at + overlap)
    )
    return new_secret(db, at, direction=direction, code=code)


def valid_secrets(
    db: Connection, at: datetime, *, direction: Direction, code: str
) -> tuple[str, ...]:
    """The secrets that count now, newest first: one, or two during a rotation."""
    given = {"b_direction": str(direction), "b_code": code, "b_now": at}
    return tuple(db.scalars(_valid, given))


def signed_headers(
    keys: Iterable[str], *, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The three headers of Standard Webhooks; one signature for every valid secret."""
    text = body.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, at, text) for key in keys),
    }


def verify(keys: Iterable[str], headers: Mapping[str, str], body: bytes) -> None:
    """Check the raw bytes of a message against any of the secrets, within five minutes.

    Raises:
        SignatureRefusedError: none of them fits; why is not told to the sender.
    """
    for key in keys:
        try:
            Webhook(key).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: headers that cannot be read
            continue
        return
    raise SignatureRefusedError(
        "Expected a message of a known sender, signed within five minutes, but it is not"
    )
