"""Self-score with its evidence, what a simplification saves, and event logs for process mining."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Response, abort, render_template, request, stream_with_context
from flask_babel import gettext
from sqlalchemy import select

from desk.access import allow, me
from desk.errors import UNPROCESSABLE
from desk.reports.asked import asked, choices, scope_of_mine
from desk.reports.costs import CostForm, parameters_of
from desk.reports.files import TYPES, as_attachment, bundle_file, sheet_file
from desk.reports.room import READS, reports
from desk.reports.table import MOST_ROWS, table_of
from desk.reports.words import step_groups
from desk.transaction import books, db, office_clock, settings
from engine.catalog.tables import procedure
from engine.catalog.versions import version_number, versions_of
from engine.clock import office_date
from engine.database import reading
from engine.errors import BadInputError
from engine.journal.read import last_sequence
from engine.reports.case_detail import by_case
from engine.reports.case_fold import RECEIVED
from engine.reports.case_lines import case_lines, rows_of_cases
from engine.reports.event_log import EVENT_LOG_TYPES, event_log_rows
from engine.reports.figures import HELD_TYPES, held_figures, names_of
from engine.reports.self_score import self_score, simplified
from engine.reports.steps import STEP_TYPES, measure_steps
from engine.reports.window_sums import WindowSums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask.typing import ResponseReturnValue

    from engine.reports.case_fold import Happening

LOGS = {"xes": "xes", "csv": "log-csv"}
MOST_PROCEDURES = 20
"""Procedures whose costs are asked for on one page."""


@reports.get("/reports/steps")
@allow(READS)
def steps() -> ResponseReturnValue:
    """How steps went by their own minutes, and whose time the late cases were. Legal: R17, R45"""
    by = request.args.get("theo", "step")
    wanted = asked(lists_cases=by == "officer")
    data = wanted.data()
    rows = measure_steps(
        _of_agency(data.lines(STEP_TYPES), data.agency), data.window, now=data.now, by=by
    )
    held = held_figures(
        db(), data.lines(HELD_TYPES), data.window, now=data.now, agency_code=data.agency
    )
    return render_template(
        "reports_steps.html",
        wanted=replace(wanted, by=by),
        offered=choices(wanted),
        groups=step_groups(),
        rows=rows[:MOST_ROWS],
        names=_step_names(row.key for row in rows) if by == "step" else names_of(db(), by),
        held=held,
        coverage=data.context.coverage(data.agencies_seen()),
    )


def _step_names(keys: Iterable[str]) -> dict[str, str]:
    """What the newest diagram that has a step calls it; an id that none has stays one."""
    today = office_date(office_clock().now())
    found = {}
    for key in keys:
        code, _, step = key.partition(" ")
        for number, _id in reversed(versions_of(db(), code)):
            node = version_number(db(), code, number, today).process.nodes.get(step)
            if node is not None:
                found[key] = f"{code} {node.name or step}"
                break
    return found


def _of_agency(lines: Iterable[Happening], agency: str | None) -> Iterator[Happening]:
    """The lines of cases of one agency, or all; the input is case by case."""
    for _, entries in by_case(lines, in_order=True):
        receipt = next((entry for entry in entries if entry.type == RECEIVED), None)
        if receipt is not None and agency in (None, receipt.data["agency"]):
            yield from entries


@reports.get("/reports/self-score")
@allow(READS)
def par_index() -> ResponseReturnValue:
    """PAR INDEX as far as the journal answers, with the lists behind each criterion."""
    wanted = asked(lists_cases=True)
    sheet, evidence = self_score(wanted.data())
    return render_template(
        "reports_self_score.html",
        wanted=wanted,
        offered=choices(wanted),
        sheet=sheet,
        table=table_of(sheet, _no_link),
        most=MOST_ROWS,
        lists={name: len(rows) for name, (_, rows) in evidence.lists.items()},
    )


@reports.get("/reports/self-score/file.<kind>")
@allow(READS)
def par_index_file(kind: str) -> ResponseReturnValue:
    """The self-score as .xlsx, .pdf or .csv, or as .zip with its evidence."""
    wanted = asked(lists_cases=True)
    sheet, evidence = self_score(wanted.data())
    if kind == "zip":
        return bundle_file(sheet, evidence, wanted.period.text)
    return sheet_file(sheet, kind, wanted.period.text)


@reports.route("/reports/simplification", methods=["GET", "POST"])
@allow(READS)
def simplification() -> ResponseReturnValue:
    """What changed procedures save: time always, cost from what is typed in; nothing is stored."""
    known = {
        row.code: row.name for row in db().execute(select(procedure).order_by(procedure.c.code))
    }
    sent = request.method == "POST"
    values = request.form if sent else request.args
    codes = [code for code in values.getlist("thu-tuc") if code]
    for code in codes:
        if code not in known:
            raise BadInputError(f"Expected a procedure of the office, but got {code[:40]!r}")
    form = CostForm(codes[:MOST_PROCEDURES], values)
    wrong = form.wrong() if sent else []
    given = parameters_of(form) if sent and form.has_costs and not wrong else None
    sheet = simplified(
        db(),
        codes or None,
        given=given,
        issuer=me().agency_name,
    )
    kind = values.get("dang", "")
    if sent and kind and not wrong:
        return sheet_file(sheet, kind, f"{office_date(office_clock().now())}")
    page = render_template(
        "reports_simplification.html",
        known=known,
        codes=codes,
        form=form,
        errors=wrong,
        sheet=sheet,
        table=table_of(sheet, _no_link),
        most=MOST_ROWS,
        most_procedures=MOST_PROCEDURES,
        examples=_lai_chau(),
    )
    return page, UNPROCESSABLE if wrong else 200


@reports.get("/reports/event-log/log.<kind>")
@allow(READS)
def event_log(kind: str) -> ResponseReturnValue:
    """The journal of one's agencies as an event log that process mining reads."""
    if kind not in LOGS:
        abort(404)
    up_to = last_sequence(db())
    agencies = frozenset(scope_of_mine().agencies)
    sums = WindowSums(
        db(), now=office_clock().now(), up_to=up_to, most_rows=settings().page_journal_rows
    )
    sums.check_rows(rows_of_cases(db(), None, agencies))
    engine = books()

    def rows() -> Iterator[str]:
        # The request's own look at the books ends before the last row is sent.
        with reading(engine) as look:
            lines = case_lines(look, None, agencies, up_to=up_to, types=EVENT_LOG_TYPES)
            yield from event_log_rows(lines, LOGS[kind])

    answer = Response(stream_with_context(rows()), content_type=TYPES[kind])
    return as_attachment(answer, f"motcua-{me().agency}.{kind}")


def _no_link(_row: str, _column: str, _words: str) -> str | None:
    return None


def _lai_chau() -> list[dict[str, Any]]:
    """The published figures of Lai Châu 2021, and what each of them is. Legal: R61–R63"""
    return [
        {
            "figure": "37,7 %",
            "what": gettext("cắt giảm thời gian, «trung bình» của 25 thủ tục"),
            "means": gettext(
                "Báo cáo gọi là trung bình và không nêu gốc tính: chỉ so với dòng «Trung bình cộng"
                " các tỷ lệ», không so với «Tỷ lệ trên tổng»."
            ),
        },
        {
            "figure": "43,8 %",
            "what": gettext("cắt giảm chi phí tuân thủ, cũng gọi là «trung bình»"),
            "means": gettext(
                "Nếu đây là tỷ lệ trên tổng thì suy ra chi phí trước khoảng 16.265.605.808 đ, sau"
                " khoảng 9.141.270.464 đ; báo cáo không nói vậy nên chỉ là suy ra."
            ),
        },
        {
            "figure": "7.124.335.344 đ",
            "what": gettext("chi phí tiết kiệm được, tổng của 25 thủ tục"),
            "means": gettext(
                "Là tổng số tiền, không phải tỷ lệ: so với cột «Tiết kiệm một năm» của dòng «Tỷ lệ"
                " trên tổng», chỉ khi báo cáo tính theo năm."
            ),
        },
    ]
