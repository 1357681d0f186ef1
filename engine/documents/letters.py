"""The letters of the one-stop (Mẫu 01–05): frozen values that refuse to be incomplete."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from engine.catalog.regime import FormMeaning
from engine.clock import iso_office
from engine.errors import OfficeError

WORDS_OF_APOLOGY = (
    "Cơ quan chân thành xin lỗi ông/bà về việc không trả kết quả đúng thời gian đã hẹn."
)
"""Said when nobody wrote other words."""


class LetterIncompleteError(OfficeError):
    """A letter lacks what the law wants of it; it is not sent."""

    code = "letter_incomplete"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter says: whose dossier, which request, of which agency."""

    meaning: ClassVar[FormMeaning]
    mandatory: ClassVar[tuple[str, ...]] = ("case_number", "applicant", "request")

    case_number: str
    applicant: str
    request: str
    agency: str

    def check(self) -> None:
        """Refuse a letter with an empty mandatory field.

        Raises:
            LetterIncompleteError: naming every field that is missing.
        """
        missing = [name for name in self.mandatory if _is_empty(getattr(self, name))]
        if missing:
            raise LetterIncompleteError(
                f"Expected {', '.join(missing)} in the letter '{self.meaning}', but it is empty",
                meaning=str(self.meaning),
                missing=missing,
            )

    def content(self) -> dict[str, Any]:
        """The letter's fields as plain JSON values, as they are kept."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, kw_only=True)
class ReceiptSlip(Letter):
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả. Legal: R9"""

    meaning = FormMeaning.TIEP_NHAN
    mandatory = (*Letter.mandatory, "received_at", "due_at")

    components: tuple[tuple[str, str, str], ...] | None
    """Code, name and state (original, certified, copy) of what was handed in; empty where the
    procedure asks for nothing, None when no table was made, which is refused."""
    received_at: datetime
    due_at: datetime
    limit: str
    officer: str
    return_place: str
    why_this_date: str
    """The due date's reasons in one line, from its ledger."""
    filer: str = ""
    """Who handed it in, where that is not the owner."""
    address: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    """Its last digits only: a receipt is left lying about."""
    sets: int = 1
    fee_dong: int = 0
    """What was paid at the desk so far, in đồng."""
    fee_receipts: tuple[str, ...] = ()
    reissue: int = 0
    """How often the receipt was issued again before this one and with it; 0 is the first."""
    replaces: str = ""
    """Number of the receipt that this one stands for."""
    correction: str = ""
    """Why it was issued again."""

    def check(self) -> None:
        """Refuse a receipt without owner, request, table of components or due moment.

        Legal: R9

        Raises:
            LetterIncompleteError: one is missing, or it is due before it was received.
        """
        super().check()
        if self.components is None:
            raise LetterIncompleteError(
                "Expected the table of components on the receipt, but there is none",
                meaning=str(self.meaning),
                missing=["components"],
            )
        if self.due_at < self.received_at:
            raise LetterIncompleteError(
                f"Expected a due moment after receipt, but {iso_office(self.due_at)} lies before "
                f"{iso_office(self.received_at)}",
                meaning=str(self.meaning),
            )


@dataclass(frozen=True, kw_only=True)
class SupplementRequest(Letter):
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ. Legal: R10, R18"""

    meaning = FormMeaning.BO_SUNG
    mandatory = (*Letter.mandatory, "components", "reason")

    components: tuple[str, ...]
    reason: str
    officer: str
    requested_by: str | None = None
    guidance: str = ""


@dataclass(frozen=True, kw_only=True)
class Refusal(Letter):
    """Phiếu từ chối tiếp nhận, giải quyết hồ sơ. Legal: R11, R35, R72"""

    meaning = FormMeaning.TU_CHOI
    mandatory = (*Letter.mandatory, "reason", "signer")

    reason: str
    signer: str


@dataclass(frozen=True, kw_only=True)
class ApologyLetter(Letter):
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả. Legal: R26, R27, R72

    `new_due_at` is None only in a second letter, which gives no date. The command sees to that, and
    that the date may be given at all.
    """

    meaning = FormMeaning.XIN_LOI
    mandatory = (
        *Letter.mandatory,
        "received_at",
        "original_due_at",
        "reason",
        "return_place",
        "words",
        "signer",
    )

    received_at: datetime
    original_due_at: datetime
    reason: str
    cause: str
    new_due_at: datetime | None
    return_place: str
    signer: str
    words: str = WORDS_OF_APOLOGY


@dataclass(frozen=True, kw_only=True)
class StopNotice(Letter):
    """Thông báo dừng giải quyết hồ sơ; a note where the regime has no form for it. Legal: R38"""

    meaning = FormMeaning.DUNG_GIAI_QUYET
    mandatory = (*Letter.mandatory, "request_to_stop", "stage", "decision", "signer")

    request_to_stop: str
    stage: str
    decision: str
    signer: str


def _is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, tuple):
        return not value or all(_is_empty(item) for item in value)
    return value is None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_office(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
