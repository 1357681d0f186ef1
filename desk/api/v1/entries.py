"""A journal entry as the API and `case show` say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.clock import iso_office

if TYPE_CHECKING:
    from engine.journal.append import Entry


def entry_document(entry: Entry) -> dict[str, Any]:
    """Sequence, word, instant, actor and data."""
    return {
        "sequence": entry.sequence,
        "type": entry.type,
        "at": iso_office(entry.at),
        "actor": entry.actor,
        "data": entry.data,
    }
