"""Citizens speak: feedback with its own timers, one answer a case; hand-over keeps its proof."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of feedback and satisfaction, and where a hand-over keeps its proof."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("topic", sa.String(length=10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("sender_contact", sa.String(length=200), nullable=False),
        sa.Column("about_officer", sa.String(length=64), nullable=True),
        sa.Column("received_at", UtcInstant(length=27), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=True),
        sa.Column("assigned_to", sa.String(length=64), nullable=True),
        sa.Column("assigned_at", UtcInstant(length=27), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_at", UtcInstant(length=27), nullable=True),
        sa.Column("asked_text", sa.Text(), nullable=True),
        sa.Column("supplied_at", UtcInstant(length=27), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcInstant(length=27), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("passed_to", sa.String(length=200), nullable=True),
        sa.Column("found_false", sa.Boolean(), nullable=False),
        sa.Column("published_at", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_feedback_agency_code")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_feedback_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("number", name=op.f("uq_feedback_number")),
    )
    op.create_index(
        "ix_feedback_agency_state_due",
        "feedback",
        ["agency_code", "state", "due_on", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_feedback_case_id"), "feedback", ["case_id"], unique=False)
    op.create_table(
        "satisfaction",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("answered_at", UtcInstant(length=27), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_satisfaction_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_satisfaction")),
    )
    op.add_column("case_file", sa.Column("returned_proof", sa.String(length=200), nullable=True))
