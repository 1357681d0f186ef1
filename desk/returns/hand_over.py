"""Handing a result over: receiver, channel with its proof, originals, and how satisfied he is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from desk.access import me
from desk.forms import ActForm, Ticks, choice, long_text, options, text
from engine.cases.intake.checklist import originals_to_give_back
from engine.cases.lateness.causes import CAUSES
from engine.cases.return_result import LONGEST_PROOF, return_result
from engine.citizens.satisfaction import record_satisfaction
from engine.sla.verdict import Verdict

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.clock import Clock

CHANNELS = [
    ("counter", _l("Tại quầy")),
    ("postal", _l("Qua bưu chính")),
    ("online", _l("Trực tuyến")),
]
PROOF_ASKED = {
    "postal": _l("Hãy nhập số bưu gửi: đó là bằng chứng đã trả qua bưu chính."),
    "online": _l("Hãy nhập mã giao dịch hoặc địa chỉ nhận điện tử: đó là bằng chứng đã trả."),
}
"""Channels that leave a proof behind, and what is said when it is missing."""
SATISFIED = [
    ("very_satisfied", _l("Rất hài lòng")),
    ("satisfied", _l("Hài lòng")),
    ("dissatisfied", _l("Không hài lòng")),
]
THEMES = [
    ("place", _l("Nơi tiếp nhận, công cụ phục vụ")),
    ("attitude", _l("Thái độ của cán bộ")),
    ("time", _l("Thời gian giải quyết")),
    ("quality", _l("Chất lượng kết quả")),
]


class HandOverForm(ActForm):
    """Receiver, channel and its proof, originals; a late case says why. Legal: R34, R39, R60"""

    receiver = text(_l("Người nhận kết quả"), needed=True)
    channel = choice(_l("Cách trả"), CHANNELS, default="counter")
    proof = text(
        _l("Bằng chứng trả kết quả"),
        longest=LONGEST_PROOF,
        hint=_l(
            "Số bưu gửi, mã giao dịch điện tử; tại quầy: số giấy ủy quyền nếu người khác nhận "
            "thay. Bản chụp biên nhận được đính kèm ở trang hồ sơ."
        ),
    )
    originals = Ticks(
        _l("Giấy tờ gốc trả lại người dân"), description=_l("Đánh dấu từng giấy tờ đã trả.")
    )
    cause = choice(_l("Nguyên nhân chậm"), list(CAUSES.items()))
    cause_text = text(_l("Nói rõ nguyên nhân"))
    satisfied = RadioField(
        _l("Ông/bà hài lòng với việc giải quyết hồ sơ này không?"),
        choices=options([("", _l("Chưa hỏi được")), *SATISFIED]),
        default="",
        description=_l("Hỏi người nhận và ghi đúng câu trả lời; mỗi hồ sơ một lần."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the proof of the channel and for every original."""
        good: bool = super().validate(extra_validators)
        asked = PROOF_ASKED.get(self.channel.data or "")
        if asked is not None and not self.proof.data:
            self.proof.errors = [str(asked)]
            good = False
        if "originals" in self:
            left = [
                str(label)
                for value, label, *_ in self.originals.iter_choices()
                if value not in (self.originals.data or ())
            ]
            if left:
                self.originals.errors = [
                    gettext("Chưa đánh dấu đã trả: %(papers)s.", papers=", ".join(left))
                ]
                good = False
        return good


class SatisfactionForm(ActForm):
    """The question of satisfaction, asked after the hand-over. Legal: R60"""

    satisfied = choice(_l("Ông/bà hài lòng với việc giải quyết hồ sơ này không?"), SATISFIED)
    themes = Ticks(_l("Chưa hài lòng về điều gì?"), choices=options(THEMES))
    comment = long_text(_l("Ý kiến khác"))


def fit_hand_over(form: HandOverForm, file: CaseFile, *, fresh: bool) -> None:
    """Leave out what this case does not need."""
    if file["verdict"] != Verdict.LATE or file["late_cause"] is not None:
        del form.cause, form.cause_text
    names = {str(c["code"]): str(c["name"]) for c in file.version.meta.get("components", [])}
    originals = originals_to_give_back(file.version, json.loads(file["components"]))
    if originals:
        form.originals.choices = options([(code, names[code]) for code in originals])
    else:
        del form.originals
    if fresh:
        form.receiver.data = file["owner_name"]


def hand_over(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    """Close the case; the answer to the question goes with it when there is one."""
    file = return_result(
        db,
        clock,
        number=number,
        receiver=form.receiver.data,
        channel=form.channel.data,
        proof=form.proof.data,
        originals_returned="originals" in form,
        cause=form.cause.data or None if "cause" in form else None,
        cause_text=form.cause_text.data or None if "cause" in form else None,
        by=me().code,
    )
    if form.satisfied.data:
        file = record_satisfaction(
            db, clock, number=number, answer=form.satisfied.data, by=me().code
        )
    return file


def ask(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    """Write down what was answered later."""
    return record_satisfaction(
        db,
        clock,
        number=number,
        answer=form.satisfied.data,
        themes=form.themes.data or (),
        comment=form.comment.data or "",
        by=me().code,
    )
