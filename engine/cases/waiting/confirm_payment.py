"""Confirm a payment (xác nhận nghĩa vụ tài chính): the clock goes on with the next stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.blueprints import blueprint_of
from engine.cases.file import CaseFile, open_case
from engine.cases.intake.collect_fee import Fee, keep_fee
from engine.cases.status import CaseStatus
from engine.cases.steps import follow
from engine.cases.waiting.holds import PAYMENT, close_hold, require_hold
from engine.events.waiting import PaymentConfirmed
from engine.workflow.run import deliver_message, look

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

MESSAGE = "nghia_vu_tai_chinh"


def confirm_payment(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    receipt: str | None = None,
    amount_dong: int | None = None,
    by: str | None = None,
) -> CaseFile:
    """The obligation is met; the time of the applicant is not counted. Legal: R22

    What was paid at the desk itself, `amount_dong`, is kept as collected.

    Raises:
        BadInputError: the amount is none. HoldError: no payment is waited for.
        StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.PAYING, to="confirm a payment")
    row = require_hold(file, PAYMENT, to="confirm a payment")
    officer = acting_officer(file, ONE_STOP, by)
    before, after = close_hold(file, row)
    file.record(
        PaymentConfirmed(
            hold=row.id,
            requested_at=row.opened_at,
            receipt=receipt,
            due_before=before,
            due_after=after,
        )
    )
    if amount_dong is not None:
        keep_fee(file, Fee(amount_dong, receipt), officer=officer)
    file.move_to(CaseStatus.PROCESSING)
    diagram = blueprint_of(file.version)
    if any(waiting.message == MESSAGE for waiting in look(diagram, file.engine_state).waiting):
        follow(file, deliver_message(diagram, file.engine_state, MESSAGE, {}))
    file.save(actor=officer)
    return file
