"""Understands a grid of cells as a decision's table; whatever is not plainly there is a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.catalog.linter.words import folded
from engine.catalog.table import codes, words
from engine.catalog.table.decision_table import DecisionTable, TableKind, TableRow, Total
from engine.catalog.table.durations import (
    counts_plain_days,
    read_step_time,
    read_total,
    speaks_of_hard_area,
)
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.catalog.finding import Finding

MAX_ROWS: Final = 200

HEAD: Final = (
    ("name", "Tên TTHC"),
    ("code", "Mã"),
    ("field", "Lĩnh vực"),
    ("level", "Cấp"),
    ("total", "Tổng thời gian"),
    ("source", "Nguồn"),
    ("kind", "Loại"),
    ("note", "Ghi chú"),
)
_HEAD_NAMES: Final = {folded(label): name for name, label in HEAD} | {
    "ten thu tuc": "name",
    "ten thu tuc hanh chinh": "name",
    "ten quy trinh": "name",
    "ma tthc": "code",
    "ma so": "code",
    "ma so tthc": "code",
    "ma thu tuc": "code",
    "ma thu tuc hanh chinh": "code",
    "cap thuc hien": "level",
    "cap giai quyet": "level",
    "thoi han giai quyet": "total",
    "thoi gian giai quyet": "total",
    "tong thoi gian giai quyet": "total",
    "tong thoi gian thuc hien": "total",
}
_NEEDED: Final = ("name", "code", "field", "level", "total")
COLUMNS: Final = (
    (
        "number",
        "STT",
        (
            "stt",
            "buoc",
            "tt",
            "so tt",
            "so thu tu",
            "thu tu cong viec",
            "cac buoc",
            "buoc thuc hien",
        ),
    ),
    ("stage", "Giai đoạn", ("giai doan",)),
    (
        "content",
        "Nội dung công việc",
        (
            "noi dung cong viec",
            "noi dung",
            "trinh tu thuc hien",
            "cong viec",
            "noi dung thuc hien",
            "ten buoc",
            "ten cong viec",
        ),
    ),
    (
        "unit",
        "Đơn vị, người thực hiện",
        (
            "don vi nguoi thuc hien",
            "don vi ca nhan thuc hien",
            "bo phan ca nhan thuc hien",
            "don vi",
            "nguoi thuc hien",
            "don vi thuc hien",
            "co quan thuc hien",
            "trach nhiem",
            "trach nhiem thuc hien",
        ),
    ),
    (
        "time",
        "Thời gian",
        (
            "thoi gian",
            "thoi gian thuc hien",
            "thoi gian giai quyet",
            "thoi han",
            "thoi han thuc hien",
        ),
    ),
    ("result", "Kết quả", ("ket qua", "san pham", "bieu mau ket qua", "ket qua thuc hien")),
)
_NEEDED_COLUMNS: Final = ("content", "unit", "time")
_CARRIED: Final = ("stage", "content", "unit", "result")
"""What a cell merged downwards says of every row it spans."""
_SHOWN: Final = {name: title for name, title, _ in COLUMNS}

_STAGED_NUMBER: Final = re.compile(
    r"\s*((?:GĐ|Giai đoạn|G[dđ])\s*[0-9IVX]+)\s*[-–—:,./]*\s*(?:Bước|B)\s*\.?\s*([0-9]{1,3}[a-zđ]?)\s*",  # noqa: E501
    re.IGNORECASE,
)
_STEP_NUMBER: Final = re.compile(
    r"\s*Bước\s*\.?\s*([0-9]{1,3}(?:\.[0-9]{1,2})?[a-zđ]?)\s*[.:]?\s*", re.IGNORECASE
)
_BULLET: Final = re.compile(r"^[#\s\-–—+*•]*(?:[0-9IVX]{1,4}(?:\.[0-9]{1,2})*[.)/]\s*)?")
_COLUMN_NUMBER: Final = re.compile(r"\(?[0-9A-H]\)?")
_STAGE: Final = re.compile(r"(giai doan|gd ?[0-9]|phan [0-9ivx]+|[ivx]+ ).*")
_TOTAL: Final = ("tong cong", "tong thoi gian", "tong so", "tong", "cong")


@dataclass(frozen=True)
class GridCell:
    """A cell: its text, how many columns it spans, whether it continues the one above."""

    text: str
    span: int = 1
    continued: bool = False


Grid = list[list[GridCell]]


@dataclass(frozen=True)
class _Line:
    """A line under the heading: texts by column, and which of them continue the cells above."""

    cells: dict[str, str]
    continued: frozenset[str]
    width: int
    across: str | None = None
    """The text of a line that is one merged cell."""


def heading_at(grid: Grid) -> int | None:
    """Where the heading of a step table stands in a grid."""
    for at, line in enumerate(grid[:60]):
        places = _places(line)
        if all(name in places for name in _NEEDED_COLUMNS):
            return at
    return None


def missing_columns(line: Sequence[GridCell]) -> tuple[str, ...]:
    """The titles that a heading lacks."""
    places = _places(line)
    return tuple(
        title for name, title, _ in COLUMNS if name in _NEEDED_COLUMNS and name not in places
    )


def read_head(
    lines: Iterable[str], findings: list[Finding], *, keep_unknown: bool
) -> tuple[dict[str, str], list[str]]:
    """The head's values by name and its notes.

    `keep_unknown`: a line with an unknown label is kept as a note, else it is only told of.
    """
    head: dict[str, str] = {}
    notes: list[str] = []
    skipped: list[str] = []
    for line in lines:
        label, colon, text = _BULLET.sub("", line, count=1).partition(":")
        name = _HEAD_NAMES.get(folded(label)) if colon else None
        value = " ".join(text.split())
        kept = " ".join(line.lstrip("# \t").split())
        if name == "note":
            notes.append(value)
        elif name is not None and name not in head:
            head[name] = value
        elif kept and not keep_unknown:
            skipped.append(kept)
        elif kept:
            notes.append(kept)
            findings.append(
                codes.HEAD_UNKNOWN.found(
                    None,
                    f"Dòng “{kept}” được giữ làm ghi chú.",
                    f"The line '{kept}' is kept as a note.",
                )
            )
    if skipped:
        shown = "; ".join(each[:60] for each in skipped[:3])
        findings.append(
            codes.OUTSIDE_SKIPPED.found(
                None,
                f"{len(skipped)} dòng ngoài bảng không được dùng: “{shown}”…",
                f"{len(skipped)} lines outside the table are not used: '{shown}'…",
                lines=skipped[:100],
            )
        )
    return head, notes


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


def _places(heading: Sequence[GridCell]) -> dict[str, int]:
    places: dict[str, int] = {}
    at = 0
    for cell in heading:
        bare = folded(cell.text)
        for name, _, names in COLUMNS:
            if bare in names and name not in places:
                places[name] = at
                break
        at += cell.span
    return places


def _rows(grid: Grid, findings: list[Finding]) -> tuple[tuple[TableRow, ...], str | None]:
    places = _places(grid[0])
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
        rows.append(_row(place, cells, stage, findings))
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


def _row(place: int, cells: dict[str, str], stage: str, findings: list[Finding]) -> TableRow:
    number, own_stage = _numbered(place, cells["number"], findings)
    shown = number or str(place)
    content = " ".join(cells["content"].split())
    unit = _unit(shown, place, cells["unit"], content, findings)
    time = " ".join(cells["time"].split())
    for text, vietnamese, english in (
        (content, "nội dung công việc", "content"),
        (unit, "đơn vị thực hiện", "unit"),
    ):
        if not text:
            findings.append(
                codes.ROW_INCOMPLETE.found(
                    None,
                    f"Bước {shown} thiếu {vietnamese}.",
                    f"Row {shown} has no {english}.",
                    row=place,
                )
            )
    limit = None
    try:
        limit = read_step_time(time)
    except BadInputError:
        findings.append(
            codes.TIME_UNREADABLE.found(
                None,
                f"Bước {shown} “{content}” có thời gian “{time}” không đọc được.",
                f"Row {shown} '{content}' has the time '{time}', which cannot be read.",
                row=place,
            )
        )
    else:
        if speaks_of_hard_area(time):
            findings.append(
                codes.HARD_AREA_TIME.found(
                    None,
                    f"Bước {shown} có thời gian riêng cho vùng khó khăn (“{time}”), "
                    "sơ đồ chỉ dùng thời gian thường.",
                    f"Row {shown} has a time of its own for hard areas ('{time}'); the diagram "
                    "uses the plain one.",
                    row=place,
                )
            )
    return TableRow(
        number=shown,
        stage=" ".join(cells["stage"].split()) or own_stage or stage,
        content=content,
        unit=unit,
        time=time,
        result=" ".join(cells["result"].split()),
        limit=limit,
    )


def _numbered(place: int, text: str, findings: list[Finding]) -> tuple[str, str]:
    """The number of a row and the stage that stands in the same cell."""
    plain = " ".join(text.split())
    staged = _STAGED_NUMBER.fullmatch(plain)
    stepped = _STEP_NUMBER.fullmatch(plain)
    if staged is not None or stepped is not None:
        stage, number = ("", stepped[1]) if stepped is not None else ("", "")
        if staged is not None:
            stage, number = staged[1], staged[2]
        findings.append(
            codes.NUMBER_SPLIT.found(
                None,
                f"“{plain}” được hiểu là bước {number}{f' của {stage}' if stage else ''}.",
                f"'{plain}' is read as step {number}{f' of {stage}' if stage else ''}.",
                row=place,
            )
        )
        return number, stage
    if not plain:
        findings.append(
            codes.NUMBER_MISSING.found(
                None,
                f"Dòng thứ {place} không có số thứ tự; lấy số {place}.",
                f"Row {place} has no number; {place} is taken.",
                row=place,
            )
        )
    return plain, ""


def _unit(shown: str, place: int, text: str, content: str, findings: list[Finding]) -> str:
    """The unit of a row; persons on lines of their own are parted by semicolons."""
    lines = [" ".join(line.split()).strip(" ;,-–+") for line in text.splitlines()]
    lines = [line for line in lines if line]
    # A long name that was only broken goes on in lower case; another person begins with a capital.
    joined: list[str] = []
    for line in lines:
        known = words.role_of_unit(line) is not None
        if joined and not (known and line[:1].isupper()):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    unit = "; ".join(joined)
    parties = [each for each in words.parties(unit) if each]
    if len(parties) == 1:
        parties = _perhaps_several(unit)
    if len(parties) > 1 and not words.works_in_parallel(content):
        names = "; ".join(parties)
        findings.append(
            codes.SEVERAL_PERSONS.found(
                None,
                f"Bước {shown} ghi {len(parties)} người, đơn vị ({names}); "
                f"bước được giao cho “{parties[0]}”.",
                f"Row {shown} names {len(parties)} persons or units ({names}); the step is for "
                f"'{parties[0]}'.",
                row=place,
            )
        )
    return unit


def _perhaps_several(unit: str) -> list[str]:
    """The parts of a unit parted by a comma or "và", when each is a role and they differ."""
    parts = [part.strip() for part in re.split(r"\s*(?:,|/|\+)\s*|\s+và\s+", unit) if part.strip()]
    roles = [words.role_of_unit(part) for part in parts]
    return parts if None not in roles and len(set(roles)) > 1 else [unit]


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
