"""When the books were last backed up: noted in the journal, read by whoever watches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.events.office import BackupTaken
from engine.journal.append import append_office
from engine.journal.tables import journal

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.clock import Clock


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that the journal knows of."""

    file: str
    taken_at: datetime
    journal_rows: int


def note_backup(
    db: Connection, clock: Clock, *, file: Path, taken_at: datetime, journal_rows: int
) -> None:
    """Journal that a backup was made; `taken_at` by the wall, in a training office too."""
    event = BackupTaken(file=file.name, taken_at=taken_at, journal_rows=journal_rows)
    append_office(db, at=clock.now(), actor="command", events=[event])


def last_backup(db: Connection) -> LastBackup | None:
    """The newest backup; None when none was ever made with this program."""
    data = db.scalar(
        select(journal.c.data)
        .where(journal.c.type == BackupTaken.type())
        .order_by(journal.c.sequence.desc())
        .limit(1)
    )
    if data is None:
        return None
    said = json.loads(data)
    return LastBackup(said["file"], datetime.fromisoformat(said["taken_at"]), said["journal_rows"])
