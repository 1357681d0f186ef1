"""Indices of QĐ 766/QĐ-TTg: what the journal can answer, the rest named outside (R50, R51)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.reports.counts import R_766
from engine.reports.forms.feedback import (
    SATISFACTION_FULL,
    SATISFACTION_POINTS,
    satisfaction,
    satisfaction_points,
)
from engine.reports.print.sheet import NO_DATA, NO_FIGURE, OUTSIDE, Column, Row
from engine.reports.rounding import (
    PROGRESS_POINTS,
    QD_766,
    percent,
    progress_points,
)

if TYPE_CHECKING:
    from engine.reports.forms.context import ReportContext
    from engine.reports.measures import MeasureRow
    from engine.reports.print.sheet import Cell, Coverage, Sheet

COLUMNS = (
    Column("1", "TT", width=6, text=True),
    Column("2", "Chỉ số", width=44, text=True),
    Column("3", "Điểm tối đa"),
    Column("4", "Tử số"),
    Column("5", "Mẫu số"),
    Column("6", "Tỷ lệ %"),
    Column("7", "Điểm"),
    Column("8", "Ghi chú", width=60, text=True),
)

ONLINE_FULL_SHARE = 50
"""Online share at which part 3.3 has full points; below it the share counts. Legal: 766 3.3"""


def qd_766(
    context: ReportContext,
    whole: MeasureRow,
    *,
    coverage: Coverage,
    complained: int | None = None,
) -> Sheet:
    """The indices of a period; a part that the journal cannot answer has no points at all.

    `complained` is the number of cases with a complaint or a dislike; None when nobody was asked
    and nobody complained yet. Legal: R49–R52, R60
    """
    rate = next(each for each in whole.rates if each.name == R_766)
    counts = whole.counts
    new = counts.online + counts.direct_post
    lines: list[tuple[str, tuple[Cell, ...]]] = [
        ("1", ("Công khai, minh bạch", 18, None, None, None, None, OUTSIDE)),
        (
            "2",
            (
                "Tiến độ giải quyết",
                PROGRESS_POINTS,
                rate.numerator,
                rate.denominator,
                rate.percent if rate.percent is not None else NO_FIGURE,
                _points(rate.numerator, rate.denominator),
                "20 × R_766; hai lần yêu cầu bổ sung là trễ hạn; trừ thời gian chờ bổ sung",
            ),
        ),
        ("3", ("Dịch vụ công trực tuyến", 12, None, None, None, None, OUTSIDE)),
        (
            "3.3",
            (
                "  Tỷ lệ hồ sơ nộp trực tuyến trong kỳ",
                None,
                counts.online,
                new,
                _share(counts.online, new),
                None,
                (
                    f"đủ điểm khi ≥ {ONLINE_FULL_SHARE} %; điểm tối đa của phần này chưa đọc được ở"
                    " nguồn, nên không tính điểm"
                ),
            ),
        ),
        ("4", ("Thanh toán trực tuyến", 10, None, None, None, None, OUTSIDE)),
        ("5", ("Số hóa hồ sơ", 22, None, None, None, None, OUTSIDE)),
        ("6", ("Mức độ hài lòng", 18, None, None, None, None, NO_DATA)),
        (
            "6.1",
            (
                "  Tỷ lệ hồ sơ quá hạn (một nửa của tiêu chí hài lòng 5.4)",
                SATISFACTION_POINTS,
                counts.late,
                counts.solved,
                _share(counts.late, counts.solved),
                None,
                "nửa kia là tỷ lệ hồ sơ có phản ánh, kiến nghị hoặc không hài lòng",
            ),
        ),
        ("6.2", _complaints(complained, counts.solved)),
        ("6.3", _satisfied(counts.late, complained, counts.solved)),
    ]
    rows = tuple(Row(key, (key, *cells)) for key, cells in lines)
    return context.sheet(
        code="qd-766",
        form="Bộ chỉ số theo QĐ 766/QĐ-TTg ngày 23/6/2022",
        title="Chỉ số phục vụ người dân, doanh nghiệp",
        unit="Đơn vị tính: điểm, hồ sơ",
        columns=COLUMNS,
        rows=rows,
        coverage=coverage,
        notes=(
            "Làm tròn 2 chữ số; dưới 100 % không in thành 100.",
            f"Phần ghi «{OUTSIDE}» không tính được từ nhật ký và không được cho điểm.",
            "Mẫu số bằng 0: không có tỷ lệ, không phải 0 hay 100.",
        ),
    )


def _complaints(complained: int | None, solved: int) -> tuple[Cell, ...]:
    name = "  Tỷ lệ hồ sơ có phản ánh, kiến nghị hoặc không hài lòng"
    if complained is None:
        return (name, None, NO_DATA, NO_DATA, NO_FIGURE, None, "")
    note = "phản ánh được xác minh là sai không tính"
    return (name, None, complained, solved, _share(complained, solved), None, note)


def _satisfied(late: int, complained: int | None, solved: int) -> tuple[Cell, ...]:
    name = "  Mức độ hài lòng (tiêu chí 5.4)"
    note = f"100 % trừ hai tỷ lệ trên; đủ điểm khi ≥ {SATISFACTION_FULL} %"
    if complained is None:
        return (name, SATISFACTION_POINTS, NO_DATA, NO_DATA, NO_FIGURE, NO_FIGURE, note)
    if not solved:
        return (name, SATISFACTION_POINTS, None, 0, NO_FIGURE, NO_FIGURE, note)
    share = satisfaction(Fraction(late, solved), min(Fraction(1), Fraction(complained, solved)))
    good = max(0, solved - late - complained)
    shown = _share(good, solved)
    return (name, SATISFACTION_POINTS, good, solved, shown, satisfaction_points(share), note)


def _points(numerator: int, denominator: int) -> Cell:
    points = progress_points(numerator, denominator)
    if points is None:
        return NO_FIGURE
    if numerator < denominator and points == PROGRESS_POINTS:
        # Full marks are printed only where they were earned: never 100 below 100. Legal: R52
        return points - type(points)("0.01")
    return points


def _share(numerator: int, denominator: int) -> Cell:
    shown = percent(numerator, denominator, QD_766)
    return NO_FIGURE if shown is None else shown


def part_points(share: Fraction, full_percent: int, most: int) -> Fraction:
    """Points of a part that is full at some percent and falls in proportion. Legal: 766 3.1, 3.3"""
    in_percent = share * 100
    return Fraction(most) if in_percent >= full_percent else in_percent * most / full_percent
