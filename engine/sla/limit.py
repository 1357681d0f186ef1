"""A time limit (thời hạn) with its counting rule, and the short text it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from engine.errors import BadInputError

MINUTES_PER_WORKING_DAY = 480
MINUTES_PER_HOUR = 60


class CountingRule(StrEnum):
    """How an amount of time is counted; the value is the unit's letters in a limit's text."""

    WORKING_DAYS = "wd"
    WORKING_HOURS = "wh"
    WORKING_MINUTES = "wm"
    CALENDAR_DAYS = "d"
    CALENDAR_MONTHS = "mo"
    SAME_DAY = "same-day"


_TEXT = re.compile(r"(\d{1,7}(?:[.,]\d{1,4})?)\s*(wd|wh|wm|d|mo)", re.ASCII)

_LARGEST: dict[CountingRule, int] = {
    CountingRule.WORKING_DAYS: 10_000,
    CountingRule.WORKING_HOURS: 80_000,
    CountingRule.WORKING_MINUTES: 4_800_000,
    CountingRule.CALENDAR_DAYS: 36_500,
    CountingRule.CALENDAR_MONTHS: 1_200,
    CountingRule.SAME_DAY: 0,
}

_VIETNAMESE: dict[CountingRule, str] = {
    CountingRule.WORKING_DAYS: "ngày làm việc",
    CountingRule.WORKING_HOURS: "giờ làm việc",
    CountingRule.WORKING_MINUTES: "phút làm việc",
    CountingRule.CALENDAR_DAYS: "ngày",
    CountingRule.CALENDAR_MONTHS: "tháng",
}


@dataclass(frozen=True)
class Limit:
    """So many units of one counting rule.

    Days and months are whole numbers of at least 1, because the law counts whole days: half a
    working day is written as working hours ("4wh"). Hours may have decimals as long as they make
    whole minutes; hours and minutes may be 0 (a step that takes no time).

    Legal: R42, R43, R16
    """

    rule: CountingRule
    amount: Decimal

    def __post_init__(self) -> None:
        if self.rule is CountingRule.SAME_DAY:
            if self.amount:
                raise BadInputError(f"Expected no amount with same-day, but got {self.amount}")
            return
        shown = f"{self.amount}{self.rule}"
        if not 0 <= self.amount <= _LARGEST[self.rule]:
            raise BadInputError(
                f"Expected 0 to {_LARGEST[self.rule]}{self.rule}, but got {shown}", value=shown
            )
        if self._counts_whole_days():
            if self.amount != self.amount.to_integral_value():
                raise BadInputError(
                    f"Expected whole days or months, but got {shown}; part of a working day is"
                    " written in working hours, such as 4wh",
                    value=shown,
                )
            if self.amount == 0:
                raise BadInputError(
                    f"Expected at least 1{self.rule}, but got {shown}; a result on the day of"
                    " receipt is written same-day",
                    value=shown,
                )
        elif self._exact_minutes() != self._exact_minutes().to_integral_value():
            raise BadInputError(f"Expected whole minutes, but got {shown}", value=shown)

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read "10wd", "24wh", "3.5wh", "3,5wh", "90wm", "15d", "1mo" or "same-day".

        Raises:
            BadInputError: the text is none of these, or the amount cannot be counted.
        """
        return _parsed(text)

    @classmethod
    def of_minutes(cls, working_minutes: int) -> Limit:
        """So many working minutes."""
        return cls(CountingRule.WORKING_MINUTES, Decimal(working_minutes))

    def __str__(self) -> str:
        """The shortest text that `parse` reads back as this limit."""
        if self.rule is CountingRule.SAME_DAY:
            return str(self.rule)
        return f"{self._plain_amount()}{self.rule}"

    def in_vietnamese(self) -> str:
        """The limit as a receipt prints it, with a decimal comma: "3,5 giờ làm việc"."""
        if self.rule is CountingRule.SAME_DAY:
            return "trong ngày"
        return f"{self._plain_amount().replace('.', ',')} {_VIETNAMESE[self.rule]}"

    @property
    def units(self) -> int:
        """The whole number of days or months; only day-like rules have one."""
        return int(self.amount)

    @property
    def counts_minutes(self) -> bool:
        """Whether the clock runs in working minutes (hour mode) rather than in days."""
        return self.rule in {CountingRule.WORKING_HOURS, CountingRule.WORKING_MINUTES}

    def working_minutes(self) -> int | None:
        """The limit in working minutes for sums of steps; None for calendar days and months.

        One working day is 480 minutes, and so is same-day.

        Legal: R44, R43
        """
        if self.rule in {CountingRule.CALENDAR_DAYS, CountingRule.CALENDAR_MONTHS}:
            return None
        return int(self._exact_minutes())

    def _counts_whole_days(self) -> bool:
        return self.rule in {
            CountingRule.WORKING_DAYS,
            CountingRule.CALENDAR_DAYS,
            CountingRule.CALENDAR_MONTHS,
        }

    def _exact_minutes(self) -> Decimal:
        match self.rule:
            case CountingRule.WORKING_HOURS:
                return self.amount * MINUTES_PER_HOUR
            case CountingRule.WORKING_DAYS:
                return self.amount * MINUTES_PER_WORKING_DAY
            case CountingRule.SAME_DAY:
                return Decimal(MINUTES_PER_WORKING_DAY)
            case _:
                return self.amount

    def _plain_amount(self) -> str:
        text = f"{self.amount:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)  # the same few texts stand on every step of every case
def _parsed(text: str) -> Limit:
    stripped = text.strip()
    if stripped == CountingRule.SAME_DAY:
        return Limit(CountingRule.SAME_DAY, Decimal(0))
    found = _TEXT.fullmatch(stripped)
    if found is None:
        raise BadInputError(
            f"Expected a limit such as 10wd, 24wh, 15d, 1mo or same-day, but got {text!r}",
            value=text,
        )
    return Limit(CountingRule(found[2]), Decimal(found[1].replace(",", ".")))
