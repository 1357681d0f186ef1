"""The one ruler: events folded into biểu 06 and the named rates, for office and simulation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from engine.clock import office_instant
from engine.errors import BadInputError
from engine.reports.case_fold import (
    APPLY,
    LATE_STANDINGS,
    RECEIVED,
    WITH_OFFICER,
    Arrival,
    CaseFold,
    Standing,
)
from engine.reports.counts import ApologyFigures, Counts, Rate, named_rates
from engine.sla.periods import quarter, reporting_year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from engine.reports.case_fold import CaseFigure, Happening

DEFINITION = "1"
"""The version of these definitions; it changes when any figure would."""

WHOLE = "all"

GROUPS: dict[str, Callable[[CaseFold], str]] = {
    "agency": lambda case: case.agency,
    "field": lambda case: case.field,
    "level": lambda case: case.level,
    "procedure": lambda case: case.procedure,
    "officer": lambda case: case.officer,
    "channel": lambda case: case.channel,
    "month": lambda case: case.received_month,
}
"""What rows may be made by; a month is the month of receipt, so that rows add up to the whole."""

CELL = "cell"
"""The finest rows forms are put together from: agency, level, field, procedure, channel."""
GROUPS[CELL] = lambda case: "\t".join(_cell_parts(case))


@dataclass(frozen=True)
class Window:
    """A span of office dates, both inclusive.

    Raises:
        BadInputError: it ends before it begins.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInputError(
                f"Expected a window that ends on or after {self.first}, but got {self.last}"
            )

    @property
    def start_at(self) -> datetime:
        """The first instant inside."""
        return office_instant(self.first.isoformat())

    @property
    def end_at(self) -> datetime:
        """The first instant after it."""
        return office_instant((self.last + timedelta(days=1)).isoformat())


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """The figures of one group of cases in one window."""

    key: str
    name: str
    counts: Counts
    rates: tuple[Rate, Rate, Rate]
    apologies: ApologyFigures
    without_due: int
    """Cases that have no due date; R47 counts them on time, here they are also told apart."""

    def as_json(self) -> dict[str, Any]:
        """The row as `motcua measure --json` gives it."""
        counts = self.counts
        return {
            "key": self.key,
            "name": self.name,
            "received": {
                "total": counts.received,
                "online": counts.online,
                "direct_post": counts.direct_post,
                "carried": counts.carried,
            },
            "solved": {
                "total": counts.solved,
                "early": counts.early,
                "on_time": counts.on_time,
                "late": counts.late,
            },
            "open": {
                "total": counts.still_open,
                "in_time": counts.open_in_time,
                "late": counts.open_late,
            },
            "rates": {rate.name: rate.as_json() for rate in self.rates},
        }


def measure(
    events: Iterable[Happening],
    window: Window,
    *,
    now: datetime,
    by: str | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[MeasureRow, ...]:
    """Count a window: one row in all, or one a key in the order of keys.

    What happened after `now` or after the window is not known to it, so the same events and the
    same `now` give the same digits for ever. Only each case's own order of events matters.
    `names` are shown instead of keys. Legal: R28, R36, R37, R47, R48, R49, R51, R54

    Raises:
        BadInputError: `by` is not one of `GROUPS`.
        MeasuresInconsistentError: the columns do not add up.
    """
    return rows_of(tallied(events, window, now=now, by=by), by=by, names=names)


def as_rows(rows: Iterable[MeasureRow]) -> list[dict[str, Any]]:
    """Rows as plain JSON values."""
    return [row.as_json() for row in rows]


def measure_periods(
    events: Iterable[Happening], window: Window, *, now: datetime, whole: Folding | None = None
) -> tuple[MeasureRow, ...]:
    """A row for each reporting quarter a window touches, cut at the window's ends.

    What a row carried over the row before it left open; new and solved cases add up to those of
    the window. `whole` follows the same events. Legal: R48, R53, R54
    """
    parts = tuple(quarters_of(window))
    foldings = [Folding(part, now=now) for _, part in parts]
    for event in events:
        for folding in foldings:
            folding.follow((event,))
        if whole is not None:
            whole.follow((event,))
    rows = []
    for (text, part), folding in zip(parts, foldings, strict=True):
        tally = Tally()
        for _key, figure in folding.figures():
            tally.add(figure)
        rows.append(tally.row(text, f"{text} ({part.first:%d/%m/%Y}–{part.last:%d/%m/%Y})"))
    return tuple(rows)


def quarters_of(window: Window) -> Iterator[tuple[str, Window]]:
    """The reporting quarters a window touches, cut at its ends. Legal: R53"""
    for year in range(reporting_year(window.first), reporting_year(window.last) + 1):
        for number in range(1, 5):
            period = quarter(year, number)
            first, last = max(period.first_on, window.first), min(period.last_on, window.last)
            if first <= last:
                yield period.text, Window(first, last)


def tallied(
    events: Iterable[Happening], window: Window, *, now: datetime, by: str | None = None
) -> dict[str, Tally]:
    """The sums of each row while they can still be merged with those of other cases.

    Raises:
        BadInputError: `by` is not one of `GROUPS`.
    """
    folding = Folding(window, now=now, by=by)
    folding.follow(events)
    return folding.tallies()


def merged(parts: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """The sums of parts that share no case."""
    whole: dict[str, Tally] = {}
    for part in parts:
        for key, tally in part.items():
            whole.setdefault(key, Tally()).merge(tally)
    return whole


def rows_of(
    tallies: Mapping[str, Tally], *, by: str | None, names: Mapping[str, str] | None = None
) -> tuple[MeasureRow, ...]:
    """Finished rows in the order of keys; the whole is a row even without a case.

    Raises:
        MeasuresInconsistentError: the columns do not add up.
    """
    whole = tallies if by is not None or tallies else {WHOLE: Tally()}
    return tuple(whole[key].row(key, _name(key, by, names or {})) for key in sorted(whole))


def figures_of_cases(
    events: Iterable[Happening], window: Window, *, now: datetime, by: str | None = None
) -> Iterator[tuple[str, CaseFigure]]:
    """Every case of a window with its group's key: what stands behind each cell.

    Raises:
        BadInputError: `by` is not one of `GROUPS`.
    """
    folding = Folding(window, now=now, by=by)
    folding.follow(events)
    yield from folding.figures()


def relevant_types(by: str | None = None) -> tuple[str, ...]:
    """The events that can change a figure: a reader of the journal may leave out all others."""
    return (RECEIVED, *(WITH_OFFICER if by == "officer" else APPLY))


class Folding:
    """The cases of one window while events come in.

    Raises:
        BadInputError: `by` is not one of `GROUPS`.
    """

    def __init__(self, window: Window, *, now: datetime, by: str | None = None) -> None:
        if by is not None and by not in GROUPS:
            raise BadInputError(f"Expected rows by {', '.join(GROUPS)}, but got {by!r}", by=by)
        self._start_at, self._end_at, self._now = window.start_at, window.end_at, now
        # The last moment of the window still bears its date.
        self._as_of = min(now, self._end_at - timedelta(microseconds=1))
        self._key_of = GROUPS[by] if by is not None else _whole
        self._apply = WITH_OFFICER if by == "officer" else APPLY
        self._cases: dict[str, CaseFold] = {}
        self.agencies: set[str] = set()
        """Agencies that have a case in the window, once its figures were taken."""

    def follow(self, events: Iterable[Happening]) -> None:
        """Take events in; those of one case come in their order."""
        cases, change_of = self._cases, self._apply.get
        start_at, end_at, now = self._start_at, self._end_at, self._now
        for event in events:
            change = change_of(event.type)
            if change is not None:
                case = cases.get(event.stream)
                at = event.at
                if case is None or at >= end_at or at > now:
                    continue
                change(case, at, event.data)
                if case.ended_at is not None and case.ended_at < start_at:
                    del cases[event.stream]  # it ended before the window: no column asks for it
            elif event.type == RECEIVED and event.at <= now and event.stream not in cases:
                cases[event.stream] = CaseFold(event.data)

    def tallies(self) -> dict[str, Tally]:
        """The sums of each row."""
        tallies: dict[str, Tally] = {}
        for key, figure in self.figures():
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally()
            tally.add(figure)
        return tallies

    def figures(self) -> Iterator[tuple[str, CaseFigure]]:
        """Every case of the window with its group's key."""
        for number, case in self._cases.items():
            figure = case.figure(
                number, start_at=self._start_at, end_at=self._end_at, as_of=self._as_of
            )
            if figure is not None:
                self.agencies.add(case.agency)
                yield self._key_of(case), figure


class Tally:
    """Sums of one row while it is counted."""

    __slots__ = ("_apologised", "_in_time_766", "_kept", "_letters_late", "_seen", "_without_due")

    def __init__(self) -> None:
        self._seen: Counter[Arrival | Standing] = Counter()
        self._apologised: Counter[Standing] = Counter()
        self._in_time_766 = 0
        self._letters_late = 0
        self._kept = 0
        self._without_due = 0

    @classmethod
    def of(
        cls,
        *,
        seen: Counter[Arrival | Standing],
        apologised: Counter[Standing],
        in_time_766: int,
        letters_late: int,
        kept: int,
        without_due: int,
    ) -> Tally:
        """Sums that were made elsewhere."""
        tally = cls()
        tally._seen, tally._apologised = seen, apologised
        tally._in_time_766, tally._letters_late = in_time_766, letters_late
        tally._kept, tally._without_due = kept, without_due
        return tally

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(self._seen[arrival] for arrival in Arrival)

    def add(self, figure: CaseFigure) -> None:
        """Count one case."""
        self._seen[figure.arrival] += 1
        self._seen[figure.standing] += 1
        self._in_time_766 += figure.in_time_766
        self._without_due += not figure.has_due
        if figure.standing in LATE_STANDINGS and figure.apologised:
            self._apologised[figure.standing] += 1
            self._letters_late += figure.letter_late
            self._kept += figure.kept_new_date

    def merge(self, other: Tally) -> None:
        """Add the sums of other cases."""
        self._seen.update(other._seen)
        self._apologised.update(other._apologised)
        self._in_time_766 += other._in_time_766
        self._letters_late += other._letters_late
        self._kept += other._kept
        self._without_due += other._without_due

    def row(self, key: str, name: str) -> MeasureRow:
        """The finished row."""
        seen = self._seen
        counts = Counts(
            received=sum(seen[arrival] for arrival in Arrival),
            online=seen[Arrival.ONLINE],
            direct_post=seen[Arrival.DIRECT_POST],
            carried=seen[Arrival.CARRIED],
            solved=seen[Standing.EARLY] + seen[Standing.ON_TIME] + seen[Standing.LATE],
            early=seen[Standing.EARLY],
            on_time=seen[Standing.ON_TIME],
            late=seen[Standing.LATE],
            still_open=seen[Standing.OPEN_IN_TIME] + seen[Standing.OPEN_LATE],
            open_in_time=seen[Standing.OPEN_IN_TIME],
            open_late=seen[Standing.OPEN_LATE],
        )
        return MeasureRow(
            key=key,
            name=name,
            counts=counts,
            rates=named_rates(counts, self._in_time_766),
            apologies=ApologyFigures(
                solved_late=counts.late,
                solved_late_apologised=self._apologised[Standing.LATE],
                open_late=counts.open_late,
                open_late_apologised=self._apologised[Standing.OPEN_LATE],
                letters_late=self._letters_late,
                kept_new_date=self._kept,
            ),
            without_due=self._without_due,
        )


def _cell_parts(case: CaseFold) -> tuple[str, ...]:
    return case.agency, case.level, case.field, case.procedure, case.channel


def _whole(case: CaseFold) -> str:  # noqa: ARG001 (one shape with the groups)
    return WHOLE


def _name(key: str, by: str | None, names: Mapping[str, str]) -> str:
    if key in names:
        return names[key]
    if by is None:
        return "Tổng số"
    if by == "month":
        year, month = key.split("-")
        return f"Tiếp nhận tháng {month}/{year}"
    return key
