"""A whole step of the office against stock SpiffWorkflow's load, run, dump and save.

Ours: state, step rows, timers, journal, idempotency key and commit, through SQLAlchemy.
Stock: `deserialize_json`, run the task, `serialize_json`, one UPDATE, through plain sqlite3.
Both write to SQLite in WAL mode with synchronous=FULL. Goal: ≤ 1.0 at 6 tasks, ≤ 0.7 at 20.
"""

from __future__ import annotations

import gc
import sqlite3
import statistics
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.cases.complete_step import complete_step
from engine.cases.idempotency import once
from engine.cases.intake.receive_case import receive_case
from engine.cases.training import clock_of
from engine.catalog.model import Decision
from engine.catalog.versions import store_version
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import open_database, transaction
from engine.migrations.upgrade import upgrade
from engine.open_office import TRAINING_AGENCY, open_office

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UP = 5
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MC = "urn:motcua:bpmn:1"


def diagram(tasks: int) -> bytes:
    """A procedure of so many user tasks in a row."""
    ids = [f"b{i:02}" for i in range(tasks)]
    steps = "".join(
        f'<userTask id="{i}" name="Bước {i}"><extensionElements>'
        f'<mc:step kind="{kind}" role="mot_cua" unit="Trung tâm" limit="1wh"/>'
        f"</extensionElements></userTask>"
        for i, kind in zip(ids, ["receive", *["examine"] * (tasks - 2), "return"], strict=True)
    )
    nodes = ["s", *ids, "e"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(pairwise(nodes))
    )
    return (
        f'<definitions xmlns="{BPMN}" xmlns:mc="{MC}" id="d" targetNamespace="x">'
        f'<process id="p" isExecutable="true"><startEvent id="s"/>{steps}<endEvent id="e"/>'
        f"{flows}</process></definitions>"
    ).encode()


class Stock:
    """The library as it is: one table, one row a case, plain sqlite3."""

    def __init__(self, tasks: int, folder: Path) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(diagram(tasks)))
        self.spec = parser.get_spec("p")
        self.serializer = BpmnWorkflowSerializer()
        self.db = sqlite3.connect(folder / f"stock{tasks}.db", isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, body TEXT)")

    def begin(self, number: int) -> int:
        """A case at its first step."""
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        body = self.serializer.serialize_json(workflow)
        self.db.execute("INSERT INTO state VALUES (?, ?)", (number, body))
        return number

    def step(self, case: int, _step: int) -> None:
        """Load, run, dump, save, commit."""
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        (body,) = db.execute("SELECT body FROM state WHERE id = ?", (case,)).fetchone()
        workflow = self.serializer.deserialize_json(body)
        workflow.get_next_task(state=TaskState.READY, manual=True).run()
        workflow.do_engine_steps()
        body = self.serializer.serialize_json(workflow)
        db.execute("UPDATE state SET body = ? WHERE id = ?", (body, case))
        db.execute("COMMIT")

    def commit_only(self) -> None:
        """What the disk alone costs: one row and its commit."""
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("UPDATE state SET id = id WHERE id = 0")
        self.db.execute("COMMIT")


class Ours:
    """The office, with a step row, timers, journal and idempotency key a step."""

    def __init__(self, tasks: int, folder: Path) -> None:
        self.books = open_database(f"sqlite:///{folder}/ours{tasks}.db")
        upgrade(self.books)
        with transaction(self.books) as db:
            open_office(
                db, SystemClock(), root=Settings().procedures_root, training=True, revision="bench"
            )
        publish(self.books, tasks)

    def begin(self, _number: int) -> str:
        """A case at its first step."""
        with transaction(self.books) as db:
            file = receive_case(
                db,
                clock_of(db),
                procedure="BENCH",
                agency=TRAINING_AGENCY,
                owner="A",
                channel="counter",
            )
        return file.number

    def step(self, case: str, step: int) -> None:
        """What `motcua case complete` does inside its transaction, and the commit."""
        with transaction(self.books) as db:
            clock = clock_of(db)
            once(
                db,
                clock,
                key=f"{case}-{step}",
                request={"step": step},
                act=lambda: {
                    "status": int(
                        complete_step(
                            db, clock, number=case, step_id=f"b{step:02}", by="cb.tiepnhan1"
                        ).status
                    )
                },
            )


def timed(act: Callable[..., None], *given: object) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    act(*given)
    return (time.perf_counter() - start) * 1000


def measured(tasks: int, cases: int, folder: Path) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each step of the library, of the office, and of a bare commit.

    They take turns step by step, so that whatever else the machine does meets them alike; the
    first cases warm both up and are not counted.
    """
    stock, ours = Stock(tasks, folder), Ours(tasks, folder)
    spent: tuple[list[float], list[float], list[float]] = ([], [], [])
    for number in range(WARM_UP + cases):
        theirs, mine = stock.begin(number), ours.begin(number)
        for step in range(tasks - 1):
            turn = (
                timed(stock.step, theirs, step),
                timed(ours.step, mine, step),
                timed(stock.commit_only),
            )
            if number >= WARM_UP:
                for kept, one in zip(spent, turn, strict=True):
                    kept.append(one)
    stock.db.close()
    ours.books.dispose()
    return spent


def publish(books: object, tasks: int) -> None:
    """Put the benchmark's procedure into the books, past the publish gate on purpose."""
    with transaction(books) as db:
        store_version(
            db,
            bpmn=diagram(tasks),
            meta={
                "code": "BENCH",
                "name": "Đo",
                "field": "Đo",
                "level": "xã",
                "limit": "10wd",
                "components": [],
                "forms": {},
            },
            decision=Decision(None, None, None, date(2026, 1, 1)),
            sample=True,
            published_at=clock_of(db).now(),
        )


def main() -> None:
    """Print both and their ratio."""
    print(f"{'tasks':>5} {'stock ms':>9} {'ours ms':>9} {'ratio':>6}  goal   (medians; commit ms)")
    with tempfile.TemporaryDirectory() as folder:
        for tasks, goal, cases in ((6, 1.0, 120), (20, 0.7, 40)):
            gc.collect()
            a, b, c = (statistics.median(s) for s in measured(tasks, cases, Path(folder)))
            print(f"{tasks:>5} {a:>9.2f} {b:>9.2f} {b / a:>6.2f}  ≤ {goal}  ({c:.2f})")


if __name__ == "__main__":
    main()
