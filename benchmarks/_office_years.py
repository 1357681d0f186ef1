"""A made-up office's year: events of as many cases as wanted, and a journal written of them."""

from __future__ import annotations

import heapq
import json
import random
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert

from engine.cases.tables import office as office_table
from engine.clock import office_instant
from engine.database import open_database, transaction
from engine.journal.append import GENESIS, canonical, instant_text, row_hash
from engine.migrations.upgrade import upgrade
from engine.staff.tables import agency

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

FIELDS = tuple(f"Lĩnh vực {n:02}" for n in range(24))
AGENCIES = tuple(f"H35.{n:02}" for n in range(1, 109))
STEPS = ("b01_tiep_nhan", "b02_tham_dinh", "b03_ky", "b04_dong_dau", "b05_tra")
FIRST = office_instant("2025-12-15T07:30")
DAYS = 365
CLOSING = office_instant("2026-12-16T08:00")
CHUNK = 100_000


class Built(NamedTuple):
    """An event as a simulation builds it: instants are instants."""

    stream: str
    type: str
    at: datetime
    data: dict[str, Any]


def events(cases: int, seed: int = 1) -> Iterator[Built]:
    """Events in order of time: about fourteen a case, over a reporting year up to its closing."""
    for event in _all_events(cases, seed):
        if event.at > CLOSING:
            return
        yield event


def _all_events(cases: int, seed: int) -> Iterator[Built]:
    dice = random.Random(seed)
    gap = timedelta(days=DAYS) / cases
    waiting: list[tuple[datetime, int, Built]] = []
    pushed = 0
    for number in range(cases):
        at = FIRST + gap * number
        while waiting and waiting[0][0] <= at:
            yield heapq.heappop(waiting)[2]
        for event in _life(number, at, dice):
            pushed += 1  # events of one instant keep their order
            heapq.heappush(waiting, (event.at, pushed, event))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _life(number: int, at: datetime, dice: random.Random) -> list[Built]:
    code = AGENCIES[number % len(AGENCIES)]
    field = dice.randrange(len(FIELDS))
    name = f"{code}-{at:%y%m%d}-{number:07}"
    limit = dice.choice((1, 3, 5, 7, 15))
    due_at = at + timedelta(days=limit * 1.4)
    made = [
        Built(
            name,
            "CaseReceived",
            at,
            {
                "procedure": f"1.{field:06}",
                "version": 1,
                "agency": code,
                "field": FIELDS[field],
                "level": "xã" if field % 3 else "tỉnh",
                "channel": ("counter", "online", "postal")[number % 3],
                "officer": f"cb.{number % 300}",
                "regime": "ND118_309",
                "limit": f"{limit}wd",
                "received_at": at,
                "due_at": due_at,
                "hour_based": False,
            },
        )
    ]
    end = at + timedelta(days=limit * dice.choice((0.2, 0.6, 0.9, 1.0, 1.3, 1.6)))
    for position, step in enumerate(STEPS):
        opened = at + (end - at) * position / len(STEPS)
        done = at + (end - at) * (position + 1) / len(STEPS)
        task = f"{number:x}-{position}"
        role = "mot_cua" if position in (0, 4) else "chuyen_vien"
        head = {"step": step, "task": task, "role": role, "unit": role, "kind": "examine"}
        made.append(Built(name, "StepOpened", opened, {**head, "due_at": due_at}))
        made.append(
            Built(
                name,
                "StepCompleted",
                done,
                {
                    **head,
                    "officer": f"cb.{number % 300}",
                    "created_at": opened,
                    "allotted_minutes": 480,
                    "used_minutes": int((done - opened).total_seconds() // 180),
                },
            )
        )
    if number % 20 == 0:
        letter = {
            "letter": f"{number}/XL",
            "signer": "ld",
            "cause": "QUA_TAI",
            "original_due_at": due_at,
            "new_due_at": due_at + timedelta(days=3),
            "apology_late": False,
            "count": 1,
        }
        signed = min(max(at, due_at - timedelta(days=1)), end)
        made.append(Built(name, "ApologyIssued", signed, letter))
    if number % 500:
        made.append(Built(name, "StatusChanged", end, {"before": 4, "after": 9}))
        made.append(Built(name, "CaseFinished", end, {"outcome": "GRANTED", "verdict": "on_time"}))
        returned = {"by_owner": True, "channel": "counter", "originals_returned": True}
        made.append(Built(name, "ResultReturned", end + timedelta(hours=5), returned))
    return sorted(made, key=lambda event: event.at)


def write_journal(path: Path, cases: int) -> int:
    """A SQLite journal of the year, every row chained as the office chains it; gives its rows."""
    books = open_database(f"sqlite:///{path}")
    upgrade(books)
    with transaction(books) as db:
        db.execute(
            insert(office_table).values(id=1, training=True, clock_at=CLOSING, opened_at=FIRST)
        )
        db.execute(
            insert(agency),
            [
                {"code": code, "name": f"Xã {code}", "level": "xã", "accepts_all": True}
                for code in AGENCIES
            ],
        )
    books.dispose()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    heads: dict[str, tuple[int, bytes]] = {}
    rows: list[tuple[Any, ...]] = []
    total = 0
    for event in events(cases):
        length, head = heads.get(event.stream, (0, GENESIS))
        data = canonical({k: _plain(v) for k, v in event.data.items()})
        at = instant_text(event.at)
        link = row_hash(event.stream, length + 1, event.type, at, "cb", data, head)
        heads[event.stream] = (length + 1, link)
        if event.type == "ResultReturned":
            del heads[event.stream]
        rows.append((event.stream, length + 1, event.type, at, "cb", data, head, link))
        if len(rows) >= CHUNK:
            total += _insert(db, rows)
            rows = []
    total += _insert(db, rows)
    db.execute("ANALYZE")
    db.close()
    return total


def _insert(db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> int:
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO journal (stream, stream_sequence, type, at, actor, data, previous_hash, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    db.execute("COMMIT")
    return len(rows)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


if __name__ == "__main__":
    print(json.dumps({"events_of_1000_cases": sum(1 for _ in events(1000))}))
