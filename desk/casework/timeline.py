"""The history of a case in a clerk's words: its journal, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from desk.access import ROLE_NAMES
from desk.returns.hand_over import SATISFIED
from desk.wording import moment, working_time
from engine.cases.lateness.causes import CAUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.catalog.versions import PublishedVersion

ALERTS = {
    "DUE_SOON": _l("sắp đến hạn"),
    "STEP_80": _l("bước đã dùng 80 % thời gian"),
    "DECIDE": _l("cần quyết định: xong hay xin lỗi"),
    "APOLOGY_MISSED": _l("đã quá thời điểm phải xin lỗi"),
    "OVERDUE": _l("quá hạn"),
    "APPOINTED_MISSED": _l("đã quá ngày hẹn lại"),
    "REAPPOINT_LIMIT": _l("đã hẹn lại một lần, người đứng đầu quyết định"),
    "OPINION_OVERDUE": _l("cơ quan được hỏi chậm trả lời"),
    "STUCK": _l("nằm lâu bất thường ở một bước"),
}
VERDICTS = {"early": _l("trước hạn"), "on_time": _l("đúng hạn"), "late": _l("quá hạn")}
MACHINES = {
    "clock": _l("Đồng hồ"),
    "diagram": _l("Quy trình"),
    "init": _l("Hệ thống"),
    "calendar": _l("Lịch"),
    "citizen": _l("Người dân"),
}
QUIET = frozenset({"GatewayTaken", "LegConfirmed", "StatusChanged"})


@dataclass(frozen=True)
class Moment:
    """One line of the timeline; `tone` is plain, pause, alert, good or bad."""

    title: str
    detail: str
    by: str
    at: str
    tone: str


def timeline(
    journal: Sequence[Mapping[str, Any]], names: Mapping[str, str], version: PublishedVersion
) -> list[Moment]:
    """What happened, newest first."""
    told = _Teller(names, version)
    found = []
    for entry in journal:
        if entry["type"] in QUIET:
            continue
        title, detail, tone = told.words(entry["type"], entry["data"])
        actor = entry["actor"]
        by = names.get(actor) or str(MACHINES.get(actor, actor))
        found.append(Moment(title, detail, by, entry["at"], tone))
    return found[::-1]


class _Teller:
    """Knows the names of steps and people."""

    def __init__(self, names: Mapping[str, str], version: PublishedVersion) -> None:
        self.names = names
        self.version = version
        self.components = {
            str(c["code"]): str(c["name"]) for c in version.meta.get("components", [])
        }

    def words(self, kind: str, data: Mapping[str, Any]) -> tuple[str, str, str]:
        """Title, detail and tone of one event."""
        teller = WORDS.get(kind)
        return teller(self, data) if teller else (kind, "", "plain")

    def step(self, data: Mapping[str, Any]) -> str:
        """The step's name."""
        return self.element(data.get("step"))

    def element(self, element: Any) -> str:
        """What the diagram calls one of its elements."""
        node = self.version.process.nodes.get(str(element))
        return node.name if node and node.name else str(element)

    def people(self, codes: Sequence[str]) -> str:
        """Names of officers."""
        return ", ".join(self.person(code) for code in codes)

    def person(self, code: Any) -> str:
        """The officer's name."""
        return self.names.get(str(code), str(code))

    def papers(self, codes: Sequence[str]) -> str:
        """Names of components."""
        return ", ".join(self.components.get(code, code) for code in codes)


def _completed(t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    used = d.get("used_minutes")
    allotted = d.get("allotted_minutes")
    detail = gettext("dùng %(time)s", time=working_time(used)) if used is not None else ""
    late = used is not None and allotted is not None and used > allotted
    if allotted:
        detail += " / " + working_time(allotted)
    return gettext("Hoàn thành: %(step)s", step=t.step(d)), detail, "bad" if late else "good"


FIELDS = {
    "owner": _l("họ tên"),
    "phone": _l("điện thoại"),
    "id_number": _l("số định danh"),
    "address": _l("địa chỉ"),
    "email": _l("thư điện tử"),
    "kind": _l("loại đối tượng"),
    "channel": _l("kênh tiếp nhận"),
    "received_at": _l("lúc đồng hồ bắt đầu"),
    "procedure": _l("thủ tục"),
    "components": _l("thành phần hồ sơ"),
}
"""What a correction changed, in words."""


def _corrected(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    what = ", ".join(str(FIELDS.get(name, name)) for name in d["fields"])
    title = gettext("Sửa thông tin tiếp nhận: %(what)s", what=what)
    detail = gettext(
        "%(reason)s; giấy số %(new)s thay giấy số %(old)s",
        reason=d["reason"],
        new=d["letter"],
        old=d["replaces"],
    )
    return title, detail, "alert"


def _supplement(t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    detail = f"{t.papers(d['components'])}. {d['reason']}"
    return gettext("Yêu cầu bổ sung giấy tờ"), detail, "pause"


def _supplement_came(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    due = d.get("due_after")
    detail = gettext("hạn trả mới %(due)s", due=moment(due)) if due else ""
    return gettext("Đã nhận đủ giấy tờ bổ sung"), detail, "good"


def _payment(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    amount = d.get("amount_dong")
    detail = _dong(amount) if amount else ""
    return gettext("Chờ thực hiện nghĩa vụ tài chính"), detail, "pause"


def _dong(amount: int) -> str:
    return f"{amount:,} đ".replace(",", ".")


def _opinion(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    if d.get("silent"):
        return (
            gettext("Coi như đồng ý: %(agency)s không trả lời", agency=d["agency"]),
            "",
            "alert",
        )
    title = gettext("Ý kiến của %(agency)s", agency=d["agency"])
    return title, str(d["opinion"]), "alert" if d.get("late") else "plain"


def _apology(t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    new = d.get("new_due_at")
    detail = f"{d['letter']}; {CAUSES.get(d['cause'], d['cause'])}; {t.person(d['signer'])}"
    if new:
        return gettext("Xin lỗi, hẹn lại %(due)s", due=moment(new)), detail, "alert"
    return gettext("Xin lỗi"), detail, "alert"


def _finished(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    verdict = str(VERDICTS[d["verdict"]])
    days = d.get("working_days_late")
    detail = gettext("chậm %(num)d ngày làm việc", num=days) if days else ""
    title = gettext("Có kết quả, %(verdict)s", verdict=verdict)
    return title, detail, "bad" if d["verdict"] == "late" else "good"


def _refused(t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    return gettext("Từ chối"), f"{d['reason']} ({t.person(d['signer'])})", "bad"


def _alert(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    return gettext("Cảnh báo: %(what)s", what=_level(d)), "", "alert"


def _level(d: Mapping[str, Any]) -> str:
    return str(ALERTS.get(d["level"], d["level"]))


def _drafted(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    cause = CAUSES.get(d["cause"], d["cause"])
    if not d.get("new_date"):
        return gettext("Đã soạn dự thảo thư xin lỗi"), cause, "alert"
    day = f"{date.fromisoformat(d['new_date']):%d/%m/%Y}"
    detail = gettext("%(cause)s; dự kiến hẹn lại %(day)s", cause=cause, day=day)
    return gettext("Đã soạn dự thảo thư xin lỗi"), detail, "alert"


def _migrated(_t: _Teller, d: Mapping[str, Any]) -> tuple[str, str, str]:
    title = gettext(
        "Chuyển sang phiên bản %(after)s của quy trình (trước là %(before)s)",
        after=d["after"],
        before=d["before"],
    )
    return title, str(d.get("decision") or ""), "alert"


WORDS: dict[str, Callable[[_Teller, Mapping[str, Any]], tuple[str, str, str]]] = {
    "CaseRegistered": lambda _t, _d: (gettext("Hồ sơ được gửi đến"), "", "plain"),
    "CaseReceived": lambda _t, d: (
        gettext("Tiếp nhận hồ sơ"),
        gettext("hẹn trả %(due)s", due=moment(d["due_at"])),
        "good",
    ),
    "CaseCorrected": _corrected,
    "StepOpened": lambda t, d: (
        gettext("Chuyển đến bước: %(step)s", step=t.step(d)),
        gettext("hạn bước %(due)s", due=moment(d["due_at"])) if d.get("due_at") else "",
        "plain",
    ),
    "StepClaimed": lambda t, d: (gettext("Nhận việc: %(step)s", step=t.step(d)), "", "plain"),
    "StepStarted": lambda t, d: (gettext("Bắt đầu: %(step)s", step=t.step(d)), "", "plain"),
    "StepReleased": lambda t, d: (gettext("Trả lại việc: %(step)s", step=t.step(d)), "", "plain"),
    "StepCompleted": _completed,
    "StepHandedOver": lambda t, d: (
        gettext("Giao việc: %(step)s → %(name)s", step=t.step(d), name=t.person(d["to"])),
        "",
        "plain",
    ),
    "IdentityShown": lambda _t, d: (
        gettext("Xem đủ số định danh của chủ hồ sơ"),
        str(d["reason"]),
        "alert",
    ),
    "FeeCollected": lambda _t, d: (
        gettext("Đã thu phí, lệ phí"),
        _dong(d["amount_dong"]) + (f"; {d['receipt']}" if d.get("receipt") else ""),
        "plain",
    ),
    "StepTakenBack": lambda t, d: (
        gettext("Thu hồi bước: %(step)s", step=t.step(d)),
        str(d["reason"]),
        "alert",
    ),
    "StepCancelled": lambda t, d: (gettext("Bỏ bước: %(step)s", step=t.step(d)), "", "plain"),
    "SupplementRequested": _supplement,
    "SupplementReopened": lambda _t, d: (
        gettext("Giấy tờ bổ sung chưa đúng, vẫn chờ"),
        str(d["reason"]),
        "pause",
    ),
    "SupplementReceived": _supplement_came,
    "PaymentRequested": _payment,
    "PaymentConfirmed": lambda _t, d: (
        gettext("Đã nộp tiền, đồng hồ chạy tiếp"),
        gettext("hạn trả mới %(due)s", due=moment(d["due_after"])),
        "good",
    ),
    "OpinionRequested": lambda _t, d: (
        gettext("Lấy ý kiến %(agency)s", agency=d["agency"]),
        f"{d['content']}; {moment(d['due_at'])}",
        "plain",
    ),
    "OpinionRecorded": _opinion,
    "OpinionOverdue": lambda _t, d: (
        gettext("%(agency)s chậm trả lời", agency=d["agency"]),
        "",
        "alert",
    ),
    "TimerFired": lambda t, d: (
        gettext("Đến giờ hẹn của quy trình"),
        t.element(d["element"]),
        "plain",
    ),
    "AlertRaised": _alert,
    "AlertClimbed": lambda t, d: (
        gettext("Chưa ai xử lý cảnh báo, báo lên trên: %(what)s", what=_level(d)),
        t.people(d["to"]),
        "alert",
    ),
    "AlertTakenUp": lambda t, d: (
        gettext("Đã nhận xử lý cảnh báo: %(what)s", what=_level(d)),
        t.person(d["officer"]),
        "good",
    ),
    "ApologyDrafted": _drafted,
    "OneStopNotified": lambda t, d: (
        gettext("Đã báo bộ phận một cửa về thư xin lỗi %(letter)s", letter=d["letter"]),
        t.people(d["to"]),
        "plain",
    ),
    "CaseMigrated": _migrated,
    "DueMoved": lambda _t, d: (
        gettext("Hạn trả được tính lại: %(due)s", due=moment(d["after"])),
        str(d["why"]),
        "alert",
    ),
    "CaseBecameLate": lambda _t, _d: (gettext("Hồ sơ quá hạn"), "", "bad"),
    "ApologyIssued": _apology,
    "CaseFinished": _finished,
    "ApplicantNotified": lambda _t, d: (
        gettext("Đã báo người dân"),
        gettext("thư xin lỗi") if d["what"] == "apology" else gettext("đã có kết quả"),
        "plain",
    ),
    "ResultReturned": lambda _t, _d: (gettext("Đã trả kết quả"), "", "good"),
    "CaseRefused": _refused,
    "FileAttached": lambda t, d: (
        gettext("Đính kèm tệp"),
        t.papers([d["component"]]) if d.get("component") in t.components else "",
        "plain",
    ),
    "SatisfactionRecorded": lambda _t, d: (
        gettext("Mức độ hài lòng: %(answer)s", answer=dict(SATISFIED)[d["answer"]]),
        gettext("người dân tự trả lời") if d["channel"] == "track" else "",
        "bad" if d["answer"] == "dissatisfied" else "good",
    ),
    "FileRemoved": lambda _t, d: (gettext("Gỡ tệp đính kèm"), str(d["reason"]), "plain"),
    "CaseWithdrawn": lambda _t, d: (gettext("Rút hồ sơ"), str(d["reason"]), "plain"),
    "CaseStopped": lambda _t, d: (
        gettext("Dừng giải quyết"),
        f"{d['request']}; {d['decision']}",
        "pause",
    ),
    "CaseResumed": lambda _t, d: (
        gettext("Giải quyết tiếp"),
        gettext("hạn trả mới %(due)s", due=moment(d["due_after"])),
        "good",
    ),
    "CauseRecorded": lambda _t, d: (
        gettext("Nguyên nhân chậm: %(cause)s", cause=CAUSES.get(d["cause"], d["cause"])),
        str(d.get("text") or ""),
        "alert",
    ),
    "LegSent": lambda _t, d: (
        gettext(
            "Bàn giao: %(sender)s → %(receiver)s",
            sender=ROLE_NAMES.get(d["sender"], d["sender"]),
            receiver=ROLE_NAMES.get(d["receiver"], d["receiver"]),
        ),
        "",
        "plain",
    ),
    "IncidentOpened": lambda _t, d: (gettext("Sự cố, quản trị đang xem"), str(d["error"]), "bad"),
    "IncidentAcknowledged": lambda _t, _d: (gettext("Quản trị đã nhận xem sự cố"), "", "plain"),
    "IncidentClosed": lambda _t, _d: (gettext("Sự cố đã xem, đang thử lại"), "", "plain"),
}
