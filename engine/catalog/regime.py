"""Which decree rules a dossier (R1), which form serves a purpose then (R8), how pauses count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.sla.pauses import PausePolicy


class Regime(StrEnum):
    """The decree in force on the day of receipt. Legal: R1"""

    QD93_2007 = "QD93_2007"
    QD09_2015 = "QD09_2015"
    ND61 = "ND61"
    ND118 = "ND118"
    ND118_309 = "ND118_309"


_FROM: tuple[tuple[date, Regime], ...] = (
    (date(2007, 1, 1), Regime.QD93_2007),
    (date(2015, 1, 1), Regime.QD09_2015),
    (date(2018, 6, 21), Regime.ND61),
    (date(2025, 7, 1), Regime.ND118),
    (date(2026, 8, 5), Regime.ND118_309),
)


def regime_on(received_on: date) -> Regime:
    """The regime of a date of receipt, never of today. Legal: R1

    The first days of QĐ 93/2007 and QĐ 09/2015 are known by year only; nothing before 2007.
    """
    found = Regime.QD93_2007
    for first_day, regime in _FROM:
        if received_on >= first_day:
            found = regime
    return found


def default_pause_policy(regime: Regime) -> PausePolicy:
    """How the clock goes on after a supplement when the procedure does not say. Legal: R21"""
    if regime in {Regime.ND118, Regime.ND118_309}:
        return PausePolicy.PAUSE_WD
    return PausePolicy.RESTART


class FormMeaning(StrEnum):
    """What a form is for; its number changes with its circular. Legal: R8"""

    TIEP_NHAN = "TIEP_NHAN"
    BO_SUNG = "BO_SUNG"
    TU_CHOI = "TU_CHOI"
    XIN_LOI = "XIN_LOI"
    DUNG_GIAI_QUYET = "DUNG_GIAI_QUYET"
    KIEM_SOAT = "KIEM_SOAT"
    SO_THEO_DOI = "SO_THEO_DOI"


class Circular(StrEnum):
    """Where forms are set."""

    TT01 = "TT 01/2018/TT-VPCP"
    TT03 = "TT 03/2025/TT-VPCP"


TT03_SINCE = date(2025, 9, 15)


@dataclass(frozen=True)
class OfficialForm:
    """A form as its circular numbers and names it."""

    number: str
    circular: Circular
    title: str

    @property
    def label(self) -> str:
        """Number and circular, short."""
        return f"{self.number} {self.circular.name}"


_SAME = {
    FormMeaning.TIEP_NHAN: ("01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    FormMeaning.BO_SUNG: ("02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
    FormMeaning.TU_CHOI: ("03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
}
_FORMS: dict[Circular, dict[FormMeaning, tuple[str, str]]] = {
    Circular.TT01: {
        **_SAME,
        FormMeaning.XIN_LOI: ("04", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        FormMeaning.KIEM_SOAT: ("05", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        FormMeaning.SO_THEO_DOI: ("06", "Sổ theo dõi hồ sơ"),
    },
    Circular.TT03: {
        **_SAME,
        FormMeaning.XIN_LOI: ("04", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
        FormMeaning.DUNG_GIAI_QUYET: ("05", "Thông báo dừng giải quyết hồ sơ"),
        FormMeaning.KIEM_SOAT: ("06", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        FormMeaning.SO_THEO_DOI: ("07", "Sổ theo dõi hồ sơ"),
    },
}


def circular_on(received_on: date) -> Circular:
    """Forms follow their circular, not the decree. Legal: R8"""
    return Circular.TT03 if received_on >= TT03_SINCE else Circular.TT01


def form(meaning: FormMeaning, received_on: date) -> OfficialForm | None:
    """The form for a purpose; None where the circular has none. Legal: R8"""
    circular = circular_on(received_on)
    found = _FORMS[circular].get(meaning)
    if found is None:
        return None
    return OfficialForm(f"Mẫu {found[0]}", circular, found[1])
