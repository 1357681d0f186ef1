"""The outbox is the journal: pages of events behind an endpoint's bookmark that it wants."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.cases.tables import case
from engine.journal.append import OFFICE_STREAM
from engine.journal.tables import journal
from webhooks.tables import delivery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from webhooks.endpoints import Endpoint


@dataclass(frozen=True)
class Item:
    """An event that an endpoint is to be told; `attempts` were made, `row` is where it waits."""

    sequence: int
    stream: str
    type: str
    at: datetime
    data: Mapping[str, Any]
    message_id: str
    agency: str | None
    procedure: str | None
    owner: str | None
    attempts: int = 0
    row: int | None = None


@dataclass(frozen=True)
class Page:
    """What was found up to `read_to`; `is_last`: nothing more lies before the horizon."""

    items: tuple[Item, ...]
    read_to: int
    is_last: bool


_columns = (
    journal.c.sequence,
    journal.c.stream,
    journal.c.type,
    journal.c.at,
    journal.c.data,
    journal.c.hash,
    case.c.agency_code,
    case.c.procedure_code,
    case.c.owner_name,
)
_source = journal.outerjoin(case, case.c.number == journal.c.stream)
_page = (
    select(*_columns)
    .select_from(_source)
    .where(journal.c.sequence > bindparam("b_after"), journal.c.sequence <= bindparam("b_to"))
    .order_by(journal.c.sequence)
    .limit(bindparam("b_rows"))
)
_due = (
    select(*_columns, delivery.c.id, delivery.c.attempts)
    .select_from(_source.join(delivery, delivery.c.sequence == journal.c.sequence))
    .where(
        delivery.c.endpoint_code == bindparam("b_endpoint"),
        delivery.c.state == "waiting",
        delivery.c.next_at <= bindparam("b_now"),
    )
    .order_by(delivery.c.next_at, delivery.c.sequence)
    .limit(bindparam("b_rows"))
)


def page_after(db: Connection, endpoint: Endpoint, *, after: int, horizon: int, rows: int) -> Page:
    """The next page of the journal for an endpoint; nothing behind the horizon is looked at."""
    found = db.execute(_page, {"b_after": after, "b_to": horizon, "b_rows": rows}).all()
    items = (_item(row) for row in found)
    is_last = len(found) < rows
    return Page(
        items=tuple(item for item in items if wants(endpoint, item)),
        read_to=max(after, horizon) if is_last else found[-1].sequence,
        is_last=is_last,
    )


def due_items(db: Connection, endpoint: Endpoint, now: datetime, rows: int) -> list[Item]:
    """What waited and is to be tried again now."""
    given = {"b_endpoint": endpoint.code, "b_now": now, "b_rows": rows}
    return [_item(row, attempts=row.attempts, at=row.id) for row in db.execute(_due, given)]


def wants(endpoint: Endpoint, item: Item) -> bool:
    """True when the subscription covers the event; what concerns no case must be named by type."""
    named = item.type in endpoint.events
    if endpoint.events and not named:
        return False
    if item.stream == OFFICE_STREAM and not named:
        return False
    if endpoint.agencies and item.agency not in endpoint.agencies:
        return False
    return not endpoint.procedures or item.procedure in endpoint.procedures


def message_id(sequence: int, row_hash: bytes) -> str:
    """The same for every try, and never used again for another event, even on restored books."""
    return f"evt_{sequence}_{row_hash[:12].hex()}"


def sequence_of(given: str) -> int | None:
    """The journal's sequence a message id was made of; None when it is not one of ours."""
    parts = given.split("_")
    if len(parts) == 3 and parts[0] == "evt" and parts[1].isascii() and parts[1].isdigit():  # noqa: PLR2004 (its parts)
        return int(parts[1][:18])
    return None


def _item(row: Row[*tuple[Any, ...]], *, attempts: int = 0, at: int | None = None) -> Item:
    data: dict[str, Any] = json.loads(row.data)
    return Item(
        sequence=row.sequence,
        stream=row.stream,
        type=row.type,
        at=row.at,
        data=data,
        message_id=message_id(row.sequence, row.hash),
        agency=row.agency_code or _text(data.get("agency")),
        procedure=row.procedure_code or _text(data.get("procedure")),
        owner=row.owner_name,
        attempts=attempts,
        row=at,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
