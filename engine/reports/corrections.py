"""What came after a period was closed: each cell that is counted otherwise now, a line a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reports.print.sheet import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.reports.print.sheet import Row, Sheet


def corrections(closed: Sheet, fresh: Sheet, at: str) -> Iterator[str]:
    """What is counted otherwise now than when the period was closed, a line a cell."""
    if closed.columns != fresh.columns:
        yield f"Điều chỉnh sau khóa sổ (đến {at}): mẫu biểu đã đổi, xem số liệu mới riêng."
        return
    before, after = _by_name(closed), _by_name(fresh)
    numbers = [i for i, column in enumerate(closed.columns) if column.key != "1"]
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        for i in numbers:
            was = None if old is None else old.cells[i]
            now = None if new is None else new.cells[i]
            if was != now:
                yield (
                    f"Điều chỉnh sau khóa sổ (đến {at}): {' / '.join(filter(None, name))}, cột"
                    f" {closed.columns[i].key} «{closed.columns[i].title}»:"
                    f" {shown(was) or 'không có'} → {shown(now) or 'không có'}"
                )


def _by_name(sheet: Sheet) -> dict[tuple[str, ...], Row]:
    """Rows by what they are about: their numbers move when a row comes between."""
    found: dict[tuple[str, ...], Row] = {}
    group = ""
    for row in sheet.rows:
        name = str(row.cells[1])
        if row.kind == "group":
            group = name
        marks = [group if row.kind == "data" else "", name]
        if len(sheet.columns) > 3 and sheet.columns[3].text:  # noqa: PLR2004 (a list's case number)
            marks.append(str(row.cells[3] or ""))
        found[tuple(marks)] = row
    return found
