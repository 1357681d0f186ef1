"""The work list when the books grow: p95 of the processor time of a clerk's request, SQLite.

One case in ten is open, as in an office that has worked for some years. Prints a table and the
ratio of the largest books to the smallest: keyset pages and capped counts should keep it near 1.

    python benchmarks/desk_list.py [CASES …]
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Connection, text

from desk.app import create_app
from engine.cases.open_office import TRAINING_AGENCY, open_office
from engine.cases.receive_case import receive_case
from engine.cases.training import clock_of
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import open_database, transaction
from engine.migrations.upgrade import upgrade
from engine.staff.sign_in import open_session

SIZES = (10_000, 100_000)
REQUESTS = 40
PAGES = {
    "whole agency": "/desk?viec=co-quan",
    "my unit's": "/desk",
    "overdue": "/desk?loc=qua-han&viec=co-quan",
    "search": "/desk?viec=co-quan&tim=nguyen",
    "poll": "/desk/rows?viec=co-quan",
}


def seed(db: Connection, cases: int) -> None:
    """Multiply one real case: nine in ten returned long ago, dues spread over two months."""
    first = db.execute(text("SELECT * FROM case_file")).mappings().one()
    columns = [name for name in first if name not in ("id", "number", "status", "due_original_at")]
    listed = ", ".join(columns)
    db.execute(
        text(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
            f"INSERT INTO case_file (id, number, status, due_original_at, {listed}) "
            "SELECT i, 'H35.12-261116-' || i, CASE WHEN i % 10 THEN 10 ELSE 4 END, "
            "strftime('%Y-%m-%dT10:00:00.000000Z', '2026-11-01', '+' || (i % 60) || ' days'), "
            f"{listed} FROM n, case_file WHERE case_file.id = 1"
        ),
        {"most": cases},
    )
    db.execute(
        text(
            "INSERT INTO step (case_id, task_id, element_id, name, kind, role, state, created_at) "
            "SELECT id, printf('%032d', id), 'b03', 'Thẩm định', 'examine', "
            "CASE WHEN id % 20 THEN 'mot_cua' ELSE 'chuyen_vien' END, 'open', received_at "
            "FROM case_file WHERE status = 4 AND id > 1"
        )
    )


def measure(cases: int) -> dict[str, float]:
    """p95 in milliseconds of each page."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = Settings(secret_file=place / "key", anchor_file=place / "anchor")
        books = open_database(f"sqlite:///{place / 'office.db'}")
        upgrade(books)
        root = settings.procedures_root
        with transaction(books) as db:
            open_office(db, SystemClock(), root=root, training=True, revision="b")
        with transaction(books) as db:
            receive_case(
                db,
                clock_of(db),
                procedure="1.009994",
                agency=TRAINING_AGENCY,
                owner="Nguyễn Văn A",
                channel="counter",
            )
            seed(db, cases)
            token = open_session(db, SystemClock(), officer_code="cb.tiepnhan1", hours=5)
        with books.connect() as db:
            db.exec_driver_sql("ANALYZE")
            db.commit()
        client = create_app(settings, SystemClock(), books=books).test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
        found = {}
        for name, page in PAGES.items():
            client.get(page)  # the first one compiles its template
            times = []
            for _ in range(REQUESTS):
                begun = time.process_time()
                answer = client.get(page)
                times.append((time.process_time() - begun) * 1000)
                if answer.status_code != 200:
                    raise AssertionError(f"{page}: {answer.status_code}")
            found[name] = sorted(times)[int(REQUESTS * 0.95)]
        books.dispose()
    return found


def main() -> None:
    """Measure each size and print the table."""
    logging.disable(logging.WARNING)
    sizes = tuple(int(word) for word in sys.argv[1:]) or SIZES
    results = {size: measure(size) for size in sizes}
    print(f"{'page, p95 CPU ms':20}" + "".join(f"{size:>14,}" for size in sizes) + "     ratio")
    for name in PAGES:
        row = [results[size][name] for size in sizes]
        print(f"{name:20}" + "".join(f"{v:14.1f}" for v in row) + f"{row[-1] / row[0]:10.2f}")


if __name__ == "__main__":
    main()
