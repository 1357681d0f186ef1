"""The events of a simulated day as a table: what the moving picture shows, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class DayEvent:
    """A line of the day's table; `second` of that day."""

    second: int
    case: int
    step: str
    what: str

    @property
    def clock(self) -> str:
        """Hour and minute."""
        return f"{self.second // 3600:02d}:{self.second // 60 % 60:02d}"


def events_of(day: Mapping[str, Any]) -> list[DayEvent]:
    """Everything that happens within the day, in order."""
    words = {
        "since": gettext("đến bước"),
        "begun": gettext("bắt đầu làm"),
        "until": gettext("xong bước"),
    }
    held = {"since": gettext("chờ người nộp"), "until": gettext("người nộp đã trả lời")}
    found = []
    for stay in day["stays"]:
        name = day["names"].get(stay["element"], stay["element"])
        told = held if stay["kind"] == "held" else words
        found += [
            DayEvent(stay[when], stay["case"], name, said)
            for when, said in told.items()
            if stay[when] > 0
        ]
    return sorted(found, key=lambda each: (each.second, each.case))
