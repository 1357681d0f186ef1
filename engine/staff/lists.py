"""The staff room's books as lists of plain values: agencies, units, officers, roles, moved days."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.staff.queries import is_absent, roles_of
from engine.staff.tables import agency, calendar_override, deputy, officer, officer_role, unit

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection


def agencies(db: Connection, *, on: date) -> list[dict[str, Any]]:  # noqa: ARG001 (lists are alike)
    """Every agency with its hours; None is the default hours."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "level": row.level,
            "parent": row.parent_code,
            "accepts_all": row.accepts_all,
            "hours": json.loads(row.hours) if row.hours else None,
        }
        for row in db.execute(select(agency).order_by(agency.c.code))
    ]


def units(db: Connection, *, on: date) -> list[dict[str, Any]]:  # noqa: ARG001 (lists are alike)
    """Every unit with its head."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "agency": row.agency_code,
            "parent": row.parent_code,
            "head": row.head_code,
        }
        for row in db.execute(select(unit).order_by(unit.c.agency_code, unit.c.code))
    ]


def officers(db: Connection, *, on: date) -> list[dict[str, Any]]:
    """Officers on duty on a day: roles held then (also as a deputy), and whether they are away."""
    rows = db.execute(select(officer).order_by(officer.c.code)).all()
    return [
        {
            "code": row.code,
            "name": row.name,
            "unit": row.unit_code,
            "roles": roles_of(db, row.code, on),
            "absent": is_absent(db, row.code, on),
            "deputies": list(db.scalars(_deputies_of(row.code, on))),
        }
        for row in rows
        if row.active_from <= on and (row.active_to is None or row.active_to >= on)
    ]


def roles(db: Connection, *, on: date) -> list[dict[str, Any]]:
    """Roles and who holds them on a day, each with its period."""
    rows = db.execute(
        select(officer_role).order_by(officer_role.c.role, officer_role.c.officer_code)
    )
    return [
        {
            "role": row.role,
            "officer": row.officer_code,
            "since": row.valid_from.isoformat(),
            "until": row.valid_to.isoformat() if row.valid_to else None,
        }
        for row in rows
        if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
    ]


def moved_days(db: Connection, *, on: date) -> list[dict[str, Any]]:  # noqa: ARG001 (lists are alike)
    """Days off or worked by a decision that wins over the year files. Legal: R41"""
    return [
        {
            "on": row.on.isoformat(),
            "kind": row.kind,
            "name": row.name,
            "decision": row.decision,
        }
        for row in db.execute(select(calendar_override).order_by(calendar_override.c.on))
    ]


def _deputies_of(code: str, on: date) -> Any:
    return (
        select(deputy.c.deputy_code)
        .where(
            deputy.c.officer_code == code,
            deputy.c.valid_from <= on,
            (deputy.c.valid_to.is_(None)) | (deputy.c.valid_to >= on),
        )
        .order_by(deputy.c.deputy_code)
    )
