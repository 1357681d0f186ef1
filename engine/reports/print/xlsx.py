"""A report as a workbook: written row by row, so that its size does not matter; text stays text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter

from engine.reports.print.files import MOTTO, NATION, whole_file
from engine.reports.print.sheet import header_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.reports.print.sheet import Cell, Column, Sheet

MOST_ROWS = 1_048_000
"""What a worksheet holds; the rest goes on the next one."""

_FONT: dict[str, Any] = {"font_name": "Times New Roman", "font_size": 12}
_BOX: dict[str, Any] = {"border": 1, "valign": "vcenter"}


def write_xlsx(sheet: Sheet, out: Path) -> None:
    """Write a report with its heading, table and notes.

    Raises:
        ReportUnwritableError: the file cannot be written.
    """
    with whole_file(out) as partial, _workbook(partial) as book:
        _Page(book, sheet, _title_of(sheet.code)).write()


def write_rows(
    out: Path, *, title: str, columns: Iterable[Column], rows: Iterable[tuple[Cell, ...]]
) -> int:
    """Write a plain table of any length; gives its number of rows.

    Raises:
        ReportUnwritableError: the file cannot be written.
    """
    heads = tuple(columns)
    count = 0
    with whole_file(out) as partial, _workbook(partial) as book:
        formats = _formats(book)
        page: Any = None
        line = 0
        for row in rows:
            if page is None or line >= MOST_ROWS:
                page = book.add_worksheet(_title_of(title if not count else f"{title} {count}"))
                page.freeze_panes(1, 0)
                for position, column in enumerate(heads):
                    page.set_column(position, position, column.width)
                    page.write_string(0, position, column.title, formats["head"])
                line = 1
            for position, cell in enumerate(row):
                _put(page, line, position, cell, formats, "data")
            line += 1
            count += 1
        if page is None:
            page = book.add_worksheet(_title_of(title))
            for position, column in enumerate(heads):
                page.write_string(0, position, column.title, formats["head"])
    return count


def _workbook(path: Path) -> Any:
    return xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "in_memory": False,
        },
    )


def _formats(book: Any) -> dict[str, Any]:
    made: dict[str, dict[str, Any]] = {
        "nation": {"bold": True, "align": "center"},
        "motto": {"bold": True, "align": "center", "underline": 1},
        "left": {"align": "left"},
        "title": {"bold": True, "align": "center", "font_size": 14},
        "draft": {"bold": True, "align": "center", "font_color": "#C00000"},
        "period": {"italic": True, "align": "center"},
        "head": {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E8EDF3", **_BOX},
        "number": {"italic": True, "align": "center", "font_size": 10, **_BOX},
        "data": {**_BOX, "text_wrap": True},
        "group": {**_BOX, "bold": True, "bg_color": "#F3F3F3"},
        "total": {**_BOX, "bold": True},
        "note": {"italic": True, "font_size": 11},
        "correction": {"bold": True, "font_size": 11},
    }
    formats = {name: book.add_format({**_FONT, **how}) for name, how in made.items()}
    for kind in ("data", "group", "total"):
        plain = {**_FONT, **made[kind], "align": "right"}
        formats[f"{kind}_count"] = book.add_format({**plain, "num_format": "#,##0"})
        for digits in (1, 2, 3):
            formats[f"{kind}_{digits}"] = book.add_format(
                {**plain, "num_format": f"#,##0.{'0' * digits}"}
            )
    return formats


class _Page:
    """One report on one worksheet, written from top to bottom."""

    def __init__(self, book: Any, sheet: Sheet, name: str) -> None:
        self._sheet = sheet
        self._formats = _formats(book)
        self._page = book.add_worksheet(name)
        self._line = 0

    def write(self) -> None:
        page, sheet = self._page, self._sheet
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer("&L&8" + sheet.form.replace("&", "&&") + "&R&8Trang &P/&N")
        for position, column in enumerate(sheet.columns):
            page.set_column(position, position, column.width)
        self._heading()
        self._header()
        for row in sheet.rows:
            for position, cell in enumerate(row.cells):
                _put(page, self._line, position, cell, self._formats, row.kind)
            self._line += 1
        self._line += 1
        for line in sheet.lines_below():
            style = "correction" if line in sheet.corrections else "note"
            page.write_string(self._line, 0, line, self._formats[style])
            self._line += 1

    def _heading(self) -> None:
        sheet, formats = self._sheet, self._formats
        right = max(len(sheet.columns) - 1, 1)
        middle = max(right // 2, 1)
        for left_text, right_text, style in (
            (sheet.form, NATION, "nation"),
            (f"Đơn vị báo cáo: {sheet.issuer}", MOTTO, "motto"),
        ):
            self._page.write_string(self._line, 0, left_text, formats["left"])
            self._across(middle, right, right_text, formats[style])
        self._line += 1
        self._across(0, right, sheet.title, formats["title"])
        if sheet.draft:
            self._across(0, right, "DỰ THẢO", formats["draft"])
        self._across(0, right, f"{sheet.period} · {sheet.unit}", formats["period"])
        self._line += 1

    def _across(self, first: int, last: int, text: str, style: Any) -> None:
        if first < last:
            # A merged range in rows written one by one: the first cell first.
            self._page.merge_range(self._line, first, self._line, last, "", style)
        self._page.write_string(self._line, first, text, style)
        self._line += 1

    def _header(self) -> None:
        head = self._formats["head"]
        upper, lower = header_rows(self._sheet.columns)
        top, position = self._line, 0
        for title, span in upper:
            if title and span > 1:
                self._page.merge_range(top, position, top, position + span - 1, "", head)
            self._page.write_string(
                top, position, title or self._sheet.columns[position].title, head
            )
            position += span
        under = dict(lower)
        if under:
            self._line += 1
            for index, column in enumerate(self._sheet.columns):
                text = column.title if index in under else ""
                self._page.write_string(self._line, index, text, head)
        self._line += 1
        for index, column in enumerate(self._sheet.columns):
            self._page.write_string(self._line, index, f"({column.key})", self._formats["number"])
        self._line += 1


def _put(
    page: Any, line: int, position: int, cell: Cell, formats: dict[str, Any], kind: str
) -> None:
    if cell is None:
        page.write_blank(line, position, None, formats[kind])
    elif isinstance(cell, int):
        page.write_number(line, position, cell, formats[f"{kind}_count"])
    elif isinstance(cell, Decimal):
        digits = max(0, -int(cell.as_tuple().exponent))
        style = formats[f"{kind}_{digits}"] if digits in (1, 2, 3) else formats[f"{kind}_count"]
        page.write_number(line, position, float(cell), style)
    else:
        page.write_string(line, position, cell, formats[kind])


def _title_of(text: str) -> str:
    """A worksheet's name: at most 31 letters, without those that Excel forbids."""
    return "".join("-" if letter in r"[]:*?/\'" else letter for letter in text)[:31]
