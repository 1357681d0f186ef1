"""One step of a case — load, run, save — in our engine room against SpiffWorkflow's own JSON.

Both run side by side in one process on the same sequential process of N user tasks, each through
its own plain SQLite table with synchronous=FULL. Printed are medians and their ratios; the goals
are at most 0.40 of the time at 6 steps and 0.35 at 20, and at most 1/15 of the bytes.

Run: .venv/bin/python benchmarks/engine_state.py [laps]
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.workflow import run
from engine.workflow.blueprint import blueprint

DATA = {
    "so_ho_so": "000.00.01.H01-261120-0001",
    "ket_luan": "dat",
    "so_lan_bo_sung": 0,
    "don_vi": "Sở Xây dựng",
    "muc_do": 3,
}


def diagram(steps: int) -> bytes:
    """A start event, N user tasks in a row, an end event."""
    names = ["s", *(f"buoc_{n}" for n in range(steps)), "e"]
    nodes = '<startEvent id="s"/>' + "".join(
        f'<userTask id="{name}" name="Bước {name}"/>' for name in names[1:-1]
    )
    flows = "".join(
        f'<sequenceFlow id="f_{a}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(names)
    )
    incoming = '<endEvent id="e"/>'
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
        f'<process id="P" isExecutable="true">{nodes}{incoming}{flows}</process></definitions>'
    ).encode()


def table(folder: str, name: str) -> sqlite3.Connection:
    """A SQLite file with one table of states, as safe as the office's."""
    base = sqlite3.connect(f"{folder}/{name}.db", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, blob BLOB)")
    base.execute("INSERT INTO state VALUES (1, x'')")
    return base


def stored(base: sqlite3.Connection) -> bytes:
    return base.execute("SELECT blob FROM state WHERE id = 1").fetchone()[0]


def store(base: sqlite3.Connection, blob: bytes) -> None:
    base.execute("BEGIN IMMEDIATE")
    base.execute("UPDATE state SET blob = ? WHERE id = 1", (blob,))
    base.execute("COMMIT")


def ours(source: bytes, base: sqlite3.Connection, steps: int, times: list[float]) -> list[int]:
    bp = blueprint(source)
    progress = run.start(bp, DATA)
    store(base, progress.state)
    sizes = [len(progress.state)]
    for n in range(steps):
        task_id = progress.open_steps[0].task_id
        began = perf_counter()
        progress = run.complete(bp, stored(base), task_id, {f"y_kien_{n}": "đồng ý"})
        store(base, progress.state)
        times.append(perf_counter() - began)
        sizes.append(len(progress.state))
    if not progress.ended:
        raise SystemExit("Expected our case to have ended, but it has not")
    return sizes[:-1]


def stock(source: bytes, base: sqlite3.Connection, steps: int, times: list[float]) -> list[int]:
    parser = BpmnParser()
    parser.add_bpmn_str(source)
    registry = BpmnWorkflowSerializer.configure()
    serializer = BpmnWorkflowSerializer(registry)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.task_tree.data.update(DATA)
    workflow.do_engine_steps()
    store(base, serializer.serialize_json(workflow).encode())
    sizes = [len(stored(base))]
    for n in range(steps):
        task_id = str(workflow.get_next_task(state=TaskState.READY, manual=True).id)
        began = perf_counter()
        workflow = serializer.deserialize_json(stored(base).decode())
        task = workflow.get_task_from_id(UUID(task_id))
        task.data[f"y_kien_{n}"] = "đồng ý"
        task.run()
        workflow.do_engine_steps()
        blob = serializer.serialize_json(workflow).encode()
        store(base, blob)
        times.append(perf_counter() - began)
        sizes.append(len(blob))
    if not workflow.is_completed():
        raise SystemExit("Expected the stock case to have ended, but it has not")
    return sizes[:-1]


def main() -> None:
    laps = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for steps, goal in ((6, 0.40), (20, 0.35)):
        source = diagram(steps)
        with tempfile.TemporaryDirectory() as folder:
            mine, theirs = table(folder, "ours"), table(folder, "stock")
            our_times: list[float] = []
            stock_times: list[float] = []
            our_sizes: list[int] = []
            stock_sizes: list[int] = []
            for lap in range(laps):
                # In turns, so that a slow moment of the machine hits both.
                our_sizes += ours(source, mine, steps, our_times)
                stock_sizes += stock(source, theirs, steps, stock_times)
                if lap == 0:
                    our_times.clear()
                    stock_times.clear()
            mine.close()
            theirs.close()
        time, other = statistics.median(our_times), statistics.median(stock_times)
        size, others = statistics.mean(our_sizes), statistics.mean(stock_sizes)
        print(
            f"{steps:2} steps: ours {time * 1e3:.3f} ms, stock {other * 1e3:.3f} ms, "
            f"ratio {time / other:.3f} (goal {goal:.2f}); "
            f"ours {size:.0f} B, stock {others:.0f} B, 1/{others / size:.1f} (goal 1/15)"
        )


if __name__ == "__main__":
    main()
