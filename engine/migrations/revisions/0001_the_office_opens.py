"""The office opens: all tables, and what is written once stays as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcInstant
from engine.migrations.append_only import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "agency",
        sa.Column("code", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_code", sa.String(length=35), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("accepts_all", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agency")),
    )
    op.create_table(
        "calendar_override",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_calendar_override")),
    )
    op.create_table(
        "case_counter",
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_code", "on", name=op.f("pk_case_counter")),
    )
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("at", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "journal",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=True),
            nullable=False,
        ),
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("stream_sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(length=27), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_journal")),
        sa.UniqueConstraint(
            "stream", "stream_sequence", name=op.f("uq_journal_stream_stream_sequence")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_journal_at"), "journal", ["at"], unique=False)
    op.create_index(op.f("ix_journal_type"), "journal", ["type"], unique=False)
    op.create_table(
        "journal_batch",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "first_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "last_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_batch")),
    )
    op.create_table(
        "letter_counter",
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_code", "year", "meaning", name=op.f("pk_letter_counter")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("clock_at", UtcInstant(length=27), nullable=True),
        sa.Column("opened_at", UtcInstant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    op.create_table(
        "procedure",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_procedure")),
    )
    op.create_table(
        "agency_procedure",
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_agency_procedure_agency_code")
        ),
        sa.PrimaryKeyConstraint("agency_code", "procedure_code", name=op.f("pk_agency_procedure")),
    )
    op.create_table(
        "procedure_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bpmn", sa.LargeBinary(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("authority", sa.String(length=200), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("published_at", UtcInstant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("fk_procedure_version_procedure_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_version")),
        sa.UniqueConstraint(
            "procedure_code",
            "effective_on",
            "sha256",
            name=op.f("uq_procedure_version_procedure_code_effective_on_sha256"),
        ),
        sa.UniqueConstraint(
            "procedure_code", "number", name=op.f("uq_procedure_version_procedure_code_number")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_code", sa.String(length=64), nullable=True),
        sa.Column("head_code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"], name=op.f("fk_unit_agency_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("journal_length", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("receiving_agency_code", sa.String(length=35), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("owner_data", sa.Text(), nullable=False),
        sa.Column("components", sa.Text(), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=True),
        sa.Column("registered_at", UtcInstant(length=27), nullable=False),
        sa.Column("regime", sa.String(length=12), nullable=False),
        sa.Column("limit_text", sa.String(length=20), nullable=False),
        sa.Column("pause_policy", sa.String(length=20), nullable=False),
        sa.Column("received_at", UtcInstant(length=27), nullable=True),
        sa.Column("due_original_at", UtcInstant(length=27), nullable=True),
        sa.Column("due_appointed_at", UtcInstant(length=27), nullable=True),
        sa.Column("reappointments", sa.SmallInteger(), nullable=False),
        sa.Column("supplement_requests", sa.SmallInteger(), nullable=False),
        sa.Column("multi_supplement", sa.Boolean(), nullable=False),
        sa.Column("late_return", sa.Boolean(), nullable=False),
        sa.Column("became_late_at", UtcInstant(length=27), nullable=True),
        sa.Column("late_cause", sa.String(length=20), nullable=True),
        sa.Column("late_cause_text", sa.Text(), nullable=True),
        sa.Column("finished_at", UtcInstant(length=27), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("early_notice_at", UtcInstant(length=27), nullable=True),
        sa.Column("returned_at", UtcInstant(length=27), nullable=True),
        sa.Column("returned_to", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_case_file_agency_code")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_version.id"], name=op.f("fk_case_file_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
    )
    op.create_index("ix_case_file_received_at", "case_file", ["received_at"], unique=False)
    op.create_index(
        "ix_case_file_status_due", "case_file", ["status", "due_original_at"], unique=False
    )
    op.create_table(
        "officer",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_officer_unit_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_officer")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_absence_officer_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_officer_code"), "absence", ["officer_code"], unique=False)
    op.create_table(
        "case_state",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_state_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_state")),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("limit_text", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcInstant(length=27), nullable=True),
        sa.Column("due_at", UtcInstant(length=27), nullable=True),
        sa.Column("silence_is_consent", sa.Boolean(), nullable=False),
        sa.Column("step_task_id", sa.String(length=32), nullable=True),
        sa.Column("answered_at", UtcInstant(length=27), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_consultation_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index(op.f("ix_consultation_case_id"), "consultation", ["case_id"], unique=False)
    op.create_table(
        "deputy",
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("deputy_code", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deputy_code"], ["officer.code"], name=op.f("fk_deputy_deputy_code")
        ),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_deputy_officer_code")
        ),
        sa.PrimaryKeyConstraint(
            "officer_code", "deputy_code", "valid_from", name=op.f("pk_deputy")
        ),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at_intake", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=True),
        sa.Column("policy", sa.String(length=20), nullable=True),
        sa.Column("components", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcInstant(length=27), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("closed_at", UtcInstant(length=27), nullable=True),
        sa.Column("due_before", UtcInstant(length=27), nullable=True),
        sa.Column("due_after", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_hold_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_case_id"), "hold", ["case_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcInstant(length=27), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_incident_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_case_id"), "incident", ["case_id"], unique=False)
    op.create_table(
        "leg",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("sent_at", UtcInstant(length=27), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", UtcInstant(length=27), nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("allotted_minutes", sa.Integer(), nullable=True),
        sa.Column("used_minutes", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_leg_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leg")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_leg_case_id_number")),
    )
    op.create_index(op.f("ix_leg_case_id"), "leg", ["case_id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_at", UtcInstant(length=27), nullable=False),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.String(length=64), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_letter_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number")),
    )
    op.create_index(op.f("ix_letter_case_id"), "letter", ["case_id"], unique=False)
    op.create_table(
        "officer_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_code", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_code"], ["officer.code"], name=op.f("fk_officer_role_officer_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_role")),
        sa.UniqueConstraint(
            "officer_code",
            "role",
            "valid_from",
            name=op.f("uq_officer_role_officer_code_role_valid_from"),
        ),
    )
    op.create_index("ix_officer_role_role", "officer_role", ["role"], unique=False)
    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("limit_text", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcInstant(length=27), nullable=False),
        sa.Column("due_at", UtcInstant(length=27), nullable=True),
        sa.Column("claimed_at", UtcInstant(length=27), nullable=True),
        sa.Column("officer_code", sa.String(length=64), nullable=True),
        sa.Column("started_at", UtcInstant(length=27), nullable=True),
        sa.Column("completed_at", UtcInstant(length=27), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("case_id", "task_id", name=op.f("uq_step_case_id_task_id")),
    )
    op.create_index("ix_step_role_state", "step", ["role", "state"], unique=False)
    op.create_index("ix_step_state_due", "step", ["state", "due_at"], unique=False)
    op.create_table(
        "timer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", UtcInstant(length=27), nullable=False),
        sa.Column("fired_at", UtcInstant(length=27), nullable=True),
        sa.Column("armed_at", UtcInstant(length=27), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcInstant(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_timer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint(
            "case_id", "kind", "name", "subject", name=op.f("uq_timer_case_id_kind_name_subject")
        ),
    )
    op.create_index("ix_timer_state_due", "timer", ["state", "due_at"], unique=False)
    protect(op, "journal")
    protect(op, "journal_batch")
    protect(op, "procedure_version")
