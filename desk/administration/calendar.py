"""Calendar years and office hours: a change is previewed, then applied and carried into cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from desk.access import ADMIN, allow, me, staff
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import ActForm, choice, day, errors_of, text
from desk.transaction import db, office_clock, settings
from engine.cases.lateness.calendar_change import DayMove, HoursMove, Promises, YearsRead
from engine.cases.lateness.recount import (
    change_by_id,
    change_calendar,
    changes,
    preview,
    recount_some,
)
from engine.clock import office_date
from engine.errors import OfficeError
from engine.sla.calendar import DayKind
from engine.staff.queries import any_office_time, office_time_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from engine.cases.lateness.calendar_change import Change
    from engine.cases.lateness.recount import Move, Preview

RULE = staff(ADMIN)
AT_ONCE = 200
"""Cases counted again within one request; the clock process carries on with the rest."""
SHOWN = 50

calendar = Blueprint("calendar", __name__)


class DayForm(ActForm):
    """A day off or a worked day, by a decision. Legal: R41"""

    on = day(_l("Ngày"), needed=True)
    kind = choice(
        _l("Ngày này"),
        [(str(DayKind.OFF), _l("Nghỉ")), (str(DayKind.WORKED), _l("Làm việc (làm bù)"))],
    )
    name = text(
        _l("Tên hoặc lý do"), needed=True, hint=_l("Người dân đọc được ở phần giải thích hạn trả.")
    )
    decision = text(
        _l("Số quyết định"),
        needed=True,
        longest=100,
        hint=_l("Văn bản của cấp có thẩm quyền cho nghỉ, hoán đổi hoặc làm bù."),
    )


class HoursForm(ActForm):
    """Office hours of one's agency from a date on. Legal: R43"""

    since = day(_l("Từ ngày"), needed=True)
    hours = text(_l("Giờ làm việc"), needed=True, hint=_l("Ví dụ 07:30-11:30, 13:30-17:00"))
    saturday = text(
        _l("Giờ nhận hồ sơ sáng thứ bảy"),
        hint=_l("Chỉ để nhận hồ sơ, thời hạn không tính. Ví dụ 07:30-11:00"),
    )


class YearsForm(ActForm):
    """Nothing to fill in: the years are what the program came with."""


@calendar.get("/admin/calendar")
@allow(RULE)
def years() -> ResponseReturnValue:
    """Days off and worked days by year, each with its decision, and the changes made here."""
    office = any_office_time(db())
    own = office_time_of(db(), me().agency)
    return render_template(
        "admin_calendar.html",
        years=office.calendar.years,
        moved=moved_days(office.calendar),
        hours=own.hours.schedules,
        changes=changes(db()),
    )


def moved_days(found: Any) -> list[Any]:
    """Days that the books move beside the years' own files, in order."""
    own = {change.on: change for year in found.years for change in year.changes}
    return [change for change in found.changes if own.get(change.on) != change]


def _day_of(form: Any) -> Change:
    return DayMove(form.on.data, form.kind.data, form.name.data, form.decision.data)


def _hours_of(form: Any) -> Change:
    return HoursMove(
        me().agency,
        form.since.data,
        _intervals(form.hours.data),
        _intervals(form.saturday.data),
    )


def _years_of(_form: Any) -> Change:
    return YearsRead(office_date(office_clock().now()))


def _intervals(given: str | None) -> tuple[str, ...]:
    return tuple(each.strip() for each in (given or "").split(",") if each.strip())


@calendar.route("/admin/calendar/day", methods=["GET", "POST"])
@allow(RULE)
def move_day() -> ResponseReturnValue:
    """Make a day off or worked: first what it would move, then the act."""
    return _change(DayForm, _day_of, _l("Chuyển ngày nghỉ, ngày làm bù"))


@calendar.route("/admin/calendar/hours", methods=["GET", "POST"])
@allow(RULE)
def set_office_hours() -> ResponseReturnValue:
    """Other office hours of the agency from a date on: first what they would move, then the act."""
    return _change(HoursForm, _hours_of, _l("Đổi giờ làm việc của cơ quan"))


@calendar.route("/admin/calendar/years", methods=["GET", "POST"])
@allow(RULE)
def follow_years() -> ResponseReturnValue:
    """Let open deadlines follow calendar years that came with the program."""
    return _change(YearsForm, _years_of, _l("Tính lại theo lịch năm mới cập nhật"))


@calendar.get("/admin/calendar/changes/<int:change>")
@allow(RULE)
def show(change: int) -> ResponseReturnValue:
    """How far a change has been carried into the open cases."""
    found = change_by_id(db(), change)
    if found is None:
        raise NotFound
    progress, left = found
    return render_template("admin_calendar_change.html", change=progress, left=left)


@calendar.post("/admin/calendar/changes/<int:change>/go-on")
@allow(RULE)
def go_on(change: int) -> ResponseReturnValue:
    """Count the next cases again now, beside the clock process or without one."""
    if change_by_id(db(), change) is None:
        raise NotFound
    recount_some(db(), office_clock(), change, most=AT_ONCE)
    return redirect(url_for("calendar.show", change=change))


def _change(
    form_class: type[ActForm], meant: Callable[[Any], Change], title: Any
) -> ResponseReturnValue:
    promises = Promises(settings().calendar_promises)
    acts = request.method == "POST"
    given = request.form if acts else request.args
    form = form_class(given) if acts else form_class(given, meta={"csrf": False})
    asked = acts or "xem" in request.args
    refused, seen, status = None, None, 200
    if asked:
        status = UNPROCESSABLE
        if form.validate():
            try:
                change = meant(form)
                if acts:
                    return _apply(change, promises)
                after = request.args.get("sau", 0, type=int)
                seen = preview(db(), office_clock(), change=change, promises=promises, after=after)
                status = 200
            except OfficeError as refusal:
                status, refused = refusal_said(refusal)
    page = render_template(
        "admin_calendar_move.html",
        title=title,
        form=form,
        errors=errors_of(form) if asked else [],
        refused=refused,
        seen=seen,
        own=_own_page(seen),
        given={name: given[name] for name in given if name in form and name != "csrf_token"},
        promises=promises,
        why=meant(form).why if seen else "",
    )
    return page, status


@dataclass(frozen=True)
class OwnPage:
    """A page of the moves of one's own agency; `first` and `last` count from 1."""

    rows: list[Move]
    first: int
    last: int
    all: int


def _own_page(seen: Preview | None) -> OwnPage:
    moves = [m for m in seen.moves if m.agency == me().agency] if seen else []
    start = max(0, request.args.get("dong", 0, type=int))
    rows = moves[start : start + SHOWN]
    return OwnPage(rows, start + 1, start + len(rows), len(moves))


def _apply(change: Change, promises: Promises) -> ResponseReturnValue:
    number = change_calendar(db(), office_clock(), change=change, promises=promises, by=me().code)
    recount_some(db(), office_clock(), number, most=AT_ONCE)
    flash(gettext("Đã ghi thay đổi lịch."), "good")
    return redirect(url_for("calendar.show", change=number))
