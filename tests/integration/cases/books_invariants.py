"""What must be true of the books after any crash: whatever is in them is there whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.cases.blueprints import blueprint_of
from engine.cases.file import read_case
from engine.cases.status import CaseStatus
from engine.cases.tables import case, case_counter, case_state, hold, idempotency, letter, step
from engine.cases.training import clock_of
from engine.database import reading
from engine.journal.tables import journal
from engine.journal.verify import verify
from engine.migrations.schema import metadata
from engine.workflow.run import look

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

RUNNING = (
    CaseStatus.RECEIVED,
    CaseStatus.PROCESSING,
    CaseStatus.SUPPLEMENT,
    CaseStatus.PAYING,
    CaseStatus.STOPPED,
)


def check(books: Engine) -> None:
    """Hold every table of the office against the journal and the engine's states.

    A case's `version` counts its commands, `journal_length` its rows; each step, letter and hold
    that a row tells of is an event as well, so half a command cannot hide.
    """
    with reading(books) as db:
        assert verify(db, None).findings == []
        events = _events(db)
        numbers = set()
        for row in db.execute(select(case)).all():
            numbers.add(row.number)
            told = events.get(row.number, Counter())
            assert row.version >= 1
            assert row.journal_length == sum(told.values()), row.number
            _check_steps(db, row, told)
            _check_standing(db, row)
            _check_papers(db, row.id, told)
            _check_engine(db, row)
        assert set(events) - {"office"} == numbers
        # A number is taken in the transaction that enters its case, so none is skipped.
        assert db.scalar(select(func.sum(case_counter.c.last))) in (None, len(numbers))
        for row in db.execute(select(idempotency)).all():
            assert row.response, row.key


def contents(books: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with reading(books) as db:
        return {
            table.name: sorted(map(tuple, db.execute(select(table)).all()), key=repr)
            for table in metadata.sorted_tables
        }


def acknowledged_steps(books: Engine, number: str) -> int:
    """How many steps of a case the journal holds as completed."""
    with reading(books) as db:
        return _events(db)[number]["StepCompleted"]


def _events(db: Connection) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for stream, kind in db.execute(select(journal.c.stream, journal.c.type)):
        found.setdefault(stream, Counter())[kind] += 1
    return found


def _check_steps(db: Connection, row: Any, told: Counter[str]) -> None:
    states = Counter(db.scalars(select(step.c.state).where(step.c.case_id == row.id)))
    assert sum(states.values()) == told["StepOpened"], row.number
    assert states["completed"] == told["StepCompleted"] - told["StepTakenBack"], row.number
    assert states["cancelled"] == told["StepCancelled"], row.number


def _check_standing(db: Connection, row: Any) -> None:
    """Open steps say of their case what it says itself."""
    of_case = (row.agency_code, row.status, row.due_original_at, row.became_late_at is not None)
    said = select(step.c.agency_code, step.c.case_status, step.c.case_due_at, step.c.case_late)
    for each in db.execute(said.where(step.c.case_id == row.id, step.c.state == "open")):
        assert tuple(each) == of_case, row.number


def _check_papers(db: Connection, case_id: int, told: Counter[str]) -> None:
    meanings = Counter(db.scalars(select(letter.c.meaning).where(letter.c.case_id == case_id)))
    holds = db.execute(select(hold).where(hold.c.case_id == case_id)).all()
    assert meanings["XIN_LOI"] == told["ApologyIssued"]
    assert meanings["TIEP_NHAN"] == told["CaseReceived"] + told["CaseCorrected"]
    assert meanings["BO_SUNG"] == told["SupplementRequested"]
    assert sum(h.kind == "supplement" for h in holds) == told["SupplementRequested"]


def _check_engine(db: Connection, row: Any) -> None:
    blob = db.scalar(select(case_state.c.blob).where(case_state.c.case_id == row.id))
    if blob is None:
        assert row.status == CaseStatus.NEW, f"{row.number} has begun, but has no state"
        return
    file = read_case(db, clock_of(db), row.number)
    progress = look(blueprint_of(file.version), blob)  # decodes, or raises
    in_engine = {open_step.task_id for open_step in progress.open_steps}
    in_books = set(
        db.scalars(select(step.c.task_id).where(step.c.case_id == row.id, step.c.state == "open"))
    )
    if row.status in RUNNING:
        assert in_books == in_engine, row.number
    else:
        assert in_books <= in_engine, row.number
