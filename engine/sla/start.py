"""When the clock starts, by the way a dossier came, and when its intake must be answered."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.clock import in_utc
from engine.errors import BadInputError
from engine.sla.counting import counted_due
from engine.sla.limit import CountingRule, Limit

if TYPE_CHECKING:
    from datetime import datetime

    from engine.sla.office_hours import OfficeTime


class Channel(StrEnum):
    """How a dossier comes in (kênh tiếp nhận)."""

    COUNTER = "counter"
    ONLINE = "online"
    POSTAL = "postal"


INTAKE_ANSWER: dict[Channel, Limit] = {
    Channel.ONLINE: Limit(CountingRule.WORKING_HOURS, Decimal(8)),
    Channel.COUNTER: Limit(CountingRule.WORKING_HOURS, Decimal(1)),
    Channel.POSTAL: Limit(CountingRule.WORKING_DAYS, Decimal(1)),
}
"""How soon intake must say whether a dossier is complete. Legal: R14"""


def start_of_clock(
    channel: Channel,
    *,
    accepted_at: datetime,
    handed_over_at: datetime | None = None,
    competent_received_at: datetime | None = None,
    supplemented_at: datetime | None = None,
) -> datetime:
    """The instant the clock starts.

    A supplement that completed the dossier starts it; otherwise, for a dossier taken outside its
    territory (only under ND118_309), the moment the competent agency receives it; otherwise by
    post the signing of the hand-over record, never the postmark; else acceptance as complete.

    Legal: R13

    Raises:
        BadInputError: a hand-over record is given for a dossier that did not come by post.
    """
    if handed_over_at is not None and channel is not Channel.POSTAL:
        raise BadInputError(
            f"Expected a postal dossier for a hand-over record, but it came by {channel}"
        )
    if supplemented_at is not None:
        return in_utc(supplemented_at)
    if competent_received_at is not None:
        return in_utc(competent_received_at)
    return in_utc(handed_over_at if handed_over_at is not None else accepted_at)


def intake_answer_due_at(
    submitted_at: datetime, channel: Channel, office: OfficeTime, limit: Limit | None = None
) -> datetime:
    """By when intake must answer a submitted dossier; `limit` is the procedure's own, if any.

    Legal: R14
    """
    return counted_due(limit or INTAKE_ANSWER[channel], submitted_at, office)
