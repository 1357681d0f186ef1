"""Causes of lateness: what biểu II.07a is remembered to ask, as a labelled draft (R34)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reports.case_fold import LATE_STANDINGS, Standing
from engine.reports.forms.tabulation import PrintedRows, Tabulation
from engine.reports.print.sheet import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure
    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Sheet

NONE_YET = "none"
_COUNT, _WHY = "Số hồ sơ quá hạn", "Nguyên nhân"


def causes(
    context: ReportContext,
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    *,
    causes_of: Mapping[str, str],
    keep: bool = False,
) -> tuple[Sheet, PrintedRows]:
    """Late cases of a period, solved or open, by field and cause.

    `causes_of` are the codes with their names. Legal: R28, R34 (form: MEMORY-low)
    """
    columns = (
        Column("1", "STT", width=6, text=True),
        Column("2", "Lĩnh vực", width=36, text=True),
        Column("3", "Tổng số", _COUNT),
        Column("4", "Đã giải quyết", _COUNT),
        Column("5", "Đang giải quyết", _COUNT),
        *(
            Column(str(number), name, _WHY, 14)
            for number, name in enumerate(causes_of.values(), start=6)
        ),
        Column(str(6 + len(causes_of)), "Chưa ghi nguyên nhân", _WHY, 14),
    )
    place = {code: str(number) for number, code in enumerate([*causes_of, NONE_YET], start=6)}
    table = Tabulation(keep=keep)
    seen = set()
    for detail, figure in cases:
        seen.add(detail.fold.agency)
        if figure.standing not in LATE_STANDINGS:
            continue
        row = (detail.fold.level, detail.fold.field)
        stands = "4" if figure.standing is Standing.LATE else "5"
        table.add(row, ("3", stands, place[detail.cause or NONE_YET]), detail.number)
    printed = PrintedRows(
        table,
        columns,
        sums=(("3", ("4", "5")), ("3", tuple(place.values()))),
        groups={key[0]: f"Thủ tục hành chính cấp {key[0]}" for key in table.counts},
    )
    sheet = context.sheet(
        code="nguyen-nhan",
        form="DỰ THẢO theo trí nhớ về biểu II.07a (chưa đối chiếu văn bản)",
        title="Nguyên nhân hồ sơ quá hạn",
        unit="Đơn vị tính: hồ sơ",
        columns=columns,
        rows=tuple(printed.rows),
        draft=True,
        coverage=context.coverage(seen),
        notes=(
            (
                "Mẫu biểu và danh mục nguyên nhân là dự thảo của chương trình, không phải biểu mẫu"
                " chính thức."
            ),
        ),
    )
    return sheet, printed
