"""Reports: closed periods that never change, and sums by half month that can be made again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant
from engine.migrations.append_only import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of reports."""
    op.create_table(
        "report_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("options", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("definition", sa.String(length=10), nullable=False),
        sa.Column("closed_at", UtcInstant(length=27), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("journal_sequence", sa.BigInteger(), nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=False),
        sa.Column("batch_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_closing")),
        sa.UniqueConstraint(
            "report",
            "options",
            "period",
            "first_on",
            name=op.f("uq_report_closing_report_options_period_first_on"),
        ),
    )
    op.create_table(
        "rollup_block",
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("agency", sa.String(length=35), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("procedure", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("early", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("solved_in_time_766", sa.Integer(), nullable=False),
        sa.Column("solved_late_apologised", sa.Integer(), nullable=False),
        sa.Column("solved_letters_late", sa.Integer(), nullable=False),
        sa.Column("kept_new_date", sa.Integer(), nullable=False),
        sa.Column("solved_without_due", sa.Integer(), nullable=False),
        sa.Column("open_in_time", sa.Integer(), nullable=False),
        sa.Column("open_late", sa.Integer(), nullable=False),
        sa.Column("open_in_time_766", sa.Integer(), nullable=False),
        sa.Column("open_late_apologised", sa.Integer(), nullable=False),
        sa.Column("open_letters_late", sa.Integer(), nullable=False),
        sa.Column("open_without_due", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "first_on",
            "agency",
            "level",
            "field",
            "procedure",
            "channel",
            name=op.f("pk_rollup_block"),
        ),
    )
    op.create_table(
        "rollup_bookmark",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("definition", sa.String(length=10), nullable=False),
        sa.Column("rolled_at", UtcInstant(length=27), nullable=False),
        sa.Column("usable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_bookmark")),
    )
    op.create_table(
        "rollup_open",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("fold", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rollup_open")),
    )
    protect(op, "report_closing")
