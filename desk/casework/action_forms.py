"""What each action on a case asks: the forms of `actions.py`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from desk.forms import (
    CHOSEN,
    MAY_BE_EMPTY,
    ActForm,
    IntegerField,
    NumberRange,
    Ticks,
    choice,
    day,
    long_text,
    text,
)
from engine.cases.intake.collect_fee import MOST_DONG
from engine.cases.lateness.causes import CAUSES
from engine.cases.waiting.consult import Mode

_CAUSES = list(CAUSES.items())


class EmptyForm(ActForm):
    """Nothing to fill in: a press of the button is all."""


class SupplementForm(ActForm):
    """Mẫu 02: what is missing and why, once and in full. Legal: R10, R18, R19"""

    components = Ticks(_l("Giấy tờ cần bổ sung"), [CHOSEN], description=_l("Nêu đủ trong một lần."))
    reason = long_text(_l("Lý do và hướng dẫn"), needed=True)
    expected_on = day(_l("Dự kiến người dân nộp lại"))
    override_ground = text(
        _l("Căn cứ pháp luật chuyên ngành cho lần yêu cầu thứ hai"),
        hint=_l("Chỉ cần khi hồ sơ đã được yêu cầu bổ sung một lần; lãnh đạo phải ký."),
    )


class SupplementCameForm(ActForm):
    """What came: complete, or the same request stays open. Legal: R19, R21"""

    outcome = choice(
        _l("Giấy tờ bổ sung"),
        [
            ("complete", _l("Đã đủ, đồng hồ chạy tiếp")),
            ("faulty", _l("Chưa đúng, vẫn chờ theo yêu cầu cũ")),
        ],
        default="complete",
    )
    still_missing = text(_l("Nếu chưa đúng, còn thiếu gì?"))


class ConsultForm(ActForm):
    """Whom to ask, what, and until when. Legal: R23, R24"""

    agencies = long_text(
        _l("Cơ quan được hỏi ý kiến"), needed=True, hint=_l("Mỗi cơ quan một dòng.")
    )
    content = long_text(_l("Nội dung hỏi ý kiến"), needed=True)
    days = IntegerField(
        _l("Thời hạn trả lời (ngày làm việc)"),
        [CHOSEN, NumberRange(1, 60, _l("Từ 1 đến 60 ngày."))],
        default=2,
    )
    mode = choice(
        _l("Cách gửi"),
        [
            (str(Mode.ELECTRONIC), _l("Điện tử, gửi đồng thời")),
            (str(Mode.PAPER), _l("Giấy, lần lượt từng cơ quan")),
        ],
        default=str(Mode.ELECTRONIC),
    )


class OpinionForm(ActForm):
    """The answer of a consulted agency. Legal: R23"""

    agency = text(_l("Cơ quan trả lời"), hint=_l("Bỏ trống nếu chỉ hỏi một cơ quan."))
    opinion = long_text(_l("Ý kiến"), needed=True)


class PaymentForm(ActForm):
    """What the applicant owes. Legal: R22"""

    amount_dong = IntegerField(
        _l("Số tiền (đồng)"), [MAY_BE_EMPTY, NumberRange(1, 10**13, _l("Số tiền phải lớn hơn 0."))]
    )
    notice = text(_l("Số thông báo"), longest=100)
    reason = text(_l("Khoản phải nộp"), needed=True)


class PaidForm(ActForm):
    """The obligation is met. Legal: R22"""

    receipt = text(_l("Số biên lai"), longest=100)
    amount_dong = IntegerField(
        _l("Số tiền đã thu tại quầy (đồng)"),
        [MAY_BE_EMPTY, NumberRange(1, MOST_DONG, _l("Số tiền phải lớn hơn 0."))],
    )


class FeeForm(ActForm):
    """A fee paid at the desk; no clock stands for it."""

    amount_dong = IntegerField(
        _l("Số tiền đã thu tại quầy (đồng)"),
        [CHOSEN, NumberRange(1, MOST_DONG, _l("Số tiền phải lớn hơn 0."))],
    )
    receipt = text(_l("Số biên lai"), longest=100)


class ApologyForm(ActForm):
    """Mẫu 04, signed by the leader who sends it. Legal: R25–R29, R72"""

    cause = choice(_l("Nguyên nhân"), _CAUSES)
    reason = long_text(_l("Lý do ghi trong thư"), needed=True)
    new_date = day(
        _l("Ngày hẹn trả mới"),
        needed=True,
        hint=_l("Chỉ được hẹn lại một lần; phải là ngày làm việc sau hạn ban đầu."),
    )


class ReasonForm(ActForm):
    """A reason that goes into a letter or the record."""

    reason = long_text(_l("Lý do"), needed=True)


class StopForm(ActForm):
    """Mẫu 05: the applicant's request and the decision. Legal: R38"""

    reason = long_text(_l("Đề nghị của người nộp hồ sơ"), needed=True)
    decision = text(_l("Số quyết định"), needed=True, longest=100)


class CauseForm(ActForm):
    """Why the case is late. Legal: R34"""

    cause = choice(_l("Nguyên nhân chậm"), _CAUSES)
    text = text(_l("Nói rõ"), hint=_l("Bắt buộc khi chọn «Nguyên nhân khác»."))
