"""A case told to the person who waits: where it stands, what comes next, why the date moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import bindparam, select

from desk.wording import moment
from engine.cases.status import CaseStatus
from engine.cases.tables import hold
from engine.clock import office_date
from engine.events.deadlines import DueMoved
from engine.journal.read import data_of
from engine.prepared import Prepared

if TYPE_CHECKING:
    from engine.cases.file import CaseFile

S = CaseStatus
STAGE = {
    S.NEW: 0,
    S.RECEIVED: 1,
    S.PROCESSING: 1,
    S.SUPPLEMENT: 1,
    S.PAYING: 1,
    S.STOPPED: 1,
    S.FINISHED: 2,
    S.RETURNED: 3,
}
_moved_by = Prepared(
    select(hold)
    .where(hold.c.case_id == bindparam("b_case"), hold.c.due_after.is_not(None))
    .order_by(hold.c.id)
)
ENDED_OTHERWISE = (S.NOT_RECEIVED, S.WITHDRAWN)


def told(file: CaseFile) -> dict[str, Any]:
    """Code, degree of completion, promised date and why it changed; no name. Legal: R69"""
    status = file.status
    return {
        "number": file.number,
        "procedure": file.version.name,
        "status": status.for_the_applicant,
        "next": _next(status),
        "stages": _stages(),
        "stage": STAGE.get(status),
        "due_at": file["due_appointed_at"],
        "returned_at": file["returned_at"],
        "changes": _changes(file),
        "late": _is_late(file),
    }


def _stages() -> list[str]:
    return [
        gettext("Nộp hồ sơ"),
        gettext("Đang giải quyết"),
        gettext("Có kết quả"),
        gettext("Đã trả"),
    ]


def _next(status: CaseStatus) -> str:
    words: dict[CaseStatus, str] = {
        S.NEW: gettext("Bộ phận một cửa kiểm tra rồi báo tiếp nhận hoặc cần bổ sung gì."),
        S.RECEIVED: gettext("Hồ sơ được chuyển đến nơi giải quyết trong ngày làm việc."),
        S.PROCESSING: gettext("Khi có kết quả, bộ phận một cửa sẽ báo để ông/bà đến nhận."),
        S.SUPPLEMENT: gettext(
            "Nộp giấy tờ còn thiếu tại bộ phận một cửa; thời gian chờ không tính vào thời hạn."
        ),
        S.PAYING: gettext("Nộp khoản tiền theo thông báo; thời gian chờ không tính vào thời hạn."),
        S.STOPPED: gettext(
            "Khi hết lý do tạm dừng, hồ sơ được giải quyết tiếp và có ngày hẹn mới."
        ),
        S.FINISHED: gettext("Mang giấy tiếp nhận đến bộ phận một cửa để nhận kết quả."),
        S.RETURNED: "",
        S.NOT_RECEIVED: "",
        S.WITHDRAWN: "",
    }
    return words[status]


def _changes(file: CaseFile) -> list[str]:
    rows = _moved_by.all(file.db, {"b_case": file.id}) if file.has_holds else []
    why = {
        "supplement": gettext("chờ bổ sung giấy tờ"),
        "payment": gettext("chờ thực hiện nghĩa vụ tài chính"),
        "stop": gettext("tạm dừng theo quyết định"),
    }
    found = [
        gettext(
            "Hạn trả chuyển từ %(before)s sang %(after)s vì %(why)s.",
            before=moment(row.due_before),
            after=moment(row.due_after),
            why=why[row.kind],
        )
        for row in rows
        if row.due_before != row.due_after
    ]
    found += [
        gettext(
            "Hạn trả chuyển từ %(before)s sang %(after)s vì %(why)s.",
            before=moment(entry["before"]),
            after=moment(entry["after"]),
            why=entry["why"],
        )
        for entry in data_of(file.db, file.number, DueMoved.type())
    ]
    if file["reappointments"]:
        found.append(
            gettext(
                "Cơ quan đã xin lỗi và hẹn lại ngày %(due)s; hạn ban đầu là %(first)s.",
                due=f"{office_date(file['due_appointed_at']):%d/%m/%Y}",
                first=moment(file["due_original_at"]),
            )
        )
    return found


def _is_late(file: CaseFile) -> bool:
    due = file["due_appointed_at"]
    return due is not None and file["finished_at"] is None and due < file.now
