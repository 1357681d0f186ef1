"""The leaders' board: today, the rates with their names, what is late and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_babel import gettext

from desk.access import ADMIN, HEAD, LEADER, ROLE_NAMES, allow, me, staff
from desk.casework.case_page import list_row
from desk.dashboard.charts import bars
from desk.dashboard.forecast import WORST_ON_PAGE, panel, score
from desk.reports.words import (
    cases_of,
    column_names,
    columns_counted,
    rounding_names,
)
from desk.spans import day_of
from desk.transaction import db, office_clock, settings
from desk.wording import day, rate_names
from engine.cases.lateness.causes import CAUSES
from engine.cases.lists.case_list import page_of
from engine.cases.lists.counts import counts
from engine.cases.lists.filters import Instants, Query, View
from engine.cases.lists.leaders_lists import Question, answers, cases_answering
from engine.cases.lists.reach import found_by_search
from engine.clock import office_date
from engine.errors import BadInputError
from engine.journal.read import last_sequence
from engine.reports.cell_list import cases_behind
from engine.reports.measures import DEFINITION, GROUPS, Window, as_rows
from engine.reports.overview import MONTH, coverage, overview, spans_of, whole_row
from engine.reports.window_sums import WindowSums
from engine.staff.queries import office_time_of, officer_names

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

dashboard = Blueprint("dashboard", __name__)

LONGEST_NUMBER = 64
RULE = staff(LEADER, HEAD, ADMIN)


@dashboard.get("/board")
@allow(RULE)
def board() -> ResponseReturnValue:
    """The office at a glance; every number opens its cases."""
    person = me()
    clock = office_clock()
    first, last = _window()
    query = Query(agency=person.agency, officer=person.code, roles=person.roles)
    office = office_time_of(db(), person.agency)
    at = Instants.at(clock.now(), office)
    found = found_by_search(db(), query)
    late = page_of(
        db(),
        replace(query, view=View.OVERDUE),
        at,
        found,
        most=10,
    )
    names = officer_names(db(), person.agency)
    window = Window(first, last)
    sums = WindowSums(
        db(), now=clock.now(), up_to=last_sequence(db()), most_rows=settings().page_journal_rows
    )
    by_procedure = as_rows(overview(db(), sums, window, "procedure"))
    by_month = as_rows(overview(db(), sums, window, MONTH))
    covered = coverage(db(), sums, window)
    return render_template(
        "board.html",
        first=first,
        last=last,
        counts=counts(db(), query, at, found),
        total=whole_row(sums, window).as_json(),
        rounding=rounding_names(),
        definition=DEFINITION,
        closed_at=clock.now(),
        by_procedure=by_procedure,
        procedure_chart=bars(by_procedure),
        by_month=by_month,
        month_chart=bars(by_month),
        months=spans_of(window, MONTH),
        coverage=covered,
        rate_names=rate_names(),
        late=[
            list_row(row, late.steps[row.id], clock.now(), office, names, person)
            for row in late.rows
        ],
        due={day: n for day, n in _answers(Question.DUE).items() if n},
        causes=_answers(Question.CAUSE),
        holders=_answers(Question.HOLDER),
        name_of=_name_of,
        Question=Question,
        forecast=panel(person.agency),
    )


@dashboard.get("/board/forecast")
@allow(RULE)
def forecast_page() -> ResponseReturnValue:
    """Open cases that may become late, worst first, and how true earlier forecasts were."""
    agency = me().agency
    return render_template(
        "forecast.html", forecast=panel(agency, most=WORST_ON_PAGE), score=score(agency)
    )


@dashboard.get("/board/cases")
@allow(RULE)
def cases() -> ResponseReturnValue:
    """The cases behind a number of the board."""
    first, last = _window()
    column = request.args.get("cot", "")
    by = request.args.get("theo") or None
    key = request.args.get("muc")
    window = Window(first, last)
    if by is not None and by not in GROUPS:
        raise BadInputError(f"Expected rows by {', '.join(GROUPS)}, but got {by[:40]!r}")
    key_of = None if by is None or key is None else GROUPS[by]
    page = cases_behind(
        db(),
        window,
        lambda detail, figure: (
            column in columns_counted(figure) and (key_of is None or key_of(detail.fold) == key)
        ),
        agencies=[me().agency],
        now=office_clock().now(),
        up_to=last_sequence(db()),
        after=request.args.get("sau", "")[:LONGEST_NUMBER],
    )
    return render_template(
        "board_cases.html",
        rows=cases_of(db(), page.numbers),
        after=page.after,
        first=first,
        last=last,
        column=column_names().get(column, column),
    )


@dashboard.get("/board/today")
@allow(RULE)
def today() -> ResponseReturnValue:
    """The cases of today behind a number of the board: due, late by cause or in whose hands."""
    try:
        question = Question(request.args.get("hoi", ""))
    except ValueError as cause:
        raise BadInputError(f"Expected one of {', '.join(Question)}") from cause
    key = request.args.get("muc", "")
    page = cases_answering(
        db(),
        office_clock(),
        me().agency,
        question,
        key,
        after=request.args.get("sau", "")[:LONGEST_NUMBER],
    )
    title = {
        Question.DUE: gettext("Đến hạn: %(name)s", name=_name_of(question, key)),
        Question.CAUSE: gettext("Chậm vì: %(name)s", name=_name_of(question, key)),
        Question.HOLDER: gettext("Quá hạn, đang ở: %(name)s", name=_name_of(question, key)),
    }[question]
    first, last = _window()
    return render_template(
        "board_cases.html",
        rows=cases_of(db(), page.numbers),
        after=page.after,
        first=first,
        last=last,
        column=title,
        as_of=office_clock().now(),
    )


def _answers(question: Question) -> dict[str, int]:
    return answers(db(), office_clock(), me().agency, question)


def _name_of(question: Question, key: str) -> str:
    """A key of the board in words."""
    if question is Question.DUE:
        return day(date.fromisoformat(key)) if key else ""
    if question is Question.CAUSE:
        return CAUSES.get(key, key) or gettext("Chưa ghi nguyên nhân")
    return ROLE_NAMES.get(key, key) or gettext("Không theo vai trò")


def _window() -> tuple[date, date]:
    today = office_date(office_clock().now())
    first, last = day_of("tu", today.replace(day=1)), day_of("den", today)
    Window(first, last)
    return first, last
