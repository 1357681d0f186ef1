"""What citizens say of the office: feedback with its own timers, and one answer a case."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from engine.database import UtcInstant, metadata

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("agency_code", ForeignKey("agency.code"), nullable=False),
    Column("case_id", ForeignKey("case_file.id"), index=True),
    Column("channel", String(10), nullable=False),
    Column("topic", String(10), nullable=False),
    Column("content", Text, nullable=False),
    Column("sender_name", String(200), nullable=False),
    Column("sender_contact", String(200), nullable=False),
    Column("about_officer", String(64)),
    Column("received_at", UtcInstant, nullable=False),
    Column("received_by", String(64)),  # null: the citizen wrote it himself
    Column("assigned_to", String(64)),
    Column("assigned_at", UtcInstant),
    # waiting, asked, answered, closed: whose turn it is
    Column("state", String(10), nullable=False),
    Column("due_on", Date),  # last day of the office's next duty; null while it has none (R59)
    Column("asked_at", UtcInstant),
    Column("asked_text", Text),
    Column("supplied_at", UtcInstant),
    Column("answer", String(10)),  # refused, handled, passed_on
    Column("answer_text", Text),
    Column("answered_at", UtcInstant),
    Column("answered_by", String(64)),
    Column("passed_to", String(200)),
    Column("found_false", Boolean, nullable=False, default=False),
    Column("published_at", UtcInstant),
    Index("ix_feedback_agency_state_due", "agency_code", "state", "due_on", "id"),
)

satisfaction = Table(
    "satisfaction",
    metadata,
    Column("case_id", ForeignKey("case_file.id"), primary_key=True, autoincrement=False),
    Column("answer", String(20), nullable=False),
    Column("themes", Text, nullable=False),  # JSON: what was not liked
    Column("comment", String(1000), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("answered_at", UtcInstant, nullable=False),
    Column("recorded_by", String(64)),  # null: the citizen himself
)
