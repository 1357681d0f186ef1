"""Running numbers of letters: by agency, year and meaning, never the same twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from engine.documents.tables import letter_counter

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from engine.catalog.regime import FormMeaning

ABBREVIATIONS = {
    "TIEP_NHAN": "GTN",
    "BO_SUNG": "YCBS",
    "TU_CHOI": "TC",
    "XIN_LOI": "XL",
    "DUNG_GIAI_QUYET": "DGQ",
    "KIEM_SOAT": "KS",
    "SO_THEO_DOI": "STD",
}
"""How a letter's kind is shortened in its number (DESIGN: the sources fix no form)."""


def next_letter_number(db: Connection, *, agency: str, on: date, meaning: FormMeaning) -> str:
    """Take the next number, such as "12/2026/XL-H35.12"."""
    taken = next_running_number(db, agency=agency, year=on.year, kind=str(meaning))
    return f"{taken}/{on.year}/{ABBREVIATIONS[str(meaning)]}-{agency}"


def next_running_number(db: Connection, *, agency: str, year: int, kind: str) -> int:
    """Count on by one: two at once wait for each other and get two numbers."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    taken: int = db.execute(
        dialect.insert(letter_counter)
        .values(agency_code=agency, year=year, meaning=kind, last=1)
        .on_conflict_do_update(
            index_elements=[
                letter_counter.c.agency_code,
                letter_counter.c.year,
                letter_counter.c.meaning,
            ],
            set_={"last": letter_counter.c.last + 1},
        )
        .returning(letter_counter.c.last)
    ).scalar_one()
    return taken
