"""One row of biểu 06 with its invariants, and the three rates, each with its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import OfficeError
from engine.reports.rounding import QD_766, SEED_STYLE, Rule, percent

if TYPE_CHECKING:
    from decimal import Decimal


class MeasuresInconsistentError(OfficeError):
    """The columns of a report do not add up: it is not shown at all (R48)."""

    code = "measures_inconsistent"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Columns 3 to 13 of biểu 06, in cases.

    Legal: R48

    Raises:
        MeasuresInconsistentError: one of 3 = 4+5+6, 7 = 8+9+10, 11 = 12+13, 3 = 7+11 fails.
    """

    received: int
    online: int
    direct_post: int
    carried: int
    solved: int
    early: int
    on_time: int
    late: int
    still_open: int
    open_in_time: int
    open_late: int

    def __post_init__(self) -> None:
        sums = {
            "3 = 4 + 5 + 6": (self.received, self.online + self.direct_post + self.carried),
            "7 = 8 + 9 + 10": (self.solved, self.early + self.on_time + self.late),
            "11 = 12 + 13": (self.still_open, self.open_in_time + self.open_late),
            "3 = 7 + 11": (self.received, self.solved + self.still_open),
        }
        for name, (left, right) in sums.items():
            if left != right:
                raise MeasuresInconsistentError(
                    f"Expected columns {name}, but {left} is not {right}", columns=name
                )

    @property
    def solved_in_time(self) -> int:
        """Trước hạn và đúng hạn."""
        return self.early + self.on_time


@dataclass(frozen=True)
class Rate:
    """A named share; `rule` says how its report rounds. Legal: R49, R52"""

    name: str
    numerator: int
    denominator: int
    rule: Rule

    @property
    def percent(self) -> Decimal | None:
        """In percent as printed; None without a denominator, never 100 when it is less."""
        return percent(self.numerator, self.denominator, self.rule)

    def as_json(self) -> dict[str, Any]:
        """Numerator, denominator, and the percentage as text with a decimal point or null."""
        shown = self.percent
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "percent": None if shown is None else str(shown),
        }


R_SOLVED, R_RECEIVED, R_766 = "R_solved", "R_received", "R_766"

RULES: dict[str, Rule] = {R_SOLVED: SEED_STYLE, R_RECEIVED: SEED_STYLE, R_766: QD_766}
"""How each rate is rounded; the figures say so beside the digits. Legal: R52, R56"""


def named_rates(counts: Counts, in_time_766: int) -> tuple[Rate, Rate, Rate]:
    """R_solved, R_received and R_766; no rate goes without its name.

    `in_time_766` counts the cases that are in time by the method of QĐ 766. Legal: R49, R51
    """
    return (
        Rate(R_SOLVED, counts.solved_in_time, counts.solved, RULES[R_SOLVED]),
        Rate(R_RECEIVED, counts.solved_in_time, counts.received, RULES[R_RECEIVED]),
        Rate(R_766, in_time_766, counts.received, RULES[R_766]),
    )


@dataclass(frozen=True, kw_only=True)
class ApologyFigures:
    """Late cases, solved or open, and the letters they got.

    Legal: R28, R32, R33, R55
    """

    solved_late: int
    solved_late_apologised: int
    open_late: int
    open_late_apologised: int
    letters_late: int
    """Cases whose first letter came after the moment of R25."""
    kept_new_date: int
    """Solved late, but on or before the new date of the letter."""

    @property
    def rate(self) -> Rate:
        """KPI "xin lỗi": late cases with a letter among late cases. Legal: R33"""
        return Rate(
            "R_xin_loi",
            self.solved_late_apologised + self.open_late_apologised,
            self.solved_late + self.open_late,
            SEED_STYLE,
        )
