"""What a partner is told of an event: its word, its case, its codes and instants.

Only fields on the list below leave the house. Free text that an officer wrote, and who the
officer was, may be personal data: an endpoint gets them only when it asked and is registered
for them. A field that is not on the list is withheld, so a new event tells too little, never
too much (P15).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from engine.clock import iso_office

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhooks.outbox import Item

SPOKEN = frozenset(
    {
        *("after", "agency", "allotted_minutes", "amount_dong", "apologised", "apology_late"),
        *("appointed_at", "at_intake", "before", "before_due", "by_owner", "cause", "channel"),
        *("claimed_at", "completed_at", "components", "consultation", "count", "created_at"),
        *("decided_on", "fields", "replaces"),
        *("decision", "due_after", "due_at", "due_before", "effective_on", "element", "field"),
        *("flow", "foreign_territory", "gateway", "hold", "hour_based", "in_time", "kind"),
        *("late", "late_return", "leg", "letter", "level", "limit", "new_date", "new_due_at"),
        *("original_due_at", "originals_returned", "outcome", "over_minutes", "policy"),
        *("procedure", "received_at", "regime", "requested_at", "result", "role", "rung"),
        *("sample", "silence_is_consent"),
        *("silent", "stage", "started_at", "step", "task", "unit", "used_minutes", "verdict"),
        *("version", "what", "working_days_late"),
    }
)
"""Names of event fields that hold codes, numbers, instants and names of agencies only."""


def spoken_type(event: str) -> str:
    """`CaseBecameLate` → `case.became_late`: the first word, a dot, the rest in snake case."""
    words = re.findall(r"[A-Z][a-z0-9]*", event)
    return f"{words[0].lower()}.{'_'.join(word.lower() for word in words[1:])}"


def event_body(item: Item, *, personal: bool) -> bytes:
    """The body of an event's message; the same bytes at every try."""
    document = {
        "id": item.message_id,
        "source": f"/agencies/{item.agency}" if item.agency else "/office",
        "type": spoken_type(item.type),
        "subject": item.stream,
        "time": iso_office(item.at),
        "sequence": item.sequence,
        "data": _told(item.data, personal=personal) | _owner(item, personal=personal),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _told(data: Mapping[str, Any], *, personal: bool) -> dict[str, Any]:
    return {name: value for name, value in data.items() if personal or name in SPOKEN}


def _owner(item: Item, *, personal: bool) -> dict[str, Any]:
    return {"owner": {"name": item.owner}} if personal and item.owner else {}
