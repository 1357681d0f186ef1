"""Published procedure versions: immutable, each with its decision (R2, R3); drafts beside them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.database import UtcInstant, metadata

procedure = Table(
    "procedure",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(500), nullable=False),
    Column("field", String(200), nullable=False),
    Column("level", String(10), nullable=False),
)

procedure_version = Table(
    "procedure_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("procedure_code", ForeignKey("procedure.code"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("bpmn", LargeBinary, nullable=False),
    Column("meta", Text, nullable=False),  # JSON: procedure.yaml and its forms as published
    Column("decision", String(200)),
    Column("decided_on", Date),
    Column("authority", String(200)),
    Column("effective_on", Date, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("published_at", UtcInstant, nullable=False),
    UniqueConstraint("procedure_code", "number"),
    UniqueConstraint("procedure_code", "effective_on", "sha256"),
)

procedure_abolition = Table(
    "procedure_abolition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("procedure_code", ForeignKey("procedure.code"), nullable=False),
    Column("decision", String(200), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("authority", String(200), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("written_at", UtcInstant, nullable=False),
    UniqueConstraint("procedure_code", "effective_on"),
)

procedure_draft = Table(
    "procedure_draft",
    metadata,
    Column("code", String(64), primary_key=True),  # no key of `procedure`: it may be a new one
    Column("bpmn", LargeBinary, nullable=False),
    Column("meta", Text, nullable=False),  # JSON: procedure.yaml and forms to publish with
    Column("base_version", Integer),
    Column("revision", Integer, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("started_at", UtcInstant, nullable=False),
    Column("saved_by", String(64), nullable=False),
    Column("saved_at", UtcInstant, nullable=False),
)

procedure_draft_copy = Table(
    "procedure_draft_copy",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False),
    Column("revision", Integer, nullable=False),  # of the draft it was drawn from
    Column("bpmn", LargeBinary, nullable=False),
    Column("meta", Text, nullable=False),
    Column("kept_by", String(64), nullable=False),
    Column("kept_at", UtcInstant, nullable=False),
    UniqueConstraint("code", "revision", "kept_by"),
)

OPEN_PROPOSAL = "state IN ('proposed', 'checked')"

procedure_proposal = Table(
    "procedure_proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("procedure_code", String(64), nullable=False),  # it may be a new one
    Column("bpmn", LargeBinary, nullable=False),
    Column("meta", Text, nullable=False),  # JSON: what it is published with
    Column("sha256", String(64), nullable=False),
    Column("base_version", Integer),
    Column("draft_revision", Integer, nullable=False),
    Column("authors", Text, nullable=False),  # JSON: officers who may neither check nor approve it
    Column("state", String(10), nullable=False),  # proposed, checked, approved, returned
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", UtcInstant, nullable=False),
    Column("checked_by", String(64)),
    Column("checked_at", UtcInstant),
    Column("rehearsed_by", String(64)),
    Column("rehearsed_at", UtcInstant),
    Column("rehearsal", Text),  # JSON: steps walked, whether it ended, what it met
    Column("closed_by", String(64)),
    Column("closed_at", UtcInstant),
    Column("note", Text),
    Column("version", Integer),  # the number it became
    Index(
        "uq_procedure_proposal_open",
        "procedure_code",
        unique=True,
        sqlite_where=text(OPEN_PROPOSAL),
        postgresql_where=text(OPEN_PROPOSAL),
    ),
)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("started_at", UtcInstant, nullable=False),
)

import_item = Table(
    "import_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("import_batch.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("file", String(300), nullable=False),
    Column("data", LargeBinary),  # until it has been read
    Column("code", String(64)),
    Column("rows", Integer, nullable=False),
    Column("outcome", String(10)),  # draft, kept, refused; null: not read yet
    Column("message", Text),
    Column("findings", Text),  # JSON
    UniqueConstraint("batch_id", "place"),
)

PROTECTED = ("procedure_version", "procedure_abolition")
"""Tables whose rows the database itself refuses to change once written."""
