"""Which file belongs to which case; the bytes lie outside, under the hash of their content."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from engine.database import UtcInstant, metadata

attachment = Table(
    "attachment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False),
    Column("component", String(64)),  # of the checklist, result, hand_over, or null: another paper
    Column("name", String(200), nullable=False),  # as people gave it, cleaned; may name a person
    Column("kind", String(10), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("attached_at", UtcInstant, nullable=False),
    Column("attached_by", String(64), nullable=False),
    Column("removed_at", UtcInstant),
    Column("removed_by", String(64)),
    Column("removed_reason", String(500)),
    Index("ix_attachment_case_id", "case_id"),
    Index("ix_attachment_sha256", "sha256"),
)
