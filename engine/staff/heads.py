"""Who answers for whom: heads of units, agency, one-stop; deputies for the absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, select

from engine.prepared import Prepared
from engine.staff.queries import deputies_of, holders_of
from engine.staff.tables import absence, officer, officer_role, unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Present:
    """Somebody who is in office on a day, perhaps for somebody who is not."""

    code: str
    standing_in_for: str | None = None
    email: str | None = None


_somebody = Prepared(
    select(
        officer.c.email,
        (
            (officer.c.active_from <= bindparam("b_on"))
            & (officer.c.active_to.is_(None) | (officer.c.active_to >= bindparam("b_on")))
            & ~exists().where(
                absence.c.officer_code == officer.c.code,
                absence.c.first_on <= bindparam("b_on"),
                absence.c.last_on >= bindparam("b_on"),
            )
        ).label("is_present"),
    ).where(officer.c.code == bindparam("b_code"))
)
_unit_of = (
    select(unit)
    .join(officer, officer.c.unit_code == unit.c.code)
    .where(officer.c.code == bindparam("b_code"))
)
_unit = select(unit).where(unit.c.code == bindparam("b_code"))
_top_heads = Prepared(
    select(unit.c.head_code)
    .where(
        unit.c.agency_code == bindparam("b_agency"),
        unit.c.parent_code.is_(None),
        unit.c.head_code.is_not(None),
    )
    .order_by(unit.c.code)
)
_heads_of_role = Prepared(
    select(unit.c.head_code)
    .join(officer, officer.c.unit_code == unit.c.code)
    .join(officer_role, officer_role.c.officer_code == officer.c.code)
    .where(
        unit.c.agency_code == bindparam("b_agency"),
        unit.c.head_code.is_not(None),
        officer_role.c.role == bindparam("b_role"),
        officer_role.c.valid_from <= bindparam("b_on"),
        officer_role.c.valid_to.is_(None) | (officer_role.c.valid_to >= bindparam("b_on")),
    )
    .distinct()
    .order_by(unit.c.head_code)
)


def present(db: Connection, code: str, on: date) -> Present | None:
    """The officer himself, else the first deputy who is in office; None when nobody is."""
    himself = _somebody.first(db, {"b_code": code, "b_on": on})
    if himself is not None and himself.is_present:
        return Present(code, email=himself.email)
    for each in deputies_of(db, code, on):
        deputy = _somebody.first(db, {"b_code": each, "b_on": on})
        if deputy is not None and deputy.is_present:
            return Present(each, standing_in_for=code, email=deputy.email)
    return None


def first_present(db: Connection, codes: Iterable[str], on: date) -> Present | None:
    """The first of several who is in office, himself or by a deputy."""
    for code in codes:
        found = present(db, code, on)
        if found is not None:
            return found
    return None


def head_over(db: Connection, code: str, on: date) -> Present | None:
    """The head of an officer's unit, else of the unit above; never the officer himself."""
    row = db.execute(_unit_of, {"b_code": code}).first()
    while row is not None:
        if row.head_code is not None and row.head_code != code:
            found = present(db, row.head_code, on)
            if found is not None and found.code != code:
                return found
        if row.parent_code is None:
            return None
        row = db.execute(_unit, {"b_code": row.parent_code}).first()
    return None


def agency_head(db: Connection, agency: str, leader_role: str, on: date) -> Present | None:
    """The head of the agency's top unit, else the first leader in office."""
    heads = [row.head_code for row in _top_heads.all(db, {"b_agency": agency})]
    return first_present(db, heads, on) or first_present(
        db, holders_of(db, leader_role, agency, on), on
    )


def one_stop_head(db: Connection, agency: str, one_stop_role: str, on: date) -> Present | None:
    """Who heads the unit of the one-stop's officers, else the first of them in office."""
    found = _heads_of_role.all(db, {"b_agency": agency, "b_role": one_stop_role, "b_on": on})
    heads = [row.head_code for row in found]
    return first_present(db, heads, on) or first_present(
        db, holders_of(db, one_stop_role, agency, on), on
    )
