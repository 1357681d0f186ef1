"""Rehearsals are asked for on a page, run beside the desk and kept with their results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of rehearsals."""
    op.create_table(
        "rehearsal_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcInstant(length=27), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("begun_at", UtcInstant(length=27), nullable=True),
        sa.Column("beat_at", UtcInstant(length=27), nullable=True),
        sa.Column("ended_at", UtcInstant(length=27), nullable=True),
        sa.Column("cancel_asked_at", UtcInstant(length=27), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_rehearsal_run_agency_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal_run")),
    )
    op.create_index("ix_rehearsal_run_agency", "rehearsal_run", ["agency_code", "id"], unique=False)
    op.create_index("ix_rehearsal_run_state", "rehearsal_run", ["state", "id"], unique=False)
