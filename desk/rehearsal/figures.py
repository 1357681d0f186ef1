"""The figures of a result as rows: before, after, and the difference with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from desk.rehearsal.pictures import role_name, value_and_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: dict[str, Any] = {
    "R_solved": _l("Trước và đúng hạn trên số đã giải quyết (R_solved)"),
    "R_received": _l("Đã giải quyết đúng hạn trên số tiếp nhận (R_received)"),
    "R_766": _l("Đúng hạn và còn trong hạn trên số tiếp nhận (R_766)"),
    "lead_mean_days": _l("Thời gian giải quyết trung bình (ngày)"),
    "lead_p50_days": _l("Một nửa số hồ sơ xong trong (ngày)"),
    "lead_p90_days": _l("90 % số hồ sơ xong trong (ngày)"),
    "lead_p95_days": _l("95 % số hồ sơ xong trong (ngày)"),
    "working_lead_mean_days": _l("Thời gian giải quyết trung bình (ngày làm việc)"),
    "same_day_share": _l("Trả kết quả trong ngày tiếp nhận"),
    "on_the_spot_share": _l("Giải quyết theo “5 tại chỗ”"),
    "staff_dong_per_case": _l("Chi phí công chức một hồ sơ (đồng)"),
    "compliance_dong_per_case": _l("Chi phí tuân thủ một hồ sơ (đồng)"),
}
"""Figures of the main table, in its order. Legal: R49, R62"""
COSTS = ("staff_dong_per_case", "compliance_dong_per_case")


@dataclass(frozen=True)
class Figure:
    """A row: the figure before and after, and the paired difference."""

    name: str
    label: str
    value: str
    interval: str
    refused: bool
    before: str | None
    difference: str | None
    difference_interval: str | None


def figures_of(result: Mapping[str, Any]) -> list[Figure]:
    """The main table. What costs nothing, because nothing was said of it, is left out."""
    made, base = result["document"], result["base"]
    found = []
    for name, label in NAMES.items():
        each = made["estimates"].get(name)
        if each is None or (name in COSTS and not each["value"]):
            continue
        value, interval = value_and_interval(name, each, made["rates"].get(name))
        before = None
        if base is not None and name in base["estimates"]:
            before = value_and_interval(name, base["estimates"][name], base["rates"].get(name))[0]
        change = made.get("differences", {}).get(name.removesuffix("_days"), None)
        if change is None:
            change = made.get("differences", {}).get(name)
        told = (
            value_and_interval(name, change, None, signed=True)
            if change is not None and change["value"] is not None
            else (None, None)
        )
        found.append(
            Figure(
                name,
                str(label),
                value,
                interval,
                each["low"] is None,
                before,
                *told,
            )
        )
    return found


def people_of(result: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Group, how busy, interval."""
    found = []
    for name, each in result["document"]["estimates"].items():
        if name.startswith("utilisation:"):
            value, interval = value_and_interval(name, each, None)
            group = name.partition(":")[2]
            found.append((_group_name(result, group), value, interval))
    return found


def _group_name(result: Mapping[str, Any], key: str) -> str:
    """As the scenario names it, else by the roles its key is made of: "chuyen_vien+van_thu#2"."""
    if key in result["names"]:
        return str(result["names"][key])
    roles = key.partition("#")[0].removeprefix("+1 ").split("+")
    return ", ".join(role_name(result, role) for role in roles)


def holders_of(result: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Role that held the file when it became late, and how many in all runs."""
    return [
        (role_name(result, each["role"]), each["late"])
        for each in result["document"]["late_by_holder"]
    ]


def changes_of(result: Mapping[str, Any]) -> list[str]:
    """What was changed, in words; a run without changes says so."""
    made = list(result["document"]["changes"])
    return made or [gettext("Không thay đổi gì: đây là tình trạng như đã nêu.")]
