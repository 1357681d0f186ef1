"""Events and journal rows folded into figures on one core.

Goals: built events ≥ 200,000/s (a simulation feeds them), journal rows → measures ≥ 40,000/s.
Rows are counted as the journal holds them; those that change no figure are left out by the query,
which is why the second line reads them faster than it can fold them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _office_years import CLOSING, events, write_journal

from engine.database import open_database, reading
from engine.journal.read import entries_after, last_sequence, lines_after
from engine.reports.measures import Window, measure, relevant_types
from engine.reports.steps import STEP_TYPES, measure_steps
from engine.sla.periods import parse_period

CASES = 20_000
YEAR = parse_period("2026")
WINDOW = Window(YEAR.first_on, YEAR.last_on)


def main() -> None:
    """Print how many events a second go through the ruler."""
    built = list(events(CASES))
    print(f"{'what':<44} {'events':>9} {'seconds':>8} {'per second':>11}  goal")
    start = time.process_time()
    (row,) = measure(built, WINDOW, now=CLOSING)
    _line("fold of built events", len(built), start, "≥ 200,000/s")
    with tempfile.TemporaryDirectory() as folder:
        rows = write_journal(Path(folder) / "m.db", CASES)
        books = open_database(f"sqlite:///{folder}/m.db")
        with reading(books) as db:
            up_to = last_sequence(db)
            start = time.process_time()
            (again,) = measure(
                lines_after(db, up_to=up_to, types=relevant_types()), WINDOW, now=CLOSING
            )
            _line("journal rows → measures", rows, start, "≥ 40,000/s")
            start = time.process_time()
            (whole,) = measure(entries_after(db), WINDOW, now=CLOSING)
            _line("journal rows → measures, none left out", rows, start, "")
            start = time.process_time()
            measure_steps(
                lines_after(db, up_to=up_to, types=STEP_TYPES), WINDOW, now=CLOSING, by="unit"
            )
            _line("journal rows → steps by unit", rows, start, "")
        books.dispose()
    if not row == again == whole:
        raise SystemExit("the three ways gave different figures")


def _line(what: str, count: int, start: float, goal: str) -> None:
    spent = time.process_time() - start
    print(f"{what:<44} {count:>9,} {spent:>8.2f} {count / spent:>11,.0f}  {goal}")


if __name__ == "__main__":
    main()
