"""Delivering notices: claim a few, send each outside any transaction, then say how it went."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.cases.telling.outbox import (
    Outgoing,
    claim_notices,
    note_sent,
    note_trouble,
    note_without_address,
)
from engine.database import transaction
from engine.scheduler.mail import Mail, MailFailedError, MailRefusedError, send_mail

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.config import Settings
    from engine.scheduler.sweep import Worker

BATCH = 20


def deliver(books: Engine, settings: Settings, worker: Worker) -> int:
    """Send what waits and is due for a try; gives how many left the books.

    A notice that fails is its own trouble: no case waits for it or is rolled back. Legal: R71
    """
    sent = 0
    # The lease outlasts a batch of the slowest messages.
    lease = worker.lease + timedelta(seconds=BATCH * settings.smtp_timeout_seconds)
    while not worker.stopping.is_set():
        with transaction(books) as db:
            batch = claim_notices(db, worker.wall.now(), lease=lease, most=BATCH)
        if not batch:
            break
        for each in batch:
            sent += _deliver_one(books, settings, worker, each)
    return sent


def _deliver_one(books: Engine, settings: Settings, worker: Worker, each: Outgoing) -> int:
    if not each.to:
        with transaction(books) as db:
            note_without_address(db, each)
        return 0
    mail = Mail(f"notice-{each.id}", each.to, each.what.subject, each.what.text)
    try:
        send_mail(settings, mail)
    except (MailRefusedError, MailFailedError) as trouble:
        with transaction(books) as db:
            note_trouble(
                db,
                each,
                worker.wall.now(),
                trouble.message,
                for_ever=isinstance(trouble, MailRefusedError),
            )
        return 0
    with transaction(books) as db:
        note_sent(db, each, worker.wall.now())
    return 1
