"""What reports keep: closed periods for ever, and sums by half month that can be made again."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.database import UtcInstant, metadata

report_closing = Table(
    "report_closing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report", String(40), nullable=False),
    Column("options", String(200), nullable=False),  # JSON: rows by, agency
    Column("period", String(10), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("definition", String(10), nullable=False),
    Column("closed_at", UtcInstant, nullable=False),
    Column("closed_by", String(64), nullable=False),
    # where the journal stood: its last row, and the hash of the batch that seals it
    Column("journal_sequence", BigInteger, nullable=False),
    Column("batch_number", Integer, nullable=False),
    Column("batch_hash", LargeBinary(32), nullable=False),
    Column("sheet", Text, nullable=False),  # JSON of the report as it was
    Column("sha256", String(64), nullable=False),  # of the sheet's text
    UniqueConstraint("report", "options", "period", "first_on"),
)

rollup_bookmark = Table(
    "rollup_bookmark",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("row_hash", LargeBinary(32), nullable=False),  # of that row: other books are noticed
    Column("definition", String(10), nullable=False),
    Column("rolled_at", UtcInstant, nullable=False),
    Column("usable", Boolean, nullable=False),
)

CELL_COLUMNS = ("agency", "level", "field", "procedure", "channel")
FLOW_COLUMNS = (
    "received",
    "early",
    "on_time",
    "late",
    "solved_in_time_766",
    "solved_late_apologised",
    "solved_letters_late",
    "kept_new_date",
    "solved_without_due",
)
"""What happened inside a half month."""
STOCK_COLUMNS = (
    "open_in_time",
    "open_late",
    "open_in_time_766",
    "open_late_apologised",
    "open_letters_late",
    "open_without_due",
)
"""How open cases stood at its end."""

rollup_block = Table(
    "rollup_block",
    metadata,
    Column("first_on", Date, primary_key=True),
    Column("agency", String(35), primary_key=True),
    Column("level", String(10), primary_key=True),
    Column("field", String(200), primary_key=True),
    Column("procedure", String(64), primary_key=True),
    Column("channel", String(10), primary_key=True),
    *(Column(name, Integer, nullable=False) for name in (*FLOW_COLUMNS, *STOCK_COLUMNS)),
)

rollup_open = Table(
    "rollup_open",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("next_on", Date, nullable=False),  # the first half month it is not counted in yet
    Column("fold", Text, nullable=False),  # JSON
)

APPEND_ONLY = ("report_closing",)
"""Tables whose rows the database itself refuses to update or delete."""
