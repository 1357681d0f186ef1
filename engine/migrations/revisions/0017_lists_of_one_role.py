"""Lists of one role's work stay fast: open steps say again how their cases stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN_STEP = "state = 'open'"


def upgrade() -> None:
    """Copy how each case stands to its steps, and index the open ones by role and by officer."""
    for column in (
        sa.Column("agency_code", sa.String(length=35), server_default="", nullable=False),
        sa.Column("case_status", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("case_due_at", UtcInstant(length=27), nullable=True),
        sa.Column("case_late", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("step", column)
    op.execute(
        sa.text(
            "UPDATE step SET (agency_code, case_status, case_due_at, case_late) = "
            "(SELECT agency_code, status, due_original_at, became_late_at IS NOT NULL "
            "FROM case_file WHERE case_file.id = step.case_id) WHERE state = 'open'"
        )
    )
    op.drop_index("ix_step_role_state", table_name="step")
    op.drop_index("ix_step_officer_state", table_name="step")
    for name, whose in (("ix_step_open_role", "role"), ("ix_step_open_officer", "officer_code")):
        op.create_index(
            name,
            "step",
            ["agency_code", whose, "case_status", "case_due_at", "case_late", "case_id"],
            unique=False,
            sqlite_where=sa.text(OPEN_STEP),
            postgresql_where=sa.text(OPEN_STEP),
        )
