"""Sums by half month, kept beside the journal: a year of a million cases answers at once.

Every reporting period is made of half months (1st to 14th, 15th to the end), so its figures are
sums of theirs: what was received and solved inside, and how open cases stood at the end. Rows
behind the bookmark are folded by the same `CaseFold` as everywhere, so the two ways agree; a test
compares them on random offices.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.errors import OfficeError
from engine.reports.case_fold import APPLY, LATE_STANDINGS, RECEIVED, Arrival, CaseFold, Standing
from engine.reports.measures import Tally, Window
from engine.sla.periods import half_month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from engine.reports.case_fold import CaseFigure, Happening

_MIDDLE = 15

BlockKey = tuple[date, str, str, str, str, str]
"""First day of a half month, then the parts of a cell."""


class OutOfOrderError(OfficeError):
    """An event is older than sums that were already made: they are made from the beginning."""

    code = "out_of_order"


@dataclass
class OpenCase:
    """A case under way, and the first half month whose end it is not counted in yet."""

    fold: CaseFold
    next_on: date
    rolled: bool = False


@dataclass
class Roller:
    """The sums while events come in; `open` are the cases under way."""

    open: dict[str, OpenCase] = field(default_factory=dict)
    blocks: dict[BlockKey, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    loaded: set[str] = field(default_factory=set)
    """Cases that were looked for in the books, whether or not they are still open."""

    def follow(self, events: Iterable[Happening]) -> None:
        """Take events in; those of one case come in their order.

        Raises:
            OutOfOrderError: an event belongs to a half month that was counted without it.
        """
        change_of = APPLY.get
        for event in events:
            change = change_of(event.type)
            if change is not None:
                case = self.open.get(event.stream)
                if case is None:
                    continue
                on = block_of(office_date(event.at))
                if on < case.next_on:
                    if case.rolled:
                        raise _out_of_order(event.stream)
                else:
                    self._roll(event.stream, case, on)
                before = cell_parts(case.fold)
                change(case.fold, event.at, event.data)
                if cell_parts(case.fold) != before:
                    self._move(case, before)
                if case.fold.ended_at is not None:
                    self._end(event.stream, case)
            elif event.type == RECEIVED and event.stream not in self.open:
                fold = CaseFold(event.data)
                on = block_of(office_date(fold.received_at))
                self._block(fold, on)["received"] += 1
                self.open[event.stream] = OpenCase(fold, on)

    def roll_to(self, now: datetime) -> None:
        """Count open cases at the end of every half month that is over."""
        on = block_of(office_date(now))
        for number, case in self.open.items():
            self._roll(number, case, on)

    def _roll(self, number: str, case: OpenCase, until: date) -> None:
        while case.next_on < until:
            figure = _figure(number, case.fold, case.next_on)
            if figure is not None:
                add_stock(self._block(case.fold, case.next_on), figure)
            case.next_on = next_block(case.next_on)
            case.rolled = True

    def _move(self, case: OpenCase, before: tuple[str, str, str, str, str]) -> None:
        """A correction put the case into another cell, in the half month of its receipt."""
        on = block_of(office_date(case.fold.received_at))
        self.blocks[(on, *before)]["received"] -= 1
        self._block(case.fold, on)["received"] += 1

    def _end(self, number: str, case: OpenCase) -> None:
        ended_at = case.fold.ended_at
        if ended_at is None:
            raise AssertionError("only an ended case is ended")
        on = block_of(office_date(ended_at))
        figure = _figure(number, case.fold, on)
        if figure is None:
            raise _out_of_order(number)  # it ended before it was received
        _add_flow(self._block(case.fold, on), figure)
        del self.open[number]

    def _block(self, fold: CaseFold, on: date) -> Counter[str]:
        return self.blocks[(on, *cell_parts(fold))]


def _out_of_order(number: str) -> OutOfOrderError:
    return OutOfOrderError(f"Expected the events of {number} in order of time, but one is older")


def block_of(on: date) -> date:
    """The first day of a day's half month."""
    return half_month_of(on)


def next_block(on: date) -> date:
    """The first day of the half month after."""
    if on.day < _MIDDLE:
        return on.replace(day=_MIDDLE)
    return (on.replace(day=28) + timedelta(days=4)).replace(day=1)


def block_before(on: date) -> date:
    """The first day of the half month before."""
    return block_of(on - timedelta(days=1))


def is_made_of_blocks(window: Window) -> bool:
    """Whether a window begins and ends with half months."""
    return block_of(window.first) == window.first and _begins(window.last + timedelta(days=1))


def _begins(on: date) -> bool:
    return block_of(on) == on


def cell_parts(fold: CaseFold) -> tuple[str, str, str, str, str]:
    """The cell a case belongs to: the parts of `measures.CELL`."""
    return fold.agency, fold.level, fold.field, fold.procedure, fold.channel


def tally_of(
    counts: Mapping[str, int], channel: str, stock: Mapping[str, int], carried: int
) -> Tally:
    """The sums of a row from what flowed in its half months, its stock at the end and before."""
    arrival = Arrival.ONLINE if channel == "online" else Arrival.DIRECT_POST
    return Tally.of(
        seen=Counter(
            {
                arrival: counts.get("received", 0),
                Arrival.CARRIED: carried,
                Standing.EARLY: counts.get("early", 0),
                Standing.ON_TIME: counts.get("on_time", 0),
                Standing.LATE: counts.get("late", 0),
                Standing.OPEN_IN_TIME: stock.get("open_in_time", 0),
                Standing.OPEN_LATE: stock.get("open_late", 0),
            }
        ),
        apologised=Counter(
            {
                Standing.LATE: counts.get("solved_late_apologised", 0),
                Standing.OPEN_LATE: stock.get("open_late_apologised", 0),
            }
        ),
        in_time_766=counts.get("solved_in_time_766", 0) + stock.get("open_in_time_766", 0),
        letters_late=counts.get("solved_letters_late", 0) + stock.get("open_letters_late", 0),
        kept=counts.get("kept_new_date", 0),
        without_due=counts.get("solved_without_due", 0) + stock.get("open_without_due", 0),
    )


def _figure(number: str, fold: CaseFold, on: date) -> CaseFigure | None:
    start_at, end_at, as_of = _bounds(on)
    return fold.figure(number, start_at=start_at, end_at=end_at, as_of=as_of)


@lru_cache(maxsize=512)  # a journal is asked for the same few half months a million times
def _bounds(on: date) -> tuple[datetime, datetime, datetime]:
    """A half month as instants: its first, the first behind it, the last inside."""
    window = Window(on, next_block(on) - timedelta(days=1))
    return window.start_at, window.end_at, window.end_at - timedelta(microseconds=1)


def _add_flow(block: Counter[str], figure: CaseFigure) -> None:
    block[str(figure.standing)] += 1
    block["solved_in_time_766"] += figure.in_time_766
    block["solved_without_due"] += not figure.has_due
    if figure.standing is Standing.LATE and figure.apologised:
        block["solved_late_apologised"] += 1
        block["solved_letters_late"] += figure.letter_late
        block["kept_new_date"] += figure.kept_new_date


def add_stock(block: Counter[str], figure: CaseFigure) -> None:
    """Count an open case at the end of a half month."""
    block[str(figure.standing)] += 1
    block["open_in_time_766"] += figure.in_time_766
    block["open_without_due"] += not figure.has_due
    if figure.standing in LATE_STANDINGS and figure.apologised:
        block["open_late_apologised"] += 1
        block["open_letters_late"] += figure.letter_late
