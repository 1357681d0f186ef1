"""What concerns one case is found by its case, not by reading what is open in the whole office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from engine.cases import agenda, deadlines, fire_timer, steps
from engine.cases.lateness import raise_alert
from engine.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import Engine

OF_ONE_CASE = {
    "open steps": steps._select_open,
    "open steps to count again": deadlines._open_steps,
    "due timers of the diagram": fire_timer._armed_in_case,
    "later warnings": fire_timer._warnings_of_case,
    "live timers": agenda._all_live,
    "timers of the diagram": agenda._diagram,
    "warnings of a step": agenda._drop_steps,
    "open messages": raise_alert._open_rows,
}


@pytest.mark.parametrize("name", OF_ONE_CASE)
def test_sqlite_finds_what_is_of_one_case_by_the_case(sqlite_books: Engine, name: str) -> None:
    named: Any = OF_ONE_CASE[name]
    statement = named._statement if isinstance(named, Prepared) else named
    values = dict.fromkeys(("b_case", "b_task", "b_level", "b_now"), "x")
    compiled = statement.compile(sqlite_books)
    text, given = [], {}

    def explained(_db: Any, _cursor: Any, said: str, parameters: Any, *_: Any) -> None:
        if not said.startswith("BEGIN"):
            text.append(said)
            given.setdefault("parameters", parameters)

    with sqlite_books.connect() as db:
        event.listen(db, "before_cursor_execute", explained)
        db.execute(statement, {key: values[key] for key in compiled.params if key in values})
        plan = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text[0]}", given["parameters"]).fetchall()
        db.rollback()
    searched = " ".join(row[3] for row in plan)
    assert "case_id=?" in searched, searched
    assert "SCAN" not in searched
