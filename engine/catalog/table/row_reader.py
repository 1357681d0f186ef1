"""Understands one row of a decision's table: number, unit, time; what is unsure is a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from engine.catalog.table import codes, words
from engine.catalog.table.decision_table import TableRow
from engine.catalog.table.durations import read_step_time, speaks_of_hard_area
from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.catalog.finding import Finding

_STAGED_NUMBER: Final = re.compile(
    r"\s*((?:GĐ|Giai đoạn|G[dđ])\s*[0-9IVX]+)\s*[-–—:,./]*\s*(?:Bước|B)\s*\.?\s*([0-9]{1,3}[a-zđ]?)\s*",  # noqa: E501
    re.IGNORECASE,
)
_STEP_NUMBER: Final = re.compile(
    r"\s*Bước\s*\.?\s*([0-9]{1,3}(?:\.[0-9]{1,2})?[a-zđ]?)\s*[.:]?\s*", re.IGNORECASE
)


def read_row(place: int, cells: dict[str, str], stage: str, findings: list[Finding]) -> TableRow:
    """The row at a place, whose texts stand by column; `stage` is that of the rows above."""
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
