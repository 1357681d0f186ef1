"""Incidents of the agency's cases: what happened, who looks into it, and trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l

from desk.access import ADMIN, allow, me, staff
from desk.transaction import db, office_clock
from engine.cases.watch.incidents import (
    acknowledge_case,
    acknowledgements,
    closed_incidents,
    open_incidents,
    parked_timers,
    retry_case,
)
from engine.staff.queries import officer_names

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

RULE = staff(ADMIN)
OF_CASE = staff(ADMIN, of_case=True)
MOST_CLOSED = 30
"""Closed incidents shown: the newest; the journals of the cases keep all."""

WHAT_FAILED = {
    "diagram": _l("Hẹn giờ của quy trình không thực hiện được"),
    "alert": _l("Cảnh báo thời hạn không gửi được"),
    "consultation": _l("Hạn trả lời ý kiến không xử lý được"),
}

incidents = Blueprint("incidents", __name__)


@incidents.get("/admin/incidents")
@allow(RULE)
def waiting() -> ResponseReturnValue:
    """What waits for people, and what they looked at lately."""
    found = open_incidents(db(), agency=me().agency)
    return render_template(
        "admin_incidents.html",
        incidents=found,
        seen=acknowledgements(db(), found),
        timers=parked_timers(db(), found),
        closed=closed_incidents(db(), agency=me().agency, most=MOST_CLOSED),
        names=officer_names(db(), me().agency),
        what_failed=WHAT_FAILED,
    )


@incidents.post("/admin/incidents/<number>/acknowledge")
@allow(OF_CASE)
def acknowledge(number: str) -> ResponseReturnValue:
    """Say that one looks into it; colleagues see who. Nothing is tried yet."""
    acknowledge_case(db(), office_clock(), number=number, by=me().code)
    return redirect(url_for("incidents.waiting"))


@incidents.post("/admin/incidents/<number>/retry")
@allow(OF_CASE)
def retry(number: str) -> ResponseReturnValue:
    """Close the case's incidents and let what was parked be tried again."""
    retry_case(db(), office_clock(), number=number, by=me().code)
    return redirect(url_for("incidents.waiting"))
