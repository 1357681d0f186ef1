"""Whether people know that their result is ready: by e-mail, by telephone, or not yet (R36)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.cases.status import CaseStatus
from engine.cases.telling.duty_tables import notice
from engine.cases.telling.notices import NO_ADDRESS, SENT

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

BY_PEOPLE, BY_MAIL, UNDER_WAY, NOBODY = "by_people", "by_mail", "under_way", "nobody"
"""An officer told them; an e-mail arrived; one is being sent; somebody has to call."""

_BY_ITSELF = f"status_{int(CaseStatus.FINISHED)}"
_AGAIN = "result_ready"


@dataclass(frozen=True)
class Told:
    """How somebody was told of his result, and when."""

    how: str
    at: datetime | None = None


def told_of_results(db: Connection, case_ids: Collection[int]) -> dict[int, Told]:
    """How the owners of finished cases were told. Legal: R36, R71"""
    rows = db.execute(
        select(notice)
        .where(notice.c.case_id.in_(list(case_ids)), notice.c.what.in_((_BY_ITSELF, _AGAIN)))
        .order_by(notice.c.id)
    )
    found = dict.fromkeys(case_ids, Told(NOBODY))
    for row in rows:
        before = found[row.case_id]
        if row.what == _AGAIN:
            found[row.case_id] = Told(BY_PEOPLE, row.written_at)
        elif before.how != BY_PEOPLE:
            found[row.case_id] = _by_mail(row.state, row.sent_at)
    return found


def _by_mail(state: str, sent_at: datetime | None) -> Told:
    if state == SENT:
        return Told(BY_MAIL, sent_at)
    return Told(NOBODY if state in (NO_ADDRESS, "dead") else UNDER_WAY)
