"""Forms of feedback: what came in, who answers, what is answered."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from desk.forms import MAY_BE_EMPTY, ActForm, choice, long_text, options, text, tick

CHANNELS = [
    ("counter", _l("Tại bộ phận một cửa")),
    ("phone", _l("Điện thoại")),
    ("letter", _l("Văn bản, thư")),
    ("portal", _l("Cổng phản ánh, kiến nghị")),
]
TRACK = ("track", _l("Trang tra cứu"))
TOPICS = [
    ("late", _l("Chậm giải quyết")),
    ("attitude", _l("Thái độ phục vụ")),
    ("fee", _l("Phí, lệ phí")),
    ("procedure", _l("Quy định, thủ tục")),
    ("other", _l("Việc khác")),
]
STATES = {
    "waiting": (_l("Chờ trả lời"), "yellow"),
    "asked": (_l("Chờ người dân bổ sung"), "grey"),
    "answered": (_l("Chờ công khai"), "light-blue"),
    "closed": (_l("Đã xong"), "green"),
}
ANSWERS = {
    "handled": _l("Đã xử lý"),
    "refused": _l("Từ chối"),
    "passed_on": _l("Chuyển cơ quan khác"),
}


class NewFeedbackForm(ActForm):
    """What somebody said, by which way, about what."""

    channel = choice(_l("Tiếp nhận qua"), CHANNELS, default="counter")
    topic = choice(_l("Về việc"), TOPICS)
    content = long_text(_l("Nội dung phản ánh, kiến nghị"), needed=True)
    sender_name = text(_l("Người phản ánh"))
    sender_contact = text(_l("Điện thoại, địa chỉ hoặc thư điện tử"))
    case_number = text(_l("Mã hồ sơ, nếu phản ánh về một hồ sơ"), longest=64)
    about_officer = SelectField(
        _l("Cán bộ bị phản ánh"),
        [MAY_BE_EMPTY],
        description=_l("Người này không được phân công trả lời."),
    )


class AssignForm(ActForm):
    """Who answers."""

    to = SelectField(_l("Phân công cho"))


class AnswerForm(ActForm):
    """The answer, by its kind. Legal: R59"""

    answer = choice(
        _l("Trả lời"),
        [
            ("handled", _l("Đã xử lý (15 ngày làm việc)")),
            ("refused", _l("Từ chối (2 ngày làm việc)")),
            ("passed_on", _l("Chuyển cơ quan có thẩm quyền (5 ngày làm việc)")),
            ("asked", _l("Yêu cầu người dân bổ sung thông tin (5 ngày làm việc)")),
        ],
        default="handled",
    )
    said = long_text(_l("Nội dung trả lời"), needed=True)
    passed_to = text(_l("Chuyển đến cơ quan"), hint=_l("Chỉ khi chuyển cơ quan khác."))
    found_false = tick(
        _l("Đã xác minh: phản ánh về cán bộ là sai"),
        hint=_l("Phản ánh sai không tính cho cán bộ."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Passing on names the agency."""
        good: bool = super().validate(extra_validators)
        if self.answer.data == "passed_on" and not self.passed_to.data:
            self.passed_to.errors = [gettext("Hãy nhập cơ quan nhận chuyển.")]
            return False
        return good


class SuppliedForm(ActForm):
    """The facts that were missing."""

    facts = long_text(_l("Thông tin người dân bổ sung"), needed=True)


def staff_choices(names: dict[str, str], *, without: str | None = None, empty: bool = False) -> Any:
    """Officers by name."""
    first = [("", gettext("Không nêu"))] if empty else []
    return options(
        first
        + sorted(
            ((code, name) for code, name in names.items() if code != without),
            key=lambda each: each[1],
        )
    )
