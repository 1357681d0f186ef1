"""Who does it when nobody was named: a training office picks, always the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.staff.queries import officers_with_role

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from sqlalchemy import Connection


def pick_officer(
    db: Connection,
    role: str,
    agency: str,
    on: date,
    *,
    not_these: Collection[str] = (),
    open_steps: Mapping[str, int] | None = None,
) -> str | None:
    """A present officer with the role who is not ruled out; None when there is none.

    Of those who fit, the one with the fewest open steps where `open_steps` counts them (by
    officer's code); else the first by code.
    """
    load = open_steps or {}
    fitting = [code for code in officers_with_role(db, role, agency, on) if code not in not_these]
    return min(fitting, key=lambda code: load.get(code, 0), default=None)
