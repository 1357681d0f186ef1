"""Notices to the applicant (thông báo): written with the change they tell of, delivered apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from engine.cases.status import CaseStatus
from engine.cases.telling.duty_tables import notice
from engine.clock import iso_office
from engine.events.cases import StatusChanged
from engine.events.citizens import ApplicantNotified
from engine.events.deadlines import DueMoved
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from engine.cases.file import CaseFile
    from engine.events.event import Event

_insert = Prepared(insert(notice))

WAITING, SENT, DEAD, NO_ADDRESS = "waiting", "sent", "dead", "no_address"
"""States of a notice: given up is dead; without an address people tell him."""

APOLOGY, DUE_MOVED = "apology", "due_moved"


def write_notices(file: CaseFile, events: Sequence[Event], *, after: int, actor: str) -> None:
    """One notice for each change of status that the applicant can see. Legal: R71, R29, R36

    What one transaction does appears at once: a status passed through within it is seen by
    nobody and told to nobody. `after` is the length of the case's journal before the events.
    """
    told = list(_told(events, file["due_appointed_at"]))
    if not told:
        return
    # Who gave no e-mail is told by people: at the counter, by telephone.
    state = WAITING if json.loads(file["owner_data"]).get("email") else NO_ADDRESS
    rows = [
        {
            "case_id": file.id,
            "stream_sequence": after + position,
            "what": what,
            "content": _facts(file, actor),
            "state": state,
            "written_at": file.now,
            "next_try_at": file.now,
            "attempts": 0,
            "fence": 0,
        }
        for position, what in told
    ]
    _insert.run_all(file.db, rows)


def _told(events: Sequence[Event], appointed_at: datetime | None) -> Iterator[tuple[int, str]]:
    """Position in the events (from 1) and what is told."""
    moves = [(n, e) for n, e in enumerate(events, 1) if isinstance(e, StatusChanged)]
    if moves and moves[0][1].before != moves[-1][1].after:
        position, last = moves[-1]
        if last.after != CaseStatus.NEW:
            yield position, f"status_{last.after}"
    for position, event in enumerate(events, 1):
        # A result that is ready changes the status too; that change is the notice.
        if isinstance(event, ApplicantNotified) and (event.what == APOLOGY or not moves):
            yield position, event.what
        # A new date without a change of status: the calendar moved what was promised.
        if isinstance(event, DueMoved) and event.after == appointed_at:
            yield position, DUE_MOVED


def _facts(file: CaseFile, actor: str) -> str:
    facts: dict[str, Any] = {
        "status": int(file.status),
        "agency": file["agency_code"],
        "receiver": file["received_by"],
        "officer": actor,
        "received_at": _at(file["received_at"]),
        "processing": file["procedure_code"],
        "due_at": _at(file["due_appointed_at"]),
    }
    return json.dumps(facts, ensure_ascii=False)


def _at(instant: Any) -> str | None:
    return iso_office(instant) if instant is not None else None
