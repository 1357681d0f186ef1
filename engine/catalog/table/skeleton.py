"""The diagram a new procedure begins with: the paths the law wants, no time guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.table.builder import build_diagram
from engine.catalog.table.decision_table import DecisionTable, TableKind, TableRow, Total

if TYPE_CHECKING:
    from engine.sla.limit import Limit

_ONE_STOP: Final = "Bộ phận Một cửa"
_ROWS: Final = (
    ("Tiếp nhận, kiểm tra thành phần hồ sơ", _ONE_STOP),
    ("Thẩm định hồ sơ", "Chuyên viên"),
    ("Ký duyệt kết quả", "Lãnh đạo"),
    ("Trả kết quả", _ONE_STOP),
)


def skeleton(*, code: str, name: str, field: str, level: str, limit: Limit) -> bytes:
    """A diagram with reception, examination, signature and hand-over, and the lawful side paths.

    No step has a time and nothing has a ground: each is a finding until a person enters it.

    Legal: R18, R46
    """
    rows = tuple(
        TableRow(
            number=str(place), stage="", content=content, unit=unit, time="", result="", limit=None
        )
        for place, (content, unit) in enumerate(_ROWS, start=1)
    )
    table = DecisionTable(
        name=name,
        code=code,
        field=field,
        level=level,
        total_text="",
        total=Total(limit),
        source="",
        kind=TableKind.DECISION,
        notes=(),
        rows=rows,
    )
    return build_diagram(table)
