"""Deadlines that never sleep: inboxes, notices, drafts, pace, the pulse of the scheduler."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of duties and the columns of claims."""
    op.create_table(
        "daily_job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("done_for", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_daily_job")),
    )
    op.create_table(
        "escalation_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_at", UtcInstant(length=27), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_policy")),
    )
    op.create_table(
        "scheduler_heartbeat",
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcInstant(length=27), nullable=False),
        sa.Column("beat_at", UtcInstant(length=27), nullable=False),
        sa.Column("stopped_at", UtcInstant(length=27), nullable=True),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_scheduler_heartbeat")),
    )
    op.create_table(
        "step_pace",
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("p50_minutes", sa.Integer(), nullable=False),
        sa.Column("p80_minutes", sa.Integer(), nullable=False),
        sa.Column("p95_minutes", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("procedure_code", "element_id", name=op.f("pk_step_pace")),
    )
    op.create_table(
        "apology_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", UtcInstant(length=27), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("letter", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_apology_draft_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apology_draft")),
        sa.UniqueConstraint("case_id", name=op.f("uq_apology_draft_case_id")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("standing_in_for", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("rung", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("due_at", UtcInstant(length=27), nullable=True),
        sa.Column("raised_at", UtcInstant(length=27), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("read_at", UtcInstant(length=27), nullable=True),
        sa.Column("acted_at", UtcInstant(length=27), nullable=True),
        sa.Column("acted_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", UtcInstant(length=27), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_inbox_case_id")),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_inbox_officer_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_case_id"), "inbox", ["case_id"], unique=False)
    op.create_index(
        "ix_inbox_officer_code_closed_at", "inbox", ["officer_code", "closed_at"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("stream_sequence", sa.Integer(), nullable=True),
        sa.Column("inbox_id", sa.Integer(), nullable=True),
        sa.Column("officer_code", sa.String(length=64), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("written_at", UtcInstant(length=27), nullable=False),
        sa.Column("next_try_at", UtcInstant(length=27), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(length=27), nullable=True),
        sa.Column("sent_at", UtcInstant(length=27), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_notice_case_id")),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_notice_inbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "case_id", "stream_sequence", name=op.f("uq_notice_case_id_stream_sequence")
        ),
        sa.UniqueConstraint("inbox_id", name=op.f("uq_notice_inbox_id")),
    )
    op.create_index("ix_notice_state_next_try_at", "notice", ["state", "next_try_at"], unique=False)
    op.add_column("officer", sa.Column("email", sa.String(length=200), nullable=True))
    op.add_column(
        "timer", sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("timer", sa.Column("retry_at", UtcInstant(length=27), nullable=True))
    op.create_index("ix_step_case_state", "step", ["case_id", "state"], unique=False)
    op.create_index("ix_timer_case_state", "timer", ["case_id", "state"], unique=False)
