"""The designer's forms: a new procedure, a file, the decision that a draft is published with."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField

from desk.forms import CHOSEN, day, options, text, tick

LEVELS = ("bộ", "tỉnh", "xã")


class NewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A procedure nobody has published yet."""

    code = text(_l("Mã thủ tục"), needed=True, longest=64, hint=_l("Ví dụ: 2.000908"))
    name = text(_l("Tên thủ tục"), needed=True, longest=500)
    field = text(_l("Lĩnh vực"), needed=True)
    level = SelectField(
        _l("Cấp giải quyết"), [CHOSEN], choices=options((each, each) for each in LEVELS)
    )
    limit = text(
        _l("Tổng thời hạn"), needed=True, longest=40, hint=_l("Ví dụ: 08 ngày làm việc; trong ngày")
    )


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A BPMN file in place of the drawing."""

    revision = HiddenField()
    file = FileField(_l("Tệp BPMN 2.0 (.bpmn, .xml)"), [FileRequired(_l("Hãy chọn một tệp."))])


class PublishForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The decision that approved the procedure, or the mark of a sample. Legal: R3"""

    revision = HiddenField()
    decision = text(_l("Số quyết định phê duyệt"), hint=_l("Ví dụ: 663/QĐ-UBND"))
    decided_on = day(_l("Ngày quyết định"))
    authority = text(_l("Cơ quan, người phê duyệt"))
    effective_on = day(_l("Có hiệu lực từ ngày"), needed=True)

    sample = tick(
        _l("Bản mẫu, chạy thử trong văn phòng huấn luyện"),
        hint=_l("Bản mẫu không cần quyết định phê duyệt; văn phòng thật không dùng được."),
    )
