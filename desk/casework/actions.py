"""What may be done with a case besides its step: one row an action, with its form and its roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from desk.access import HEAD, LEADER, ONE_STOP, me
from desk.casework.action_forms import (
    ApologyForm,
    CauseForm,
    ConsultForm,
    EmptyForm,
    FeeForm,
    OpinionForm,
    PaidForm,
    PaymentForm,
    ReasonForm,
    StopForm,
    SupplementCameForm,
    SupplementForm,
)
from desk.casework.correction_form import CorrectionForm, correct
from desk.returns.hand_over import HandOverForm, SatisfactionForm, ask, hand_over
from engine.cases.intake.accept_case import accept_case
from engine.cases.intake.collect_fee import PAYABLE, Fee, collect_fee
from engine.cases.intake.correct_case import UNDER_WAY
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.intake.withdraw_case import withdraw_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.lateness.record_cause import record_cause
from engine.cases.return_result import notify_result_ready
from engine.cases.status import CaseStatus
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.consult import consult
from engine.cases.waiting.record_opinion import record_opinion
from engine.cases.waiting.request_payment import request_payment
from engine.cases.waiting.request_supplement import request_supplement
from engine.cases.waiting.stop_case import resume_case, stop_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from desk.forms import ActForm
    from engine.cases.file import CaseFile
    from engine.clock import Clock

SPECIALIST = "chuyen_vien"

S = CaseStatus


@dataclass(frozen=True)
class Action:
    """One action: where it is offered, who may, what it asks and what it does."""

    slug: str
    title: Any
    button: Any
    form: type[ActForm]
    roles: tuple[str, ...]
    statuses: tuple[CaseStatus, ...]
    act: Callable[[Connection, Clock, str, Any], CaseFile]
    warning: Any = ""
    """Said before the button of what cannot be undone."""
    danger: bool = False


def _given(form: Any, name: str) -> Any:
    """A field's value; None when it is empty or was left out for this case."""
    return (form[name].data or None) if name in form else None


def _supplement(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    person = me()
    return request_supplement(
        db,
        clock,
        number=number,
        reason=form.reason.data,
        components=form.components.data,
        by=person.code,
        override_ground=_given(form, "override_ground"),
        signer=person.code if person.holds(LEADER) else None,
        expected_on=form.expected_on.data,
    )


def _supplement_came(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    faulty = form.outcome.data == "faulty"
    return accept_supplement(
        db,
        clock,
        number=number,
        by=me().code,
        still_missing=(form.still_missing.data or "") if faulty else None,
    )


def _consult(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    return consult(
        db,
        clock,
        number=number,
        agencies=form.agencies.data.splitlines(),
        content=form.content.data,
        deadline=f"{form.days.data}wd",
        mode=form.mode.data,
        by=me().code,
    )


def _opinion(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    return record_opinion(
        db,
        clock,
        number=number,
        opinion=form.opinion.data,
        agency=form.agency.data or None,
        by=me().code,
    )


def _payment(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    return request_payment(
        db,
        clock,
        number=number,
        amount_dong=form.amount_dong.data,
        notice=form.notice.data or None,
        reason=form.reason.data,
        by=me().code,
    )


def _apology(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    return issue_apology(
        db,
        clock,
        number=number,
        reason=form.reason.data,
        cause=form.cause.data,
        new_date=_given(form, "new_date"),
        signer=me().code,
        by=me().code,
    )


def _refuse(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    return refuse_case(
        db, clock, number=number, reason=form.reason.data, signer=me().code, by=me().code
    )


def _stop(db: Connection, clock: Clock, number: str, form: Any) -> CaseFile:
    return stop_case(
        db,
        clock,
        number=number,
        request=form.reason.data,
        decision=form.decision.data,
        signer=me().code,
        by=me().code,
    )


ACTIONS: tuple[Action, ...] = (
    Action(
        "accept",
        _l("Tiếp nhận hồ sơ đã gửi"),
        _l("Tiếp nhận, đồng hồ bắt đầu chạy"),
        EmptyForm,
        (ONE_STOP,),
        (S.NEW,),
        lambda db, clock, number, _form: accept_case(db, clock, number=number, by=me().code),
    ),
    Action(
        "supplement",
        _l("Yêu cầu bổ sung"),
        _l("Gửi phiếu yêu cầu bổ sung"),
        SupplementForm,
        (ONE_STOP, SPECIALIST, HEAD),
        (S.NEW, S.PROCESSING),
        _supplement,
    ),
    Action(
        "supplement-came",
        _l("Nhận giấy tờ bổ sung"),
        _l("Ghi nhận"),
        SupplementCameForm,
        (ONE_STOP,),
        (S.NEW, S.SUPPLEMENT),
        _supplement_came,
    ),
    Action(
        "consult",
        _l("Lấy ý kiến cơ quan khác"),
        _l("Gửi lấy ý kiến"),
        ConsultForm,
        (SPECIALIST, HEAD, LEADER),
        (S.PROCESSING,),
        _consult,
    ),
    Action(
        "opinion",
        _l("Ghi ý kiến trả lời"),
        _l("Ghi ý kiến"),
        OpinionForm,
        (ONE_STOP, SPECIALIST, HEAD, LEADER, "don_vi_phoi_hop"),
        (S.PROCESSING, S.SUPPLEMENT),
        _opinion,
    ),
    Action(
        "payment",
        _l("Thông báo nghĩa vụ tài chính"),
        _l("Gửi thông báo, đồng hồ dừng"),
        PaymentForm,
        (ONE_STOP,),
        (S.PROCESSING, S.PAYING),
        _payment,
    ),
    Action(
        "paid",
        _l("Xác nhận đã nộp tiền"),
        _l("Xác nhận, đồng hồ chạy tiếp"),
        PaidForm,
        (ONE_STOP,),
        (S.PAYING,),
        lambda db, clock, number, form: confirm_payment(
            db,
            clock,
            number=number,
            receipt=form.receipt.data or None,
            amount_dong=form.amount_dong.data,
            by=me().code,
        ),
    ),
    Action(
        "fee",
        _l("Ghi thu phí, lệ phí"),
        _l("Ghi đã thu"),
        FeeForm,
        (ONE_STOP,),
        PAYABLE,
        lambda db, clock, number, form: collect_fee(
            db,
            clock,
            number=number,
            paid=Fee(form.amount_dong.data, form.receipt.data or None),
            by=me().code,
        ),
    ),
    Action(
        "apologise",
        _l("Xin lỗi và hẹn lại"),
        _l("Ký và gửi thư xin lỗi"),
        ApologyForm,
        (LEADER,),
        (S.RECEIVED, S.PROCESSING, S.SUPPLEMENT, S.PAYING, S.STOPPED),
        _apology,
        warning=_l("Thư được đánh số và gửi ngay; không thu hồi được."),
    ),
    Action(
        "cause",
        _l("Ghi nguyên nhân chậm"),
        _l("Ghi nguyên nhân"),
        CauseForm,
        (),
        (S.RECEIVED, S.PROCESSING, S.SUPPLEMENT, S.PAYING, S.STOPPED, S.FINISHED),
        lambda db, clock, number, form: record_cause(
            db,
            clock,
            number=number,
            cause=form.cause.data,
            text=form.text.data or None,
            by=me().code,
        ),
    ),
    Action(
        "notify",
        _l("Báo người dân đã có kết quả"),
        _l("Ghi nhận đã báo"),
        EmptyForm,
        (ONE_STOP,),
        (S.FINISHED,),
        lambda db, clock, number, _form: notify_result_ready(
            db, clock, number=number, by=me().code
        ),
    ),
    Action(
        "return",
        _l("Trả kết quả"),
        _l("Trả kết quả, kết thúc hồ sơ"),
        HandOverForm,
        (ONE_STOP,),
        (S.FINISHED,),
        hand_over,
        warning=_l("Sau khi trả kết quả, hồ sơ kết thúc và không mở lại được."),
    ),
    Action(
        "satisfaction",
        _l("Hỏi mức độ hài lòng"),
        _l("Ghi câu trả lời"),
        SatisfactionForm,
        (ONE_STOP,),
        (S.RETURNED,),
        ask,
    ),
    Action(
        "correct",
        _l("Sửa thông tin tiếp nhận"),
        _l("Sửa và cấp lại giấy tiếp nhận"),
        CorrectionForm,
        (ONE_STOP,),
        UNDER_WAY,
        correct,
        warning=_l("Giấy tiếp nhận cũ vẫn được giữ; giấy mới ghi «cấp lại» và lý do."),
    ),
    Action(
        "withdraw",
        _l("Rút hồ sơ theo đề nghị"),
        _l("Rút hồ sơ"),
        ReasonForm,
        (ONE_STOP,),
        (S.NEW, S.RECEIVED, S.PROCESSING, S.SUPPLEMENT, S.PAYING),
        lambda db, clock, number, form: withdraw_case(
            db, clock, number=number, reason=form.reason.data, by=me().code
        ),
        warning=_l("Hồ sơ đã rút không mở lại được."),
        danger=True,
    ),
    Action(
        "refuse",
        _l("Từ chối"),
        _l("Ký phiếu từ chối"),
        ReasonForm,
        (ONE_STOP, LEADER),
        (S.NEW, S.PROCESSING),
        _refuse,
        warning=_l("Phiếu từ chối được đánh số và giao cho người dân."),
        danger=True,
    ),
    Action(
        "stop",
        _l("Dừng giải quyết"),
        _l("Ký thông báo dừng"),
        StopForm,
        (LEADER,),
        (S.PROCESSING, S.SUPPLEMENT, S.PAYING),
        _stop,
        danger=True,
    ),
    Action(
        "resume",
        _l("Giải quyết tiếp"),
        _l("Cho hồ sơ đi tiếp"),
        EmptyForm,
        (LEADER,),
        (S.STOPPED,),
        lambda db, clock, number, _form: resume_case(db, clock, number=number, signer=me().code),
    ),
)
"""Actions in the order they are offered."""
