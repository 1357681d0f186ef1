"""`motcua report …`: the official forms of a period, printed, closed, and opened cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, opened
from engine.cases.training import clock_of
from engine.database import transaction
from engine.errors import BadInputError
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import check_revision
from engine.reports.build import ROWS_BY
from engine.reports.closing import Choice, cell_cases, close_period, shown_report
from engine.reports.period_data import period_data
from engine.reports.print.bundle import write_bundle
from engine.reports.print.out import print_list, print_sheet
from engine.reports.print.sheet import text_lines
from engine.reports.self_score import parameters_from, self_score, simplified
from engine.sla.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.reports.print.sheet import Sheet

NAMES = {
    "bieu-06": "Biểu 06: tình hình, kết quả giải quyết TTHC.",
    "07a-btp": "Theo chỉ tiêu biểu 07a/BTP: kênh, thư xin lỗi, chờ tiếp nhận, dừng, rút.",
    "qd-766": "Chỉ số QĐ 766/QĐ-TTg mà nhật ký trả lời được.",
    "danh-gia": "Đánh giá cơ quan theo TT 01/2018.",
    "danh-gia-can-bo": "Đánh giá cán bộ theo TT 01/2018.",
    "nguyen-nhan": "Nguyên nhân hồ sơ quá hạn (DỰ THẢO).",
    "thu-xin-loi": "Sổ theo dõi thư xin lỗi.",
    "pakn": "Phản ánh, kiến nghị (chưa có dữ liệu).",
    "pauses": "Các lần tạm dừng cần xem lại.",
    "quy-trinh": "Biến thể, thời gian, độ khớp với sơ đồ đã ghim.",
}


@click.group()
def report() -> None:
    """Reports of a period (báo cáo), as text, JSON, .xlsx, .pdf or .csv."""


def period_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which every report names its period, office and file."""
    for option in reversed(
        (
            click.option(
                "--period", required=True, help="2026Q3, 2026H1, 2026M9, 2026 or 2026-10."
            ),
            click.option("--calendar", is_flag=True, help="Quarter, half or year of the calendar."),
            click.option("--agency", help="Only the cases of one agency."),
            click.option("--issuer", help="The unit that reports, as the heading names it."),
            click.option("--out", type=click.Path(path_type=Path), help=".xlsx, .pdf or .csv"),
        )
    ):
        command = option(command)
    return command


def give(sheet: Sheet, out: Path | None, *, as_json: bool) -> None:
    """Print a report to a file or to the terminal."""
    if out is not None:
        print_sheet(sheet, out)
    document = sheet.as_json() | ({} if out is None else {"out": str(out)})
    answer(
        document,
        as_json=as_json,
        lines=lambda: text_lines(sheet) if out is None else [f"Đã ghi {out}"],
    )


def _command(name: str, words: str) -> click.Command:
    @period_options
    @click.option("--by", type=click.Choice(ROWS_BY), default="field", help="Rows of biểu 06.")
    @click.option("--close", is_flag=True, help="Close the period: its figures stand for ever.")
    @click.option("--as", "officer", help="Who closes the period.")
    @click.option("--list", "cell", help="ROW.COLUMN: the cases behind a cell, such as 2.10.")
    @json_option
    def command(
        *,
        period: str,
        calendar: bool,
        agency: str | None,
        issuer: str | None,
        out: Path | None,
        by: str,
        close: bool,
        officer: str | None,
        cell: str | None,
        as_json: bool,
    ) -> None:
        choice = Choice(name, parse_period(period, calendar=calendar), by, agency, issuer)
        if cell is not None:
            if close:
                raise click.UsageError("--list and --close do not go together")
            _list(choice, cell, out, as_json=as_json)
            return
        give(_closed(choice, officer) if close else _shown(choice), out, as_json=as_json)

    command.__doc__ = words
    return click.command(name=name)(command)


def _shown(choice: Choice) -> Sheet:
    with looking() as (db, clock):
        return shown_report(db, clock, choice)


def _closed(choice: Choice, officer: str | None) -> Sheet:
    with opened() as (settings, books):
        check_revision(books)
        with transaction(books, alone=True) as db:
            sheet = close_period(db, clock_of(db), choice, by=officer)
        seal_journal(books, settings.anchor_file)
        return sheet


def _list(choice: Choice, cell: str, out: Path | None, *, as_json: bool) -> None:
    row, dot, column = cell.rpartition(".")
    if not dot or not row or not column:
        raise BadInputError(f"Expected a cell as ROW.COLUMN, such as 2.10, but got {cell!r}")
    with looking() as (db, clock):
        cases = cell_cases(db, clock, choice, row, column)
    document: dict[str, Any] = {
        "report": choice.name,
        "period": choice.period.text,
        "row": row,
        "column": column,
        "cases": cases,
    }
    if out is not None:
        print_list(out, f"{choice.name} {choice.period.text} {cell}", cases)
        document["out"] = str(out)
    answer(
        document,
        as_json=as_json,
        lines=lambda: [f"Đã ghi {out}"] if out is not None else [*cases, f"{len(cases)} hồ sơ"],
    )


for _name, _words in NAMES.items():
    report.add_command(_command(_name, _words))


@report.command(name="par-index")
@period_options
@json_option
def par_index(
    *,
    period: str,
    calendar: bool,
    agency: str | None,
    issuer: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """PAR INDEX tự chấm điểm; --out X.zip kèm danh sách hồ sơ và số quyết định."""
    with looking() as (db, clock):
        data = period_data(
            db,
            parse_period(period, calendar=calendar),
            now=clock.now(),
            agency_code=agency,
            issuer=issuer,
        )
        sheet, evidence = self_score(data)
    if out is not None and out.suffix.lower() == ".zip":
        write_bundle(sheet, evidence.lists, out)
        document = sheet.as_json() | {"out": str(out), "files": sorted(evidence.lists)}
        answer(document, as_json=as_json, lines=lambda: [f"Đã ghi {out}"])
        return
    give(sheet, out, as_json=as_json)


@report.command(name="simplification")
@click.option("--procedure", "codes", multiple=True, help="A procedure's code; repeatable.")
@click.option("--all", "every", is_flag=True, help="Every procedure of the office.")
@click.option(
    "--parameters", type=click.Path(path_type=Path), help="YAML of cost parameters, all printed."
)
@click.option("--issuer", help="The unit that reports, as the heading names it.")
@click.option("--out", type=click.Path(path_type=Path), help=".xlsx, .pdf or .csv")
@json_option
def simplification(
    *,
    codes: tuple[str, ...],
    every: bool,
    parameters: Path | None,
    issuer: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Đơn giản hóa: thời gian và chi phí tuân thủ trước, sau; trung bình và trên tổng."""
    if every == bool(codes):
        raise click.UsageError("--procedure or --all is needed, not both")
    given = None if parameters is None else parameters_from(parameters)
    with looking() as (db, _clock):
        sheet = simplified(db, None if every else codes, given=given, issuer=issuer)
    give(sheet, out, as_json=as_json)
