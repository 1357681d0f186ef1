"""The journal's rows and the sealed batches over them; triggers refuse every change."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.database import UtcInstant, metadata

_BIG_KEY = BigInteger().with_variant(Integer, "sqlite")

journal = Table(
    "journal",
    metadata,
    Column("sequence", _BIG_KEY, Identity(always=True), primary_key=True),
    # One chain per stream: a case's number, or "office" for what concerns no single case.
    Column("stream", String(64), nullable=False),
    Column("stream_sequence", Integer, nullable=False),
    Column("type", String(40), nullable=False, index=True),
    Column("at", UtcInstant, nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("data", Text, nullable=False),  # canonical JSON text, so that its hash can be redone
    Column("previous_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("stream", "stream_sequence"),
    sqlite_autoincrement=True,
)

journal_batch = Table(
    "journal_batch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first_sequence", _BIG_KEY, nullable=False),
    Column("last_sequence", _BIG_KEY, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("previous_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("at", UtcInstant, nullable=False),
)

APPEND_ONLY = ("journal", "journal_batch")
"""Tables whose rows the database itself refuses to update or delete."""
