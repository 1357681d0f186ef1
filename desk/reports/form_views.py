"""The official forms: as a page, as files, cell by cell, and closed for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from desk.access import allow, me
from desk.reports.asked import BIEU_06, Asked, asked, choices
from desk.reports.files import PRINTED, sheet_file
from desk.reports.room import CLOSES, READS, reports
from desk.reports.table import MOST_ROWS, table_of
from desk.reports.words import cases_of
from desk.transaction import alone, db, office_clock, settings
from engine.errors import BadInputError
from engine.journal.read import last_sequence
from engine.reports.build import ROWS_BY, row_names
from engine.reports.cell_list import CellPage, cases_behind, in_cell
from engine.reports.closing import cell_cases, close_period, given_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as Answer

    from engine.reports.closing import GivenOut

LONGEST_NUMBER = 64
PAGE = 50


@dataclass(frozen=True)
class Form:
    """An official form, or a list that no form asks for."""

    name: Any
    said: Any
    lists_cases: bool = False
    """It names single cases or officers: of one's own agency or one under it only."""
    number_column: str = ""
    """The column that holds a case's number."""


FORMS: dict[str, Form] = {
    BIEU_06: Form(_l("Biểu 06"), _l("Tình hình, kết quả giải quyết thủ tục hành chính")),
    "07a-btp": Form(_l("Biểu 07a/BTP"), _l("Kênh nộp, thư xin lỗi, chờ tiếp nhận, dừng, rút")),
    "qd-766": Form(_l("QĐ 766"), _l("Chỉ số phục vụ người dân, doanh nghiệp")),
    "nguyen-nhan": Form(_l("Nguyên nhân quá hạn"), _l("Theo biểu II.07a, bản dự thảo")),
    "danh-gia": Form(_l("Đánh giá cơ quan"), _l("Điểm và xếp loại theo TT 01/2018")),
    "danh-gia-can-bo": Form(
        _l("Đánh giá cán bộ"), _l("Điểm và mức hoàn thành theo TT 01/2018"), lists_cases=True
    ),
    "thu-xin-loi": Form(
        _l("Sổ thư xin lỗi"),
        _l("Thư đã ký và hồ sơ quá hạn chưa có thư"),
        lists_cases=True,
        number_column="4",
    ),
    "pakn": Form(_l("Phản ánh, kiến nghị"), _l("Thời hạn trả lời theo NĐ 20/2008")),
    "pauses": Form(
        _l("Rà soát tạm dừng"),
        _l("Các lần tạm dừng cần xem lại"),
        lists_cases=True,
        number_column="2",
    ),
    "quy-trinh": Form(
        _l("Soi quy trình"),
        _l("Biến thể, thời gian, độ khớp với sơ đồ đã ghim"),
        lists_cases=True,
    ),
}


@reports.get("/reports/forms/<report>")
@allow(READS)
def form(report: str) -> ResponseReturnValue:
    """A form of a period: its figures, what stands below them, its closing."""
    wanted = _asked(report)
    given = _given(wanted, report)
    return render_template(
        "reports_form.html",
        report=report,
        form=FORMS[report],
        wanted=wanted,
        offered=choices(wanted),
        sheet=given.sheet,
        closing=given.closing,
        table=table_of(given.sheet, _links(wanted, report, given)),
        most=MOST_ROWS,
        rows_by=ROWS_BY if report == BIEU_06 else (),
        kinds=PRINTED,
        may_close=wanted.may_close and given.closing is None and wanted.is_over,
        just_closed="da-khoa" in request.args,
    )


@reports.get("/reports/forms/<report>/file.<kind>")
@allow(READS)
def form_file(report: str, kind: str) -> ResponseReturnValue:
    """The form as .xlsx, .pdf or .csv."""
    wanted = _asked(report)
    return sheet_file(_given(wanted, report).sheet, kind, wanted.period.text)


@reports.get("/reports/forms/<report>/cases")
@allow(READS)
def form_cases(report: str) -> ResponseReturnValue:
    """The cases behind a cell; of a closed form those it was closed with."""
    wanted = _asked(report)
    given = _given(wanted, report)
    row, column = request.args.get("dong", "")[:20], request.args.get("cot", "")[:20]
    if column not in given.counted:
        raise BadInputError(
            f"Expected a column that counts cases, but {column!r} of {report} does not"
        )
    total = given.sheet.cell(row, column)
    page = (
        _of_bieu_06(wanted, given, row, column)
        if report == BIEU_06
        else _of_another(wanted, report, row, column)
    )
    title = next(each for each in given.sheet.columns if each.key == column)
    return render_template(
        "reports_cases.html",
        wanted=wanted,
        heading=f"{title.group}: {title.title}" if title.group else title.title,
        row_name=given.sheet.row(row).cells[1],
        back=url_for("reports.form", report=report, **wanted.args),
        rows=cases_of(db(), page.numbers),
        after=page.after,
        total=total,
        first_page="sau" not in request.args,
    )


@reports.post("/reports/forms/<report>/close")
@allow(CLOSES)
def close(report: str) -> ResponseReturnValue:
    """Close the form of a period: its figures stand for ever."""
    alone()
    wanted = _asked(report, from_form=True)
    if not wanted.may_close:
        abort(403)
    close_period(
        db(),
        office_clock(),
        wanted.choice(report),
        by=me().code,
        most_rows=settings().page_journal_rows,
    )
    done: Answer = redirect(
        url_for("reports.form", report=report, **{**wanted.args, "da-khoa": "1"})
    )
    return done


def _asked(report: str, *, from_form: bool = False) -> Asked:
    if report not in FORMS:
        abort(404)
    return asked(lists_cases=FORMS[report].lists_cases, given=request.form if from_form else None)


def _given(wanted: Asked, report: str) -> GivenOut:
    return given_out(
        db(), office_clock(), wanted.choice(report), most_rows=settings().page_journal_rows
    )


def _links(wanted: Asked, report: str, given: GivenOut) -> Callable[[str, str, str], str | None]:
    """Where cells lead: counts to their cases, numbers of own cases to the case."""
    numbers = FORMS[report].number_column
    mine = _own_numbers(given, numbers) if numbers else frozenset()

    def link(row: str, column: str, words: str) -> str | None:
        if column in given.counted and words not in ("", "0"):
            return url_for("reports.form_cases", report=report, dong=row, cot=column, **wanted.args)
        measured = MEASURED.get((report, row, column))
        if measured is not None and given.closing is None and words[:1].strip("0").isdecimal():
            return url_for("reports.measure_cases", cot=measured, **wanted.args)
        if column == numbers and words in mine:
            return url_for("casework.show", number=words)
        return None

    return link


MEASURED = {
    ("qd-766", "2", "4"): "in_time_766",
    ("qd-766", "2", "5"): "received",
    ("qd-766", "3.3", "4"): "online",
    ("qd-766", "3.3", "5"): "new",
    ("qd-766", "6.1", "4"): "late",
    ("qd-766", "6.1", "5"): "solved",
}
"""Figures of forms that are figures of the measures too: (form, row, column) → which."""


def _own_numbers(given: GivenOut, column: str) -> frozenset[str]:
    """Which cases of a list are of the person's own agency: only those he may open."""
    place = [each.key for each in given.sheet.columns].index(column)
    numbers = [str(row.cells[place]) for row in given.sheet.rows[:MOST_ROWS]]
    own = cases_of(db(), numbers)
    return frozenset(row.number for row in own if row.agency_code == me().agency)


def _of_bieu_06(wanted: Asked, given: GivenOut, row: str, column: str) -> CellPage:
    data = wanted.data()
    closing = given.closing
    by = wanted.choice(BIEU_06).by
    return cases_behind(
        db(),
        data.window,
        in_cell(given.sheet, row, column, by=by, names=row_names(data.context, by)),
        agencies=wanted.listed,
        now=data.now if closing is None else closing.closed_at,
        up_to=last_sequence(db()) if closing is None else closing.journal_sequence,
        after=request.args.get("sau", "")[:LONGEST_NUMBER],
        most=PAGE,
    )


def _of_another(wanted: Asked, report: str, row: str, column: str) -> CellPage:
    found = cell_cases(
        db(),
        office_clock(),
        wanted.choice(report),
        row,
        column,
        most_rows=settings().page_journal_rows,
    )
    after = request.args.get("sau", "")[:LONGEST_NUMBER]
    listed = [number for number in found if number > after]
    if wanted.agency is None and not wanted.scope.is_whole:
        # Cases of agencies that are not his are counted, not named.
        agencies = {each.number: each.agency_code for each in cases_of(db(), listed)}
        listed = [number for number in listed if agencies.get(number) in wanted.scope.agencies]
    shown = listed[:PAGE]
    return CellPage(tuple(shown), shown[-1] if len(listed) > PAGE else None)
