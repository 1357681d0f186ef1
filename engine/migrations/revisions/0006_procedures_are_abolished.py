"""Procedures are abolished by a decision, which is written once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant
from engine.migrations.append_only import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of abolitions."""
    op.create_table(
        "procedure_abolition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("written_at", UtcInstant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_code"],
            ["procedure.code"],
            name=op.f("fk_procedure_abolition_procedure_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_abolition")),
        sa.UniqueConstraint(
            "procedure_code",
            "effective_on",
            name=op.f("uq_procedure_abolition_procedure_code_effective_on"),
        ),
    )
    protect(op, "procedure_abolition")
