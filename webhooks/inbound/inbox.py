"""The inbox: a message is verified byte by byte, stored once, answered, and acted on later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.database import reading, transaction
from engine.errors import BadInputError, OfficeError
from webhooks.inbound.messages import MessageRefusedError, understand
from webhooks.inbound.senders import known_sender
from webhooks.signing import Direction, SignatureRefusedError, valid_secrets, verify
from webhooks.tables import inbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine

    from engine.clock import Clock

LARGEST_MESSAGE = 256 * 1024
LONGEST_ID = 128


class InboxState(StrEnum):
    """What became of a message."""

    STORED = "stored"
    APPLIED = "applied"
    WAITING = "waiting"
    """It could not be acted on; `reason` says why."""
    CLOSED = "closed"
    """Somebody decided that it needs no action."""


class MessageIdReusedError(OfficeError):
    """A partner used a message id again for another message."""

    code = "message_id_reused"


class InboxUnknownError(OfficeError):
    """Somebody named a message that is not waiting."""

    code = "inbox_unknown"


@dataclass(frozen=True)
class Stored:
    """A message that is in the books; `is_new` is False when it was there before."""

    id: int
    is_new: bool


def take_in(
    books: Engine, clock: Clock, *, sender: str, headers: Mapping[str, str], body: bytes
) -> Stored:
    """Verify, understand and store a message; the same one again changes nothing.

    Raises:
        SignatureRefusedError: unknown sender, wrong secret, changed bytes, older or newer than
            five minutes; the sender is not told which. MessageRefusedError: an unknown word.
        MessageIdReusedError: the id belongs to another message.
    """
    with reading(books) as db:
        known = known_sender(db, sender)
        keys = valid_secrets(db, clock.now(), direction=Direction.IN, code=sender)
    verify(keys if known is not None else (), headers, body)
    if known is None:
        raise SignatureRefusedError("Expected a known sender, but it is not")
    message_id = headers.get("webhook-id", "")
    if not message_id.isprintable() or len(message_id) > LONGEST_ID:
        raise BadInputError(f"Expected a webhook-id of at most {LONGEST_ID} letters, but it is not")
    said = understand(body)
    if said.type not in known.messages:
        raise MessageRefusedError(
            f"Expected a type of {', '.join(sorted(known.messages))} from {sender}, "
            f"but got {said.type}"
        )
    values = {
        "sender_code": sender,
        "message_id": message_id,
        "type": said.type,
        "body": body,
        "received_at": clock.now(),
        "state": str(InboxState.STORED),
        "case_number": said.case,
        "attempts": 0,
    }
    try:
        with transaction(books) as db:
            before = _same(db, sender, message_id, body)
            if before is not None:
                return before
            made = db.execute(insert(inbox).values(**values).returning(inbox.c.id))
            return Stored(made.scalar_one(), is_new=True)
    except IntegrityError:  # the same message came twice at one moment
        with reading(books) as db:
            before = _same(db, sender, message_id, body)
        if before is None:
            raise
        return before


def inbox_rows(
    db: Connection,
    state: InboxState | None = InboxState.WAITING,
    most: int = 500,
    *,
    newest_first: bool = False,
) -> list[dict[str, Any]]:
    """Messages in a state, oldest first; their bodies are not told, they hold personal data."""
    order = inbox.c.id.desc() if newest_first else inbox.c.id
    wanted = select(inbox).order_by(order).limit(most)
    if state is not None:
        wanted = wanted.where(inbox.c.state == str(state))
    return [
        {
            "id": row.id,
            "sender": row.sender_code,
            "message_id": row.message_id,
            "type": row.type,
            "received_at": row.received_at,
            "state": row.state,
            "case": row.case_number,
            "attempts": row.attempts,
            "reason_code": row.reason_code,
            "reason": row.reason,
            "settled_at": row.settled_at,
        }
        for row in db.execute(wanted)
    ]


def close_message(db: Connection, clock: Clock, *, id: int, reason: str) -> str:  # noqa: A002 (the column's name)
    """Decide that a waiting message needs no action; gives its sender.

    Raises:
        InboxUnknownError, BadInputError.
    """
    if not reason.strip():
        raise BadInputError("Expected why the message needs no action, but the text is empty")
    sender = db.scalar(
        update(inbox)
        .where(inbox.c.id == id, inbox.c.state == str(InboxState.WAITING))
        .values(state=str(InboxState.CLOSED), reason=reason, settled_at=clock.now())
        .returning(inbox.c.sender_code)
    )
    if sender is None:
        raise InboxUnknownError(f"Expected a waiting message, but {id} is none", id=id)
    return str(sender)


def _same(db: Connection, sender: str, message_id: str, body: bytes) -> Stored | None:
    row = db.execute(
        select(inbox.c.id, inbox.c.body).where(
            inbox.c.sender_code == sender, inbox.c.message_id == message_id
        )
    ).one_or_none()
    if row is None:
        return None
    if bytes(row.body) != body:
        raise MessageIdReusedError(
            f"Expected a webhook-id of its own, but {message_id[:60]!r} was another message",
            message_id=message_id,
        )
    return Stored(row.id, is_new=False)
