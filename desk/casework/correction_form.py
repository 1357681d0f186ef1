"""The form that corrects a received dossier: what is known is filled in, what differs is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import Regexp

from desk.access import me
from desk.forms import (
    CHOSEN,
    MAY_BE_EMPTY,
    ActForm,
    DateTimeLocalField,
    SelectField,
    choice,
    long_text,
    options,
    text,
)
from desk.reception.forms import CHANNELS, component_fields, components_of
from engine.cases.intake.correct_case import Correction, correct_case
from engine.cases.status import CaseStatus
from engine.cases.steps import has_completed_steps
from engine.catalog.versions import procedures_in_force
from engine.clock import office_date, office_instant, office_time
from engine.staff.queries import agency_accepts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.clock import Clock

OWNER_FIELDS = ("phone", "id_number", "address", "email")


class CorrectionForm(ActForm):
    """What was taken in, to be put right; the receipt is issued anew. Legal: R9"""

    of_case: CaseFile

    reason = long_text(
        _l("Lý do sửa"), needed=True, hint=_l("In trên giấy tiếp nhận cấp lại và ghi vào nhật ký.")
    )
    owner = text(_l("Họ tên chủ hồ sơ"), needed=True)
    phone = text(_l("Điện thoại"), longest=20)
    id_number = text(_l("Số định danh"), longest=20, hint=_l("Bỏ trống thì giữ nguyên số đã ghi."))
    address = text(_l("Địa chỉ"))
    email = text(_l("Thư điện tử"))
    channel = choice(
        _l("Kênh tiếp nhận"),
        CHANNELS,
    )
    received_at = DateTimeLocalField(
        _l("Đồng hồ bắt đầu chạy lúc"),
        [MAY_BE_EMPTY],
        description=_l(
            "Đổi giờ này thì hạn trả được tính lại. Chỉ sửa được trong nửa tháng tiếp nhận."
        ),
    )
    procedure = SelectField(
        _l("Thủ tục"),
        [CHOSEN],
        description=_l(
            "Chỉ đổi được khi chưa bước nào hoàn thành. Giấy tờ của thủ tục mới được coi là đã "
            "nộp đủ."
        ),
    )


def correction_form(file: CaseFile) -> CorrectionForm:
    """The form of one case, filled in with what the books say."""
    fields = component_fields(file.version)
    form: CorrectionForm = type("Correction", (CorrectionForm,), fields)()
    form.of_case = file
    form.phone.validators = [
        *form.phone.validators,
        Regexp(r"[+0-9 .()-]*\Z", message=gettext("Số điện thoại chỉ gồm chữ số.")),
    ]
    if file.status is CaseStatus.RECEIVED and not has_completed_steps(file):
        form.procedure.choices = options(_procedures(file))
    else:
        del form.procedure
    if request.method == "GET":
        _fill(form, file)
    return form


def correct(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    """Send what the form says; the command finds out what differs."""
    file = form.of_case
    data = {name: form[name].data or "" for name in OWNER_FIELDS}
    if not data["id_number"]:
        del data["id_number"]  # it is not shown, so an empty field says nothing of it
    procedure = form.procedure.data if "procedure" in form else None
    changes_procedure = procedure not in (None, file["procedure_code"])
    return correct_case(
        db,
        clock,
        number=number,
        reason=form.reason.data,
        correction=Correction(
            owner=form.owner.data,
            owner_data=data,
            components=None if changes_procedure else components_of(form, file.version),
            channel=form.channel.data,
            received_at=_typed(form, file),
            procedure=procedure,
        ),
        by=me().code,
    )


def _fill(form: CorrectionForm, file: CaseFile) -> None:
    owner = json.loads(file["owner_data"])
    form.owner.data = file["owner_name"]
    for name in ("phone", "address", "email"):
        form[name].data = owner.get(name, "")
    form.channel.data = file["channel"]
    form.received_at.data = _shown(file["received_at"])
    for code, state in json.loads(file["components"]).items():
        if f"c_{code}" in form:
            form[f"c_{code}"].data = state
    if "procedure" in form:
        form.procedure.data = file["procedure_code"]


def _shown(at: datetime) -> datetime:
    return office_time(at).replace(second=0, microsecond=0, tzinfo=None)


def _typed(form: Any, file: CaseFile) -> datetime | None:
    """The start as typed; a minute that was left alone is not another start."""
    typed = form.received_at.data
    if typed is None or typed == _shown(file["received_at"]):
        return None
    return office_instant(typed.isoformat())


def _procedures(file: CaseFile) -> list[tuple[str, str]]:
    on = office_date(file["received_at"])
    return [
        (v.procedure_code, f"{v.procedure_code} {v.name}")
        for v in procedures_in_force(file.db, on)
        if agency_accepts(file.db, file["agency_code"], v.procedure_code)
        and (file.version.sample or not v.sample)
    ]
