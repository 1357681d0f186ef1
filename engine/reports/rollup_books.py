"""The sums by half month in the books: counted behind the bookmark, written, taken up again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import office_date
from engine.journal.append import GENESIS
from engine.journal.read import last_sequence, lines_after
from engine.journal.tables import journal
from engine.reports.case_fold import CaseFold
from engine.reports.measures import DEFINITION, relevant_types
from engine.reports.rollup import OpenCase, OutOfOrderError, Roller, block_of
from engine.reports.tables import (
    CELL_COLUMNS,
    FLOW_COLUMNS,
    STOCK_COLUMNS,
    rollup_block,
    rollup_bookmark,
    rollup_open,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Row

COUNTS = (*FLOW_COLUMNS, *STOCK_COLUMNS)
BATCH_ROWS = 1_000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Summed:
    """Sums of a stretch of the journal behind the bookmark, counted and not yet written."""

    roller: Roller
    mark: Row[Any] | None
    """The bookmark they go on from; None when there was none."""
    is_anew: bool
    sequence: int
    rows: int
    rolled_at: datetime
    usable: bool = True

    @property
    def changes_nothing(self) -> bool:
        """Whether the books already say all this."""
        return not (self.is_anew or self.rows or self.roller.open)


def roll_up(db: Connection, now: datetime, *, anew: bool = False) -> dict[str, Any]:
    """Bring the sums up to the journal's end. The caller holds all other writers back.

    Books that changed under the bookmark, another definition or an event older than what was
    summed make everything be summed anew; if even that meets an event out of order, the sums are
    marked as not usable and reports are counted from the journal.
    """
    return write_sums(db, sums_behind(db, now, up_to=last_sequence(db), anew=anew))


def sums_behind(
    db: Connection,
    now: datetime,
    *,
    up_to: int,
    anew: bool = False,
    most_rows: int | None = None,
) -> Summed:
    """Count what the journal holds behind the bookmark up to a row; nothing is written.

    Every row up to `up_to` must be there to stay, as those of sealed batches are. `most_rows`
    ends the stretch earlier: the next one goes on from there.
    """
    mark = bookmark(db)
    is_anew = anew or mark is None or not mark.usable or not holds(db, mark)
    after = 0 if is_anew or mark is None else mark.sequence
    end = max(up_to, after)
    is_whole = most_rows is None or end - after <= most_rows
    if most_rows is not None and not is_whole:
        end = after + most_rows
    roller = Roller()
    try:
        _follow_stretch(db, roller, after, end, now, kept=not is_anew)
        if is_whole:
            if not is_anew:
                _load_behind(db, roller, now)
            roller.roll_to(now)
    except OutOfOrderError:
        if not is_anew:
            return sums_behind(db, now, up_to=up_to, anew=True, most_rows=most_rows)
        return Summed(Roller(), mark, True, up_to, up_to, now, usable=False)
    # Half a journal says nothing of how things stand today.
    rolled_at = now if is_whole else BEGINNING
    return Summed(roller, mark, is_anew, end, end - after, rolled_at)


def write_sums(db: Connection, summed: Summed) -> dict[str, Any]:
    """Write counted sums, unless somebody else moved the bookmark meanwhile."""
    # Whoever comes second waits here, and then sees that the bookmark moved.
    mark = db.execute(select(rollup_bookmark).with_for_update()).one_or_none()
    is_moved = (mark and tuple(mark)) != (summed.mark and tuple(summed.mark))
    if not is_moved:
        if summed.is_anew:
            db.execute(delete(rollup_block))
            db.execute(delete(rollup_open))
        _save_blocks(db, summed.roller)
        _save_open(db, summed.roller)
        values = {
            "sequence": summed.sequence,
            "row_hash": _row_hash(db, summed.sequence),
            "definition": DEFINITION,
            "rolled_at": summed.rolled_at,
            "usable": summed.usable,
        }
        if mark is None:
            db.execute(insert(rollup_bookmark).values(id=1, **values))
        else:
            db.execute(update(rollup_bookmark).values(**values))
    return {
        "sequence": summed.sequence,
        "rows": 0 if is_moved else summed.rows,
        "anew": summed.is_anew,
        "usable": summed.usable,
        "open_cases": db.scalar(select(func.count()).select_from(rollup_open)),
        "blocks": db.scalar(select(func.count()).select_from(rollup_block)),
    }


def bookmark(db: Connection) -> Row[Any] | None:
    """How far the sums go; None when there are none."""
    return db.execute(select(rollup_bookmark)).one_or_none()


def holds(db: Connection, mark: Row[Any]) -> bool:
    """Whether the bookmark is of this journal and of these definitions."""
    return bool(
        mark.definition == DEFINITION and _row_hash(db, mark.sequence) == bytes(mark.row_hash)
    )


def open_cases(db: Connection) -> Roller:
    """Every case that was under way at the bookmark."""
    roller = Roller()
    _take(roller, db.execute(select(rollup_open)))
    return roller


def follow(db: Connection, roller: Roller, after: int, up_to: int, now: datetime) -> None:
    """Take in what the journal holds behind a row, and count the half months that are over.

    Raises:
        OutOfOrderError: an event is older than what was summed, or of a time to come.
    """
    lines = lines_after(db, after, up_to=up_to, types=relevant_types())
    roller.follow(_known(lines, now))
    roller.roll_to(now)


def _follow_stretch(
    db: Connection, roller: Roller, after: int, up_to: int, now: datetime, *, kept: bool
) -> None:
    """The same, with only those open cases in memory that something happens to."""
    lines = _known(lines_after(db, after, up_to=up_to, types=relevant_types()), now)
    seen: set[str] = set()
    while batch := list(islice(lines, BATCH_ROWS)):
        if kept:
            new = {line.stream for line in batch} - seen
            seen |= new
            _take(roller, db.execute(_these, {"b_numbers": sorted(new)}))
            roller.loaded |= new
        roller.follow(batch)


def _load_behind(db: Connection, roller: Roller, now: datetime) -> None:
    behind = select(rollup_open).where(rollup_open.c.next_on < block_of(office_date(now)))
    _take(roller, (row for row in db.execute(behind) if row.number not in roller.loaded))


def _take(roller: Roller, rows: Iterable[Row[Any]]) -> None:
    for row in rows:
        fold = _unpacked(json.loads(row.fold))
        roller.open[row.number] = OpenCase(fold, row.next_on, rolled=True)
        roller.loaded.add(row.number)


def _known(lines: Iterator[Any], now: datetime) -> Iterator[Any]:
    for line in lines:
        if line.at > now:
            raise OutOfOrderError(f"Expected no event after {now}, but {line.stream} has one")
        yield line


def _row_hash(db: Connection, sequence: int) -> bytes:
    found = db.scalar(select(journal.c.hash).where(journal.c.sequence == sequence))
    return GENESIS if found is None else bytes(found)


def _save_blocks(db: Connection, roller: Roller) -> None:
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(rollup_block)
    statement = statement.on_conflict_do_update(
        index_elements=list(rollup_block.primary_key.columns),
        set_={name: rollup_block.c[name] + statement.excluded[name] for name in COUNTS},
    )
    rows = [
        dict(zip(("first_on", *CELL_COLUMNS), key, strict=True))
        | {name: counts[name] for name in COUNTS}
        for key, counts in roller.blocks.items()
    ]
    for start in range(0, len(rows), BATCH_ROWS):
        db.execute(statement, rows[start : start + BATCH_ROWS])


def _save_open(db: Connection, roller: Roller) -> None:
    gone = sorted(roller.loaded - roller.open.keys())
    for start in range(0, len(gone), BATCH_ROWS):
        db.execute(_forgotten, {"b_numbers": gone[start : start + BATCH_ROWS]})
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(rollup_open)
    statement = statement.on_conflict_do_update(
        index_elements=[rollup_open.c.number],
        set_={"next_on": statement.excluded.next_on, "fold": statement.excluded.fold},
    )
    rows = [
        {
            "number": number,
            "next_on": case.next_on,
            "fold": json.dumps(_packed(case.fold), ensure_ascii=False),
        }
        for number, case in roller.open.items()
    ]
    for start in range(0, len(rows), BATCH_ROWS):
        db.execute(statement, rows[start : start + BATCH_ROWS])


_these = select(rollup_open).where(rollup_open.c.number.in_(bindparam("b_numbers", expanding=True)))
_forgotten = delete(rollup_open).where(
    rollup_open.c.number.in_(bindparam("b_numbers", expanding=True))
)

_INSTANTS = ("received_at", "due_at", "due_766_at", "held_since", "asked_at", "appointed_at")
_PLAIN = (
    "agency",
    "field",
    "level",
    "procedure",
    "channel",
    "officer",
    "hour_based",
    "requests",
    "withdrawn",
    "apologised",
    "letter_late",
)


def _packed(fold: CaseFold) -> dict[str, Any]:
    values = {name: getattr(fold, name) for name in _PLAIN}
    for name in _INSTANTS:
        at = getattr(fold, name)
        values[name] = None if at is None else at.isoformat()
    values["answered"] = fold.answered // timedelta(microseconds=1)
    return values


def _unpacked(values: Mapping[str, Any]) -> CaseFold:
    fold = CaseFold(values)
    for name in ("requests", "withdrawn", "apologised", "letter_late"):
        setattr(fold, name, values[name])
    for name in _INSTANTS:
        text = values[name]
        setattr(fold, name, None if text is None else datetime.fromisoformat(text))
    fold.answered = timedelta(microseconds=values["answered"])
    return fold
