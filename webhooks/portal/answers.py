"""The portal's answer when it comes later, as a message of its own (R68)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from engine.journal.tables import journal
from webhooks.deliveries import DEAD, WAITING, DeliveryUnknownError
from webhooks.endpoints import require_endpoint
from webhooks.outbox import message_id as id_of
from webhooks.outbox import sequence_of
from webhooks.portal.wording import PortalAnswer
from webhooks.tables import delivery

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def take_portal_answer(
    db: Connection,
    now: datetime,
    *,
    endpoint: str,
    message_id: str,
    error_code: str,
    message: str,
) -> str:
    """Note that a message was taken, or why not; gives the number of its case.

    One that the portal took before and refuses now becomes a dead letter with its reason, so
    that somebody looks at it; "đã tồn tại" means that it is there, which is all we want.

    Raises:
        EndpointUnknownError: no endpoint has the sender's code.
        DeliveryUnknownError: the id is not of a message of ours.
    """
    require_endpoint(db, endpoint)
    sequence = sequence_of(message_id)
    row = db.execute(
        select(journal.c.stream, journal.c.hash).where(journal.c.sequence == sequence)
    ).one_or_none()
    if row is None or sequence is None or id_of(sequence, row.hash) != message_id:
        raise DeliveryUnknownError(
            f"Expected the id of a message of this office, but got {message_id[:60]!r}"
        )
    answer = PortalAnswer(error_code, message)
    mine = (delivery.c.endpoint_code == endpoint) & (delivery.c.sequence == sequence)
    if answer.is_done or answer.is_known:
        db.execute(delete(delivery).where(mine))
        _let_the_next_go(db, now, endpoint, row.stream)
        return str(row.stream)
    error = f"error_code {error_code}: {message}"[:500]
    done = db.execute(update(delivery).where(mine).values(error=error))
    if done.rowcount == 0:
        db.execute(
            insert(delivery).values(
                endpoint_code=endpoint,
                sequence=sequence,
                stream=row.stream,
                state=DEAD,
                attempts=1,
                error=error,
                tried_at=now,
            )
        )
    return str(row.stream)


def _let_the_next_go(db: Connection, now: datetime, endpoint: str, stream: str) -> None:
    mine = (
        (delivery.c.endpoint_code == endpoint)
        & (delivery.c.stream == stream)
        & (delivery.c.state == WAITING)
    )
    head = db.scalar(select(func.min(delivery.c.sequence)).where(mine))
    if head is not None:
        db.execute(
            update(delivery)
            .where(mine, delivery.c.sequence == head, delivery.c.next_at.is_(None))
            .values(next_at=now)
        )
