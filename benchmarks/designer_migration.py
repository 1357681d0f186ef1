"""The dry run of a migration of 10,000 running cases; the goal is 60 s on 2 cores."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select

from engine.cases.tables import case, case_state
from engine.cases.training import clock_of
from engine.catalog.model import Decision
from engine.catalog.versions import version_in_force
from engine.database import open_database, reading, transaction
from engine.migrations.upgrade import upgrade
from engine.procedures.migrate_procedure import migration
from engine.procedures.publish_procedure import publish_procedure

CODE = "2.001610"
CASES = 10_000


def bench() -> None:
    root = Path(__file__).resolve().parent.parent
    sys.path.insert(0, str(root))
    from tests.builders import TrainingOffice  # noqa: PLC0415 - the tests' office

    bpmn = (root / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_bytes()
    with tempfile.TemporaryDirectory() as name:
        books = open_database(f"sqlite:///{name}/books.db")
        upgrade(books)
        office = TrainingOffice(books)
        made = []
        for steps in range(4):
            number = office.receive(CODE)
            for _ in range(steps):
                if office.kinds(number) != ["return"]:
                    office.complete(number, office.open(number)[0])
            made.append(number)
        with transaction(books) as db:
            rows = (
                db.execute(
                    select(case, case_state.c.blob)
                    .join(case_state, case_state.c.case_id == case.c.id)
                    .where(case.c.number.in_(made))
                )
                .mappings()
                .all()
            )
            cases, states = [], []
            for copy in range(CASES):
                values = dict(rows[copy % len(rows)])
                blob = values.pop("blob")
                values |= {"id": 1_000_000 + copy, "number": f"{values['number'][:20]}-{copy:05}"}
                cases.append(values)
                states.append({"case_id": values["id"], "blob": blob})
            db.execute(insert(case), cases)
            db.execute(insert(case_state), states)
            meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
            to, _ = publish_procedure(
                db, clock_of(db), bpmn=bpmn.replace(b'limit="4wh"', b'limit="3wh"'), meta=meta,
                decision=Decision("9/QD", date(2026, 11, 1), "A", date(2026, 11, 16)),
                sample=False, by="bench",
            )  # fmt: skip
        begin = time.perf_counter()
        with reading(books) as db:
            plan = migration(db, clock_of(db), code=CODE, to=to)
            outlooks = list(plan.outlooks(db))
        took = time.perf_counter() - begin
        moving = sum(each.can_move for each in outlooks)
        print(f"{'running cases':>14} {'can move':>9} {'seconds':>8} {'goal':>5} {'of it':>6}")
        print(f"{len(outlooks):>14} {moving:>9} {took:>8.2f} {60:>5} {took / 60:>6.2f}")
        begin = time.perf_counter()
        for outlook in outlooks[:200]:
            with transaction(books) as db:
                plan.apply(db, clock_of(db), number=outlook.number, by="bench")
        each = (time.perf_counter() - begin) / 200
        print(f"applied: {each * 1000:.1f} ms a case, each in its own transaction")
        books.dispose()


if __name__ == "__main__":
    bench()
