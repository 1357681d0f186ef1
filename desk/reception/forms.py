"""The form of reception: applicant, papers with their state, channel, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.validators import Regexp

from desk.forms import (
    MAY_BE_EMPTY,
    ActForm,
    DateTimeLocalField,
    IntegerField,
    NumberRange,
    choice,
    long_text,
    nfc,
    options,
    text,
    tick,
)
from engine.cases.intake.collect_fee import MOST_DONG, Fee
from engine.clock import office_instant

if TYPE_CHECKING:
    from datetime import datetime

    from engine.catalog.versions import PublishedVersion

STATES = (
    ("original", _l("Bản chính")),
    ("certified", _l("Chứng thực")),
    ("copy", _l("Bản chụp")),
    ("missing", _l("Thiếu")),
)
NOT_GIVEN = "none"
CHANNELS = [
    ("counter", _l("Trực tiếp")),
    ("online", _l("Trực tuyến")),
    ("postal", _l("Bưu chính")),
]


class ReceptionForm(ActForm):
    """What every dossier is asked."""

    owner = text(_l("Họ tên chủ hồ sơ"), needed=True)
    phone = text(_l("Điện thoại"), longest=20)
    id_number = text(_l("Số định danh"), longest=20)
    address = text(_l("Địa chỉ"))
    email = text(_l("Thư điện tử"))
    channel = choice(
        _l("Kênh tiếp nhận"),
        CHANNELS,
        default="counter",
    )
    handed_over_at = DateTimeLocalField(
        _l("Ký biên bản bàn giao với bưu chính lúc"),
        [MAY_BE_EMPTY],
        description=_l("Đồng hồ chạy từ lúc này khi nhận qua bưu chính; bỏ trống là bây giờ."),
    )
    receiving_agency = text(
        _l("Mã cơ quan nhận hộ"),
        longest=35,
        hint=_l("Khi hồ sơ được nộp ngoài địa giới và chuyển về đây."),
    )
    competent_received_at = DateTimeLocalField(_l("Cơ quan có thẩm quyền nhận lúc"), [MAY_BE_EMPTY])
    fee_dong = IntegerField(
        _l("Đã thu phí, lệ phí (đồng)"),
        [MAY_BE_EMPTY, NumberRange(1, MOST_DONG, _l("Số tiền phải lớn hơn 0."))],
    )
    fee_receipt = text(_l("Số biên lai"), longest=100)
    reason = long_text(
        _l("Lý do, hướng dẫn"), hint=_l("Bắt buộc khi yêu cầu bổ sung hoặc từ chối.")
    )
    duplicate_ok = tick(_l("Đã kiểm tra, đây là hồ sơ khác"))
    do = HiddenField(filters=[nfc])

    def owner_data(self) -> dict[str, str]:
        """What is known of the owner, without empty fields."""
        given = {name: self[name].data for name in ("phone", "id_number", "address", "email")}
        return {name: value for name, value in given.items() if value}

    def paid(self) -> Fee | None:
        """What was paid with the dossier."""
        amount = self.fee_dong.data
        return Fee(amount, self.fee_receipt.data or None) if amount else None

    def instant(self, name: str) -> datetime | None:
        """A typed local time as an instant."""
        value = self[name].data
        return office_instant(value.isoformat()) if value is not None else None


def component_fields(version: PublishedVersion) -> dict[str, Any]:
    """A row for each paper the procedure asks for, filled as if all were there."""
    fields: dict[str, Any] = {}
    for item in version.meta.get("components", []):
        required = bool(item.get("required", True))
        choices = [*STATES] if required else [*STATES[:3], (NOT_GIVEN, _l("Không nộp"))]
        fields[f"c_{item['code']}"] = RadioField(
            str(item["name"]),
            choices=options(choices),
            default=_as_asked(item) if required else NOT_GIVEN,
        )
    return fields


def reception_form(version: PublishedVersion) -> ReceptionForm:
    """The form with a row for each paper the procedure asks for."""
    form: ReceptionForm = type("Reception", (ReceptionForm,), component_fields(version))()
    form.phone.validators = [
        *form.phone.validators,
        Regexp(r"[+0-9 .()-]*\Z", message=gettext("Số điện thoại chỉ gồm chữ số.")),
    ]
    return form


def components_of(form: ActForm, version: PublishedVersion) -> dict[str, str]:
    """Code and state of each paper that was given or is missing."""
    states = {
        str(item["code"]): str(form[f"c_{item['code']}"].data)
        for item in version.meta.get("components", [])
    }
    return {code: state for code, state in states.items() if state != NOT_GIVEN}


def _as_asked(item: dict[str, Any]) -> str:
    if item.get("copy"):
        return "copy"
    return "certified" if item.get("certified") else "original"
