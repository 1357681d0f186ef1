"""What was understood of each row of a table, to be confirmed before it becomes a procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.catalog.table import words

if TYPE_CHECKING:
    from engine.catalog.table.decision_table import DecisionTable


@dataclass(frozen=True)
class UnderstoodRow:
    """One row as the diagram takes it; `findings` are codes of what was assumed or is unclear."""

    place: int
    number: str
    stage: str
    content: str
    unit: str
    time: str
    limit: str | None
    kind: str | None
    role: str | None
    parties: tuple[str, ...]
    in_parallel: bool
    result: str
    findings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in vars(self).items()}

    def line(self) -> str:
        """The row for people: printed texts, then what they are taken for."""
        taken = ", ".join(
            (
                self.role or "vai trò chưa rõ",
                self.kind or "loại bước chưa rõ",
                self.limit or "thời gian chưa rõ",
                *(["song song"] if self.in_parallel else []),
            )
        )
        stage = f"{self.stage}, " if self.stage else ""
        doubts = f"  ! {', '.join(self.findings)}" if self.findings else ""
        return (
            f"{self.place:>3}. [{stage}bước {self.number}] {self.content} | {self.unit} | "
            f"{self.time} → {taken}{doubts}"
        )


def understood(table: DecisionTable) -> tuple[UnderstoodRow, ...]:
    """Every row of a table, with what its words are taken for."""
    doubts: dict[int, list[str]] = {}
    for finding in table.findings:
        place = dict(finding.details).get("row")
        if isinstance(place, int):
            doubts.setdefault(place, []).append(finding.code)
    rows: list[UnderstoodRow] = []
    for place, row in enumerate(table.rows, start=1):
        kind, role = words.kind_of_content(row.content), words.role_of_unit(row.unit)
        parties = words.parties(row.unit)
        rows.append(
            UnderstoodRow(
                place=place,
                number=row.number,
                stage=row.stage,
                content=row.content,
                unit=row.unit,
                time=row.time,
                limit=str(row.limit) if row.limit is not None else None,
                kind=kind.value if kind else None,
                role=role,
                parties=parties,
                in_parallel=words.works_in_parallel(row.content) and len(parties) > 1,
                result=row.result,
                findings=tuple(doubts.get(place, ())),
            )
        )
    return tuple(rows)
