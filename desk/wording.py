"""How values are shown on pages: dates as clerks write them, remaining working time, tags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from engine.cases.status import CaseStatus
from engine.catalog.extension import StepKind
from engine.catalog.linter.limits import read_limit
from engine.clock import office_time
from engine.reports.rounding import vietnamese
from engine.sla.verdict import Verdict

if TYPE_CHECKING:
    from decimal import Decimal

    from flask import Flask

    from engine.sla.office_hours import OfficeTime

WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
MINUTES_A_DAY = 480
SOON_SHARE = 4
"""Less than a quarter of the limit left is "soon"."""

CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính"}
COMPONENT_STATES = {
    "original": "Bản chính",
    "certified": "Bản chứng thực",
    "copy": "Bản chụp",
    "missing": "Còn thiếu",
}
STATUS_COLOURS = {
    CaseStatus.NEW: "blue",
    CaseStatus.RECEIVED: "turquoise",
    CaseStatus.NOT_RECEIVED: "grey",
    CaseStatus.PROCESSING: "light-blue",
    CaseStatus.SUPPLEMENT: "yellow",
    CaseStatus.PAYING: "yellow",
    CaseStatus.WITHDRAWN: "grey",
    CaseStatus.STOPPED: "grey",
    CaseStatus.FINISHED: "green",
    CaseStatus.RETURNED: "grey",
}
KIND_NAMES = {
    StepKind.RECEIVE: _l("tiếp nhận"),
    StepKind.ASSIGN: _l("phân công"),
    StepKind.EXAMINE: _l("thẩm định, kiểm tra"),
    StepKind.CONSULT: _l("lấy ý kiến"),
    StepKind.DRAFT: _l("dự thảo"),
    StepKind.SIGN: _l("ký duyệt"),
    StepKind.SEAL: _l("vào sổ, đóng dấu"),
    StepKind.RETURN: _l("trả kết quả"),
    StepKind.SUPPLEMENT: _l("yêu cầu bổ sung"),
    StepKind.REFUSE: _l("từ chối"),
    StepKind.APOLOGISE: _l("xin lỗi, hẹn lại"),
    StepKind.PAY: _l("thu phí"),
    StepKind.OTHER: _l("việc khác"),
}
PAUSED = (CaseStatus.SUPPLEMENT, CaseStatus.PAYING, CaseStatus.STOPPED)


@dataclass(frozen=True)
class Slack:
    """How much working time is left, in words and as a colour; colour never stands alone."""

    words: str
    colour: str


def moment(at: datetime | str | None) -> str:
    """Hour and date: "17:00 01/12/2026"."""
    if at is None:
        return "–"
    local = _local(at)
    return f"{local:%H:%M %d/%m/%Y}"


def short_moment(at: datetime | str | None) -> str:
    """Weekday, date and hour, for lists: "T3 01/12, 17:00"."""
    if at is None:
        return "–"
    local = _local(at)
    return f"{WEEKDAYS[local.weekday()]} {local:%d/%m, %H:%M}"


def _local(at: datetime | str) -> datetime:
    return office_time(datetime.fromisoformat(at) if isinstance(at, str) else at)


def day(on: date | str | None) -> str:
    """A date: "01/12/2026"."""
    if on is None:
        return "–"
    if isinstance(on, str):
        on = _local(on).date() if "T" in on else date.fromisoformat(on)
    return f"{on:%d/%m/%Y}"


def number(value: Decimal | float | str | None) -> str:
    """A figure as Vietnamese writes it: 1.071 and 52,88."""
    if value is None:
        return "–"
    if isinstance(value, str):
        whole, dot, rest = value.partition(".")
        return vietnamese(int(whole)) + ("," + rest if dot else "")
    if isinstance(value, float):
        return f"{value:,.1f}".translate(str.maketrans(",.", ".,"))
    return vietnamese(value)


def share(value: float | None, digits: int = 0) -> str:
    """A probability or share in percent, never 0 or 100 when it is not: "73 %", "< 1 %"."""
    if value is None:
        return "–"
    least = 10.0**-digits / 2
    percent = value * 100
    if 0 < percent < least:
        return f"< {_decimals(least * 2, digits)} %"
    if 100 - least < percent < 100:  # noqa: PLR2004 (percent)
        return f"> {_decimals(100 - least * 2, digits)} %"
    return f"{_decimals(percent, digits)} %"


def decimals(value: float | None, digits: int) -> str:
    """A figure with so many decimals, as Vietnamese writes it: "0,1842"."""
    return "–" if value is None else _decimals(value, digits)


def _decimals(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def working_time(minutes: int) -> str:
    """Working minutes in days and hours of an 8-hour day: "2 ngày 3 giờ"."""
    days, rest = divmod(abs(minutes), MINUTES_A_DAY)
    hours, mins = divmod(rest, 60)
    parts = [ngettext("%(num)d ngày", "%(num)d ngày", days)] if days else []
    if hours:
        parts.append(ngettext("%(num)d giờ", "%(num)d giờ", hours))
    if mins and not days:
        parts.append(ngettext("%(num)d phút", "%(num)d phút", mins))
    return " ".join(parts) or ngettext("%(num)d phút", "%(num)d phút", 0)


def limit_words(text: str | None) -> str | None:
    """A limit of the catalogue in Vietnamese: "12wh" is "12 giờ làm việc"."""
    known = read_limit(text)
    return text if known is None else known.in_vietnamese()


def slack(
    due_at: datetime | None,
    now: datetime,
    office: OfficeTime,
    *,
    paused: bool = False,
    whole_minutes: int | None = None,
) -> Slack | None:
    """What is left until a due instant, in working time."""
    if due_at is None:
        return None
    if paused:
        return Slack(gettext("Tạm dừng"), "grey")
    if due_at < now:
        late = office.working_minutes_between(due_at, now)
        return Slack(gettext("Quá hạn %(time)s", time=working_time(late)), "red")
    left = office.working_minutes_between(now, due_at)
    soon = left <= (MINUTES_A_DAY if whole_minutes is None else whole_minutes // SOON_SHARE)
    return Slack(gettext("Còn %(time)s", time=working_time(left)), "orange" if soon else "green")


def verdict_slack(verdict: str) -> Slack:
    """A finished case's verdict: no longer red, it is history."""
    words = {
        Verdict.EARLY: gettext("Trước hạn"),
        Verdict.ON_TIME: gettext("Đúng hạn"),
        Verdict.LATE: gettext("Đã quá hạn"),
    }
    return Slack(words[Verdict(verdict)], "grey" if verdict == Verdict.LATE else "green")


def status_tag(status: int) -> dict[str, str]:
    """Name and colour of a national status."""
    known = CaseStatus(status)
    return {"words": known.vietnamese, "colour": STATUS_COLOURS[known]}


def rate_names() -> dict[str, str]:
    """The three rates, each with what it divides by what. Legal: R49"""
    return {
        "R_solved": gettext("Trước và đúng hạn trên số đã giải quyết"),
        "R_received": gettext("Đã giải quyết đúng hạn trên số tiếp nhận (NĐ 61)"),
        "R_766": gettext("Đúng hạn và còn trong hạn trên số tiếp nhận (QĐ 766)"),
    }


def install_wording(app: Flask) -> None:
    """Give the templates these words."""
    filters: dict[str, Any] = {
        "moment": moment,
        "short_moment": short_moment,
        "day": day,
        "number": number,
        "share": share,
        "decimals": decimals,
        "working_time": working_time,
        "limit": limit_words,
        "status_tag": status_tag,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        CHANNELS=CHANNELS, COMPONENT_STATES=COMPONENT_STATES, KIND_NAMES=KIND_NAMES
    )
