"""The control slip (phiếu kiểm soát): who handed the file to whom, when, and in what time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine.catalog.regime import FormMeaning
from engine.clock import iso_office
from engine.documents.letters import Letter, LetterIncompleteError
from engine.sla.verdict import leg_result

if TYPE_CHECKING:
    from datetime import datetime

    from engine.sla.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Handover:
    """One row: a unit gives the file to another; minutes are working minutes. Legal: R17"""

    giver: str
    receiver: str
    at: datetime
    giver_signer: str
    receiver_signer: str
    allotted_minutes: int | None = None
    used_minutes: int | None = None
    note: str = ""

    @property
    def result(self) -> Verdict | None:
        """Trước hạn, đúng hạn, quá hạn; None where no time was allotted or used. Legal: R17"""
        if self.allotted_minutes is None or self.used_minutes is None:
            return None
        return leg_result(self.allotted_minutes, self.used_minutes)

    def content(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return {
            "giver": self.giver,
            "receiver": self.receiver,
            "at": iso_office(self.at),
            "giver_signer": self.giver_signer,
            "receiver_signer": self.receiver_signer,
            "allotted_minutes": self.allotted_minutes,
            "used_minutes": self.used_minutes,
            "result": self.result,
            "note": self.note,
        }


@dataclass(frozen=True, kw_only=True)
class ControlSlip(Letter):
    """Phiếu kiểm soát quá trình giải quyết hồ sơ: the chain of handovers. Legal: R8, R17"""

    meaning = FormMeaning.KIEM_SOAT
    mandatory = (*Letter.mandatory, "received_at", "one_stop")

    received_at: datetime
    due_at: datetime | None
    one_stop: str
    rows: tuple[Handover, ...]

    def check(self) -> None:
        """Refuse a slip whose chain is broken or does not begin and end at the one-stop.

        Legal: R17

        Raises:
            LetterIncompleteError: either, or a mandatory field is empty.
        """
        super().check()
        if not self.rows:
            raise LetterIncompleteError("Expected a row for each handover, but there is none")
        if self.rows[0].giver != self.one_stop or self.rows[-1].receiver != self.one_stop:
            raise LetterIncompleteError(
                f"Expected the first and the last row to be of {self.one_stop}, but they are of "
                f"{self.rows[0].giver} and {self.rows[-1].receiver}"
            )
        for before, after in pairwise(self.rows):
            if before.receiver != after.giver or after.at < before.at:
                raise LetterIncompleteError(
                    f"Expected {before.receiver} to hand over next, but the next row is "
                    f"{after.giver} at {iso_office(after.at)}"
                )

    def content(self) -> dict[str, Any]:
        """The slip's fields as plain JSON values, as they are kept."""
        return {
            "case_number": self.case_number,
            "applicant": self.applicant,
            "request": self.request,
            "agency": self.agency,
            "received_at": iso_office(self.received_at),
            "due_at": None if self.due_at is None else iso_office(self.due_at),
            "one_stop": self.one_stop,
            "rows": [row.content() for row in self.rows],
        }
