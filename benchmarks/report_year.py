"""Biểu 06 of a year by field and agency: from the kept sums, and counted again from the journal.

Goals over 1,000,000 cases (14 million rows): ≤ 2 s from the sums, ≤ 10 min on 2 processes from
the journal. `python benchmarks/report_year.py 1000000` takes the whole size; without a number it
takes a fiftieth, and its last column says what a million would take at that rate; what does not
grow with the cases, such as starting two processes, is in that column as often as in the other.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _office_years import CLOSING, write_journal

from engine.database import open_database, reading, transaction
from engine.journal.read import last_sequence
from engine.reports.build import build
from engine.reports.kept_sums import KeptSums
from engine.reports.measures import CELL, Window, rows_of
from engine.reports.parallel import counted_by
from engine.reports.period_data import period_data
from engine.reports.rollup_books import roll_up
from engine.sla.periods import parse_period

MILLION = 1_000_000
YEAR = parse_period("2026")
RUNNING = parse_period("2027Q1")
WINDOW = Window(YEAR.first_on, YEAR.last_on)


def main(cases: int) -> None:
    """Print both ways and what they would take for a million cases."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.db"
        start = time.perf_counter()
        rows = write_journal(path, cases)
        size = path.stat().st_size / 1024**2
        print(
            f"{cases:,} cases, {rows:,} rows, {size:,.0f} MB (written in {_since(start):.0f} s)",
            flush=True,
        )
        print(f"{'what':<46} {'seconds':>8} {'of a million':>13}  goal")
        url = f"sqlite:///{path}"
        books = open_database(url)
        start = time.perf_counter()
        with transaction(books, alone=True) as db:
            roll_up(db, CLOSING)
        _line("sums made from the first row", start, cases, "")
        with reading(books) as db:
            start = time.perf_counter()
            data = period_data(db, YEAR, now=CLOSING)
            by_field = build(data, "bieu-06", by="field").sheet
            by_agency = build(data, "bieu-06", by="agency").sheet
            _line("biểu 06 by field and by agency from the sums", start, cases, "≤ 2 s", fixed=True)
            start = time.perf_counter()
            data = period_data(db, RUNNING, now=CLOSING)
            build(data, "bieu-06", by="procedure")
            _line("biểu 06 of the running quarter, open cases too", start, cases, "", fixed=True)
            up_to = last_sequence(db)
            kept = KeptSums(db, now=CLOSING, up_to=up_to).tallies(WINDOW)
        start = time.perf_counter()
        counted, _ = counted_by(2, url, WINDOW, now=CLOSING, up_to=up_to, by=CELL)
        _line("the same from the journal, 2 processes", start, cases, "≤ 600 s")
        books.dispose()
        if kept is None or rows_of(kept, by=CELL) != rows_of(counted, by=CELL):
            raise SystemExit("the sums and the journal gave different figures")
        total = by_field.row("T").cells[2:]
        if total != by_agency.row("T").cells[2:]:
            raise SystemExit("by field and by agency gave different totals")
        print(f"cells compared: {len(counted):,}; total of biểu 06: {total}")


def _since(start: float) -> float:
    return time.perf_counter() - start


def _line(what: str, start: float, cases: int, goal: str, *, fixed: bool = False) -> None:
    spent = _since(start)
    whole = f"{spent:>12.1f}s" if fixed else f"{spent * MILLION / cases:>12.0f}s"
    print(f"{what:<46} {spent:>8.2f} {whole}  {goal}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
