"""Lists stay fast: the newest first, and what is searched, each from an index of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN_CASE = "status NOT IN (3, 7, 9, 10)"
NOT_ENDED_CASE = "status NOT IN (3, 7, 10)"


def upgrade() -> None:
    """Index the cases a clerk works from by the day they came and by their search text."""
    op.create_index(
        "ix_case_file_open_newest",
        "case_file",
        ["agency_code", "registered_at", "id"],
        unique=False,
        sqlite_where=sa.text(OPEN_CASE),
        postgresql_where=sa.text(OPEN_CASE),
    )
    op.create_index(
        "ix_case_file_search",
        "case_file",
        ["agency_code", "search_text", "status", "id"],
        unique=False,
        sqlite_where=sa.text(NOT_ENDED_CASE),
        postgresql_where=sa.text(NOT_ENDED_CASE),
    )
