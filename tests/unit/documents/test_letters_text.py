"""Letters as text: the right form of the day, the national heading, Vietnamese fields (R8)."""

from __future__ import annotations

from datetime import date

import pytest
from sample_letters import APOLOGY, LETTERS, RECEIPT, SLIP, STOP, SUPPLEMENT

from engine.catalog.regime import FormMeaning
from engine.clock import office_instant
from engine.documents.letters import Letter
from engine.documents.numbering import ABBREVIATIONS
from engine.documents.plain_text import form_label, plain_text, title_of

NOW = office_instant("2026-11-25T08:00")
TODAY, IN_2024 = date(2026, 11, 16), date(2024, 5, 6)


def _text(letter: Letter, received_on: date = TODAY) -> str:
    return plain_text(letter, number="12/2026/XL-H35.12", issued_at=NOW, received_on=received_on)


@pytest.mark.parametrize("letter", [*LETTERS, SLIP])
def test_every_letter_has_the_national_heading_and_its_number(letter: Letter) -> None:
    text = _text(letter)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "Số: 12/2026/XL-H35.12" in text
    assert "Ngày 25 tháng 11 năm 2026" in text
    assert "H35.12-261116-0001" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("received_on", "label"),
    [
        (date(2025, 8, 1), "Mẫu 05 TT01"),
        (date(2025, 9, 14), "Mẫu 05 TT01"),
        (date(2025, 9, 15), "Mẫu 06 TT03"),
    ],
)
def test_r8_the_control_slip_bears_the_number_of_its_circular(
    received_on: date, label: str
) -> None:
    assert form_label(FormMeaning.KIEM_SOAT, received_on) == label
    assert label in _text(SLIP, received_on)


def test_r8_the_apology_has_another_title_in_each_circular() -> None:
    assert title_of(FormMeaning.XIN_LOI, IN_2024) == "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    assert title_of(FormMeaning.XIN_LOI, TODAY).startswith("Văn bản xin lỗi và đề nghị gia hạn")
    assert form_label(FormMeaning.XIN_LOI, IN_2024) == "Mẫu 04 TT01"
    assert form_label(FormMeaning.XIN_LOI, TODAY) == "Mẫu 04 TT03"


def test_r38_a_stop_is_a_form_today_and_was_a_note_before() -> None:
    assert "Mẫu 05 TT03" in _text(STOP)
    assert "ghi chú" in _text(STOP, IN_2024)
    assert "GHI CHÚ DỪNG GIẢI QUYẾT HỒ SƠ" in _text(STOP, IN_2024)


def test_r9_the_receipt_shows_hour_and_date_of_return() -> None:
    text = _text(RECEIPT)
    assert "Tiếp nhận lúc: 09 giờ 15, ngày 16/11/2026" in text
    assert "Hẹn trả kết quả lúc: 17 giờ 00, ngày 26/11/2026" in text
    assert "1. Đơn đề nghị (bản chính)" in text
    assert "Vì sao ngày này: 7 ngày làm việc, nghỉ 24/11" in text
    assert "Người tiếp nhận: Lò Thị Hoa" in text


def test_r10_the_request_lists_what_is_missing() -> None:
    assert "1. GCN" in _text(SUPPLEMENT)


def test_r26_the_apology_says_old_date_reason_new_date_and_sorry() -> None:
    text = _text(APOLOGY)
    assert "Ngày hẹn trả ban đầu: 17 giờ 00, ngày 26/11/2026" in text
    assert "Lý do: Sở Xây dựng chưa trả lời" in text
    assert "Hẹn trả lại lúc: 17 giờ 00, ngày 01/12/2026" in text
    assert "xin lỗi" in text.casefold()
    assert text.endswith("Người ký: Giàng A Tủa")


def test_r17_the_control_slip_shows_how_each_leg_used_its_time() -> None:
    text = _text(SLIP)
    assert "1. Bộ phận một cửa → Phòng Hạ tầng, 14 giờ 00, ngày 16/11/2026 (trước hạn)" in text


def test_every_meaning_has_an_abbreviation_of_its_own() -> None:
    assert set(ABBREVIATIONS) == {str(meaning) for meaning in FormMeaning}
    assert len(set(ABBREVIATIONS.values())) == len(ABBREVIATIONS)
