"""Show the whole identity number of a case's owner (xem số định danh): an act with a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.cases.acting import LEADER, ONE_STOP, NotAllowedError
from engine.cases.file import open_case
from engine.cases.tables import step
from engine.clock import office_date
from engine.errors import BadInputError
from engine.events.cases import IdentityShown
from engine.staff.queries import holds_role

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.clock import Clock

LONGEST_REASON = 1000
ROLES = (ONE_STOP, "truong_phong", LEADER)
"""Who may see it in every case of the agency; others where they have or had a step."""


def show_identity(db: Connection, clock: Clock, *, number: str, reason: str, by: str) -> str:
    """The number, once the journal says who asked for it and why. Legal: R70

    Raises:
        NotAllowedError: the officer has nothing to do with the case.
        BadInputError: no reason, or the case holds no number. CaseUnknownError.
    """
    file = open_case(db, clock, number)
    if not may_see_identity(file, by):
        raise NotAllowedError(
            f"Expected somebody who works on {number}, but {by} has no step of it", officer=by
        )
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise BadInputError(
            f"Expected a reason of 1 to {LONGEST_REASON} letters, but got {len(why)}"
        )
    id_number = str(json.loads(file["owner_data"]).get("id_number", ""))
    if not id_number:
        raise BadInputError(f"Expected an identity number in {number}, but there is none")
    file.record(IdentityShown(officer=by, reason=why))
    file.save(actor=by)
    return id_number


def may_see_identity(file: CaseFile, officer: str) -> bool:
    """True for those who hold one of the roles, and for whoever has or had a step of the case."""
    on, agency = office_date(file.now), str(file["agency_code"])
    if any(holds_role(file.db, officer, role, agency, on) for role in ROLES):
        return True
    own = (
        select(step.c.id).where(step.c.case_id == file.id, step.c.officer_code == officer).limit(1)
    )
    return file.db.execute(own).first() is not None
