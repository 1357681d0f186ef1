"""Questions about people and hours: who holds a role, who stands in, when an office opens."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, or_, select

from engine.catalog.years import load_years
from engine.errors import OfficeError
from engine.prepared import Prepared
from engine.sla.calendar import DayChange, DayKind, WorkingCalendar
from engine.sla.office_hours import DEFAULT_HOURS, OfficeTime
from engine.staff.hours import read_hours
from engine.staff.tables import (
    absence,
    agency,
    agency_procedure,
    calendar_override,
    deputy,
    officer,
    officer_role,
    sign_in,
    unit,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row, Table


class AgencyUnknownError(OfficeError):
    """Somebody named an agency that is not in the books."""

    code = "agency_unknown"


class OfficerUnknownError(OfficeError):
    """Somebody named an officer who is not in the books."""

    code = "officer_unknown"


_agency = Prepared(select(agency).where(agency.c.code == bindparam("b_code")))
_overrides = Prepared(select(calendar_override).order_by(calendar_override.c.on))
_officer = Prepared(select(officer).where(officer.c.code == bindparam("b_code")))
_in_place = Prepared(
    select(
        officer.c.code,
        officer.c.name,
        officer.c.unit_code,
        unit.c.name.label("unit_name"),
        unit.c.agency_code,
        agency.c.name.label("agency_name"),
    )
    .join(unit, unit.c.code == officer.c.unit_code)
    .join(agency, agency.c.code == unit.c.agency_code)
    .where(officer.c.code == bindparam("b_code"))
)
_names = Prepared(
    select(officer.c.code, officer.c.name)
    .join(unit, unit.c.code == officer.c.unit_code)
    .where(unit.c.agency_code == bindparam("b_agency"))
)


def agency_exists(db: Connection, code: str) -> bool:
    """True when the agency is in the books."""
    return _agency.first(db, {"b_code": code}) is not None


def agency_by_code(db: Connection, code: str) -> Row[Any]:
    """The agency's row.

    Raises:
        AgencyUnknownError: it is not in the books.
    """
    row = _agency.first(db, {"b_code": code})
    if row is None:
        raise AgencyUnknownError(
            f"Expected an agency of this office, but {code!r} is not in the books", agency=code
        )
    return row


def agencies_under(db: Connection, code: str) -> dict[str, str]:
    """An agency and all that stand under it, code → name; itself first."""
    found: dict[str, str] = {}
    children: dict[str | None, list[Row[Any]]] = {}
    for row in db.execute(select(agency).order_by(agency.c.code)):
        children.setdefault(row.parent_code, []).append(row)
        if row.code == code:
            found[row.code] = row.name
    waiting = [code]
    while waiting:
        for row in children.get(waiting.pop(), []):
            if row.code not in found:  # a ring of parents is walked once
                found[row.code] = row.name
                waiting.append(row.code)
    return found


def agency_accepts(db: Connection, code: str, procedure: str) -> bool:
    """True when the agency takes dossiers of a procedure."""
    if agency_by_code(db, code).accepts_all:
        return True
    listed = select(agency_procedure).where(
        agency_procedure.c.agency_code == code, agency_procedure.c.procedure_code == procedure
    )
    return db.execute(listed).first() is not None


def office_time_of(db: Connection, code: str) -> OfficeTime:
    """Calendar and hours of an agency: what its deadlines are counted in. Legal: R41, R43

    Overrides in the books win over the year files.
    """
    return office_time(db, agency_by_code(db, code).hours)


def office_time(db: Connection, hours: str | None, *, overridden: bool = True) -> OfficeTime:
    """Calendar and given hours; who knows that no day is overridden saves the look."""
    overrides = tuple(
        DayChange(row.on, DayKind(row.kind), row.name, row.decision)
        for row in (_overrides.all(db, {}) if overridden else ())
    )
    return _office_time(hours, overrides)


def office_time_if(db: Connection, hours: str | None, moved: DayChange | None) -> OfficeTime:
    """Calendar and given hours as they would be if one more day were moved. Legal: R41"""
    known = office_time(db, hours)
    if moved is None:
        return known
    overrides = [
        DayChange(row.on, DayKind(row.kind), row.name, row.decision)
        for row in _overrides.all(db, {})
        if row.on != moved.on
    ]
    return _office_time(hours, (*overrides, moved))


def has_overrides() -> ColumnElement[bool]:
    """Whether any day of the calendar is overridden in the books, to be asked with a row."""
    return exists().select_from(calendar_override)


def any_office_time(db: Connection) -> OfficeTime:
    """Calendar and hours of the office's first agency, for horizons that concern no one case.

    Raises:
        AgencyUnknownError: the office has no agency yet.
    """
    code = db.scalar(select(agency.c.code).order_by(agency.c.code).limit(1))
    return office_time_of(db, str(code))


@lru_cache(maxsize=256)
def _office_time(hours: str | None, overrides: tuple[DayChange, ...]) -> OfficeTime:
    calendar = WorkingCalendar(load_years(), overrides)
    return OfficeTime(calendar, read_hours(json.loads(hours)) if hours else DEFAULT_HOURS)


def officer_by_code(db: Connection, code: str) -> Row[Any]:
    """The officer's row.

    Raises:
        OfficerUnknownError: nobody by that code.
    """
    row = _officer.first(db, {"b_code": code})
    if row is None:
        raise _unknown_officer(code)
    return row


def officer_in_place(db: Connection, code: str) -> Row[Any]:
    """The officer with his unit and agency, code and name of each.

    Raises:
        OfficerUnknownError: nobody by that code.
    """
    row = _in_place.first(db, {"b_code": code})
    if row is None:
        raise _unknown_officer(code)
    return row


def _unknown_officer(code: str) -> OfficerUnknownError:
    return OfficerUnknownError(
        f"Expected the code of an officer, but {code!r} is not in the books", officer=code
    )


def officers_with_role(db: Connection, role: str, agency_code: str, on: date) -> list[str]:
    """Codes of those who hold a role in an agency on a date and are not absent, in fixed order.

    An absent one is replaced by the deputies named for the time.
    """
    rows = _holders.all(db, {"b_role": role, "b_agency": agency_code, "b_on": on})
    present: list[str] = []
    for (code,) in rows:
        if not is_absent(db, code, on):
            present.append(code)
            continue
        stand_ins = db.scalars(_deputies, {"b_code": code, "b_on": on}).all()
        present += [d for d in stand_ins if not is_absent(db, d, on)]
    return list(dict.fromkeys(present))


def holders_of(db: Connection, role: str, agency_code: str, on: date) -> list[str]:
    """Codes of those who hold a role in an agency on a date, absent or not, in fixed order."""
    rows = _holders.all(db, {"b_role": role, "b_agency": agency_code, "b_on": on})
    return [code for (code,) in rows]


def deputies_of(db: Connection, code: str, on: date) -> list[str]:
    """Codes of an officer's deputies on a date, in fixed order."""
    return list(db.scalars(_deputies, {"b_code": code, "b_on": on}))


def holds_role(db: Connection, code: str, role: str, agency_code: str, on: date) -> bool:
    """True when an officer holds a role on a date, in his own name or as a deputy."""
    return may_act(db, code, role, agency_code, on) is None


def may_act(db: Connection, code: str, role: str | None, agency_code: str, on: date) -> str | None:
    """Why an officer may not act in a role; None when he may. Without a role being there is enough.

    Raises:
        OfficerUnknownError: nobody by that code.
    """
    values = {"b_code": code, "b_role": role or "", "b_agency": agency_code, "b_on": on}
    person = _may_act.first(db, values)
    if person is None:
        raise _unknown_officer(code)
    if person.active_from > on or (person.active_to is not None and person.active_to < on):
        return f"Expected an officer on duty on {on.isoformat()}, but {code} is not"
    if role is None:
        return None
    if not person.holds:
        return f"Expected an officer with the role '{role}' in {agency_code}, but {code} has it not"
    return None


def roles_held(db: Connection, agency_code: str, on: date) -> frozenset[str]:
    """The roles that somebody of an agency holds on a date, present or with a deputy."""
    known = db.scalars(select(officer_role.c.role).distinct()).all()
    return frozenset(role for role in known if officers_with_role(db, role, agency_code, on))


def roles_of(db: Connection, code: str, on: date) -> list[str]:
    """Roles an officer holds on a date, in his own name or for somebody he stands in for."""
    return _roles.column(db, {"b_code": code, "b_on": on})


def officers_for_sign_in(db: Connection) -> list[dict[str, Any]]:
    """Everybody who has a password, with unit and roles: the sign-ins of a training office."""
    rows = db.execute(
        select(officer.c.code, officer.c.name, unit.c.name.label("unit"), officer_role.c.role)
        .join(sign_in, sign_in.c.officer_code == officer.c.code)
        .join(unit, unit.c.code == officer.c.unit_code)
        .outerjoin(officer_role, officer_role.c.officer_code == officer.c.code)
        .order_by(officer.c.code, officer_role.c.id)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        person = found.setdefault(
            row.code, {"code": row.code, "name": row.name, "unit": row.unit, "roles": []}
        )
        if row.role is not None:
            person["roles"].append(row.role)
    return list(found.values())


def officer_names(db: Connection, agency_code: str) -> dict[str, str]:
    """Code and name of everybody who works or worked in an agency."""
    return {row.code: row.name for row in _names.all(db, {"b_agency": agency_code})}


def names_of_officers(db: Connection, codes: Collection[str]) -> dict[str, str]:
    """Code and name of these officers, of whatever agency."""
    rows = db.execute(select(officer.c.code, officer.c.name).where(officer.c.code.in_(codes)))
    return {row.code: row.name for row in rows}


def units_of(db: Connection, agency_code: str) -> list[Row[Any]]:
    """The units of an agency."""
    rows = db.execute(select(unit).where(unit.c.agency_code == agency_code).order_by(unit.c.code))
    return list(rows)


def staff_of(db: Connection, agency_code: str, on: date) -> list[dict[str, Any]]:
    """Officers of an agency on duty on a date, with unit and the roles of that date."""
    rows = db.execute(
        select(
            officer.c.code,
            officer.c.name,
            unit.c.name.label("unit"),
            unit.c.head_code,
            officer_role.c.role,
            sign_in.c.officer_code.label("signs_in"),
        )
        .join(unit, unit.c.code == officer.c.unit_code)
        .outerjoin(
            officer_role,
            and_(officer_role.c.officer_code == officer.c.code, _in_force(officer_role, on)),
        )
        .outerjoin(sign_in, sign_in.c.officer_code == officer.c.code)
        .where(
            unit.c.agency_code == agency_code,
            officer.c.active_from <= on,
            or_(officer.c.active_to.is_(None), officer.c.active_to >= on),
        )
        .order_by(unit.c.code, officer.c.code, officer_role.c.id)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        person = found.setdefault(
            row.code,
            {
                "code": row.code,
                "name": row.name,
                "unit": row.unit,
                "heads": row.head_code == row.code,
                "signs_in": row.signs_in is not None,
                "roles": [],
            },
        )
        if row.role is not None:
            person["roles"].append(row.role)
    return list(found.values())


def deputies_from(db: Connection, on: date) -> list[Row[Any]]:
    """Deputies named for a time that has not ended on a date."""
    return list(
        db.execute(
            select(deputy)
            .where(or_(deputy.c.valid_to.is_(None), deputy.c.valid_to >= on))
            .order_by(deputy.c.valid_from, deputy.c.officer_code)
        )
    )


def absences_from(db: Connection, on: date) -> list[Row[Any]]:
    """Absences that have not ended on a date."""
    return list(
        db.execute(select(absence).where(absence.c.last_on >= on).order_by(absence.c.first_on))
    )


def head_of(db: Connection, code: str, on: date) -> str | None:
    """The head of an officer's unit, or of the unit above when he is the head himself."""
    row = db.execute(
        select(unit).join(officer, officer.c.unit_code == unit.c.code).where(officer.c.code == code)
    ).first()
    while row is not None:
        head = row.head_code
        if head is not None and head != code and not is_absent(db, head, on):
            return str(head)
        if row.parent_code is None:
            return None
        row = db.execute(select(unit).where(unit.c.code == row.parent_code)).first()
    return None


def is_absent(db: Connection, code: str, on: date) -> bool:
    """True when an absence of the officer covers the date."""
    return _absent.first(db, {"b_code": code, "b_on": on}) is not None


def _in_force(table: Table, on: Any) -> ColumnElement[bool]:
    return and_(table.c.valid_from <= on, or_(table.c.valid_to.is_(None), table.c.valid_to >= on))


_holders = Prepared(
    select(officer.c.code)
    .join(officer_role, officer_role.c.officer_code == officer.c.code)
    .join(unit, unit.c.code == officer.c.unit_code)
    .where(
        officer_role.c.role == bindparam("b_role"),
        unit.c.agency_code == bindparam("b_agency"),
        officer.c.active_from <= bindparam("b_on"),
        or_(officer.c.active_to.is_(None), officer.c.active_to >= bindparam("b_on")),
        _in_force(officer_role, bindparam("b_on")),
    )
    .distinct()
    .order_by(officer.c.code)
)
_deputies = (
    select(deputy.c.deputy_code)
    .join(officer, officer.c.code == deputy.c.deputy_code)
    .where(
        deputy.c.officer_code == bindparam("b_code"),
        _in_force(deputy, bindparam("b_on")),
        officer.c.active_from <= bindparam("b_on"),
        or_(officer.c.active_to.is_(None), officer.c.active_to >= bindparam("b_on")),
    )
    .order_by(deputy.c.deputy_code)
)
_deputy_for = (
    select(deputy.c.officer_code)
    .join(absence, absence.c.officer_code == deputy.c.officer_code)
    .where(
        deputy.c.deputy_code == bindparam("b_code"),
        _in_force(deputy, bindparam("b_on")),
        absence.c.first_on <= bindparam("b_on"),
        absence.c.last_on >= bindparam("b_on"),
    )
)
_theirs = or_(
    officer_role.c.officer_code == bindparam("b_code"), officer_role.c.officer_code.in_(_deputy_for)
)
_roles = Prepared(
    select(officer_role.c.role)
    .where(_theirs, _in_force(officer_role, bindparam("b_on")))
    .distinct()
    .order_by(officer_role.c.role)
)
_absent = Prepared(
    select(absence.c.id).where(
        absence.c.officer_code == bindparam("b_code"),
        absence.c.first_on <= bindparam("b_on"),
        absence.c.last_on >= bindparam("b_on"),
    )
)
_holder = officer.alias("holder")
_holds = (
    exists()
    .select_from(officer_role)
    .where(
        _theirs,
        officer_role.c.role == bindparam("b_role"),
        _in_force(officer_role, bindparam("b_on")),
        _holder.c.code == officer_role.c.officer_code,
        unit.c.code == _holder.c.unit_code,
        unit.c.agency_code == bindparam("b_agency"),
    )
)
_may_act = Prepared(
    select(officer.c.active_from, officer.c.active_to, _holds.label("holds")).where(
        officer.c.code == bindparam("b_code")
    )
)
