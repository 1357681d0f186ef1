"""One whole letter of each kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.clock import office_instant
from engine.documents.control_slip import ControlSlip, Handover
from engine.documents.letters import (
    ApologyLetter,
    Letter,
    ReceiptSlip,
    Refusal,
    StopNotice,
    SupplementRequest,
)

COMMON: dict[str, Any] = {
    "case_number": "H35.12-261116-0001",
    "applicant": "Lò Văn Panh",
    "request": "Cấp giấy phép xây dựng nhà ở riêng lẻ",
    "agency": "Trung tâm Phục vụ hành chính công",
}
RECEIPT = ReceiptSlip(
    **COMMON,
    components=(("DON", "Đơn đề nghị", "original"), ("GCN", "Giấy chứng nhận", "copy")),
    received_at=office_instant("2026-11-16T09:15"),
    due_at=office_instant("2026-11-26T17:00"),
    limit="7 ngày làm việc",
    officer="Lò Thị Hoa",
    return_place="Quầy 1",
    why_this_date="7 ngày làm việc, nghỉ 24/11",
)
SUPPLEMENT = SupplementRequest(
    **COMMON, components=("GCN",), reason="Bản chụp mờ", officer="Lò Thị Hoa"
)
REFUSAL = Refusal(**COMMON, reason="Không thuộc thẩm quyền", signer="Giàng A Tủa")
APOLOGY = ApologyLetter(
    **COMMON,
    received_at=office_instant("2026-11-16T09:15"),
    original_due_at=office_instant("2026-11-26T17:00"),
    reason="Sở Xây dựng chưa trả lời",
    cause="PHOI_HOP",
    new_due_at=office_instant("2026-12-01T17:00"),
    return_place="Quầy 1",
    signer="Giàng A Tủa",
)
STOP = StopNotice(
    **COMMON,
    request_to_stop="Xin dừng để chờ phân chia thừa kế",
    stage="Thẩm định",
    decision="QĐ 12/QĐ-UBND",
    signer="Giàng A Tủa",
)
LETTERS: tuple[Letter, ...] = (RECEIPT, SUPPLEMENT, REFUSAL, APOLOGY, STOP)

ONE_STOP, ROOM = "Bộ phận một cửa", "Phòng Hạ tầng"
OUT = Handover(
    giver=ONE_STOP,
    receiver=ROOM,
    at=office_instant("2026-11-16T14:00"),
    giver_signer="Lò Thị Hoa",
    receiver_signer="Trần Văn Minh",
    allotted_minutes=480,
    used_minutes=479,
)
BACK = replace(
    OUT,
    giver=ROOM,
    receiver=ONE_STOP,
    at=office_instant("2026-11-18T09:00"),
    giver_signer="Trần Văn Minh",
    receiver_signer="Lò Thị Hoa",
)
SLIP = ControlSlip(
    case_number="H35.12-261116-0001",
    applicant="Lò Văn Panh",
    request="Cấp giấy phép xây dựng",
    agency="Trung tâm Phục vụ hành chính công",
    received_at=office_instant("2026-11-16T09:15"),
    due_at=office_instant("2026-11-26T17:00"),
    one_stop=ONE_STOP,
    rows=(OUT, BACK),
)
