"""What the office keeps of a case: the case, its engine state, steps, timers, holds, letters."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from engine.database import UtcInstant, metadata

office = Table(
    "office",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("training", Boolean, nullable=False),
    Column("clock_at", UtcInstant),  # the training clock; null in a real office
    Column("opened_at", UtcInstant, nullable=False),
)

case_counter = Table(
    "case_counter",
    metadata,
    Column("agency_code", String(35), primary_key=True),
    Column("on", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

OPEN_CASE = "status NOT IN (3, 7, 9, 10)"
NOT_ENDED_CASE = "status NOT IN (3, 7, 10)"
OPEN_STEP = "state = 'open'"

case = Table(
    "case_file",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),  # of this row; every command raises it by one
    Column("journal_length", Integer, nullable=False),
    Column("journal_hash", LargeBinary(32), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("outcome", String(20)),
    # what was asked, by whom, where (R9)
    Column("procedure_code", String(64), nullable=False),
    Column("version_id", ForeignKey("procedure_version.id"), nullable=False),
    Column("agency_code", ForeignKey("agency.code"), nullable=False),
    Column("receiving_agency_code", String(35)),
    Column("channel", String(10), nullable=False),
    Column("owner_name", String(200), nullable=False),
    Column("owner_data", Text, nullable=False),  # JSON: id number, phone, e-mail, address
    # number and owner without accents in small letters: what a clerk types into the search box
    Column("search_text", String(300), nullable=False, server_default=""),
    Column("components", Text, nullable=False),  # JSON: the checklist as taken in
    Column("received_by", String(64)),
    Column("registered_at", UtcInstant, nullable=False),
    # the clock (R13, R21, R28)
    Column("regime", String(12), nullable=False),
    Column("limit_text", String(20), nullable=False),
    Column("pause_policy", String(20), nullable=False),
    Column("received_at", UtcInstant),
    Column("due_original_at", UtcInstant),
    Column("due_appointed_at", UtcInstant),
    Column("reappointments", SmallInteger, nullable=False, default=0),
    Column("supplement_requests", SmallInteger, nullable=False, default=0),
    Column("multi_supplement", Boolean, nullable=False, default=False),
    Column("late_return", Boolean, nullable=False, default=False),
    Column("became_late_at", UtcInstant),
    Column("late_cause", String(20)),
    Column("late_cause_text", Text),
    Column("finished_at", UtcInstant),
    Column("verdict", String(10)),
    Column("early_notice_at", UtcInstant),
    Column("returned_at", UtcInstant),
    Column("returned_to", String(200)),
    Column("returned_proof", String(200)),  # of the post or of the channel it went by (R39)
    Index("ix_case_file_status_due", "status", "due_original_at"),
    Index("ix_case_file_received_at", "received_at"),
    Index("ix_case_file_agency_status", "agency_code", "status", "id"),
    # What a clerk works from, in the order of the list; closed cases are not in it.
    Index(
        "ix_case_file_open_by_due",
        "agency_code",
        text("coalesce(due_original_at, registered_at)"),
        "id",
        sqlite_where=text(OPEN_CASE),
        postgresql_where=text(OPEN_CASE),
    ),
    Index(
        "ix_case_file_open_newest",
        "agency_code",
        "registered_at",
        "id",
        sqlite_where=text(OPEN_CASE),
        postgresql_where=text(OPEN_CASE),
    ),
    # What is typed into the search box is looked for in this index alone.
    Index(
        "ix_case_file_search",
        "agency_code",
        "search_text",
        "status",
        "id",
        sqlite_where=text(NOT_ENDED_CASE),
        postgresql_where=text(NOT_ENDED_CASE),
    ),
)

case_state = Table(
    "case_state",
    metadata,
    Column("case_id", ForeignKey("case_file.id"), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
    # The state before the last completed step, and that step; null as soon as the token moved on.
    Column("before", LargeBinary),
    Column("before_task", String(32)),
)

step = Table(
    "step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False),
    Column("task_id", String(32), nullable=False),
    Column("element_id", String(64), nullable=False),
    Column("name", String(500), nullable=False),
    Column("kind", String(20)),
    Column("role", String(64)),
    Column("unit", String(200)),
    Column("limit_text", String(20)),
    Column("state", String(10), nullable=False),  # open, completed, cancelled
    Column("created_at", UtcInstant, nullable=False),
    Column("due_at", UtcInstant),
    Column("claimed_at", UtcInstant),
    Column("officer_code", String(64)),
    Column("started_at", UtcInstant),
    Column("completed_at", UtcInstant),
    Column("data", Text),  # JSON: the form as it was filled in
    # How its case stands, said again while the step is open: `CaseFile.save` keeps it true. A list
    # of one role's work is read from one index, whatever else the office holds.
    Column("agency_code", String(35), nullable=False, server_default=""),
    Column("case_status", SmallInteger, nullable=False, server_default="0"),
    Column("case_due_at", UtcInstant),
    Column("case_late", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("case_id", "task_id"),
    Index("ix_step_state_due", "state", "due_at"),
    # SQLite guesses without statistics: with only the index above it reads every open step of the
    # office to find those of one case, and every due timer likewise.
    Index("ix_step_case_state", "case_id", "state"),
    *(
        Index(
            f"ix_step_open_{column.split('_')[0]}",
            "agency_code",
            column,
            "case_status",
            "case_due_at",
            "case_late",
            "case_id",
            sqlite_where=text(OPEN_STEP),
            postgresql_where=text(OPEN_STEP),
        )
        for column in ("role", "officer_code")
    ),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # diagram, alert, consultation
    Column("name", String(64), nullable=False),  # the limit's name, or the alert's level
    Column("subject", String(64), nullable=False),  # task id, step id, consultation id, or ""
    Column("element_id", String(64)),
    Column("state", String(10), nullable=False),  # armed, suspended, fired, dropped
    Column("due_at", UtcInstant, nullable=False),
    Column("fired_at", UtcInstant),
    Column("armed_at", UtcInstant, nullable=False),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_until", UtcInstant),
    Column("failures", SmallInteger, nullable=False, server_default="0"),
    Column("retry_at", UtcInstant),  # by the wall, as the lease: machines wait, not people
    UniqueConstraint("case_id", "kind", "name", "subject"),
    Index("ix_timer_state_due", "state", "due_at"),
    Index("ix_timer_case_state", "case_id", "state"),
)

hold = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # supplement, payment, stop
    Column("at_intake", Boolean, nullable=False, default=False),
    Column("ground", Text, nullable=False),
    Column("document", String(100)),
    Column("policy", String(20)),
    Column("components", Text, nullable=False, default="[]"),
    Column("opened_at", UtcInstant, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("expected_on", Date),
    Column("closed_at", UtcInstant),
    Column("due_before", UtcInstant),
    Column("due_after", UtcInstant),
)

consultation = Table(
    "consultation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, index=True),
    Column("agency", String(200), nullable=False),
    Column("content", Text, nullable=False),
    Column("mode", String(12), nullable=False),  # electronic: all at once; paper: in turn (R24)
    Column("position", Integer, nullable=False),
    Column("limit_text", String(20), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UtcInstant),  # null: its turn has not come
    Column("due_at", UtcInstant),
    Column("silence_is_consent", Boolean, nullable=False),
    Column("step_task_id", String(32)),
    Column("answered_at", UtcInstant),
    Column("opinion", Text),
    Column("silent", Boolean, nullable=False, default=False),
)

leg = Table(
    "leg",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("sender", String(200), nullable=False),
    Column("receiver", String(200), nullable=False),
    Column("sent_at", UtcInstant, nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("confirmed_at", UtcInstant),
    Column("confirmed_by", String(64)),
    Column("allotted_minutes", Integer),
    Column("used_minutes", Integer),
    Column("result", String(10)),
    UniqueConstraint("case_id", "number"),
)

letter = Table(
    "letter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, index=True),
    Column("meaning", String(20), nullable=False),
    Column("form", String(20), nullable=False),  # its number and circular in that regime (R8)
    Column("number", String(100), nullable=False, unique=True),
    Column("issued_at", UtcInstant, nullable=False),
    Column("signer", String(64), nullable=False),
    Column("prepared_by", String(64)),
    Column("content", Text, nullable=False),  # JSON of its fields, as issued
)

fee = Table(
    "fee",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, index=True),
    Column("amount_dong", BigInteger, nullable=False),
    Column("receipt", String(100)),
    Column("collected_at", UtcInstant, nullable=False),
    Column("collected_by", String(64), nullable=False),
)

list_columns = Table(
    "list_columns",
    metadata,
    Column("officer_code", ForeignKey("officer.code"), primary_key=True),
    Column("columns", String(200), nullable=False),  # keys in their order, parted by commas
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("response", Text, nullable=False),
    Column("at", UtcInstant, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False, index=True),
    Column("what", String(64), nullable=False),
    Column("error", Text, nullable=False),
    Column("opened_at", UtcInstant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("closed_at", UtcInstant),
)
