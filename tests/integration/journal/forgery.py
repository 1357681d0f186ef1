"""What somebody with full rights on the database, and with our code at hand, could do to it.

Each forgery changes the books on an open connection and says what it did. `rechain` makes the
rest consistent again as far as the forger wants to go.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, delete, insert, select, text, update

from engine.cases.tables import case
from engine.database import instant_text
from engine.journal.append import GENESIS, OFFICE_STREAM, Head, row_hash
from engine.journal.seal import Batch, Root
from engine.journal.tables import APPEND_ONLY, journal, journal_batch

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Forgery:
    """What was done, and the row, stream or batch that a finding should name (if just one)."""

    what: str
    where: str | None = None


def unlock(db: Connection) -> None:
    """Drop the triggers, as an owner may."""
    for table in APPEND_ONLY:
        if db.dialect.name == "postgresql":
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            continue
        names = db.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"),
            {"t": table},
        ).scalars()
        for name in names.all():
            db.execute(text(f"DROP TRIGGER {name}"))


def rows_of(db: Connection) -> list[dict[str, Any]]:
    """Every journal row, in order."""
    return [dict(row._mapping) for row in db.execute(select(journal).order_by(journal.c.sequence))]


def rechain(db: Connection, *, heads: bool = True, batches: bool = False) -> None:
    """Number and hash all rows anew, and let cases and batches agree with them."""
    ends: dict[str, Head] = defaultdict(lambda: Head(0, GENESIS))
    # park the numbers first: the unique key must hold after every statement
    db.execute(update(journal).values(stream_sequence=journal.c.stream_sequence + 1_000_000))
    for row in rows_of(db):
        end = ends[row["stream"]]
        link = row_hash(
            row["stream"],
            end.length + 1,
            row["type"],
            instant_text(row["at"]),
            row["actor"],
            row["data"],
            end.hash,
        )
        db.execute(
            update(journal)
            .where(journal.c.sequence == row["sequence"])
            .values(stream_sequence=end.length + 1, previous_hash=end.hash, hash=link)
        )
        ends[row["stream"]] = Head(end.length + 1, link)
    if heads:
        for number in db.execute(select(case.c.number)).scalars().all():
            end = ends[number]
            _set_head(db, number, end.length, end.hash)
    if batches:
        rebatch(db)


def rebatch(db: Connection) -> None:
    """Seal all rows anew within the old batches' limits."""
    old = [row._mapping for row in db.execute(select(journal_batch).order_by("number"))]
    db.execute(delete(journal_batch))
    rows, previous = rows_of(db), GENESIS
    number = 0
    for batch in old:
        inside = [row for row in rows if row["sequence"] <= batch["last_sequence"]]
        rows = rows[len(inside) :]
        if not inside:
            continue
        number += 1
        root = Root()
        for row in inside:
            root.add(row["sequence"], row["hash"])
        columns = {
            "number": number,
            "first_sequence": inside[0]["sequence"],
            "last_sequence": inside[-1]["sequence"],
            "row_count": len(inside),
            "root": root.digest(),
            "previous_hash": previous,
            "at": batch["at"],
        }
        previous = Batch(**columns, hash=b"").expected_hash()
        db.execute(insert(journal_batch).values(**columns, hash=previous))


def edit_a_row(random: Random, db: Connection) -> Forgery:
    """Change one column and nothing else."""
    row = random.choice(rows_of(db))
    column = random.choice(
        ["stream", "stream_sequence", "type", "at", "actor", "data", "previous_hash", "hash"]
    )
    _update(db, row, **{column: _another(row[column], random)})
    return Forgery(f"edit {column}", _name(row) if column != "stream" else None)


def edit_and_rehash_a_row(random: Random, db: Connection) -> Forgery:
    """Change what a row says, and its hash with it."""
    row = random.choice(rows_of(db))
    row["data"] = json.dumps({"to": f"forged {random.random()}"})
    link = row_hash(
        row["stream"],
        row["stream_sequence"],
        row["type"],
        instant_text(row["at"]),
        row["actor"],
        row["data"],
        row["previous_hash"],
    )
    _update(db, row, data=row["data"], hash=link)
    return Forgery("edit and rehash")


def edit_and_rechain(random: Random, db: Connection) -> Forgery:
    """Change a row and make the journal agree: the cases, perhaps the batches too."""
    row = random.choice(rows_of(db))
    column = random.choice(["type", "at", "actor", "data"])
    _update(db, row, **{column: _another(row[column], random)})
    return _consistently(f"edit {column}", random, db)


def delete_rows(random: Random, db: Connection) -> Forgery:
    """Take rows out of the middle."""
    rows = rows_of(db)
    taken = random.sample(rows, random.randint(1, 3))
    for row in taken:
        db.execute(delete(journal).where(journal.c.sequence == row["sequence"]))
    return _perhaps_consistently("delete", random, db)


def insert_a_row(random: Random, db: Connection) -> Forgery:
    """Put a row where there was none: in front, in a gap, behind."""
    rows = rows_of(db)
    like = dict(random.choice(rows))
    taken = {row["sequence"] for row in rows}
    free = [n for n in range(-3, max(taken)) if n not in taken]
    like |= {"sequence": random.choice(free), "stream_sequence": 500_000, "actor": "forger"}
    _insert_at(db, like)
    return _perhaps_consistently("insert", random, db)


def append_without_the_case(random: Random, db: Connection) -> Forgery:
    """Add a well-chained row behind the last, but forget the case's own note of its head."""
    row = random.choice([row for row in rows_of(db) if row["stream"] != OFFICE_STREAM])
    last = [other for other in rows_of(db) if other["stream"] == row["stream"]][-1]
    like = last | {
        "stream_sequence": last["stream_sequence"] + 1,
        "previous_hash": last["hash"],
        "actor": "forger",
    }
    like.pop("sequence")
    like["hash"] = row_hash(
        like["stream"],
        like["stream_sequence"],
        like["type"],
        instant_text(like["at"]),
        like["actor"],
        like["data"],
        like["previous_hash"],
    )
    db.execute(insert(journal).values(**like))
    return Forgery("append", like["stream"])


def invent_a_stream(random: Random, db: Connection) -> Forgery:
    """Give a stream another name: its case has no history then, and the history no case."""
    stream = random.choice(rows_of(db))["stream"]
    db.execute(update(journal).where(journal.c.stream == stream).values(stream="invented"))
    return _perhaps_consistently("rename a stream", random, db)


def swap_two_rows(random: Random, db: Connection) -> Forgery:
    """Exchange what two rows say, or the places they stand at."""
    first, second = random.sample(rows_of(db), 2)
    if random.random() < 0.5:
        names = ("type", "at", "actor", "data")
        _update(db, first, **{name: second[name] for name in names})
        _update(db, second, **{name: first[name] for name in names})
        return _perhaps_consistently("swap contents", random, db)
    db.execute(
        delete(journal).where(journal.c.sequence.in_([first["sequence"], second["sequence"]]))
    )
    for row, place in ((first, second), (second, first)):
        _insert_at(db, row | {"sequence": place["sequence"]})
    return _perhaps_consistently("swap places", random, db)


def cut_the_tail(random: Random, db: Connection) -> Forgery:
    """Forget the last rows, and let cases and batches forget them too."""
    rows = rows_of(db)
    last = random.choice(rows[:-1])["sequence"]
    db.execute(delete(journal).where(journal.c.sequence > last))
    return _perhaps_consistently("cut the tail", random, db)


def put_an_old_backup_in_place(random: Random, db: Connection) -> Forgery:
    """Everything as it was at an earlier sealing, all of it consistent."""
    batches = db.execute(select(journal_batch).order_by("number")).all()
    kept = random.choice(batches[:-1])
    db.execute(delete(journal).where(journal.c.sequence > kept.last_sequence))
    db.execute(delete(journal_batch).where(journal_batch.c.number > kept.number))
    ends: dict[str, Head] = defaultdict(lambda: Head(0, GENESIS))
    for row in rows_of(db):
        ends[row["stream"]] = Head(row["stream_sequence"], row["hash"])
    for number in db.execute(select(case.c.number)).scalars().all():
        _set_head(db, number, ends[number].length, ends[number].hash)
    return Forgery("old backup")


def edit_a_batch(random: Random, db: Connection) -> Forgery:
    """Change, take away or exchange what was sealed."""
    batches = [dict(row._mapping) for row in db.execute(select(journal_batch).order_by("number"))]
    batch = random.choice(batches)
    column = random.choice([*batch, "all", "gone"])
    here = journal_batch.c.number == batch["number"]
    if column == "gone":
        db.execute(delete(journal_batch).where(here))
    elif column == "all":
        db.execute(delete(journal_batch))
    else:
        change = {column: _another(batch[column], random)}
        db.execute(update(journal_batch).where(here).values(**change))
    return Forgery(f"batch {column}")


def edit_a_head(random: Random, db: Connection) -> Forgery:
    """Change what a case says of its journal."""
    row = random.choice(db.execute(select(case)).all())
    column = random.choice(["journal_length", "journal_hash"])
    change = {column: _another(getattr(row, column), random)}
    db.execute(update(case).where(case.c.id == row.id).values(**change))
    return Forgery(f"head {column}", row.number)


def put_rubbish(random: Random, db: Connection) -> Forgery:
    """Put into a column what never should be there (SQLite lets one; elsewhere an edit)."""
    if db.dialect.name == "postgresql":
        return edit_a_row(random, db)
    table: Table = random.choice([journal, journal_batch])
    key = next(iter(table.primary_key))
    column = random.choice([column.name for column in table.c if column is not key])
    value = random.choice(["''", "'x'", "x'ff'", "cast(x'ff' AS TEXT)", "-1", "1e300", "char(0)"])
    number = random.choice(db.execute(select(key)).scalars().all())
    db.execute(text(f'UPDATE {table.name} SET "{column}" = {value} WHERE {key.name} = {number}'))
    return Forgery(f"rubbish {value} in {table.name}.{column}")


FORGERIES: tuple[Callable[[Random, Connection], Forgery], ...] = (
    edit_a_row,
    edit_and_rehash_a_row,
    edit_and_rechain,
    delete_rows,
    insert_a_row,
    append_without_the_case,
    invent_a_stream,
    swap_two_rows,
    cut_the_tail,
    put_an_old_backup_in_place,
    edit_a_batch,
    edit_a_head,
    put_rubbish,
)


def _perhaps_consistently(what: str, random: Random, db: Connection) -> Forgery:
    return Forgery(what) if random.random() < 0.3 else _consistently(what, random, db)


def _consistently(what: str, random: Random, db: Connection) -> Forgery:
    batches = random.random() < 0.6
    rechain(db, batches=batches)
    return Forgery(f"{what}, chained anew{' with batches' if batches else ''}")


def _update(db: Connection, row: dict[str, Any], **values: Any) -> None:
    db.execute(update(journal).where(journal.c.sequence == row["sequence"]).values(**values))


def _insert_at(db: Connection, row: dict[str, Any]) -> None:
    if db.dialect.name == "sqlite":
        db.execute(insert(journal).values(**row))
        return
    columns = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    db.execute(
        text(f"INSERT INTO journal ({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})"), row
    )


def _set_head(db: Connection, number: str, length: int, link: bytes) -> None:
    db.execute(
        update(case).where(case.c.number == number).values(journal_length=length, journal_hash=link)
    )


def _name(row: dict[str, Any]) -> str:
    return f"row {row['sequence']} ({row['stream']})"


def _another(value: Any, random: Random) -> Any:
    if isinstance(value, int):
        return value + random.choice([-1, 1, 7]) + 100_000
    if isinstance(value, bytes):
        return random.randbytes(32)
    if isinstance(value, str):
        return value[:-1] + ("y" if value.endswith("x") else "x")
    return value + timedelta(microseconds=random.choice([1, -1, 10**9]))
