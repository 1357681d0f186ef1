"""Who acts: a named officer who may, or in a training office a fitting one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.training import is_training
from engine.clock import office_date
from engine.errors import OfficeError
from engine.staff.picking import pick_officer
from engine.staff.queries import may_act

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.cases.file import CaseFile

ONE_STOP = "mot_cua"
"""The role of the one-stop desk (bộ phận một cửa)."""

LEADER = "lanh_dao"
"""The role of those who sign for the agency (lãnh đạo)."""


class OfficerRequiredError(OfficeError):
    """A real office does not guess who acts."""

    code = "officer_required"


class NotAllowedError(OfficeError):
    """The officer may not do this."""

    code = "not_allowed"


def acting_officer(
    file: CaseFile, role: str | None, by: str | None, *, not_these: Collection[str] = ()
) -> str:
    """The code of the officer who acts in a role on this case; without a role anybody in office.

    Raises:
        OfficerRequiredError: nobody was named in a real office, or nobody fits.
        NotAllowedError: the named officer does not hold the role, or may not by the signer rule.
    """
    agency = str(file["agency_code"])
    on = office_date(file.now)
    wanted = role or ONE_STOP
    if by is None:
        if not is_training(file.db):
            raise OfficerRequiredError(
                f"Expected an officer with the role '{wanted}' (--as), but nobody was named",
                role=wanted,
            )
        picked = pick_officer(file.db, wanted, agency, on, not_these=tuple(not_these))
        if picked is None:
            raise OfficerRequiredError(
                f"Expected somebody in {agency} with the role '{wanted}' on {on.isoformat()}, "
                "but nobody has it",
                role=wanted,
                agency=agency,
            )
        return picked
    refusal = may_act(file.db, by, role, agency, on)
    if refusal is not None:
        raise NotAllowedError(refusal, officer=by, role=wanted)
    if by in not_these:
        raise NotAllowedError(
            f"Expected a signer other than the one who prepared the step, but {by} prepared it",
            officer=by,
            rule="not-preparer",
        )
    return by
