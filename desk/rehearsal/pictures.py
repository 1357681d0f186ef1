"""The pictures of a rehearsal's result, each with the table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from markupsafe import Markup

from desk.access import ROLE_NAMES
from desk.wording import decimals, share
from engine.catalog.drawing import draw_svg
from engine.errors import OfficeError
from simulations.findings.pictures import WEEKDAYS, heat_map, interval_plot, use_colour, week_chart
from simulations.findings.report import shown
from simulations.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOURS_SHOWN = range(7, 18)
RATE_NAMES = ("R_solved", "R_received", "R_766")


@dataclass(frozen=True)
class Picture:
    """A picture and its table; the first cell of each row is its heading."""

    name: str
    title: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def drawn(self) -> Markup:
        """The picture to stand in a page; made here, with every name escaped."""
        return Markup(self.svg[self.svg.index("<svg") :])  # noqa: S704 (see above)


def pictures_of(result: Mapping[str, Any]) -> list[Picture]:
    """All but the diagram."""
    return [on_time(result), *queues(result), busy(result)]


def estimate(each: Mapping[str, Any] | None) -> Estimate:
    """A figure as the pictures want it."""
    if each is None or each["value"] is None:
        return Estimate(float("nan"))
    return Estimate(each["value"], each["low"], each["high"], each["refused"])


def on_time(result: Mapping[str, Any]) -> Picture:
    """The three named rates with their intervals, before and after. Legal: R49, R52"""
    made, base = result["document"], result["base"]
    plotted, rows = [], []
    for name in RATE_NAMES:
        for document, when in ((base, gettext("trước")), (made, gettext("sau"))):
            if document is None:
                continue
            each = document["estimates"][name]
            label = f"{name}, {when}" if base is not None else name
            told = value_and_interval(name, each, document["rates"].get(name))
            plotted.append((label, estimate(each), told[0]))
            rows.append((label, *told))
    return Picture(
        "on_time",
        gettext("Tỷ lệ đúng hạn, với khoảng tin cậy"),
        interval_plot(gettext("Tỷ lệ đúng hạn, với khoảng tin cậy"), plotted),
        (gettext("Tỷ lệ"), gettext("Giá trị"), gettext("Khoảng tin cậy")),
        tuple(rows),
        gettext("Điểm rỗng: chưa đủ hồ sơ quá hạn để có khoảng trung thực."),
    )


def queues(result: Mapping[str, Any]) -> list[Picture]:
    """Files that wait over the week, after the change and before it."""
    pairs = [("queues", gettext("Hồ sơ chờ trong tuần"), result["queues"])]
    if result["base_queues"] is not None:
        pairs = [
            ("queues", gettext("Hồ sơ chờ trong tuần, sau thay đổi"), result["queues"]),
            (
                "queues_before",
                gettext("Hồ sơ chờ trong tuần, trước thay đổi"),
                result["base_queues"],
            ),
        ]
    found = []
    for name, title, given in pairs:
        lines = {role_name(result, role): line for role, line in given["week"].items()}
        rows = tuple(
            (
                role,
                *(decimals(max(line[24 * d : 24 * d + 24], default=0.0), 1) for d in range(7)),
                decimals(sum(line) / max(len(line), 1), 1),
            )
            for role, line in lines.items()
        )
        head = (gettext("Vai trò"), *WEEKDAYS, gettext("Trung bình"))
        note = gettext("Bảng: số hồ sơ chờ nhiều nhất trong ngày, trung bình mọi tuần và lần chạy.")
        found.append(Picture(name, title, week_chart(title, lines), head, rows, note))
    return found


def busy(result: Mapping[str, Any]) -> Picture:
    """How busy each role is by the hour."""
    given = result["busy"]
    places = [given["hours"].index(hour) for hour in HOURS_SHOWN]
    names = [role_name(result, role) for role in given["roles"]]
    cells = [[values[k] for k in places] for values in given["roles"].values()]
    title = gettext("Mức bận rộn theo vai trò và giờ, phần trăm")
    columns = [f"{hour}h" for hour in HOURS_SHOWN]
    return Picture(
        "busy",
        title,
        heat_map(title, names, columns, cells),
        (gettext("Vai trò"), *columns),
        tuple(
            (name, *(share(value) for value in row)) for name, row in zip(names, cells, strict=True)
        ),
    )


def diagram(result: Mapping[str, Any], key: str | None) -> tuple[dict[str, Any], Picture]:
    """One procedure's diagram, each step in the colour of how busy its people are."""
    shown: Sequence[dict[str, Any]] = result["procedures"]
    chosen = next((each for each in shown if each["key"] == key), shown[0])
    known = {s["element"]: s["use"] for s in chosen["steps"] if s["use"] is not None}
    bpmn = result["diagrams"][chosen["diagram"]].encode()
    title = gettext("Mức bận rộn trên sơ đồ: %(name)s", name=chosen["name"])
    try:
        svg = draw_svg(
            bpmn,
            tinted={element: use_colour(use) for element, use in known.items()},
            noted={element: f"{round(use * 100)} %" for element, use in known.items()},
        ).decode()
    except OfficeError:
        svg = week_chart(title, {})  # a diagram without a layout: the table alone
    return chosen, Picture(
        "diagram",
        title,
        svg,
        (
            gettext("Bước"),
            gettext("Vai trò"),
            gettext("Bận rộn"),
            gettext("Chờ (giờ làm việc)"),
            gettext("Làm (phút)"),
            gettext("Trễ bước"),
        ),
        tuple(
            (
                step["name"],
                role_name(result, step["role"]),
                share(step["use"]),
                decimals(step["waited_hours"], 1),
                decimals(step["worked_minutes"], 0),
                share(step["late_share"], 1),
            )
            for step in chosen["steps"]
        ),
        gettext("Số trên mỗi bước: phần thời gian làm việc mà người của bước đang bận."),
    )


def value_and_interval(
    name: str, each: Mapping[str, Any], rate: Mapping[str, Any] | None, *, signed: bool = False
) -> tuple[str, str]:
    """A figure and its interval in words; a refused one says why."""
    return shown(name, dict(each), None if rate is None else dict(rate), signed=signed)


def role_name(result: Mapping[str, Any], role: str) -> str:
    """A role in words: the office's own, or as the scenario names those who hold it."""
    found: str = ROLE_NAMES.get(role) or result["names"].get(role, role)
    return found
