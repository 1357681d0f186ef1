"""Forecasts are kept, so that they can be scored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the forecasts and their cases."""
    op.create_table(
        "forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("made_at", UtcInstant(length=27), nullable=False),
        sa.Column("horizon_until", sa.Date(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("replications", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_forecast_agency_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
    )
    op.create_index("ix_forecast_agency_made", "forecast", ["agency_code", "made_at"], unique=False)
    op.create_table(
        "forecast_case",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcInstant(length=27), nullable=False),
        sa.Column("late_probability", sa.Float(), nullable=False),
        sa.Column("expected_finish_at", UtcInstant(length=27), nullable=False),
        sa.Column("p80_finish_at", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_forecast_case_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecast.id"], name=op.f("fk_forecast_case_forecast_id")
        ),
        sa.PrimaryKeyConstraint("forecast_id", "case_id", name=op.f("pk_forecast_case")),
    )
    op.create_index("ix_forecast_case_case", "forecast_case", ["case_id"], unique=False)
