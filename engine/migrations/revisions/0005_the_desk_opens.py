"""The desk opens: passwords, sessions, and a text without accents to find cases by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.cases.search_text import search_text
from engine.database import UtcInstant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of signing in, the search text of every case and an index of own work."""
    op.create_table(
        "sign_in",
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", UtcInstant(length=27), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("locked_until", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_sign_in_officer_code")
        ),
        sa.PrimaryKeyConstraint("officer_code", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("opened_at", UtcInstant(length=27), nullable=False),
        sa.Column("expires_at", UtcInstant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_sign_in_session_officer_code")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        op.f("ix_sign_in_session_officer_code"), "sign_in_session", ["officer_code"], unique=False
    )
    op.create_index("ix_step_officer_state", "step", ["officer_code", "state"], unique=False)
    op.add_column(
        "case_file",
        sa.Column("search_text", sa.String(length=300), server_default="", nullable=False),
    )
    _fill_search_text()


def _fill_search_text() -> None:
    case = sa.table(
        "case_file",
        sa.column("id", sa.Integer),
        sa.column("number", sa.String),
        sa.column("owner_name", sa.String),
        sa.column("search_text", sa.String),
    )
    db = op.get_bind()
    change = (
        sa.update(case)
        .where(case.c.id == sa.bindparam("b_id"))
        .values(search_text=sa.bindparam("b_text"))
    )
    last = 0
    while True:
        rows = db.execute(
            sa.select(case.c.id, case.c.number, case.c.owner_name)
            .where(case.c.id > last)
            .order_by(case.c.id)
            .limit(1000)
        ).all()
        if not rows:
            return
        db.execute(
            change,
            [{"b_id": r.id, "b_text": search_text(r.number, r.owner_name)} for r in rows],
        )
        last = rows[-1].id
