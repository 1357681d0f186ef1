"""The hand-over chain (phiếu kiểm soát): who gave the file to whom, when, in how much time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from engine.cases.deadlines import used_minutes
from engine.cases.tables import leg
from engine.events.steps import LegConfirmed, LegSent
from engine.prepared import Prepared
from engine.sla.verdict import leg_result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from engine.cases.file import CaseFile
    from engine.workflow.run import OpenStep

WITHDRAWN = "withdrawn"
"""The result of a leg whose file was called back before it was taken."""

_insert = Prepared(insert(leg))
_last = Prepared(
    select(func.max(leg.c.number).label("number")).where(leg.c.case_id == bindparam("b_case"))
)
_waiting = Prepared(
    select(leg)
    .where(
        leg.c.case_id == bindparam("b_case"),
        leg.c.receiver == bindparam("b_receiver"),
        leg.c.confirmed_at.is_(None),
    )
    .order_by(leg.c.number)
)
_confirm = Prepared(update(leg).where(leg.c.id == bindparam("b_id")))


def hand_over(
    file: CaseFile,
    done: Row[Any],
    opened: Sequence[OpenStep],
    *,
    officer: str,
    allotted: int | None,
    used: int,
) -> None:
    """Write the leg from the finished step's unit to each unit that holds a new step.

    The sender answers for the file until the receiver confirms it. Legal: R17, R24
    """
    confirm(file, done.unit, officer=officer)
    sender = done.unit or done.role or ""
    for step in opened:
        rule = file.version.rule(step.element_id)
        receiver = (rule.unit or rule.role or "") if rule else ""
        if not receiver or receiver == sender:
            continue
        number = 1 + (_last_number(file) if file.has_legs else 0)
        file.has_legs = True
        _insert.run(
            file.db,
            {
                "case_id": file.id,
                "number": number,
                "sender": sender,
                "receiver": receiver,
                "sent_at": file.now,
                "sent_by": officer,
                "allotted_minutes": allotted,
                "used_minutes": used,
                "result": str(leg_result(allotted, used)) if allotted else None,
            },
        )
        file.record(
            LegSent(leg=number, sender=sender, receiver=receiver, allotted_minutes=allotted)
        )


def confirm(file: CaseFile, unit: str | None, *, officer: str) -> None:
    """The receiving unit took the file: the waiting leg to it is confirmed. Legal: R17"""
    if unit is None or not file.has_legs:
        return
    row = _waiting.first(file.db, {"b_case": file.id, "b_receiver": unit})
    if row is None:
        return
    _confirm.run(file.db, {"b_id": row.id, "confirmed_at": file.now, "confirmed_by": officer})
    file.record(
        LegConfirmed(leg=row.number, used_minutes=used_minutes(file, row.sent_at, file.now))
    )


def withdraw(file: CaseFile, numbers: Sequence[int], *, officer: str) -> None:
    """The file was called back before the receiver took it; the slip says so. Legal: R17"""
    if not numbers:
        return
    file.db.execute(
        update(leg)
        .where(leg.c.case_id == file.id, leg.c.number.in_(numbers), leg.c.confirmed_at.is_(None))
        .values(confirmed_at=file.now, confirmed_by=officer, result=WITHDRAWN)
    )


def _last_number(file: CaseFile) -> int:
    row = _last.first(file.db, {"b_case": file.id})
    return int(row.number or 0) if row else 0
