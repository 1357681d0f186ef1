"""Who works where, in which role, from when to when."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
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

agency = Table(
    "agency",
    metadata,
    Column("code", String(35), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("parent_code", String(35)),
    Column("level", String(10), nullable=False),
    # A training agency accepts every loaded procedure; a real one only those it is given.
    Column("accepts_all", Boolean, nullable=False, default=False),
    Column("hours", Text),  # JSON of dated office hours; null: the default hours
)

agency_procedure = Table(
    "agency_procedure",
    metadata,
    Column("agency_code", ForeignKey("agency.code"), primary_key=True),
    Column("procedure_code", String(64), primary_key=True),
)

calendar_override = Table(
    "calendar_override",
    metadata,
    Column("on", Date, primary_key=True),
    Column("kind", String(6), nullable=False),
    Column("name", String(200), nullable=False),
    Column("decision", String(100), nullable=False),
)

unit = Table(
    "unit",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("agency_code", ForeignKey("agency.code"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("parent_code", String(64)),
    Column("head_code", String(64)),
)

officer = Table(
    "officer",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("unit_code", ForeignKey("unit.code"), nullable=False),
    Column("active_from", Date, nullable=False),
    Column("active_to", Date),
    Column("email", String(200)),
)

officer_role = Table(
    "officer_role",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("officer_code", ForeignKey("officer.code"), nullable=False),
    Column("role", String(64), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("officer_code", "role", "valid_from"),
    Index("ix_officer_role_role", "role"),
)

deputy = Table(
    "deputy",
    metadata,
    Column("officer_code", ForeignKey("officer.code"), primary_key=True),
    Column("deputy_code", ForeignKey("officer.code"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
)

absence = Table(
    "absence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("officer_code", ForeignKey("officer.code"), nullable=False, index=True),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("reason", String(200), nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("officer_code", ForeignKey("officer.code"), primary_key=True),
    Column("password_hash", String(200), nullable=False),  # argon2, with its own salt
    Column("changed_at", UtcInstant, nullable=False),
    Column("failures", SmallInteger, nullable=False, default=0),
    Column("locked_until", UtcInstant),
)

sign_in_session = Table(
    "sign_in_session",
    metadata,
    Column(
        "token_hash", String(64), primary_key=True
    ),  # SHA-256; the token itself is the browser's
    Column("officer_code", ForeignKey("officer.code"), nullable=False, index=True),
    Column("opened_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("officer_code", ForeignKey("officer.code"), nullable=False, index=True),
    Column("name", String(200), nullable=False),  # which program, for what
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("roles", Text),  # JSON list; null: every role the officer holds
    Column("valid_from", UtcInstant, nullable=False),
    Column("valid_to", UtcInstant, nullable=False),
    Column("issued_at", UtcInstant, nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("revoked_at", UtcInstant),
    Column("revoked_by", String(64)),
)
