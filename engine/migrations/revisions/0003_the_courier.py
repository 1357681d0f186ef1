"""The courier: endpoints, subscriptions, secrets, what waits, senders, what came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the courier's tables; their definitions in code are in `webhooks/tables.py`."""
    op.create_table(
        "webhook_endpoint",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("personal_register", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("disabled_why", sa.Text(), nullable=True),
        sa.Column("created_at", UtcInstant(length=27), nullable=False),
        sa.Column("bookmark", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("last_success_at", UtcInstant(length=27), nullable=True),
        sa.Column("failing_since", UtcInstant(length=27), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(length=27), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "webhook_secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("created_at", UtcInstant(length=27), nullable=False),
        sa.Column("expires_at", UtcInstant(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secret")),
    )
    op.create_index(
        "ix_webhook_secret_direction_code", "webhook_secret", ["direction", "code"], unique=False
    )
    op.create_table(
        "webhook_sender",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=True),
        sa.Column("officer_code", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcInstant(length=27), nullable=False),
        sa.Column("disabled_at", UtcInstant(length=27), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_webhook_sender")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_code", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcInstant(length=27), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("tried_at", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_code"],
            ["webhook_endpoint.code"],
            name=op.f("fk_webhook_delivery_endpoint_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_code", "sequence", name=op.f("uq_webhook_delivery_endpoint_code_sequence")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint_code", "state", "next_at"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_delivery_stream",
        "webhook_delivery",
        ["endpoint_code", "stream", "sequence"],
        unique=False,
    )
    op.create_table(
        "webhook_inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender_code", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UtcInstant(length=27), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("case_number", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("settled_at", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["sender_code"], ["webhook_sender.code"], name=op.f("fk_webhook_inbox_sender_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_inbox")),
        sa.UniqueConstraint(
            "sender_code", "message_id", name=op.f("uq_webhook_inbox_sender_code_message_id")
        ),
    )
    op.create_index("ix_webhook_inbox_state", "webhook_inbox", ["state"], unique=False)
    op.create_table(
        "webhook_subscription",
        sa.Column("endpoint_code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_code"],
            ["webhook_endpoint.code"],
            name=op.f("fk_webhook_subscription_endpoint_code"),
        ),
        sa.PrimaryKeyConstraint(
            "endpoint_code", "kind", "value", name=op.f("pk_webhook_subscription")
        ),
    )
