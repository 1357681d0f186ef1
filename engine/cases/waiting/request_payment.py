"""Ask for a financial obligation (nghĩa vụ tài chính): the clock stands until it is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.status import CaseStatus
from engine.cases.tables import hold
from engine.cases.waiting.holds import PAYMENT, current_hold, open_payment_hold
from engine.errors import BadInputError
from engine.events.waiting import PaymentRequested

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock


def request_payment(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    amount_dong: int | None = None,
    notice: str | None = None,
    reason: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Open a payment pause, or add amount and notice to the one the diagram opened. Legal: R22

    Raises:
        StatusRefusedError, BadInputError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.PROCESSING, CaseStatus.PAYING, to="ask for payment")
    if amount_dong is not None and amount_dong <= 0:
        raise BadInputError(f"Expected an amount above 0 đồng, but got {amount_dong}")
    officer = acting_officer(file, ONE_STOP, by)
    waiting = current_hold(file, PAYMENT)
    if waiting is None:
        open_payment_hold(file, ground=reason, by=officer, amount_dong=amount_dong, notice=notice)
    else:
        file.db.execute(
            update(hold)
            .where(hold.c.id == waiting.id)
            .values(document=notice or waiting.document, ground=reason or waiting.ground)
        )
        file.record(PaymentRequested(hold=waiting.id, amount_dong=amount_dong, notice=notice))
    file.save(actor=officer)
    return file
