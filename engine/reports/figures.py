"""The office's figures for a window: the journal folded by the one ruler."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.catalog.tables import procedure
from engine.clock import iso_office
from engine.journal.read import last_sequence, lines_after, lines_by_stream
from engine.reports.case_detail import details
from engine.reports.case_fold import LATE_STANDINGS
from engine.reports.counts import RULES
from engine.reports.holders import HOLDER_TYPES, added, held_by
from engine.reports.measures import (
    DEFINITION,
    Folding,
    Window,
    as_rows,
    measure_periods,
    relevant_types,
    rows_of,
)
from engine.reports.parallel import counted_by
from engine.reports.print.sheet import Coverage
from engine.reports.steps import STEP_TYPES, measure_steps
from engine.staff.queries import office_time_of
from engine.staff.tables import agency, officer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.clock import Clock
    from engine.journal.read import Line


PERIOD = "period"
"""Rows of one reporting quarter each, every one with what it carried over. Legal: R53, R54"""


def figures(
    db: Connection,
    clock: Clock,
    *,
    first: date,
    last: date,
    by: str | None,
    processes: int = 1,
) -> dict[str, Any]:
    """Counts of biểu 06 and the three named rates, a row a key.

    The answer names its definitions and its closing moment, so that it can be counted again;
    and how each rate is rounded. Legal: R47–R49, R52, R56

    Raises:
        BadInputError: the window ends before it begins, or `by` is not known.
        MeasuresInconsistentError: the columns do not add up.
    """
    window = Window(first, last)
    now = clock.now()
    up_to = last_sequence(db)
    seen: set[str]
    if by == PERIOD:
        whole = Folding(window, now=now)
        lines = lines_after(db, up_to=up_to, types=relevant_types())
        rows = measure_periods(lines, window, now=now, whole=whole)
        whole.tallies()
        seen = whole.agencies
    elif processes > 1:
        url = db.engine.url.render_as_string(hide_password=False)
        tallies, seen = counted_by(processes, url, window, now=now, up_to=up_to, by=by)
        rows = rows_of(tallies, by=by, names=names_of(db, by))
    else:
        whole = Folding(window, now=now, by=by)
        whole.follow(lines_after(db, up_to=up_to, types=relevant_types(by)))
        rows = rows_of(whole.tallies(), by=by, names=names_of(db, by))
        seen = whole.agencies
    expected = set(db.scalars(select(agency.c.code)))
    coverage = Coverage(tuple(sorted(seen)), tuple(sorted(expected - seen)))
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "by": by,
        "definition": DEFINITION,
        "closed_at": iso_office(now),
        "rounding": {
            name: f"{rule.rounding} to {rule.decimals} digits" for name, rule in RULES.items()
        },
        "coverage": coverage.as_json(),
        "items": as_rows(rows),
    }


def step_figures(
    db: Connection, clock: Clock, *, first: date, last: date, by: str | None
) -> list[dict[str, Any]]:
    """Finished steps of a window: late or not by their own minutes, P50 and P90. Legal: R45

    Raises:
        BadInputError: the window ends before it begins, or `by` is not known.
    """
    lines = lines_after(db, up_to=last_sequence(db), types=STEP_TYPES)
    rows = measure_steps(lines, Window(first, last), now=clock.now(), by=by)
    return [row.as_json() for row in rows]


def holder_figures(db: Connection, clock: Clock, *, first: date, last: date) -> dict[str, Any]:
    """Whose time the late cases of a window were, in hours, and its shares. (DESIGN)

    Raises:
        BadInputError: the window ends before it begins.
    """
    window, now = Window(first, last), clock.now()
    lines = lines_by_stream(db, up_to=last_sequence(db), types=HELD_TYPES)
    return held_figures(db, lines, window, now=now)


HELD_TYPES = tuple(sorted({*relevant_types("officer"), *HOLDER_TYPES}))
"""The events whose time late cases spent is told from."""


def held_figures(
    db: Connection,
    lines: Iterable[Line],
    window: Window,
    *,
    now: datetime,
    agency_code: str | None = None,
) -> dict[str, Any]:
    """The same from `HELD_TYPES` of the journal, case by case; of one agency or of all."""
    as_of = min(now, window.end_at - timedelta(microseconds=1))
    late, splits = 0, []
    for detail, figure in details(lines, window, now=now, in_order=True):
        if figure.standing in LATE_STANDINGS and agency_code in (None, detail.fold.agency):
            late += 1
            office = office_time_of(db, detail.fold.agency)
            splits.append(held_by(detail.entries, as_of=as_of, office=office))
    whole = added(splits)
    total = sum(whole.values(), timedelta())
    return {
        "late_cases": late,
        "hours": {str(h): round(time / timedelta(hours=1), 2) for h, time in whole.items()},
        "percent": {
            str(h): None if not total else round(100 * (time / total), 2)
            for h, time in whole.items()
        },
        "names": {str(h): h.in_vietnamese() for h in whole},
    }


def names_of(db: Connection, by: str | None) -> dict[str, str]:
    """What keys of a grouping are called in the books."""
    if by == "agency":
        return {row.code: row.name for row in db.execute(select(agency.c.code, agency.c.name))}
    if by == "procedure":
        return {
            row.code: row.name for row in db.execute(select(procedure.c.code, procedure.c.name))
        }
    if by == "officer":
        return {row.code: row.name for row in db.execute(select(officer.c.code, officer.c.name))}
    if by == "channel":
        return {"counter": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính"}
    return {}
