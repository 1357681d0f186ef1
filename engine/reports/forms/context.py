"""What every form is told beside its cases: the period, the moment, the names, the coverage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.clock import office_time
from engine.reports.print.sheet import Coverage, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from engine.reports.measures import Window
    from engine.sla.periods import Period

TOTAL = "T"
"""Key of the row that sums up."""

_NINE = "9 tháng"


@dataclass(frozen=True)
class ReportContext:
    """A period of an office at a moment. `agencies` are those that should report."""

    period: Period
    window: Window
    now: datetime
    issuer: str
    agencies: Mapping[str, str]
    procedures: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Code → name, field, level."""
    officers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def coverage(self, seen: Iterable[str]) -> Coverage:
        """Which agencies have a case in the period, of all that should report."""
        there = set(seen)
        return Coverage(
            tuple(code for code in sorted(self.agencies) if code in there),
            tuple(code for code in sorted(self.agencies) if code not in there),
        )

    def sheet(self, **given: Any) -> Sheet:
        """A sheet with this period's heading and facts."""
        return Sheet(
            period=period_text(self.period), issuer=self.issuer, facts=dict(self.facts), **given
        )

    def procedure_name(self, code: str) -> str:
        """A procedure as people call it, with its code."""
        known = self.procedures.get(code)
        return code if known is None else f"{code} {known[0]}"


def period_text(period: Period) -> str:
    """A period in words, with its dates. Legal: R53"""
    text = period.text
    year = text[:4]
    rest = text[4:]
    if rest.startswith("Q"):
        name = f"Quý {('I', 'II', 'III', 'IV')[int(rest[1]) - 1]} năm {year}"
    elif rest.startswith("H"):
        name = f"6 tháng {('đầu', 'cuối')[int(rest[1]) - 1]} năm {year}"
    elif rest == "M9":
        name = f"{_NINE} năm {year}"
    elif rest.startswith("-"):
        name = f"Tháng {int(rest[1:])} năm {year}"
    else:
        name = f"Năm {year}"
    return f"{name} (từ {period.first_on:%d/%m/%Y} đến hết {period.last_on:%d/%m/%Y})"


def day(at: datetime | None) -> str:
    """An instant as a date of the office; nothing for nothing."""
    return "" if at is None else f"{office_time(at):%d/%m/%Y}"


def moment(at: datetime | None) -> str:
    """An instant as date and time of the office; nothing for nothing."""
    return "" if at is None else f"{office_time(at):%d/%m/%Y %H:%M}"
