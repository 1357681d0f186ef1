"""Letters on the screen and as PDF: one template, right letters, right words, only own files."""

from __future__ import annotations

import io
import unicodedata

import pytest
from pypdf import PdfReader

from desk.paper.pdf import STATIC, is_own_file
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.waiting.request_supplement import request_supplement
from engine.cases.waiting.stop_case import stop_case
from tests.visitors import CLERK, DeskOffice, Visitor

OWNER = "Nguyễn Thị Ngọc Ẩn Dưỡng Ỷ"


def letters(desk: DeskOffice, number: str) -> list[tuple[int, str]]:
    return [(d["id"], d["meaning"]) for d in desk.office.case(number)["documents"]]


def pdf_text(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_r9_the_receipt_prints_who_what_when_and_why(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive(
        owner=OWNER, data={"owner": {"id_number": "014090005678", "address": "Bản Pú Đao"}}
    )
    clerk = quick_desk.person(CLERK)
    ((letter, _),) = letters(quick_desk, number)
    page = clerk.get(f"/desk/cases/{number}/letters/{letter}").text
    text = pdf_text(clerk, f"/desk/cases/{number}/letters/{letter}.pdf")
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        number,
        OWNER,
        "Bản Pú Đao",
        "Cấp giấy phép xây dựng nhà ở riêng lẻ",
        "Bản vẽ thiết kế xây dựng",
        "17:00 26/11/2026",
        "không tính 24/11",
        "Lò Thị Hoa",
        "Mẫu 01 TT03",
    ):
        assert words in page, words
        assert words in text, words
    assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in text
    assert "<svg" in page, "the QR code"
    for shown in (page, text):
        assert "014090005678" not in shown, "identity numbers are masked"


def test_every_letter_of_vietnamese_is_whole_in_a_pdf(quick_desk: DeskOffice) -> None:
    vowels = "aăâeêioôơuưy"
    accents = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    every = "".join(unicodedata.normalize("NFC", v + a) for v in vowels for a in accents) + "đ"
    number = quick_desk.office.receive(owner=f"{every} {every.upper()}")
    clerk = quick_desk.person(CLERK)
    ((letter, _),) = letters(quick_desk, number)
    text = pdf_text(clerk, f"/desk/cases/{number}/letters/{letter}.pdf").replace(" ", "")
    assert every in text
    assert every.upper() in text


def test_each_kind_of_letter_shows_its_reason_and_signer(quick_desk: DeskOffice) -> None:
    office = quick_desk.office
    clerk = quick_desk.person(CLERK)
    asked, refused, late, stopped = (office.receive(owner=OWNER) for _ in range(4))
    for number in (asked, refused, stopped):
        office.work_until(number, "examine")
    office.do(request_supplement, number=asked, reason="Thiếu bản vẽ móng", components=["ban_ve"])
    office.do(refuse_case, number=refused, reason="Đất không thuộc quy hoạch")
    office.do(stop_case, number=stopped, request="Xin dừng để bàn lại", decision="12/QĐ-UBND")
    office.until("2026-11-27T08:00")
    import datetime as dt

    office.do(
        issue_apology, number=late, reason="Dồn việc sau sáp nhập", cause="QUA_TAI",
        new_date=dt.date(2026, 12, 2),
    )  # fmt: skip
    wanted = {
        asked: ("BO_SUNG", ("Thiếu bản vẽ móng", "Bản vẽ thiết kế xây dựng")),
        refused: ("TU_CHOI", ("Đất không thuộc quy hoạch", "Giàng A Tủa")),
        late: ("XIN_LOI", ("Dồn việc sau sáp nhập", "17:00 26/11/2026", "17:00 02/12/2026")),
        stopped: ("DUNG_GIAI_QUYET", ("Xin dừng để bàn lại", "12/QĐ-UBND")),
    }
    for number, (meaning, words) in wanted.items():
        ((letter, _),) = [each for each in letters(quick_desk, number) if each[1] == meaning]
        text = pdf_text(clerk, f"/desk/cases/{number}/letters/{letter}.pdf")
        for each in (*words, OWNER, number):
            assert each in text, (meaning, each)


def test_r17_the_control_slip_shows_the_chain_of_handovers(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    quick_desk.office.work_until(number, "examine")
    text = pdf_text(quick_desk.person(CLERK), f"/desk/cases/{number}/control-slip.pdf")
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in text
    assert "Trưởng phòng" in text
    assert "Chuyên viên" in text


def test_a_letter_of_another_case_is_not_found(quick_desk: DeskOffice) -> None:
    first, second = quick_desk.office.receive(), quick_desk.office.receive()
    ((letter, _),) = letters(quick_desk, second)
    clerk = quick_desk.person(CLERK)
    assert clerk.get(f"/desk/cases/{first}/letters/{letter}").status_code == 404
    assert clerk.get(f"/desk/cases/{first}/letters/{letter}.pdf").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x.png",
        "file:///etc/passwd",
        f"{STATIC.as_uri()}/../app.py",
        f"{STATIC.as_uri()}/%2e%2e/app.py",
        f"{STATIC.as_uri()}-evil/x.css",
    ],
)
def test_a_letter_fetches_nothing_but_our_own_files(address: str) -> None:
    assert not is_own_file(address)
    assert is_own_file(f"{STATIC.as_uri()}/paper.css")
