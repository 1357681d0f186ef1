"""Which columns of the work list an officer wants to see (cột của danh sách việc)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from engine.cases.tables import list_columns
from engine.errors import BadInputError
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

COLUMNS = ("chu", "buoc", "giu-tu", "tiep-nhan", "kenh", "han", "con", "nguy-co")
"""Owner and procedure, step and holder, since when, receipt, channel, due, time left, risk."""
USUAL = ("chu", "buoc", "han", "con", "nguy-co")
"""Shown to whoever chose nothing."""

_kept = Prepared(
    select(list_columns.c.columns).where(list_columns.c.officer_code == bindparam("b_code"))
)


def known_columns(keys: Sequence[str]) -> tuple[str, ...]:
    """The columns of keys, in the order in which they are shown.

    Raises:
        BadInputError: there is no such column.
    """
    unknown = [key for key in keys if key not in COLUMNS]
    if unknown:
        raise BadInputError(
            f"Expected columns of {', '.join(COLUMNS)}, but got {unknown[0][:40]!r}"
        )
    return tuple(key for key in COLUMNS if key in keys)


def columns_of(db: Connection, officer: str) -> tuple[str, ...]:
    """The columns an officer chose; the usual ones when he chose nothing."""
    row = _kept.first(db, {"b_code": officer})
    if row is None:
        return USUAL
    # A later version may know other columns: what it does not know is left out.
    return tuple(key for key in COLUMNS if key in row.columns.split(","))


def keep_columns(db: Connection, *, officer: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Keep an officer's choice; the usual columns need no row.

    Raises:
        BadInputError: there is no such column.
    """
    chosen = known_columns(columns)
    db.execute(delete(list_columns).where(list_columns.c.officer_code == officer))
    if chosen != USUAL:
        db.execute(insert(list_columns).values(officer_code=officer, columns=",".join(chosen)))
    return chosen
