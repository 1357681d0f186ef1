"""The catalogue's list: found by a few letters without accents, by field and level, by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.cases.search_text import folded
from engine.catalog.catalogue import catalogue
from engine.clock import office_date
from engine.errors import BadInputError
from engine.procedures.running import running_by_version
from engine.reports.measures import Window
from engine.reports.procedure_figures import procedure_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from engine.catalog.catalogue import Entry, VersionHead
    from engine.catalog.model import Decision
    from engine.clock import Clock
    from engine.reports.measures import MeasureRow

PAGE_ROWS = 50
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Row:
    """One procedure of the list."""

    entry: Entry
    current: VersionHead | None
    abolished: Decision | None
    coming: tuple[VersionHead, ...]
    running: int
    running_elsewhere: int
    """Cases on other versions than the one in force."""
    figures: MeasureRow | None


@dataclass(frozen=True)
class Listing:
    """A page of the list and what it was chosen from."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    fields: tuple[str, ...]
    levels: tuple[str, ...]
    window: Window


def this_year(clock: Clock) -> Window:
    """The year's figures: made of half months, so the kept sums answer for them."""
    year = office_date(clock.now()).year
    return Window(date(year, 1, 1), date(year, 12, 31))


def listing(
    db: Connection, clock: Clock, *, search: str, field: str, level: str, page: str
) -> Listing:
    """The procedures that are asked for, with their cases and figures.

    Raises:
        BadInputError: the page is no number.
    """
    if not page.isdecimal() or len(page) > 6 or int(page) < 1:  # noqa: PLR2004 - digits of a page
        raise BadInputError(f"Expected a page from 1 on, but got {page[:20]!r}")
    every = catalogue(db)
    words = folded(search[:LONGEST_SEARCH]).split()
    found = [
        entry
        for entry in every
        if field in ("", entry.field) and level in ("", entry.level) and _fits(entry, words)
    ]
    pages = max(1, -(-len(found) // PAGE_ROWS))
    at = min(int(page), pages)
    shown = found[(at - 1) * PAGE_ROWS : at * PAGE_ROWS]
    window = this_year(clock)
    return Listing(
        rows=tuple(_rows(db, clock, shown, window)),
        total=len(found),
        page=at,
        pages=pages,
        fields=tuple(sorted({entry.field for entry in every})),
        levels=tuple(sorted({entry.level for entry in every})),
        window=window,
    )


def _rows(db: Connection, clock: Clock, entries: Iterable[Entry], window: Window) -> Iterable[Row]:
    today = office_date(clock.now())
    running = running_by_version(db)
    figures: Mapping[str, MeasureRow] = procedure_figures(db, clock, window)
    for entry in entries:
        current = entry.in_force(today)
        cases = {each.id: running.get(each.id, 0) for each in entry.versions}
        here = cases.get(current.id, 0) if current is not None else 0
        yield Row(
            entry=entry,
            current=current,
            abolished=entry.abolished(today),
            coming=tuple(
                v for v in entry.versions if v.decision.effective_on > today and not v.is_replaced
            ),
            running=sum(cases.values()),
            running_elsewhere=sum(cases.values()) - here,
            figures=figures.get(entry.code),
        )


def _fits(entry: Entry, words: list[str]) -> bool:
    text = f"{entry.code.casefold()} {folded(entry.name)} {folded(entry.field)}"
    initials = "".join(word[0] for word in folded(entry.name).split())
    return all(word in text or word in initials for word in words)
