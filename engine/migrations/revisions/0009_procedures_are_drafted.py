"""Procedures are drafted: one draft a procedure, and copies of what met another's save."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the drafts and their kept copies."""
    op.create_table(
        "procedure_draft",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("bpmn", sa.LargeBinary(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcInstant(length=27), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_procedure_draft")),
    )
    op.create_table(
        "procedure_draft_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("bpmn", sa.LargeBinary(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.String(length=64), nullable=False),
        sa.Column("kept_at", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_draft_copy")),
        sa.UniqueConstraint(
            "code",
            "revision",
            "kept_by",
            name=op.f("uq_procedure_draft_copy_code_revision_kept_by"),
        ),
    )
