"""Open deadlines after a change of the calendar: previewed, then counted again in batches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.cases import agenda
from engine.cases.deadlines import count_again, pauses_of, recount_steps, step_dues
from engine.cases.file import open_case
from engine.cases.lateness.calendar_change import (
    PAUSED,
    Promises,
    as_json,
    from_json,
    new_due,
    touched,
)
from engine.cases.tables import case
from engine.cases.telling.duty_tables import calendar_change
from engine.cases.watch.incidents import open_incident
from engine.errors import OfficeError
from engine.events.deadlines import DeadlinesRecounted, DueMoved
from engine.journal.append import append_office
from engine.sla.limit import Limit
from engine.sla.reckoning import reckon
from engine.staff.tables import agency

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.cases.lateness.calendar_change import Change
    from engine.clock import Clock

BATCH = 50
"""Cases counted again in one transaction: others wait for the books no longer than that."""

MOST_LOOKED_AT = 20_000
"""Cases that one preview looks at; a larger office looks on from where it ended."""

INCIDENT = "calendar"


@dataclass(frozen=True)
class Move:
    """One case's due instant: before, after, and as the new calendar alone would count it."""

    number: str
    procedure: str
    agency: str
    before: datetime
    after: datetime
    counted: datetime

    @property
    def is_kept(self) -> bool:
        """The promise stands although the new calendar would give more time."""
        return self.after != self.counted


@dataclass(frozen=True)
class Preview:
    """What a change would do to the cases looked at; nothing is written."""

    moves: tuple[Move, ...]
    """Cases whose due moves, or whose promise is kept against the count."""
    looked_at: int
    touched: int
    """All cases whose deadlines are counted again."""
    paused: int
    unclear: tuple[str, ...]
    """Cases that cannot be counted: a year without a calendar."""
    next_after: int | None
    """Where to look on; None when all were looked at."""

    @property
    def earlier(self) -> int:
        """Dues that come earlier."""
        return sum(each.after < each.before for each in self.moves)

    @property
    def later(self) -> int:
        """Dues that come later."""
        return sum(each.after > each.before for each in self.moves)

    @property
    def kept(self) -> int:
        """Promises that stand as they are."""
        return sum(each.after == each.before for each in self.moves)


@dataclass(frozen=True)
class Progress:
    """How far a change has been carried into the open cases."""

    id: int
    why: str
    promises: Promises
    ordered_at: datetime
    ordered_by: str
    looked_at: int
    moved: int
    kept: int
    failed: int
    finished_at: datetime | None


def preview(
    db: Connection,
    clock: Clock,
    *,
    change: Change,
    promises: Promises,
    after: int = 0,
    most: int = MOST_LOOKED_AT,
) -> Preview:
    """Which open cases' due dates a change moves, from when to when. Legal: R41, R43

    Raises:
        BadInputError: a change that cannot be. CalendarYearMissingError, AgencyUnknownError.
    """
    change.check(db, clock)
    now = clock.now()
    rows = db.execute(
        select(
            case.c.id,
            case.c.number,
            case.c.procedure_code,
            case.c.agency_code,
            case.c.received_at,
            case.c.limit_text,
            case.c.due_original_at,
            agency.c.hours,
        )
        .join(agency, agency.c.code == case.c.agency_code)
        .where(touched(change), case.c.id > after)
        .order_by(case.c.id)
        .limit(most)
    ).all()
    pauses = pauses_of(db, touched(change)) if rows else {}
    offices = {hours: change.office(db, clock, hours) for hours in {row.hours for row in rows}}
    moves, unclear = [], []
    for row in rows:
        office = offices[row.hours]
        before = row.due_original_at
        try:
            found = reckon(
                Limit.parse(row.limit_text), row.received_at, office, pauses.get(row.id, ())
            )
        except OfficeError:
            unclear.append(row.number)
            continue
        later = new_due(before, found.due_at, now=now, office=office, promises=promises)
        if later != before or (before > now and found.due_at > now and found.due_at != before):
            moves.append(
                Move(row.number, row.procedure_code, row.agency_code, before, later, found.due_at)
            )
    every = db.scalar(select(func.count()).select_from(case).where(touched(change))) or 0
    return Preview(
        moves=tuple(moves),
        looked_at=len(rows),
        touched=every,
        paused=_paused(db, change),
        unclear=tuple(unclear),
        next_after=rows[-1].id if len(rows) == most else None,
    )


def change_calendar(
    db: Connection, clock: Clock, *, change: Change, promises: Promises, by: str
) -> int:
    """Enter a change in the books and order that open deadlines follow; gives its id.

    `recount_some` carries it into the cases, from this transaction or from later ones.

    Raises:
        BadInputError, CalendarYearMissingError, AgencyUnknownError.
    """
    change.check(db, clock)
    change.apply(db, clock, by=by)
    return int(
        db.execute(
            insert(calendar_change)
            .values(
                content=json.dumps(as_json(change), ensure_ascii=False),
                why=change.why,
                promises=str(promises),
                ordered_at=clock.now(),
                ordered_by=by,
                last_case_id=0,
                looked_at=0,
                moved=0,
                kept=0,
                failed=0,
            )
            .returning(calendar_change.c.id)
        ).scalar_one()
    )


def recount_some(db: Connection, clock: Clock, change_id: int, *, most: int = BATCH) -> bool:
    """Count the next open cases again, each with its steps and timers; True when none is left.

    Counting twice gives the same, so a batch that was lost with its transaction is done again.
    """
    row = db.execute(
        select(calendar_change)
        .where(calendar_change.c.id == change_id, calendar_change.c.finished_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None:
        return True
    change = from_json(json.loads(row.content))
    promises = Promises(row.promises)
    found = db.execute(
        select(case.c.id, case.c.number)
        .where(touched(change), case.c.id > row.last_case_id)
        .order_by(case.c.id)
        .limit(most)
    ).all()
    counts = {"looked_at": row.looked_at, "moved": row.moved, "kept": row.kept}
    failed = row.failed
    for each in found:
        counts["looked_at"] += 1
        try:
            with db.begin_nested():
                done = _recount(open_case(db, clock, each.number), promises, row.why)
        except OfficeError as error:
            open_incident(db, clock, case_id=each.id, what=INCIDENT, error=error)
            failed += 1
        else:
            if done is not None:
                counts[done] += 1
    is_last = len(found) < most
    db.execute(
        update(calendar_change)
        .where(calendar_change.c.id == change_id)
        .values(
            **counts,
            failed=failed,
            last_case_id=found[-1].id if found else row.last_case_id,
            finished_at=clock.now() if is_last else None,
        )
    )
    if is_last:
        append_office(
            db,
            at=clock.now(),
            actor=row.ordered_by,
            events=[DeadlinesRecounted(change=change_id, **counts)],
        )
    return is_last


def unfinished_changes(db: Connection) -> list[int]:
    """Changes that open deadlines do not follow yet, oldest first."""
    return list(
        db.scalars(
            select(calendar_change.c.id)
            .where(calendar_change.c.finished_at.is_(None))
            .order_by(calendar_change.c.id)
        )
    )


def changes(db: Connection, *, most: int = 20) -> list[Progress]:
    """The newest changes and how far they got."""
    rows = db.execute(
        select(calendar_change).order_by(calendar_change.c.id.desc()).limit(most)
    ).all()
    return [_progress(row) for row in rows]


def change_by_id(db: Connection, change_id: int) -> tuple[Progress, int] | None:
    """One change, and how many cases are still to be counted again; None when there is none."""
    row = db.execute(select(calendar_change).where(calendar_change.c.id == change_id)).one_or_none()
    if row is None:
        return None
    if row.finished_at is not None:
        return _progress(row), 0
    left = db.scalar(
        select(func.count())
        .select_from(case)
        .where(touched(from_json(json.loads(row.content))), case.c.id > row.last_case_id)
    )
    return _progress(row), left or 0


def _recount(file: CaseFile, promises: Promises, why: str) -> str | None:
    """Gives what became of the due date: moved, kept, or None when it is as counted."""
    before = file["due_original_at"]
    counted = count_again(file)
    after = new_due(before, counted, now=file.now, office=file.office, promises=promises)
    if after != before:
        appointed = file["due_appointed_at"]
        # The date of a signed letter stands; it is never left before the original one.
        promised = after if appointed == before else max(appointed, after)
        file.set(due_original_at=after, due_appointed_at=promised)
        file.record(DueMoved(before=before, after=after, why=why))
    dues_before = step_dues(file)
    dues = recount_steps(file)
    if after != before or any(dues_before[task] != due for task, (_, due) in dues.items()):
        agenda.resume(file, dues)
        file.save(actor="calendar")
    if after != before:
        return "moved"
    return "kept" if before > file.now and counted > before else None


def _paused(db: Connection, change: Change) -> int:
    wanted = case.c.status.in_([int(each) for each in PAUSED]) & case.c.received_at.is_not(None)
    if change.agency is not None:
        wanted &= case.c.agency_code == change.agency
    return db.scalar(select(func.count()).select_from(case).where(wanted)) or 0


def _progress(row: Any) -> Progress:
    return Progress(
        id=row.id,
        why=row.why,
        promises=Promises(row.promises),
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        looked_at=row.looked_at,
        moved=row.moved,
        kept=row.kept,
        failed=row.failed,
        finished_at=row.finished_at,
    )
