"""Mistakes are put right: a step is taken back; columns of one's own; fees are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a state was before the last step, columns of lists, and fees collected."""
    op.add_column("case_state", sa.Column("before", sa.LargeBinary(), nullable=True))
    op.add_column("case_state", sa.Column("before_task", sa.String(length=32), nullable=True))
    op.create_table(
        "list_columns",
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_list_columns_officer_code")
        ),
        sa.PrimaryKeyConstraint("officer_code", name=op.f("pk_list_columns")),
    )
    op.create_table(
        "fee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("amount_dong", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.String(length=100), nullable=True),
        sa.Column("collected_at", UtcInstant(length=27), nullable=False),
        sa.Column("collected_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_fee_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee")),
    )
    op.create_index(op.f("ix_fee_case_id"), "fee", ["case_id"], unique=False)
