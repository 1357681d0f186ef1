"""Understands a grid of cells as a decision's table; whatever is not plainly there is a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.catalog.linter.words import folded
from engine.catalog.table import codes
from engine.catalog.table.decision_table import DecisionTable, TableKind, TableRow, Total
from engine.catalog.table.durations import counts_plain_days, read_total
from engine.catalog.table.heading import COLUMNS, HEAD, Grid, GridCell, places_of
from engine.catalog.table.row_reader import read_row
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.catalog.finding import Finding

MAX_ROWS: Final = 200
_NEEDED: Final = ("name", "code", "field", "level", "total")
_CARRIED: Final = ("stage", "content", "unit", "result")
"""What a cell merged downwards says of every row it spans."""
_SHOWN: Final = {name: title for name, title, _ in COLUMNS}
_COLUMN_NUMBER: Final = re.compile(r"\(?[0-9A-H]\)?")
_STAGE: Final = re.compile(r"(giai doan|gd ?[0-9]|phan [0-9ivx]+|[ivx]+ ).*")
_TOTAL: Final = ("tong cong", "tong thoi gian", "tong so", "tong", "cong")


@dataclass(frozen=True)
class _Line:
    """A line under the heading: texts by column, and which of them continue the cells above."""

    cells: dict[str, str]
    continued: frozenset[str]
    width: int
    across: str | None = None
    """The text of a line that is one merged cell."""


def read_grid(
    head: dict[str, str], notes: Sequence[str], grid: Grid, findings: list[Finding]
) -> DecisionTable:
    """The table of a head and a grid whose first line is the heading.

    Raises:
        BadInputError: there are too many rows, or the kind of table is not known.
    """
    rows, total_row = _rows(grid, findings)
    if total_row is not None and not head.get("total"):
        head = {**head, "total": total_row}
        findings.append(
            codes.TOTAL_FROM_ROW.found(
                None,
                f"Tổng thời gian “{total_row}” lấy từ dòng cộng của bảng.",
                f"The total '{total_row}' is taken from the row of the sum.",
            )
        )
    labels = dict(HEAD)
    findings.extend(
        codes.HEAD_MISSING.found(
            None,
            f"Đầu bảng thiếu dòng “# {labels[name]}: …”.",
            f"The head lacks the line '# {labels[name]}: …'.",
            name=name,
        )
        for name in _NEEDED
        if not head.get(name)
    )
    kind = TableKind.DECISION
    if "kind" in head:
        try:
            kind = TableKind(head["kind"].casefold())
        except ValueError as cause:
            raise BadInputError(
                f"Expected 'Loại' to be decision or reconstruction, but got {head['kind']!r}"
            ) from cause
    return DecisionTable(
        name=head.get("name", ""),
        code=head.get("code", ""),
        field=head.get("field", ""),
        level=head.get("level", ""),
        total_text=head.get("total", ""),
        total=_total(head.get("total", ""), findings),
        source=head.get("source", ""),
        kind=kind,
        notes=tuple(notes),
        rows=rows,
        findings=tuple(findings),
    )


def _rows(grid: Grid, findings: list[Finding]) -> tuple[tuple[TableRow, ...], str | None]:
    places = places_of(grid[0])
    width = sum(cell.span for cell in grid[0])
    heading = [folded(cell.text) for cell in grid[0]]
    lines = [line for line in grid[1:] if any(c.text.strip() or c.continued for c in line)]
    if len(lines) > MAX_ROWS:
        raise BadInputError(f"Expected at most {MAX_ROWS} rows, but there are {len(lines)}")
    rows: list[TableRow] = []
    total: str | None = None
    stage = ""
    above: dict[str, str] = {}
    timed = 0
    for line in lines:
        place = len(rows) + 1
        if _is_no_step(line, heading):
            _left_out(line, findings)
            continue
        read = _line(line, places, width)
        if read.across is not None and _STAGE.match(folded(read.across) + " "):
            stage = " ".join(read.across.split())
            above = {}
            findings.append(
                codes.STAGE_ROW.found(
                    None,
                    f"“{stage}” được hiểu là tên giai đoạn.",
                    f"'{stage}' is read as a stage.",
                    row=place,
                )
            )
            continue
        summed = _sum_of(read)
        if summed is not None:
            total = total or summed or None
            findings.append(
                codes.TOTAL_ROW.found(
                    None,
                    f"Dòng cộng “{summed}” không phải là một bước.",
                    f"The row of the sum '{summed}' is no step.",
                    row=place,
                )
            )
            continue
        cells = _carried(place, read, above, findings)
        if "time" in read.continued and rows:
            cells["time"] = "0"
            first = rows[timed]
            findings.append(
                codes.TIME_SHARED.found(
                    None,
                    f"Bước {place} chung ô thời gian “{first.time}” với bước {first.number}: "
                    "tính ở bước đầu, bước này ghi 0.",
                    f"Row {place} shares the time '{first.time}' with row {first.number}: "
                    "it is counted there, and 0 here.",
                    row=place,
                )
            )
        else:
            timed = len(rows)
        above = cells
        rows.append(read_row(place, cells, stage, findings))
        if read.width > width:
            shown = rows[-1].number
            findings.append(
                codes.ROW_LONG.found(
                    None,
                    f"Bước {shown} có {read.width} ô, tiêu đề có {width}.",
                    f"Row {shown} has {read.width} cells, the heading has {width}.",
                    row=place,
                )
            )
    _check_numbers(rows, findings)
    return tuple(rows), total


def _is_no_step(line: Sequence[GridCell], heading: Sequence[str]) -> bool:
    texts = [cell.text.strip() for cell in line]
    filled = [text for text in texts if text]
    repeats = [folded(text) for text in texts] == list(heading)
    counts = len(filled) >= max(3, len(heading) - 1) and len(set(filled)) == len(filled)
    return repeats or (counts and all(_COLUMN_NUMBER.fullmatch(text) for text in filled))


def _left_out(line: Sequence[GridCell], findings: list[Finding]) -> None:
    shown = " | ".join(cell.text.strip() for cell in line)[:120]
    findings.append(
        codes.ROW_LEFT_OUT.found(
            None,
            f"Dòng “{shown}” lặp lại tiêu đề hoặc đánh số cột, không phải là bước.",
            f"The row '{shown}' repeats the heading or numbers the columns.",
        )
    )


def _line(line: Sequence[GridCell], places: dict[str, int], width: int) -> _Line:
    cells = {name: "" for name, _, _ in COLUMNS}
    continued: set[str] = set()
    by_place = {place: name for name, place in places.items()}
    at = 0
    for cell in line:
        name = by_place.get(at)
        if name is not None:
            cells[name] = cell.text.strip()
            if cell.continued:
                continued.add(name)
        at += cell.span
    filled = [cell for cell in line if cell.text.strip()]
    is_wide = len(filled) == 1 and filled[0].span >= max(3, width - 2)
    is_lone = len(filled) == 1 and not continued and filled[0].span == 1
    across = filled[0].text.strip() if is_wide or is_lone else None
    return _Line(cells, frozenset(continued), at, across)


def _sum_of(line: _Line) -> str | None:
    """The sum that a row of the total prints; None when the row is a step."""
    texts = [line.cells[name] for name in ("number", "stage", "content", "unit")]
    first = next((text for text in texts if text), "")
    rest = folded(first).split(" ")
    begins = any(folded(first).startswith(word) for word in _TOTAL) and rest[:2] != ["cong", "bo"]
    others = [text for text in texts if text and text != first]
    if not begins or others or folded(first).startswith(("cong chuc", "cong van", "tong hop")):
        return None
    return line.cells["time"] or first.partition(":")[2].strip()


def _carried(
    place: int, line: _Line, above: dict[str, str], findings: list[Finding]
) -> dict[str, str]:
    cells = dict(line.cells)
    taken = [name for name in _CARRIED if name in line.continued and above.get(name)]
    for name in taken:
        cells[name] = above[name]
    if taken:
        what = ", ".join(_SHOWN[name] for name in taken)
        findings.append(
            codes.ROW_MERGED.found(
                None,
                f"Bước {place}: ô gộp, dùng giá trị của dòng trên cho {what}.",
                f"Row {place}: merged cells, the value above is used for {', '.join(taken)}.",
                row=place,
            )
        )
    return cells


def _check_numbers(rows: list[TableRow], findings: list[Finding]) -> None:
    seen: set[tuple[str, str]] = set()
    if not rows:
        findings.append(
            codes.ROWS_MISSING.found(None, "Bảng không có bước nào.", "The table has no rows.")
        )
    for row in rows:
        key = (row.stage, row.number)
        if key in seen:
            findings.append(
                codes.NUMBER_REPEATED.found(
                    None,
                    f"Số thứ tự {row.number} có hai lần.",
                    f"The number {row.number} stands twice.",
                )
            )
        seen.add(key)


def _total(text: str, findings: list[Finding]) -> Total:
    if not text:
        return Total(None)
    try:
        total = read_total(text)
    except BadInputError:
        findings.append(
            codes.TOTAL_UNREADABLE.found(
                None,
                f"Tổng thời gian “{text}” không đọc được.",
                f"The total '{text}' cannot be read.",
            )
        )
        return Total(None)
    if counts_plain_days(text):
        findings.append(
            codes.CALENDAR_DAYS.found(
                None,
                f"Tổng thời gian “{text}” được tính theo ngày lịch.",
                f"The total '{text}' is counted in calendar days.",
            )
        )
    return total


def with_code(table: DecisionTable, code: str) -> DecisionTable:
    """The table under a code given beside it; that its head has none is no fault then."""
    findings = tuple(
        each
        for each in table.findings
        if not (each.code == codes.HEAD_MISSING.code and dict(each.details).get("name") == "code")
    )
    return replace(table, code=code, findings=findings)
