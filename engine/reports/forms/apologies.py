"""Register of apology letters, with the late cases that have none (R25–R29, R32, R33)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.reports.case_fold import LATE_STANDINGS
from engine.reports.counts import Rate
from engine.reports.forms.bieu_06 import rate_line
from engine.reports.forms.context import day, moment
from engine.reports.print.sheet import Column, Row
from engine.reports.rounding import SEED_STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.reports.case_detail import CaseDetail, Letter
    from engine.reports.case_fold import CaseFigure
    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Cell, Sheet

COLUMNS = (
    Column("1", "STT", width=6, text=True),
    Column("2", "Số thư xin lỗi", width=22, text=True),
    Column("3", "Thời điểm ký", width=16, text=True),
    Column("4", "Mã số hồ sơ", width=22, text=True),
    Column("5", "Thủ tục hành chính", width=36, text=True),
    Column("6", "Cơ quan", width=12, text=True),
    Column("7", "Ngày hẹn trả cũ", width=12, text=True),
    Column("8", "Ngày hẹn trả mới", width=12, text=True),
    Column("9", "Nguyên nhân", width=22, text=True),
    Column("10", "Người ký", width=20, text=True),
    Column("11", "Thư gửi", width=14, text=True),
    Column("12", "Kết quả", width=24, text=True),
)

NO_LETTER = "chưa có thư xin lỗi"


def apologies(
    context: ReportContext,
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    *,
    causes_of: Mapping[str, str],
) -> Sheet:
    """Letters signed in the period, then late cases of the period without a letter."""
    letters: list[tuple[Letter, CaseDetail]] = []
    silent: list[CaseDetail] = []
    late = with_letter = 0
    seen = set()
    for detail, figure in cases:
        seen.add(detail.fold.agency)
        letters += [
            (letter, detail)
            for letter in detail.letters
            if context.window.start_at <= letter.at < context.window.end_at
        ]
        if figure.standing in LATE_STANDINGS:
            late += 1
            with_letter += figure.apologised
            if not figure.apologised:
                silent.append(detail)
    letters.sort(key=lambda each: (each[0].at, each[0].number))
    silent.sort(key=lambda detail: detail.number)
    lines = [_letter(context, letter, detail, causes_of) for letter, detail in letters]
    lines += [_without(context, detail, causes_of) for detail in silent]
    rows = tuple(
        Row(str(number), (str(number), *cells)) for number, cells in enumerate(lines, start=1)
    )
    rate = Rate("R_xin_loi", with_letter, late, SEED_STYLE)
    coverage = context.coverage(seen)
    said = rate_line(rate, "hồ sơ quá hạn trong kỳ đã có thư xin lỗi trên hồ sơ quá hạn")
    return context.sheet(
        code="thu-xin-loi",
        form="Sổ theo dõi thư xin lỗi",
        title="Sổ theo dõi thư xin lỗi và hẹn lại ngày trả kết quả",
        unit="Đơn vị tính: thư",
        columns=COLUMNS,
        rows=rows,
        coverage=coverage,
        notes=(
            f"{said}; {coverage.short()}",
            f"Thư ký trong kỳ: {len(letters)}; hồ sơ quá hạn chưa có thư: {len(silent)}.",
            "Thư xin lỗi không làm hồ sơ quá hạn thành đúng hạn; mỗi hồ sơ chỉ hẹn lại một lần.",
        ),
    )


def _letter(
    context: ReportContext, letter: Letter, detail: CaseDetail, causes_of: Mapping[str, str]
) -> tuple[Cell, ...]:
    return (
        letter.number,
        moment(letter.at),
        detail.number,
        context.procedure_name(detail.fold.procedure),
        detail.fold.agency,
        day(letter.original_due_at),
        day(letter.new_due_at),
        causes_of.get(letter.cause, letter.cause),
        context.officers.get(letter.signer, letter.signer),
        "sau thời điểm luật định" if letter.was_late else "kịp thời",
        _result(detail),
    )


def _without(
    context: ReportContext, detail: CaseDetail, causes_of: Mapping[str, str]
) -> tuple[Cell, ...]:
    return (
        NO_LETTER,
        "",
        detail.number,
        context.procedure_name(detail.fold.procedure),
        detail.fold.agency,
        day(detail.fold.due_at),
        "",
        "" if detail.cause is None else causes_of.get(detail.cause, detail.cause),
        "",
        "",
        _result(detail),
    )


def _result(detail: CaseDetail) -> str:
    ended, new = detail.fold.ended_at, detail.fold.appointed_at
    if ended is None:
        return "chưa xong"
    said = f"xong ngày {day(ended)}"
    if new is None:
        return said
    kept = office_date(ended) <= office_date(new)
    return f"{said}, {'đúng' if kept else 'trễ'} hẹn mới"
