"""How the courier fares as the books tell it: whether one serves, what waits, what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from webhooks.deliveries import DEAD, WAITING
from webhooks.endpoints import EndpointState
from webhooks.inbound.inbox import InboxState
from webhooks.tables import delivery, endpoint, inbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

UNTOUCHED_AFTER_SECONDS = 60
"""A message that came in and that nobody acted on for so long: no courier works."""


@dataclass(frozen=True)
class Standing:
    """Counts of endpoints, of messages out and in."""

    active: int
    served: int
    """Active endpoints that a courier holds now; its lease has not run out."""
    failing: int
    disabled: int
    waiting: int
    dead: int
    incoming_waiting: int
    untouched_seconds: int
    """Age of the oldest message that came in and was not acted on; 0 when there is none."""

    @property
    def is_silent(self) -> bool:
        """True when there is work for a courier and none does it."""
        return (
            self.active > 0 and self.served == 0
        ) or self.untouched_seconds > UNTOUCHED_AFTER_SECONDS


def standing(db: Connection, wall: datetime) -> Standing:
    """Read it; `wall` is the machine's time, by which leases run."""
    rows = db.execute(
        select(endpoint.c.state, endpoint.c.lease_until, endpoint.c.failing_since)
    ).all()
    active = [row for row in rows if row.state == EndpointState.ACTIVE]
    counted = db.execute(select(delivery.c.state, func.count()).group_by(delivery.c.state))
    letters: dict[str, int] = {row[0]: row[1] for row in counted}
    oldest = db.scalar(
        select(func.min(inbox.c.received_at)).where(inbox.c.state == str(InboxState.STORED))
    )
    incoming = db.scalar(
        select(func.count()).select_from(inbox).where(inbox.c.state == str(InboxState.WAITING))
    )
    return Standing(
        active=len(active),
        served=sum(row.lease_until is not None and row.lease_until > wall for row in active),
        failing=sum(row.failing_since is not None for row in active),
        disabled=len(rows) - len(active),
        waiting=letters.get(WAITING, 0),
        dead=letters.get(DEAD, 0),
        incoming_waiting=incoming or 0,
        untouched_seconds=max(0, int((wall - oldest).total_seconds())) if oldest else 0,
    )
