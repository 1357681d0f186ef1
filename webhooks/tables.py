"""What the courier keeps: endpoints and what they want, secrets, what waits, what came in.

Delivered events leave no row: everything up to an endpoint's `bookmark` is delivered unless
`webhook_delivery` says that it waits or was given up.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.database import UtcInstant, metadata

endpoint = Table(
    "webhook_endpoint",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("url", String(2000), nullable=False),
    Column("format", String(10), nullable=False),  # events: Standard Webhooks; portal: R67
    Column("personal_register", String(200)),  # where it is registered to get personal data
    Column("state", String(10), nullable=False),  # active, disabled
    Column("disabled_why", Text),
    Column("created_at", UtcInstant, nullable=False),
    Column("bookmark", BigInteger, nullable=False),  # journal sequence
    Column("delivered", BigInteger, nullable=False),
    Column("last_success_at", UtcInstant),
    Column("failing_since", UtcInstant),  # null: the last attempt succeeded
    Column("last_error", Text),
    Column("fence", Integer, nullable=False),  # raised by every courier that takes the endpoint
    Column("lease_until", UtcInstant),
)

subscription = Table(
    "webhook_subscription",
    metadata,
    Column("endpoint_code", ForeignKey("webhook_endpoint.code"), primary_key=True),
    Column("kind", String(10), primary_key=True),  # event, agency, procedure; no row of a kind: all
    Column("value", String(100), primary_key=True),
)

secret = Table(
    "webhook_secret",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("direction", String(3), nullable=False),  # out: of an endpoint; in: of a sender
    Column("code", String(64), nullable=False),
    Column("secret", String(100), nullable=False),
    Column("created_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant),  # null: the newest
    Index("ix_webhook_secret_direction_code", "direction", "code"),
)

delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("endpoint_code", ForeignKey("webhook_endpoint.code"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("stream", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # waiting, dead
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcInstant),  # null: an earlier event of its case waits before it
    Column("status", Integer),  # of the last answer
    Column("error", Text),
    Column("excerpt", Text),  # the beginning of the last answer
    Column("tried_at", UtcInstant),
    UniqueConstraint("endpoint_code", "sequence"),
    Index("ix_webhook_delivery_due", "endpoint_code", "state", "next_at"),
    Index("ix_webhook_delivery_stream", "endpoint_code", "stream", "sequence"),
)

sender = Table(
    "webhook_sender",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("messages", Text, nullable=False),  # JSON list: the words it may say
    Column("agency", String(200)),  # it speaks for this agency only; null: not bound
    Column("officer_code", String(64)),  # in whose name the office acts on its messages
    Column("created_at", UtcInstant, nullable=False),
    Column("disabled_at", UtcInstant),
)

inbox = Table(
    "webhook_inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender_code", ForeignKey("webhook_sender.code"), nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("type", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),  # as it came, byte by byte
    Column("received_at", UtcInstant, nullable=False),
    Column("state", String(10), nullable=False),  # stored, applied, waiting, closed
    Column("case_number", String(64)),
    Column("attempts", Integer, nullable=False),
    Column("reason_code", String(64)),
    Column("reason", Text),
    Column("settled_at", UtcInstant),
    UniqueConstraint("sender_code", "message_id"),
    Index("ix_webhook_inbox_state", "state"),
)

TABLES = (endpoint, subscription, secret, delivery, sender, inbox)

__all__ = ["TABLES", "delivery", "endpoint", "inbox", "secret", "sender", "subscription"]
