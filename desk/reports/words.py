"""How figures are called on pages: columns, roundings, groupings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import select

from engine.cases.tables import case
from engine.reports.case_fold import Arrival
from engine.reports.counts import RULES
from engine.reports.rounding import Rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from engine.reports.case_fold import CaseFigure


def columns_counted(figure: CaseFigure) -> set[str]:
    """The columns of an overview that one case is counted in."""
    standing = str(figure.standing)
    arrival = str(figure.arrival)
    found = {"received", arrival, standing}
    found.add("open" if standing.startswith("open") else "solved")
    if figure.arrival is not Arrival.CARRIED:
        found.add("new")
    if figure.in_time_766:
        found.add("in_time_766")
    return found


def column_names() -> dict[str, str]:
    """Columns of an overview."""
    return {
        "received": gettext("Tiếp nhận"),
        "online": gettext("Trực tuyến trong kỳ"),
        "direct_post": gettext("Trực tiếp, bưu chính trong kỳ"),
        "carried": gettext("Từ kỳ trước"),
        "new": gettext("Tiếp nhận trong kỳ"),
        "solved": gettext("Đã giải quyết"),
        "early": gettext("Trước hạn"),
        "on_time": gettext("Đúng hạn"),
        "late": gettext("Quá hạn"),
        "open": gettext("Đang giải quyết"),
        "open_in_time": gettext("Đang giải quyết, trong hạn"),
        "open_late": gettext("Đang giải quyết, quá hạn"),
        "in_time_766": gettext("Đúng hạn hoặc còn trong hạn theo QĐ 766"),
    }


def rounding_names() -> dict[str, str]:
    """How each rate is rounded. Legal: R52"""
    words = {
        Rounding.HALF_UP: gettext("làm tròn nửa lên, %(num)d chữ số"),
        Rounding.TRUNCATE: gettext("cắt bỏ phần lẻ, %(num)d chữ số"),
    }
    return {name: words[rule.rounding] % {"num": rule.decimals} for name, rule in RULES.items()}


def group_names() -> dict[str, str]:
    """What rows of an overview may be made by."""
    return {
        "procedure": gettext("Thủ tục"),
        "field": gettext("Lĩnh vực"),
        "agency": gettext("Cơ quan"),
        "level": gettext("Cấp"),
        "channel": gettext("Kênh"),
        "month": gettext("Tháng"),
        "period": gettext("Quý báo cáo"),
        "officer": gettext("Cán bộ"),
    }


def step_groups() -> dict[str, str]:
    """What rows of finished steps may be made by."""
    return {
        "step": gettext("Bước"),
        "unit": gettext("Đơn vị"),
        "role": gettext("Vai trò"),
        "officer": gettext("Cán bộ"),
        "procedure": gettext("Thủ tục"),
        "agency": gettext("Cơ quan"),
        "field": gettext("Lĩnh vực"),
        "level": gettext("Cấp"),
        "channel": gettext("Kênh"),
    }


def cases_of(db: Connection, numbers: Sequence[str]) -> Sequence[Row[Any]]:
    """What a list shows of cases, by number."""
    rows: Sequence[Any] = db.execute(
        select(
            case.c.number,
            case.c.agency_code,
            case.c.owner_name,
            case.c.due_original_at,
            case.c.status,
        )
        .where(case.c.number.in_(numbers))
        .order_by(case.c.number)
    ).all()
    return rows
