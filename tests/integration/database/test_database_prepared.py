"""Prepared statements give what Core gives, and fail as Core fails, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from engine.cases.tables import case, step, timer
from engine.database import instant_text, reading, transaction
from engine.prepared import Prepared
from tests.plain_rows import AT, CASE, plain, plain_case

if TYPE_CHECKING:
    from sqlalchemy import Engine

FIND = select(step).where(step.c.case_id == bindparam("b_case")).order_by(step.c.id)
CHANGE = update(step).where(step.c.id == bindparam("b_id")).values(state="completed")


@pytest.fixture
def with_steps(books: Engine) -> Engine:
    with transaction(books) as db:
        plain_case(db, CASE)
        case_id = db.scalar(select(case.c.id))
        Prepared(insert(step)).run_all(
            db,
            [
                plain(step, case_id=case_id, task_id=f"t{n}", due_at=AT + timedelta(hours=n))
                for n in range(3)
            ],
        )
    return books


def test_rows_are_those_of_core(with_steps: Engine) -> None:
    with reading(with_steps) as db:
        given = {"b_case": db.scalar(select(case.c.id))}
        ours, core = Prepared(FIND).all(db, given), db.execute(FIND, given).all()
        first = Prepared(FIND).first(db, given)
        nothing = Prepared(FIND).first(db, {"b_case": 0})
    assert ours == core
    assert [row._mapping for row in ours] == [row._mapping for row in core]
    assert len(ours) == 3
    assert first == core[0]
    assert first.due_at == AT
    assert first.due_at.tzinfo is not None
    assert nothing is None


def test_a_write_tells_how_many_rows_it_met(with_steps: Engine) -> None:
    change = Prepared(CHANGE)
    with transaction(with_steps) as db:
        known = db.scalars(select(step.c.id).order_by(step.c.id)).all()
        assert change.run(db, {"b_id": known[0], "completed_at": AT, "data": "{}"}) == 1
        assert change.run(db, {"b_id": known[1], "officer_code": "cb01"}) == 1
        assert change.run(db, {"b_id": -1, "officer_code": "cb01"}) == 0
    with reading(with_steps) as db:
        rows = db.execute(select(step).order_by(step.c.id)).all()
    assert [row.state for row in rows] == ["completed", "completed", "x"]
    assert (rows[0].completed_at, rows[0].officer_code) == (AT, None)
    assert (rows[1].completed_at, rows[1].officer_code) == (None, "cb01")


def test_a_refusal_of_the_database_is_sqlalchemys_and_nothing_is_kept(with_steps: Engine) -> None:
    def twice() -> None:
        with transaction(with_steps) as db:
            case_id = db.scalar(select(case.c.id))
            Prepared(CHANGE).run(db, {"b_id": 1, "officer_code": "lost"})
            Prepared(insert(step)).run(db, plain(step, case_id=case_id, task_id="t1"))

    with pytest.raises(IntegrityError):
        twice()
    with reading(with_steps) as db:
        assert set(db.scalars(select(step.c.officer_code))) == {None}


def test_a_table_that_is_not_there_is_an_error_of_sqlalchemy(bare_books: Engine) -> None:
    with pytest.raises((OperationalError, ProgrammingError)), reading(bare_books) as db:
        Prepared(FIND).all(db, {"b_case": 1})


def test_listeners_hear_prepared_statements(with_steps: Engine) -> None:
    heard: list[str] = []

    def listen(_db: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(with_steps, "before_cursor_execute", listen)
    with reading(with_steps) as db:
        Prepared(FIND).all(db, {"b_case": 1})
    event.remove(with_steps, "before_cursor_execute", listen)
    assert any("FROM step" in statement for statement in heard)


def test_a_default_made_in_python_is_refused(books: Engine) -> None:
    # `fence` has one; a row without it would lose it on this path.
    row = plain(timer, case_id=1)
    with pytest.raises(ValueError, match="no defaults"), reading(books) as db:
        Prepared(insert(timer)).run(db, row)


def test_a_naive_instant_is_refused(books: Engine) -> None:
    with pytest.raises(ValueError, match="naive"), reading(books) as db:
        Prepared(CHANGE).run(db, {"b_id": 1, "completed_at": datetime(2026, 11, 16)})  # noqa: DTZ001


def test_an_instant_has_one_spelling() -> None:
    at = datetime(2026, 11, 16, 7, 30, tzinfo=timezone(timedelta(hours=7)))
    assert instant_text(at) == "2026-11-16T00:30:00.000000Z"
    assert instant_text(at + timedelta(microseconds=5)) == "2026-11-16T00:30:00.000005Z"
