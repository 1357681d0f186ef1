"""Abolish a procedure (bãi bỏ): no dossier is taken from a day on; running cases go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from engine.catalog.tables import procedure_abolition
from engine.catalog.versions import ProcedureUnknownError, versions_of
from engine.errors import OfficeError
from engine.events.procedures import ProcedureAbolished
from engine.journal.append import append_office
from engine.procedures.publish_procedure import DecisionMissingError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.catalog.model import Decision
    from engine.clock import Clock


class AbolishedTwiceError(OfficeError):
    """Another decision abolishes the procedure on the same day."""

    code = "abolished_twice"


def abolish_procedure(
    db: Connection, clock: Clock, *, code: str, decision: Decision, by: str
) -> ProcedureAbolished:
    """End a procedure by a decision. Legal: R2, R3

    Raises:
        ProcedureUnknownError: it was never published. DecisionMissingError: R3.
        AbolishedTwiceError: it is abolished on that day already.
    """
    if not versions_of(db, code):
        raise ProcedureUnknownError(
            f"Expected a published procedure, but {code!r} has no version", procedure=code
        )
    if not (decision.number and decision.decided_on and decision.authority):
        raise DecisionMissingError(
            "Expected the decision's number, date and authority, but one is missing",
            procedure=code,
        )
    known = db.scalar(
        select(procedure_abolition.c.decision).where(
            procedure_abolition.c.procedure_code == code,
            procedure_abolition.c.effective_on == decision.effective_on,
        )
    )
    if known is not None:
        raise AbolishedTwiceError(
            f"Expected {code} to be in force on {decision.effective_on.isoformat()}, but {known} "
            "abolishes it on that day",
            procedure=code,
            decision=known,
        )
    event = ProcedureAbolished(
        procedure=code,
        decision=decision.number,
        decided_on=decision.decided_on,
        authority=decision.authority,
        effective_on=decision.effective_on,
    )
    db.execute(
        insert(procedure_abolition).values(
            procedure_code=code,
            decision=decision.number,
            decided_on=decision.decided_on,
            authority=decision.authority,
            effective_on=decision.effective_on,
            written_at=clock.now(),
        )
    )
    append_office(db, at=clock.now(), actor=by, events=[event])
    return event
