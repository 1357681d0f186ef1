"""Collect the fee of a procedure at the desk (thu phí, lệ phí): how much, by which receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.status import CaseStatus
from engine.cases.tables import fee
from engine.errors import BadInputError
from engine.events.cases import FeeCollected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from engine.clock import Clock

MOST_DONG = 10**13
LONGEST_RECEIPT = 100
PAYABLE = (
    CaseStatus.RECEIVED,
    CaseStatus.PROCESSING,
    CaseStatus.SUPPLEMENT,
    CaseStatus.PAYING,
    CaseStatus.STOPPED,
    CaseStatus.FINISHED,
)


@dataclass(frozen=True)
class Fee:
    """Money taken at the desk, in đồng, and the number of the receipt given for it."""

    amount_dong: int
    receipt: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.amount_dong <= MOST_DONG:
            raise BadInputError(f"Expected an amount above 0 đồng, but got {self.amount_dong}")
        if self.receipt is not None and len(self.receipt) > LONGEST_RECEIPT:
            raise BadInputError(
                f"Expected a receipt's number of at most {LONGEST_RECEIPT} letters, but got "
                f"{len(self.receipt)}"
            )


def collect_fee(
    db: Connection, clock: Clock, *, number: str, paid: Fee, by: str | None = None
) -> CaseFile:
    """Write down what was paid; no clock stands for it (R22 is another matter).

    Raises:
        StatusRefusedError: the case is not received yet, or ended. NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(*PAYABLE, to="collect a fee")
    officer = acting_officer(file, ONE_STOP, by)
    keep_fee(file, paid, officer=officer)
    file.save(actor=officer)
    return file


def keep_fee(file: CaseFile, paid: Fee, *, officer: str) -> None:
    """Enter a fee inside a command; the caller saves the file."""
    receipt = (paid.receipt or "").strip() or None
    file.db.execute(
        insert(fee).values(
            case_id=file.id,
            amount_dong=paid.amount_dong,
            receipt=receipt,
            collected_at=file.now,
            collected_by=officer,
        )
    )
    file.record(FeeCollected(amount_dong=paid.amount_dong, receipt=receipt, officer=officer))


def fees_of(file: CaseFile) -> Sequence[Row[Any]]:
    """What was paid in a case, the first payment first."""
    return file.db.execute(select(fee).where(fee.c.case_id == file.id).order_by(fee.c.id)).all()
