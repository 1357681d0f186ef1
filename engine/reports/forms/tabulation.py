"""Counting cases into rows and columns, with the cases behind every cell where wanted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import BadInputError, OfficeError
from engine.reports.forms.context import TOTAL
from engine.reports.print.sheet import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.reports.print.sheet import Cell, Column

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")

RowKey = tuple[str, str]
"""Group (a level) and name of a row (a field, an agency …)."""


class FormInconsistentError(OfficeError):
    """The columns of a form do not add up: it is not shown at all (R48)."""

    code = "form_inconsistent"


class Tabulation:
    """Counts by row and column; with `keep` also the numbers of the cases behind each."""

    def __init__(self, *, keep: bool = False) -> None:
        self.counts: dict[RowKey, Counter[str]] = defaultdict(Counter)
        self._cases: dict[tuple[RowKey, str], list[str]] | None = (
            defaultdict(list) if keep else None
        )

    def add(self, row: RowKey, columns: Iterable[str], case: str) -> None:
        """Count one case into columns of a row."""
        counted = self.counts[row]
        for column in columns:
            counted[column] += 1
            if self._cases is not None:
                self._cases[row, column].append(case)

    def take(self, row: RowKey, counted: Mapping[str, int]) -> None:
        """Counts that were made elsewhere, without cases."""
        self.counts[row].update(counted)

    def cases(self, rows: Iterable[RowKey], column: str) -> list[str]:
        """The cases behind some rows' column, in the order of their numbers."""
        if self._cases is None:
            raise AssertionError("cases are asked for, but were not kept")
        return sorted(number for row in rows for number in self._cases.get((row, column), ()))


@dataclass(frozen=True)
class CountedCells:
    """The cases behind single columns of a report whose rows are no groups of cases."""

    counted_columns: frozenset[str]
    kept: Mapping[tuple[str, str], Sequence[str]]
    """Numbers of cases by row and column."""

    def cases(self, row: str, column: str) -> list[str]:
        """The cases behind a cell.

        Raises:
            BadInputError: there is no such row or no such counted column.
        """
        if column not in self.counted_columns:
            raise BadInputError(
                f"Expected a counted column of {', '.join(sorted(self.counted_columns))}, but got "
                f"{column!r}",
                column=column,
            )
        if (row, column) not in self.kept:
            raise BadInputError(f"Expected a row of the report, but got {row!r}", row=row)
        return sorted(self.kept[row, column])


class PrintedRows:
    """The rows of a tabulation as they are printed: groups in Roman numbers, rows numbered, a sum.

    Raises:
        FormInconsistentError: a printed sum fails in some row.
    """

    def __init__(
        self,
        table: Tabulation,
        columns: Sequence[Column],
        *,
        sums: Iterable[tuple[str, tuple[str, ...]]] = (),
        names: Mapping[str, str] | None = None,
        groups: Mapping[str, str] | None = None,
        fixed: Mapping[str, Cell] | None = None,
    ) -> None:
        self._table = table
        self._counted = [column.key for column in columns][2:]
        self._sums = tuple(sums)
        self._fixed = fixed or {}
        self.members: dict[str, list[RowKey]] = {TOTAL: sorted(table.counts)}
        self.rows: list[Row] = []
        number = 0
        for position, group in enumerate(sorted({key[0] for key in table.counts})):
            keys = sorted(key for key in table.counts if key[0] == group)
            if group:
                self._print(_ROMAN[position], (groups or {}).get(group, group), keys, "group")
            for key in keys:
                number += 1
                self._print(str(number), (names or {}).get(key[1], key[1]), [key], "data")
        self._print(TOTAL, "Tổng số", self.members[TOTAL], "total")

    @property
    def counted_columns(self) -> frozenset[str]:
        """The columns whose cells count cases."""
        return frozenset(self._counted) - self._fixed.keys()

    def _print(self, key: str, name: str, keys: list[RowKey], kind: str) -> None:
        self.members[key] = keys
        counted: Counter[str] = Counter()
        for each in keys:
            counted.update(self._table.counts[each])
        for whole, parts in self._sums:
            if counted[whole] != sum(counted[part] for part in parts):
                raise FormInconsistentError(
                    f"Expected column {whole} = {' + '.join(parts)} in row {key}, but"
                    f" {counted[whole]} is not {sum(counted[part] for part in parts)}",
                    row=key,
                    columns=whole,
                )
        cells: list[Cell] = ["" if key == TOTAL else key, name]
        cells += [
            self._fixed[column] if column in self._fixed else counted[column]
            for column in self._counted
        ]
        self.rows.append(Row(key, tuple(cells), kind))  # type: ignore[arg-type]  # one of three words

    def cases(self, row: str, column: str) -> list[str]:
        """The cases behind a printed cell.

        Raises:
            BadInputError: there is no such row or no such counted column.
        """
        if row not in self.members:
            raise BadInputError(
                f"Expected a row of {', '.join(self.members)[:300]}, but got {row!r}", row=row
            )
        if column not in self._counted or column in self._fixed:
            raise BadInputError(
                f"Expected a counted column of {', '.join(self._counted)}, but got {column!r}",
                column=column,
            )
        return self._table.cases(self.members[row], column)
