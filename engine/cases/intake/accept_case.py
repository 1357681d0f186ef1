"""Accept a dossier that was only submitted (tiếp nhận hồ sơ trực tuyến): the clock starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.intake.receive_case import accept
from engine.cases.status import CaseStatus

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.clock import Clock


def accept_case(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    by: str | None = None,
    handed_over_at: datetime | None = None,
    competent_received_at: datetime | None = None,
) -> CaseFile:
    """Accept a submitted dossier as complete. Legal: R9, R13, R14

    Raises:
        StatusRefusedError: it is not newly submitted. DossierIncompleteError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.NEW, to="accept it")
    officer = acting_officer(file, ONE_STOP, by)
    accept(
        file,
        officer=officer,
        handed_over_at=handed_over_at,
        competent_received_at=competent_received_at,
    )
    file.save(actor=officer)
    return file
