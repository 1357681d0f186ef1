"""How long a consulted agency may be silent before silence is consent. Legal: R23."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from engine.catalog.linter.words import folded
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from engine.catalog.table.decision_table import TableRow

_AFTER: Final = re.compile(r"sau ([0-9]{1,3}) (ngay|gio)(?: lam viec)?\b")


def consent_limit(row: TableRow) -> Limit | None:
    """The time a row prints ("… sau 02 ngày làm việc"), else the row's own."""
    found = _AFTER.search(folded(row.content))
    if found is None:
        return row.limit
    return Limit.parse(f"{int(found[1])}{'wd' if found[2] == 'ngay' else 'wh'}")
