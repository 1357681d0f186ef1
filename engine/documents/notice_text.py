"""What a notice says: the words of R71 for the applicant, a short one for an officer."""

from __future__ import annotations

from dataclasses import dataclass

APPLICANT = {
    "status_2": "Hồ sơ đã được tiếp nhận",
    "status_3": "Hồ sơ không được tiếp nhận",
    "status_4": "Hồ sơ đang được xử lý",
    "status_5": "Hồ sơ cần bổ sung",
    "status_6": "Cần thực hiện nghĩa vụ tài chính",
    "status_7": "Hồ sơ đã rút theo yêu cầu",
    "status_8": "Hồ sơ dừng xử lý",
    "status_9": "Hồ sơ đã có kết quả",
    "status_10": "Kết quả đã được trả",
    "apology": "Xin lỗi và hẹn lại ngày trả kết quả",
    "due_moved": "Ngày hẹn trả kết quả được tính lại theo lịch làm việc mới",
    "result_ready": "Hồ sơ đã có kết quả, mời đến nhận",
}
"""What happened, by the notice's word. Legal: R71, R29, R36"""


@dataclass(frozen=True)
class NoticeText:
    """Subject and text of one message."""

    subject: str
    text: str


def applicant_notice(
    what: str,
    *,
    number: str,
    owner: str,
    agency: str,
    procedure: str,
    receiver: str,
    officer: str,
    received_at: str,
    due_at: str,
) -> NoticeText:
    """Agency, receiver, officer, received, processing, return time. Legal: R71

    Empty values are left out; times are written as clerks write them.
    """
    happened = APPLICANT[what]
    facts = (
        ("Mã hồ sơ", number),
        ("Thủ tục", procedure),
        ("Cơ quan", agency),
        ("Người tiếp nhận", receiver),
        ("Người giải quyết", officer),
        ("Tiếp nhận lúc", received_at),
        ("Hẹn trả kết quả", due_at),
    )
    lines = [f"Kính gửi ông/bà {owner},", "", f"{happened}.", ""]
    lines += [f"{label}: {value}" for label, value in facts if value]
    lines += ["", "Thư này do phần mềm gửi, xin không trả lời."]
    return NoticeText(f"{happened}: {number}", "\n".join(lines) + "\n")


def officer_notice_text(
    title: str, *, number: str, procedure: str, due_at: str, instead_of: str, figures: str
) -> NoticeText:
    """A warning or a digest for an officer; no applicant's name leaves the books this way."""
    facts = (
        ("Mã hồ sơ", number),
        ("Thủ tục", procedure),
        ("Thời điểm", due_at),
        ("Thay cho", instead_of),
    )
    lines = [f"{title}.", ""]
    lines += [f"{label}: {value}" for label, value in facts if value]
    if figures:
        lines += [figures]
    lines += ["", "Xem hộp việc trong phần mềm Một Cửa để xử lý."]
    return NoticeText(f"{title}: {number}" if number else title, "\n".join(lines) + "\n")
