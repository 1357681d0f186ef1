"""The head of a decision's table and the heading of its columns, in the words offices use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.catalog.linter.words import folded
from engine.catalog.table import codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.catalog.finding import Finding

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
_BULLET: Final = re.compile(r"^[#\s\-–—+*•]*(?:[0-9IVX]{1,4}(?:\.[0-9]{1,2})*[.)/]\s*)?")


@dataclass(frozen=True)
class GridCell:
    """A cell: its text, how many columns it spans, whether it continues the one above."""

    text: str
    span: int = 1
    continued: bool = False


Grid = list[list[GridCell]]


def heading_at(grid: Grid) -> int | None:
    """Where the heading of a step table stands in a grid."""
    for at, line in enumerate(grid[:60]):
        places = places_of(line)
        if all(name in places for name in _NEEDED_COLUMNS):
            return at
    return None


def missing_columns(line: Sequence[GridCell]) -> tuple[str, ...]:
    """The titles that a heading lacks."""
    places = places_of(line)
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


def places_of(heading: Sequence[GridCell]) -> dict[str, int]:
    """At which column of the grid each known column begins."""
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
