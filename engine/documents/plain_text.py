"""A letter as text for the command line: national heading, title, the fields in Vietnamese."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.catalog.regime import FormMeaning, form
from engine.clock import office_time
from engine.documents.control_slip import Handover

if TYPE_CHECKING:
    from datetime import date

    from engine.documents.letters import Letter

HEADING = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
WIDTH = 80
NOTE = "ghi chú"
"""What stands for a form's number where the circular of the time has none. Legal: R8, R38"""

LABELS = {
    "case_number": "Mã hồ sơ",
    "applicant": "Ông/bà, tổ chức",
    "filer": "Người nộp",
    "id_number": "Số định danh",
    "address": "Địa chỉ",
    "phone": "Điện thoại",
    "email": "Thư điện tử",
    "request": "Nội dung yêu cầu giải quyết",
    "components": "Thành phần hồ sơ",
    "sets": "Số bộ",
    "limit": "Thời hạn giải quyết",
    "received_at": "Tiếp nhận lúc",
    "due_at": "Hẹn trả kết quả lúc",
    "why_this_date": "Vì sao ngày này",
    "fee_dong": "Phí, lệ phí đã thu (đồng)",
    "replaces": "Thay giấy số",
    "correction": "Lý do cấp lại",
    "original_due_at": "Ngày hẹn trả ban đầu",
    "reason": "Lý do",
    "cause": "Nguyên nhân",
    "guidance": "Hướng dẫn",
    "words": "Lời xin lỗi",
    "new_due_at": "Hẹn trả lại lúc",
    "return_place": "Nơi trả kết quả",
    "request_to_stop": "Đề nghị dừng",
    "stage": "Giai đoạn",
    "decision": "Quyết định",
    "requested_by": "Theo đề nghị của",
    "one_stop": "Bộ phận một cửa",
    "rows": "Giao nhận",
}
"""Vietnamese labels in the order in which they are printed."""

SIGNED_BY = {"officer": "Người tiếp nhận", "signer": "Người ký"}

STATES = {
    "original": "bản chính",
    "certified": "bản chứng thực",
    "copy": "bản chụp",
    "missing": "thiếu",
}

_NAMELESS = {FormMeaning.DUNG_GIAI_QUYET: "Ghi chú dừng giải quyết hồ sơ"}


def title_of(meaning: FormMeaning, received_on: date) -> str:
    """The form's title in the circular of the day of receipt. Legal: R8, R38"""
    official = form(meaning, received_on)
    return official.title if official else _NAMELESS[meaning]


def form_label(meaning: FormMeaning, received_on: date) -> str:
    """The form's number and circular, such as "Mẫu 04 TT03"; a note where it has none.

    Legal: R8, R38
    """
    official = form(meaning, received_on)
    return official.label if official else NOTE


def plain_text(letter: Letter, *, number: str, issued_at: datetime, received_on: date) -> str:
    """The whole letter; `received_on` decides the form. Legal: R8, R9"""
    local = office_time(issued_at)
    lines = [
        f"{form_label(letter.meaning, received_on):>{WIDTH}}",
        letter.agency.upper().center(WIDTH).rstrip(),
        *(line.center(WIDTH).rstrip() for line in HEADING),
        "",
        f"Số: {number}",
        f"Ngày {local:%d} tháng {local:%m} năm {local:%Y}",
        "",
        title_of(letter.meaning, received_on).upper().center(WIDTH).rstrip(),
        "",
    ]
    names = {f.name for f in fields(letter)}
    for name, label in LABELS.items():
        if name in names:
            lines += _spoken(label, getattr(letter, name))
    for name, label in SIGNED_BY.items():
        if getattr(letter, name, ""):
            lines += ["", f"{label}: {getattr(letter, name)}"]
    return "\n".join(lines)


def _spoken(label: str, value: Any) -> list[str]:
    if isinstance(value, datetime):
        return [f"{label}: {_moment(value)}"]
    if isinstance(value, tuple):
        return [f"{label}:", *(f"  {i}. {_row(item)}" for i, item in enumerate(value, 1))]
    return [f"{label}: {value}"] if value else []


def _row(item: Any) -> str:
    if isinstance(item, Handover):
        result = f" ({item.result.in_vietnamese()})" if item.result is not None else ""
        return f"{item.giver} → {item.receiver}, {_moment(item.at)}{result}"
    if isinstance(item, tuple):
        _code, name, state = item
        return f"{name} ({STATES.get(state, state)})"
    return str(item)


def _moment(at: datetime) -> str:
    return f"{office_time(at):%H giờ %M, ngày %d/%m/%Y}"
