"""What keeps deadlines awake: inboxes, notices, drafts, pace, the scheduler's pulse."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.database import UtcInstant, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("officer_code", ForeignKey("officer.code"), nullable=False),
    Column("standing_in_for", String(64)),  # whose deputy was told, while that one is away
    Column("kind", String(10), nullable=False),  # alert, digest
    Column("level", String(20), nullable=False),
    Column("rung", SmallInteger, nullable=False),
    Column("case_id", ForeignKey("case_file.id"), index=True),
    Column("step", String(64)),
    Column("subject", String(64), nullable=False),  # task id of the step, or ""
    Column("due_at", UtcInstant),
    Column("raised_at", UtcInstant, nullable=False),
    Column("content", Text, nullable=False),  # JSON: codes and figures, no names of applicants
    Column("read_at", UtcInstant),
    Column("acted_at", UtcInstant),  # somebody took it up: it climbs no further
    Column("acted_by", String(64)),
    Column("closed_at", UtcInstant),  # what it warned of is over
    Column("closed_by", String(40)),  # the event that ended it
    Index("ix_inbox_officer_code_closed_at", "officer_code", "closed_at"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id")),
    # the journal row that is told of: one notice each (R71)
    Column("stream_sequence", Integer),
    Column("inbox_id", ForeignKey("inbox.id")),
    Column("officer_code", String(64)),  # null: to the applicant, by what the case says of him
    Column("what", String(40), nullable=False),
    Column("content", Text, nullable=False),  # JSON: facts as they were; names come at delivery
    Column("state", String(12), nullable=False),  # waiting, sent, dead, no_address
    Column("written_at", UtcInstant, nullable=False),
    Column("next_try_at", UtcInstant, nullable=False),  # by the wall: machines retry, not people
    Column("attempts", SmallInteger, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", UtcInstant),
    Column("sent_at", UtcInstant),
    Column("last_error", String(300)),
    UniqueConstraint("case_id", "stream_sequence"),
    UniqueConstraint("inbox_id"),
    Index("ix_notice_state_next_try_at", "state", "next_try_at"),
)

apology_draft = Table(
    "apology_draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, unique=True),
    Column("drafted_at", UtcInstant, nullable=False),
    Column("content", Text, nullable=False),  # JSON of the draft as it was proposed
    Column("letter", String(100)),  # the letter a leader signed instead of it
)

step_pace = Table(
    "step_pace",
    metadata,
    Column("procedure_code", String(64), primary_key=True),
    Column("element_id", String(64), primary_key=True),
    Column("finished", Integer, nullable=False),  # how many are behind the figures
    Column("p50_minutes", Integer, nullable=False),  # working minutes
    Column("p80_minutes", Integer, nullable=False),
    Column("p95_minutes", Integer, nullable=False),
    Column("counted_at", UtcInstant, nullable=False),
)

escalation_policy = Table(
    "escalation_policy",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("set_at", UtcInstant, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("text", Text, nullable=False),  # YAML as it was given; the last row is in force
)

heartbeat = Table(
    "scheduler_heartbeat",
    metadata,
    Column("holder", String(64), primary_key=True),
    Column("started_at", UtcInstant, nullable=False),  # all three by the wall
    Column("beat_at", UtcInstant, nullable=False),
    Column("stopped_at", UtcInstant),
    Column("fired", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

daily_job = Table(
    "daily_job",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("done_for", UtcInstant, nullable=False),  # the last opening it was done for
)

calendar_change = Table(
    "calendar_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("content", Text, nullable=False),  # JSON of the change as it was ordered
    Column("why", Text, nullable=False),  # as a ledger tells it to a citizen
    Column("promises", String(10), nullable=False),  # what becomes of promised dates
    Column("ordered_at", UtcInstant, nullable=False),
    Column("ordered_by", String(64), nullable=False),
    # Open cases are counted again in batches: how far it got, and with what result.
    Column("last_case_id", Integer, nullable=False),
    Column("looked_at", Integer, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("finished_at", UtcInstant),
)
