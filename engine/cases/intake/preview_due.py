"""What the due instant would be if a dossier were accepted now: shown while the clerk types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.catalog.versions import version_in_force
from engine.clock import office_date
from engine.sla.ledger import ledger_of, short_reason
from engine.sla.reckoning import reckon
from engine.sla.start import Channel, start_of_clock
from engine.staff.queries import office_time_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.clock import Clock


@dataclass(frozen=True)
class DuePreview:
    """A due instant with its reasons; nothing is written."""

    starts_at: datetime
    due_at: datetime
    why: str
    ledger: list[dict[str, Any]]


def preview_due(
    db: Connection,
    clock: Clock,
    *,
    procedure: str,
    agency: str,
    channel: str,
    handed_over_at: datetime | None = None,
    competent_received_at: datetime | None = None,
) -> DuePreview:
    """Count as `receive_case` would. Legal: R13, R42

    Raises:
        ProcedureUnknownError, AgencyUnknownError. BadInputError: postal without its handover.
    """
    now = clock.now()
    version = version_in_force(db, procedure, office_date(now))
    starts_at = start_of_clock(
        Channel(channel),
        accepted_at=now,
        handed_over_at=handed_over_at,
        competent_received_at=competent_received_at,
    )
    reckoning = reckon(version.limit, starts_at, office_time_of(db, agency), ())
    return DuePreview(
        starts_at=starts_at,
        due_at=reckoning.due_at,
        why=short_reason(reckoning),
        ledger=[line.as_json() for line in ledger_of(reckoning)],
    )
