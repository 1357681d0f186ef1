"""The overview of a period, and its measures: three named rates, each with what it divides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for

from desk.access import allow
from desk.dashboard.charts import bars
from desk.reports import extra_views
from desk.reports.asked import Asked, asked, choices
from desk.reports.form_views import FORMS
from desk.reports.room import READS, reports
from desk.reports.words import (
    cases_of,
    column_names,
    columns_counted,
    group_names,
    rounding_names,
)
from desk.transaction import db, office_clock
from desk.wording import rate_names
from engine.errors import BadInputError
from engine.journal.read import last_sequence
from engine.reports.cell_list import cases_behind
from engine.reports.closing import closings_of
from engine.reports.measures import DEFINITION, GROUPS, Tally, as_rows, rows_of
from engine.reports.overview import SPANS, overview, spans_of, whole_row

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.reports.measures import MeasureRow
    from engine.reports.period_data import PeriodData

__all__ = ["extra_views", "reports"]

OFFICER = "officer"
LONGEST_NUMBER = 64


@reports.get("/reports")
@allow(READS)
def index() -> ResponseReturnValue:
    """A period at a glance, and every form of it."""
    wanted = asked()
    data = wanted.data()
    by_field = as_rows(overview(db(), data, data.window, "field"))
    closed = {(each.report, each.options): each for each in closings_of(db(), wanted.period)}
    forms = [
        (name, form, closed.get((name, wanted.choice(name).options)))
        for name, form in FORMS.items()
    ]
    return render_template(
        "reports.html",
        forms=forms,
        by_field=by_field,
        chart=bars(by_field),
        whole=whole_row(data, data.window),
        **_about(wanted, data),
    )


@reports.get("/reports/measures")
@allow(READS)
def measures() -> ResponseReturnValue:
    """Counts and the three rates by agency, field, procedure … each number opens its cases."""
    wanted = asked(lists_cases=request.args.get("theo") == OFFICER)
    data = wanted.data()
    rows = _rows(data, wanted.by)
    items = as_rows(rows)
    return render_template(
        "reports_measures.html",
        items=items,
        chart=bars(items),
        groups=group_names(),
        whole=whole_row(data, data.window),
        **_about(wanted, data),
    )


@reports.get("/reports/measures/cases")
@allow(READS)
def measure_cases() -> ResponseReturnValue:
    """The cases behind a number of the measures."""
    wanted = asked()
    data = wanted.data()
    column, key = request.args.get("cot", ""), request.args.get("muc")
    names = column_names()
    if column not in names:
        raise BadInputError(f"Expected a column of {', '.join(names)}, but got {column[:40]!r}")
    by = wanted.by
    window = data.window
    if key is not None and by in SPANS:
        window = spans_of(window, by).get(key, window)
    elif key is not None and by not in GROUPS:
        raise BadInputError(f"Expected rows by {', '.join(GROUPS)}, but got {by!r}")
    key_of = None if key is None or by in SPANS else GROUPS[by]
    page = cases_behind(
        db(),
        window,
        lambda detail, figure: (
            column in columns_counted(figure) and (key_of is None or key_of(detail.fold) == key)
        ),
        agencies=wanted.listed,
        now=office_clock().now(),
        up_to=last_sequence(db()),
        after=request.args.get("sau", "")[:LONGEST_NUMBER],
    )
    return render_template(
        "reports_cases.html",
        wanted=wanted,
        heading=names[column],
        row_name=key,
        back=url_for("reports.measures", **wanted.args),
        rows=cases_of(db(), page.numbers),
        after=page.after,
        total=None,
        first_page="sau" not in request.args,
    )


def _rows(data: PeriodData, by: str) -> list[MeasureRow]:
    if by != OFFICER:
        return overview(db(), data, data.window, by)
    tallies: dict[str, Tally] = {}
    for detail, figure in data.cases():
        tallies.setdefault(detail.fold.officer, Tally()).add(figure)
    return list(rows_of(tallies, by=by, names=data.context.officers))


def _about(wanted: Asked, data: PeriodData) -> dict[str, Any]:
    """What stands on every page with rates: period, coverage, definitions, moment."""
    return {
        "wanted": wanted,
        "offered": choices(wanted),
        "coverage": data.context.coverage(data.agencies_seen()),
        "rate_names": rate_names(),
        "rounding": rounding_names(),
        "definition": DEFINITION,
        "now": data.now,
        "up_to": data.up_to,
        "is_over": wanted.is_over,
    }
