"""Where time goes: working time of each step on the diagram, against what it is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from desk.access import allow, staff
from desk.diagram import shown
from desk.procedures.catalogue import this_year
from desk.procedures.room import READERS, procedures
from desk.spans import day_of
from desk.transaction import db, office_clock
from desk.wording import working_time
from engine.catalog.catalogue import entry_of
from engine.catalog.linter.limits import comparable_minutes, read_limit
from engine.catalog.versions import version_number
from engine.clock import office_date
from engine.errors import BadInputError
from engine.reports.measures import Window
from engine.reports.step_times import step_times

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.catalog.versions import PublishedVersion
    from engine.reports.steps import StepRow

FAR = 2
"""Half of the steps took more than so many times what is allowed: the hottest colour."""


@dataclass(frozen=True)
class HeatRow:
    """A step: its figures, the minutes it is allowed, and how hot it is (1 to 4; 0: no limit)."""

    element: str
    name: str
    unit: str
    limit_minutes: int | None
    figures: StepRow | None
    heat: int


@procedures.get("/designer/<code>/heat")
@allow(staff(*READERS))
def heat(code: str) -> ResponseReturnValue:
    """P50 and P90 of every step's working time on the diagram, with the table beside it."""
    entry = entry_of(db(), code)
    today = office_date(office_clock().now())
    current = entry.in_force(today) or entry.versions[-1]
    number = _version(default=current.number)
    version = version_number(db(), code, number, today)
    window = _window()
    rows = _rows(version, window)
    drawn = shown(
        version.bpmn,
        version.process,
        source=url_for("procedures.file", code=code, version=number),
        name="heat",
        marks={row.element: f"heat{row.heat}" for row in rows if row.heat},
        notes={row.element: _note(row) for row in rows if row.figures is not None},
    )
    return render_template(
        "procedure_heat.html",
        entry=entry,
        number=number,
        window=window,
        rows=rows,
        diagram=drawn,
        done=sum(row.figures.done for row in rows if row.figures is not None),
    )


def _rows(version: PublishedVersion, window: Window) -> list[HeatRow]:
    known = step_times(
        db(),
        office_clock(),
        code=version.procedure_code,
        version_id=version.id,
        window=window,
    )
    found = []
    for node in version.process.nodes.values():
        if node.rule is None:
            continue
        limit = read_limit(node.rule.limit)
        minutes = comparable_minutes(limit) if limit is not None and limit.amount else None
        figures = known.get(node.id)
        found.append(
            HeatRow(
                element=node.id,
                name=node.name,
                unit=node.rule.unit or "",
                limit_minutes=minutes,
                figures=figures,
                heat=heat_of(figures, minutes),
            )
        )
    return found


def heat_of(figures: StepRow | None, limit_minutes: int | None) -> int:
    """1: nine of ten in time; 2: half; 3: not even half; 4: half took FAR times as long; 0: –."""
    if figures is None or limit_minutes is None:
        return 0
    p50, p90 = figures.p50_minutes or 0, figures.p90_minutes or 0
    if p50 > FAR * limit_minutes:
        return 4
    if p50 > limit_minutes:
        return 3
    return 2 if p90 > limit_minutes else 1


def _note(row: HeatRow) -> str:
    if row.figures is None:
        return ""
    said = f"P90 {working_time(row.figures.p90_minutes or 0)}"
    return said if row.limit_minutes is None else f"{said} / {working_time(row.limit_minutes)}"


def _version(*, default: int) -> int:
    text = request.args.get("phien-ban", "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004 - its digits
        raise BadInputError(f"Expected the number of a version, but got {text[:20]!r}")
    return int(text)


def _window() -> Window:
    year = this_year(office_clock())
    return Window(day_of("tu", year.first), day_of("den", year.last))
