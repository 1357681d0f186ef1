"""Programs come in: bearer tokens, and indexes for lists that stay fast at a million cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of tokens and the indexes of the work list."""
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.Text(), nullable=True),
        sa.Column("valid_from", UtcInstant(length=27), nullable=False),
        sa.Column("valid_to", UtcInstant(length=27), nullable=False),
        sa.Column("issued_at", UtcInstant(length=27), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", UtcInstant(length=27), nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_api_token_officer_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_officer_code"), "api_token", ["officer_code"], unique=False)
    op.create_index(
        "ix_case_file_agency_status", "case_file", ["agency_code", "status", "id"], unique=False
    )
    op.create_index(
        "ix_case_file_open_by_due",
        "case_file",
        ["agency_code", sa.literal_column("coalesce(due_original_at, registered_at)"), "id"],
        unique=False,
        sqlite_where=sa.text("status NOT IN (3, 7, 9, 10)"),
        postgresql_where=sa.text("status NOT IN (3, 7, 9, 10)"),
    )
