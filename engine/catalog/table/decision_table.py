"""The step table of a decision (bảng quy trình nội bộ) as plain values, with its printed texts."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.catalog.finding import Finding
    from engine.sla.limit import Limit

_DECISION: Final = re.compile(r"QĐ\s*(?:số\s*)?(\d+/[\w-]+)\s+\d{1,2}/\d{1,2}/\d{4}")
"""A decision named with number and date: "QĐ 663/QĐ-TTPVHCC 13/5/2026"."""


class TableKind(StrEnum):
    """Where a table comes from (Loại)."""

    DECISION = "decision"
    """Found in a published decision or catalogue."""
    RECONSTRUCTION = "reconstruction"
    """Made up to fit a total fixed by law; never a real decision."""


@dataclass(frozen=True)
class Total:
    """The announced time of a procedure (tổng thời gian); a part that is not printed is None.

    `hard_area` is the limit in hard areas (vùng khó khăn); `verification` the whole time when
    verification is needed, `verification_extra` the time it adds.
    """

    limit: Limit | None
    hard_area: Limit | None = None
    verification: Limit | None = None
    verification_extra: Limit | None = None


@dataclass(frozen=True)
class TableRow:
    """One row: who does what, for how long, with what result. Texts are as printed.

    `limit` is the time as a limit in working hours; None when the text cannot be read.
    """

    number: str
    stage: str
    content: str
    unit: str
    time: str
    result: str
    limit: Limit | None


@dataclass(frozen=True)
class DecisionTable:
    """A whole table; `findings` tell what in it could not be read or had to be assumed."""

    name: str
    code: str
    field: str
    level: str
    total_text: str
    total: Total
    source: str
    kind: TableKind
    notes: tuple[str, ...]
    rows: tuple[TableRow, ...]
    findings: tuple[Finding, ...] = dataclasses.field(default=(), compare=False)

    @property
    def decision(self) -> str | None:
        """The number of the decision its source names ("663/QĐ-TTPVHCC"), if it names one."""
        if self.kind is not TableKind.DECISION:
            return None
        found = _DECISION.search(unicodedata.normalize("NFC", self.source))
        return found[1] if found else None
