"""The cases behind a figure, a page at a time: looked for case by case, never all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.journal.read import lines_of
from engine.reports.case_detail import DETAIL_TYPES, details
from engine.reports.case_lines import numbers_behind
from engine.reports.forms.bieu_06 import GROUP_NAME, columns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure
    from engine.reports.measures import Window
    from engine.reports.print.sheet import Sheet

MOST_LOOKED_AT = 20_000
"""Cases looked at for one page: a rare kind is looked for in several goes."""


@dataclass(frozen=True)
class CellPage:
    """Some of the cases behind a figure, and the number behind which the next ones are."""

    numbers: tuple[str, ...]
    after: str | None
    """None when there are no more."""


def cases_behind(
    db: Connection,
    window: Window,
    belongs: Callable[[CaseDetail, CaseFigure], bool],
    *,
    agencies: Collection[str],
    now: datetime,
    up_to: int,
    after: str = "",
    most: int = 50,
    most_looked_at: int = MOST_LOOKED_AT,
) -> CellPage:
    """Cases of some agencies that belong to a figure, by number; as the journal up to `up_to` says.

    Legal: R47, R48, R54
    """
    found: list[str] = []
    looked_at = 0
    while looked_at < most_looked_at:
        numbers = numbers_behind(db, window, agencies, after)
        if not numbers:
            return CellPage(tuple(found), None)
        looked_at += len(numbers)
        lines = lines_of(db, numbers, up_to=up_to, types=DETAIL_TYPES)
        for detail, figure in details(lines, window, now=now, in_order=True):
            if not belongs(detail, figure):
                continue
            if len(found) == most:
                return CellPage(tuple(found), found[-1])
            found.append(detail.number)
        after = numbers[-1]
    return CellPage(tuple(found), after)


def in_cell(
    sheet: Sheet, row: str, column: str, *, by: str, names: Mapping[str, str]
) -> Callable[[CaseDetail, CaseFigure], bool]:
    """What belongs to a cell of biểu 06, open or closed: by what its row is called.

    Raises:
        BadInputError: there is no such row.
    """
    wanted = sheet.row(row)
    name = str(wanted.cells[1])
    group = ""
    for each in sheet.rows:
        if each.kind == "group":
            group = str(each.cells[1])
        if each is wanted:
            break

    def belongs(detail: CaseDetail, figure: CaseFigure) -> bool:
        if column not in columns_of(figure):
            return False
        if wanted.kind == "total":
            return True
        if GROUP_NAME.format(detail.fold.level) != group:
            return False
        key = str(getattr(detail.fold, by))
        return wanted.kind == "group" or names.get(key, key) == name

    return belongs
