"""The running numbers of letters."""

from __future__ import annotations

from sqlalchemy import Column, Integer, SmallInteger, String, Table

from engine.database import metadata

letter_counter = Table(
    "letter_counter",
    metadata,
    Column("agency_code", String(35), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("meaning", String(20), primary_key=True),
    Column("last", Integer, nullable=False),
)
