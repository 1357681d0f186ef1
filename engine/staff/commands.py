"""Changes of staff: each is checked, written and journalled."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from engine.catalog.years import seed_calendar
from engine.errors import BadInputError
from engine.events.office import CalendarOverridden
from engine.events.staff import (
    AbsenceRecorded,
    AgencyAdded,
    DeputyNamed,
    OfficerAdded,
    OfficerEmailSet,
    RoleEnded,
    RoleGranted,
    UnitAdded,
)
from engine.journal.append import append_office
from engine.sla.calendar import DayChange, DayKind
from engine.staff.agency_code import check_agency_code
from engine.staff.hours import read_hours
from engine.staff.queries import agency_by_code, officer_by_code
from engine.staff.tables import (
    absence,
    agency,
    calendar_override,
    deputy,
    officer,
    officer_role,
    unit,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock
    from engine.events.event import Event

LEVELS = ("xã", "tỉnh")
"""Levels of local government since 1/7/2025."""

LONGEST_DECISION = 100
_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,135}", re.ASCII)
_CODE = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,63}", re.ASCII)


def add_agency(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    name: str,
    level: str,
    by: str,
    parent: str | None = None,
    accepts_all: bool = False,
    hours: Any = None,
) -> None:
    """Enter an agency; `hours` are dated office hours as plain values, None for the default.

    Raises:
        AgencyCodeError: no code of an agency. BadInputError: it is in the books already, has no
        name or an unknown level, or its hours cannot be read.
    """
    check_agency_code(code)
    if level not in LEVELS:
        raise BadInputError(f"Expected a level of {' or '.join(LEVELS)}, but got {level!r}")
    if parent is not None:
        check_agency_code(parent)  # it may be an agency outside this office
    if hours is not None:
        read_hours(hours)
    if db.execute(select(agency).where(agency.c.code == code)).first():
        raise BadInputError(f"Expected a new agency, but {code} is in the books already")
    db.execute(
        insert(agency).values(
            code=code,
            name=_name(name),
            parent_code=parent,
            level=level,
            accepts_all=accepts_all,
            hours=json.dumps(hours, default=str) if hours is not None else None,
        )
    )
    _journal(db, clock, by, AgencyAdded(agency=code, level=level, parent=parent))


def add_unit(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    name: str,
    agency_code: str,
    by: str,
    parent: str | None = None,
) -> None:
    """Enter a unit (phòng, trung tâm) of an agency.

    Raises:
        AgencyUnknownError. BadInputError: a bad code, an unknown unit above it, or it is in the
        books already.
    """
    agency_by_code(db, agency_code)
    _check_code(code)
    if _unit_exists(db, code):
        raise BadInputError(f"Expected a new unit, but {code} is in the books already")
    # A unit is below one that was there before it, so that nobody's chain of heads is a ring.
    if parent is not None and not _unit_exists(db, parent):
        raise BadInputError(f"Expected a unit of this office, but {parent!r} is not in the books")
    db.execute(
        insert(unit).values(
            code=code, name=_name(name), agency_code=agency_code, parent_code=parent
        )
    )
    _journal(db, clock, by, UnitAdded(unit=code, agency=agency_code, parent=parent))


def add_officer(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    name: str,
    unit_code: str,
    since: date,
    by: str,
    heads_unit: bool = False,
) -> None:
    """Enter an officer of a unit; `heads_unit` makes him its head.

    Raises:
        BadInputError: a bad code, an unknown unit, or he is in the books already.
    """
    _check_code(code)
    if not _unit_exists(db, unit_code):
        raise BadInputError(
            f"Expected a unit of this office, but {unit_code!r} is not in the books"
        )
    if db.execute(select(officer).where(officer.c.code == code)).first():
        raise BadInputError(f"Expected a new officer, but {code} is in the books already")
    db.execute(
        insert(officer).values(code=code, name=_name(name), unit_code=unit_code, active_from=since)
    )
    if heads_unit:
        db.execute(update(unit).where(unit.c.code == unit_code).values(head_code=code))
    _journal(db, clock, by, OfficerAdded(officer=code, unit=unit_code, since=since))


def grant_role(
    db: Connection,
    clock: Clock,
    *,
    officer_code: str,
    role: str,
    since: date,
    by: str,
    until: date | None = None,
) -> None:
    """Give an officer a role for a period.

    Raises:
        OfficerUnknownError. BadInputError: a bad role, he holds it already, or the period ends
        before it begins.
    """
    officer_by_code(db, officer_code)
    _check_code(role)
    _check_period(since, until)
    held = select(officer_role.c.valid_from).where(
        officer_role.c.officer_code == officer_code,
        officer_role.c.role == role,
        or_(officer_role.c.valid_to.is_(None), officer_role.c.valid_to >= since),
        officer_role.c.valid_from <= (until or date.max),
    )
    if db.execute(held).first():
        raise BadInputError(
            f"Expected a role that {officer_code} does not hold yet, but he has '{role}' then"
        )
    db.execute(
        insert(officer_role).values(
            officer_code=officer_code, role=role, valid_from=since, valid_to=until
        )
    )
    _journal(db, clock, by, RoleGranted(officer=officer_code, role=role, since=since, until=until))


def end_role(
    db: Connection, clock: Clock, *, officer_code: str, role: str, last_on: date, by: str
) -> None:
    """Let a role end on a date; what was done before stays his.

    Raises:
        BadInputError: he does not hold it on that date.
    """
    done = db.execute(
        update(officer_role)
        .where(
            officer_role.c.officer_code == officer_code,
            officer_role.c.role == role,
            officer_role.c.valid_from <= last_on,
            or_(officer_role.c.valid_to.is_(None), officer_role.c.valid_to >= last_on),
        )
        .values(valid_to=last_on)
    )
    if not done.rowcount:
        raise BadInputError(
            f"Expected {officer_code} to hold '{role}' on {last_on}, but he does not"
        )
    _journal(db, clock, by, RoleEnded(officer=officer_code, role=role, last_on=last_on))


def name_deputy(
    db: Connection,
    clock: Clock,
    *,
    officer_code: str,
    deputy_code: str,
    since: date,
    by: str,
    until: date | None = None,
) -> None:
    """Name who stands in for an officer while he is absent.

    Raises:
        OfficerUnknownError. BadInputError: he cannot stand in for himself, or is named already.
    """
    officer_by_code(db, officer_code)
    officer_by_code(db, deputy_code)
    _check_period(since, until)
    if officer_code == deputy_code:
        raise BadInputError(f"Expected another officer as deputy, but {deputy_code} is himself")
    known = select(deputy).where(
        deputy.c.officer_code == officer_code,
        deputy.c.deputy_code == deputy_code,
        deputy.c.valid_from == since,
    )
    if db.execute(known).first():
        raise BadInputError(f"Expected a new deputy, but {deputy_code} is named from {since} on")
    db.execute(
        insert(deputy).values(
            officer_code=officer_code, deputy_code=deputy_code, valid_from=since, valid_to=until
        )
    )
    _journal(
        db,
        clock,
        by,
        DeputyNamed(officer=officer_code, deputy=deputy_code, since=since, until=until),
    )


def record_absence(
    db: Connection,
    clock: Clock,
    *,
    officer_code: str,
    first_on: date,
    last_on: date,
    reason: str,
    by: str,
) -> None:
    """Write down that an officer is away; his deputies act meanwhile.

    Raises:
        OfficerUnknownError. BadInputError: it ends before it begins.
    """
    officer_by_code(db, officer_code)
    _check_period(first_on, last_on)
    db.execute(
        insert(absence).values(
            officer_code=officer_code, first_on=first_on, last_on=last_on, reason=reason
        )
    )
    _journal(
        db, clock, by, AbsenceRecorded(officer=officer_code, first_on=first_on, last_on=last_on)
    )


def set_email(db: Connection, clock: Clock, *, officer_code: str, email: str, by: str) -> None:
    """Where warnings reach an officer outside the program; the journal does not keep it.

    Raises:
        OfficerUnknownError. BadInputError: it is no e-mail address.
    """
    officer_by_code(db, officer_code)
    address = email.strip()
    if not _EMAIL.fullmatch(address):
        raise BadInputError(f"Expected an e-mail address, but got {email[:60]!r}")
    db.execute(update(officer).where(officer.c.code == officer_code).values(email=address))
    _journal(db, clock, by, OfficerEmailSet(officer=officer_code))


def override_day(
    db: Connection, clock: Clock, *, on: date, kind: str, name: str, decision: str, by: str
) -> None:
    """Make a day off or worked by a decision at hand; it wins over the year's file. Legal: R41

    Raises:
        BadInputError: no decision, or an unknown kind. CalendarYearMissingError: a day of a year
        without a file, which no other day could be counted in.
    """
    chosen = moved_day(on=on, kind=kind, name=name, decision=decision)
    known = db.execute(select(calendar_override).where(calendar_override.c.on == on)).first()
    values = {"kind": str(chosen.kind), "name": chosen.name, "decision": decision}
    if known:
        db.execute(update(calendar_override).where(calendar_override.c.on == on).values(**values))
    else:
        db.execute(insert(calendar_override).values(on=on, **values))
    _journal(db, clock, by, CalendarOverridden(on=on, kind=str(chosen.kind), decision=decision))


def moved_day(*, on: date, kind: str, name: str, decision: str) -> DayChange:
    """A day as `override_day` would move it, with the same refusals. Legal: R41"""
    seed_calendar().year(on.year)
    if not decision.strip():
        raise BadInputError("Expected the decision that moves the day, but there is none")
    if len(decision) > LONGEST_DECISION:
        raise BadInputError(
            f"Expected a decision's number of at most {LONGEST_DECISION} letters, "
            f"but got {len(decision)}"
        )
    try:
        chosen = DayKind(kind)
    except ValueError as cause:
        raise BadInputError(f"Expected a kind of {', '.join(DayKind)}, but got {kind!r}") from cause
    return DayChange(on, chosen, _name(name), decision)


def _journal(db: Connection, clock: Clock, by: str, event: Event) -> None:
    append_office(db, at=clock.now(), actor=by, events=[event])


def _unit_exists(db: Connection, code: str) -> bool:
    return db.execute(select(unit.c.code).where(unit.c.code == code)).first() is not None


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        raise BadInputError(
            f"Expected a code of small letters, digits, dots and dashes, but got {code[:64]!r}"
        )


def _check_period(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise BadInputError(f"Expected a period that ends on or after {first}, but got {last}")


def _name(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > 200:  # noqa: PLR2004 (the column's width)
        raise BadInputError(f"Expected a name of 1 to 200 letters, but got {name[:40]!r}")
    return stripped
